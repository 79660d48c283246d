import WarehouseBasics
import WarehouseColumns

/// GROUP BY, DISTINCT and aggregates without groups. Each stripe fills a state of its own; states are merged in stripe
/// order, each as soon as those before it are or, when there are many groups, at the end in partitions by the hash of the
/// key, in parallel. Groups come out in the order they first appear (within a partition). Groups that memory has no room
/// for go to disk as rows.
final class AggregateOperator: ResourcefulOperator, GroupsOperator {
    private let input: any PhysicalOperator
    private let groupColumns: [Int]
    private let fields: [KeyField]
    private let calls: [AggregateDefinition]
    private let rowBound: Int?
    /// About how many rows come in; nil: unknown.
    private let rowEstimate: Int?
    /// About how many groups each stripe may hold; nil: unknown.
    private let expectedGroups: Int?
    private let diskPartitions: Int
    /// Whether the groups' keys are put out.
    private var keepsKeys = true
    let outputTypes: [PhysicalType]
    private var results: [RowBuffer] = []
    /// What of them each stripe gives.
    private var pieces: [(result: Int, rows: Range<Int>)] = []
    private var resultsOnDisk: SpilledSource?
    private var reservation: MemoryReservation?
    let resources = OperatorResources()

    /// Below this many groups states are merged one after the other, above in partitions.
    static let partitionedAbove = 65_536

    init(input: any PhysicalOperator, groupColumns: [Int], fields: [KeyField], calls: [AggregateDefinition],
         rowBound: Int?, rowEstimate: Int? = nil, expectedGroups: Int? = nil,
         diskPartitions: Int = AggregateOverflow.standardPartitions) {
        self.diskPartitions = diskPartitions
        self.input = input
        self.groupColumns = groupColumns
        self.fields = fields
        self.calls = calls
        self.rowBound = rowBound
        self.rowEstimate = rowEstimate
        self.expectedGroups = expectedGroups
        outputTypes = fields.map(\.physicalType) + calls.map(\.resultType)
    }

    func prepare(_ context: QueryContext) throws -> Int {
        let stripes = try input.prepare(context)
        reservation = MemoryReservation(context.memory)
        let spans = spans(stripes)
        let mustFit = fields.isEmpty && calls.allSatisfy { $0.external == nil }
        let overflow = mustFit ? nil
            : AggregateOverflow(context, types: input.outputTypes, keys: groupColumns, fields: fields,
                                partitions: fields.isEmpty ? 1 : diskPartitions)
        let sums = ExactSumsPool(context)
        // What keeps rows is merged by looking at all of them for each partition: the fewer, the better.
        let keepsRows = calls.contains { $0.external != nil }
        let merge = OrderedMerge(count: spans.count, isOn: !keepsRows, context)
        try TaskPool.run(stripes: spans.count, threads: context.threads) { index in
            // A table for groups that come later would only take memory.
            let bound = overflow?.isOn == true ? 0 : rowBound
            let state = try makeState(context, rowBound: bound, overflow: overflow, sums: sums, stripe: index,
                                      isPartial: spans.count > 1 && !keepsRows)
            try run(spans[index], into: state, context)
            try state.overflowing?.flush()
            try state.finishRows()
            try merge.add(state, at: index)
        }
        var filled = merge.remaining
        if !sums.isEmpty {
            let whole = try makeState(context, rowBound: rowBound, overflow: overflow)
            try whole.takeIn(sums)
            filled = [whole] + filled.filter { $0.groupCount > 0 || $0.overflowing != nil }
        }
        let groups = filled.reduce(0) { $0 + $1.groupCount }
        resources.note(peak: merge.peakBytes)
        // Merged, the groups stand twice in memory for a while.
        let merging = filled.count > 1 ? filled.reduce(0) { $0 + $1.reservedBytes } : 0
        if let overflow, overflow.isOn || !context.memory.hasRoom(for: merging) {
            if fields.isEmpty {
                results = [try WholeAggregates(overflow, filled, calls, context).finish()]
                resources.note(spilled: overflow.file?.byteCount ?? 0)
                cutResults()
                return pieces.count
            }
            return try finishOnDisk(filled, overflow, context)
        }
        if !filled.contains(where: \.hasRepeatedKeys),
           fields.isEmpty || filled.count <= 1 || groups < AggregateOperator.partitionedAbove {
            results = [try mergeAll(filled, context)]
        } else {
            try mergePartitioned(filled, groups, context)
        }
        let lent = filled.count > 1 ? filled.reduce(0) { $0 + $1.lendableBytes } : 0
        try reservation?.resize(to: results.reduce(lent) { $0 + $1.allocatedBytes })
        cutResults()
        return pieces.count
    }

    func dropKeys() -> Bool {
        guard !fields.isEmpty, calls.isEmpty else { return false }
        keepsKeys = false
        return true
    }

    /// Rows of a stripe of the results at least; operators above work on several at once.
    private static let pieceRows = 8192

    private func cutResults() {
        pieces.removeAll()
        let most = max(AggregateOperator.pieceRows, results.reduce(0) { $0 + $1.rowCount } / 64)
        for (index, result) in results.enumerated() {
            let count = max(1, (result.rowCount + most - 1) / most)
            for piece in 0..<count {
                pieces.append((index, (result.rowCount * piece / count)..<(result.rowCount * (piece + 1) / count)))
            }
        }
    }

    /// Runs stripes one after the other. After an error the others begin too, though nothing of them is wanted: the
    /// last stripe of an outer join, on another thread, waits for all before it.
    private func run(_ stripes: Range<Int>, into state: GroupedState, _ context: QueryContext) throws {
        var next = stripes.lowerBound
        do {
            while next < stripes.upperBound {
                next += 1
                try input.run(stripe: next - 1, context, into: state)
            }
        } catch {
            for stripe in next..<stripes.upperBound {
                try? input.run(stripe: stripe, context, into: ClosureConsumer { _ in false })
            }
            throw error
        }
    }

    /// Neighbouring stripes that share a state: fewer where merging many groups from every stripe would cost as much
    /// as reading. Fixed by what is known of the data.
    private func spans(_ stripes: Int) -> [Range<Int>] {
        var count = stripes
        if let rowEstimate, let expectedGroups, !fields.isEmpty {
            let worthwhile = rowEstimate / max(1, expectedGroups.multipliedClamped(by: 16))
            count = min(stripes, max(AggregateOperator.minimumStates, worthwhile))
        }
        guard count > 0 else { return [] }
        return (0..<count).map { (stripes * $0 / count)..<(stripes * ($0 + 1) / count) }
    }

    static let minimumStates = 8

    private func makeState(_ context: QueryContext, keepsKeys: Bool = true) throws -> GroupedState {
        try makeState(context, rowBound: rowBound, overflow: nil, keepsKeys: keepsKeys)
    }

    private func makeState(_ context: QueryContext, rowBound: Int?, overflow: AggregateOverflow?,
                           sums: ExactSumsPool? = nil, stripe: Int = 0, isPartial: Bool = false,
                           keepsKeys: Bool = true) throws -> GroupedState {
        // What takes no rows needs no room for them.
        let calls = overflow?.isOn == true && fields.isEmpty ? calls.map(\.withoutExternalState) : calls
        return try GroupedState(groupColumns: groupColumns, fields: fields, calls: calls, rowBound: rowBound,
                                context: context, overflow: overflow, sums: sums, stripe: stripe, isPartial: isPartial,
                                keepsKeys: keepsKeys)
    }

    private func finishOnDisk(_ states: [GroupedState], _ overflow: AggregateOverflow, _ context: QueryContext) throws
        -> Int {
        let groups = SpilledGroups(overflow, states, calls, outputTypes: outputTypes, context) { [self] calls, rows in
            try GroupedState(groupColumns: groupColumns, fields: fields, calls: calls,
                             rowBound: [rowBound, rows].compactMap(\.self).min(), context: context)
        }
        let source = SpilledSource(try groups.finish())
        resources.note(spilled: overflow.file?.byteCount ?? 0)
        resultsOnDisk = source
        return try source.prepare(context)
    }

    private func mergeAll(_ states: [GroupedState], _ context: QueryContext) throws -> RowBuffer {
        let whole = try states.first ?? makeState(context)
        for state in states.dropFirst() {
            try context.checkCancelled()
            try whole.absorb(state, selection: nil, lends: false)
        }
        return try whole.finish()
    }

    private func mergePartitioned(_ states: [GroupedState], _ groups: Int, _ context: QueryContext) throws {
        // A number fixed by the data, so that the order of the groups is too. Keys that hardly repeat all go into the
        // tables of their partitions, which a core's second cache is to hold.
        let hardlyRepeat = states.contains(where: \.hasRepeatedKeys)
        let count = hardlyRepeat ? min(256, max(4, (groups / 16_384).nextPowerOfTwo))
            : min(64, max(4, (groups / AggregateOperator.partitionedAbove).nextPowerOfTwo))
        var selections: [[[Int32]]] = Array(repeating: [], count: states.count)
        try selections.withUnsafeMutableBufferPointer { slots in
            let slots = slots
            try TaskPool.run(stripes: states.count, threads: context.threads) { index in
                slots[index] = states[index].partitioned(into: count)
            }
        }
        var merged: [RowBuffer?] = Array(repeating: nil, count: count)
        let chosen = selections
        try merged.withUnsafeMutableBufferPointer { slots in
            let slots = slots
            try TaskPool.run(stripes: count, threads: context.threads) { partition in
                let whole = try makeState(context, keepsKeys: keepsKeys)
                try whole.expectAllKeys(hardlyRepeat ? chosen.reduce(0) { $0 + $1[partition].count } : nil)
                for (index, state) in states.enumerated() {
                    try context.checkCancelled()
                    try whole.absorb(state, selection: chosen[index][partition], lends: true)
                }
                slots[partition] = try whole.finish()
            }
        }
        results = merged.compactMap(\.self)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let resultsOnDisk { return try resultsOnDisk.run(stripe: stripe, context, into: consumer) }
        try results[pieces[stripe].result].push(into: consumer, context: context, range: pieces[stripe].rows)
    }
}

extension Int {
    /// The least power of two that is at least this.
    var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
