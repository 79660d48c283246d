import WarehouseBasics
import WarehouseColumns

/// Groups and aggregate states of one stripe (or one partition of them all).
final class GroupedState: BatchConsumer {
    private let groupColumns: [Int]
    private let fields: [KeyField]
    private let calls: [AggregateDefinition]
    private var table: GroupTable?
    /// A state for each call that has one of its own.
    private var states: [AggregateState]
    private let context: QueryContext
    private let reservation: MemoryReservation
    private var ids: UnsafeMutablePointer<Int32>
    private var idCapacity = Vector.standardCapacity
    private var keyHashes: [UInt64]?
    private var runs: RunFinder
    private var keys: [Vector] = []
    /// Take the rows, while they can, before the table and the states get to know of them.
    private var dense: DenseSums?
    private var exact: ExactRows?
    private let overflow: AggregateOverflow?
    /// Takes the rows that come after memory was full.
    private(set) var overflowing: PartitionWriter?

    /// `overflow`: where rows go when groups take too much memory; nil: that is an error. `sums`: where exact sums of
    /// the rows of this stripe may go, which `takeIn` brings to one state at the end. `isPartial`: groups are merged with
    /// others before they are finished, and may until then be several of one key. `keepsKeys`: false for groups that are
    /// only counted.
    init(groupColumns: [Int], fields: [KeyField], calls: [AggregateDefinition], rowBound: Int?,
         context: QueryContext, overflow: AggregateOverflow? = nil, sums: ExactSumsPool? = nil, stripe: Int = 0,
         isPartial: Bool = false, keepsKeys: Bool = true) throws {
        self.fields = fields.indices.map { fields[$0] }
        // A copy of this thread's own: two cores that count references to one array slow each other down.
        self.groupColumns = groupColumns.indices.map { groupColumns[$0] }
        self.calls = calls
        self.context = context
        self.overflow = overflow
        overflowing = overflow?.isOn == true ? try overflow?.makeWriter(context) : nil
        table = fields.isEmpty ? nil : try GroupTable(
            fields, expectedRows: rowBound, keepsKeys: keepsKeys, denseBytes: context.memory.denseTableBytes,
            check: { try context.checkCancelled() })
        if isPartial { table?.allowListing() }
        states = try calls.indices.filter { calls[$0].source == nil }.map { index in
            AggregateState(try calls[index].make(), call: index, columns: calls[index].arguments)
        }
        for state in states { state.aggregator.context = context }
        reservation = MemoryReservation(context.memory)
        ids = .allocate(capacity: idCapacity)
        runs = RunFinder()
        if let domain = table?.denseDomain, states.count == 1, states[0].columns.count <= 1,
           let kind = states[0].aggregator.denseKind {
            if kind == .doubles { dense = DenseSums(low: domain.low, span: domain.span) }
            if let sums { exact = ExactRows(sums, kind, low: domain.low, span: domain.span, stripe: stripe) }
        }
        // The one group of an aggregate without keys exists before any row: a stripe may have none.
        if fields.isEmpty { for state in states { state.aggregator.reserve(groups: 1) } }
    }

    deinit { ids.deallocate() }

    /// Groups of many states come in, while other threads work; where they hardly repeat, about how many.
    func expectAllKeys(_ count: Int?) throws {
        try table?.expectAllKeys()
        if let count { try table?.expect(count) }
    }

    /// Without grouping there is one group, also over no rows.
    var groupCount: Int { table?.count ?? 1 }

    func consume(_ batch: Batch) throws -> Bool {
        let size = context.memory.groupedRows
        guard overflow != nil, overflowing == nil, batch.rowCount > size else { return try take(batch) }
        for start in stride(from: 0, to: batch.rowCount, by: size) {
            let rows = RowBuffer(batch.vectors.map(\.physicalType)), slice = rows.makeBatch()
            rows.append(batch, start..<min(batch.rowCount, start + size))
            rows.show(slice, from: 0, count: rows.rowCount)
            _ = try take(slice)
        }
        return true
    }

    private func take(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        guard batch.rowCount > 0 else { return true }
        if let overflowing {
            try overflowing.add(batch)
            return true
        }
        guard let table else {
            try GroupAssignment.single(rows: batch.rowCount) { try update(batch, $0) }
            return try account()
        }
        reserveIDs(batch.rowCount)
        if groupColumns.count == 1, let found = runs.find(batch.vectors[groupColumns[0]], rows: batch.rowCount) {
            try settle()
            try table.insert([found.values], rows: found.count, into: ids)
            try update(batch, .runs(groups: ids, ends: found.ends, count: found.count))
        } else if try !addDensely(batch) {
            keys.removeAll(keepingCapacity: true)
            for column in groupColumns { keys.append(batch.vectors[column]) }
            try table.insert(keys, rows: batch.rowCount, into: ids)
            try update(batch, .rows(ids))
        }
        if table.listsRepeats { try uniteGroups() }
        return try account()
    }

    /// Counts what the groups take now; later rows go to disk where that is too much.
    private func account() throws -> Bool {
        guard let overflow else {
            try reservation.grow(to: allocatedBytes)
            return true
        }
        let bytes = allocatedBytes, before = reservation.bytes
        if bytes > before {
            // The groups stay in memory while those on disk are finished beside them.
            let hasRoom = reservation.growElastically(to: bytes, share: 0.5)
            if overflow.isFull(after: bytes - before, hasRoom: hasRoom) { overflowing = try overflow.begin(context) }
        }
        return true
    }

    /// Whether several groups may be of one key.
    var hasRepeatedKeys: Bool { table?.isListing ?? false }

    /// Makes one group of those of one key, and of all rows that come. Without memory for that they go to disk.
    private func uniteGroups() throws {
        let united = try GroupedState(groupColumns: groupColumns, fields: fields, calls: calls, rowBound: groupCount,
                                      context: context)
        do {
            try united.absorb(self, selection: nil, lends: false)
        } catch {
            guard error.isMemoryLimit, let overflow else { throw error }
            overflowing = try overflow.begin(context)
            return
        }
        table = united.table
        states = united.states
        united.release()
        let before = reservation.bytes
        reservation.shrink(to: allocatedBytes)
        overflow?.release(before - reservation.bytes)
    }

    /// Whether the rows went to `exact` or `dense`.
    private func addDensely(_ batch: Batch) throws -> Bool {
        guard exact != nil || dense != nil else { return false }
        let key = batch.vectors[groupColumns[0]], argument = states[0].columns.first.map { batch.vectors[$0] }
        if let exact, try exact.add(key, argument, rows: batch.rowCount) { return true }
        guard let dense, let argument else { return false }
        if try dense.add(key, argument, rows: batch.rowCount) { return true }
        try settle()
        return false
    }

    /// Brings what `dense` has added up into the table and the state; no more rows go there.
    private func settle() throws {
        guard let dense, let table else { return }
        try dense.handOver(table.fields[0].physicalType, take)
        self.dense = nil
    }

    private func take(_ keys: Vector, _ sums: UnsafePointer<DenseSum>) throws {
        guard let table else { return }
        try context.checkCancelled()
        reserveIDs(keys.count)
        try table.insert([keys], rows: keys.count, into: ids)
        states[0].aggregator.reserve(groups: table.count)
        states[0].aggregator.take(sums, groups: ids, count: keys.count)
    }

    /// Takes in the exact sums of all stripes.
    func takeIn(_ sums: ExactSumsPool) throws {
        guard let table else { return }
        try sums.handOver(table.fields[0].physicalType) { [self] keys, sums in
            try take(keys, sums)
            _ = try account()
        }
    }

    var reservedBytes: Int { reservation.bytes }
    /// Of these, what stays with states that absorb this one.
    var lendableBytes: Int { table?.lendableBytes ?? 0 }

    private var allocatedBytes: Int {
        var bytes = (table?.allocatedBytes ?? 0) + (dense?.allocatedBytes ?? 0)
        for state in states { bytes += state.aggregator.allocatedBytes }
        return bytes
    }

    private func update(_ batch: Batch, _ groups: GroupAssignment) throws {
        let count = groupCount
        for state in states { try state.update(batch, groups, groupCount: count) }
    }

    private func reserveIDs(_ rows: Int) {
        guard rows > idCapacity else { return }
        ids.deallocate()
        idCapacity = rows
        ids = .allocate(capacity: rows)
    }

    /// The numbers here of another state's groups `selection`, by their number there; -1 for others.
    func numbers(of other: GroupedState, _ selection: [Int32]) throws -> [Int32] {
        var numbers = [Int32](repeating: -1, count: other.groupCount)
        guard let table, let source = other.table, !selection.isEmpty else { return numbers }
        var to = [Int32](repeating: 0, count: selection.count)
        try GroupedState.number(source, selection, into: &to, table, lends: false, context)
        for (index, group) in selection.enumerated() { numbers[Int(group)] = to[index] }
        return numbers
    }

    /// The group of each row of the input, until the next call.
    func number(_ batch: Batch) throws -> UnsafePointer<Int32> {
        reserveIDs(batch.rowCount)
        if let table {
            try table.insert(groupColumns.map { batch.vectors[$0] }, rows: batch.rowCount, into: ids)
        } else {
            ids.update(repeating: 0, count: batch.rowCount)
        }
        return UnsafePointer(ids)
    }

    /// The rows that the state of a call keeps; the last column is the group's number.
    func pushRows(ofCall call: Int, _ body: @escaping (Batch) throws -> Void) throws {
        for state in states where state.call == call { try state.aggregator.pushRows(body) }
    }

    /// The hash of each group's key, after `hashKeys`.
    var groupHashes: [UInt64] { keyHashes ?? [] }

    /// Forgets the rows that the states of calls keep, which are elsewhere by now.
    func release(calls: Set<Int>) {
        for index in states.indices where calls.contains(states[index].call) {
            states[index] = AggregateState(RowlessAggregator(), call: states[index].call, columns: [])
        }
        reservation.shrink(to: allocatedBytes + groupHashes.count * MemoryLayout<UInt64>.stride)
    }

    /// Forgets the states, whose rows are elsewhere by now.
    func release() {
        states.removeAll()
        reservation.shrink(to: 0)
    }

    // MARK: Merging

    /// Ends the rows. Others may then read this state, several at a time: it has room for all its groups, which an
    /// aggregate that has seen no row lacks.
    func finishRows() throws {
        exact?.finish()
        exact = nil
        try settle()
        for state in states { state.aggregator.reserve(groups: groupCount) }
    }

    /// Takes in groups of another state, whose rows have ended: those of `selection` (ascending), or all. `lends`: texts
    /// stay where they are, with all that the other has of them.
    func absorb(_ other: GroupedState, selection: [Int32]?, lends: Bool) throws {
        // Sums that rows are still added to must not be begun anew.
        try settle()
        let count = selection?.count ?? other.groupCount
        guard count > 0 else { return }
        let from = selection ?? Array(0..<Int32(count))
        var to = [Int32](repeating: 0, count: count)
        if let table, let source = other.table {
            try GroupedState.number(source, from, into: &to, table, lends: lends, context)
        }
        let groups = groupCount
        try from.withUnsafeBufferPointer { from in
            try to.withUnsafeBufferPointer { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                for (mine, theirs) in zip(states, other.states) {
                    try context.checkCancelled()
                    mine.aggregator.reserve(groups: groups)
                    try mine.aggregator.merge(theirs.aggregator, from: from, to: to, count: count)
                }
            }
        }
        try reservation.grow(to: allocatedBytes)
    }

    /// Numbers the keys of `source`'s groups `from` in `table`.
    private static func number(_ source: GroupTable, _ from: [Int32], into to: inout [Int32],
                               _ table: GroupTable, lends: Bool, _ context: QueryContext) throws {
        let all = source.keyColumns.map { $0.vector() }
        let picked = source.keyColumns.map { column in
            Vector(column.physicalType, child: column.child.map { Vector($0.physicalType) })
        }
        try from.withUnsafeBufferPointer { from in
            try to.withUnsafeMutableBufferPointer { to in
                var start = 0
                while start < from.count, let base = to.baseAddress {
                    let count = min(Vector.standardCapacity, from.count - start)
                    try context.checkCancelled()
                    let slice = UnsafeBufferPointer(rebasing: from[start..<(start + count)])
                    if let groups = slice.baseAddress,
                       try table.insert(groups, rows: count, of: source, lends: lends, into: base + start) {
                        start += count
                        continue
                    }
                    for column in picked.indices { picked[column].gather(all[column], slice) }
                    try table.insert(picked, rows: count, into: base + start)
                    start += count
                }
            }
        }
    }

    /// The groups that fall in a partition on disk.
    func groups(in path: PartitionPath) -> [Int32] {
        guard let table, table.count > 0 else { return [] }
        let hashes = keyHashes ?? table.contentHashes
        return (0..<Int32(table.count)).filter { path.contains(hashes[Int($0)]) }
    }

    /// Hashes every group's key, for `groups(in:)` on any thread.
    func hashKeys() throws {
        guard let table, table.count > 0 else { return }
        keyHashes = table.contentHashes
        _ = reservation.growElastically(to: reservation.bytes + table.count * MemoryLayout<UInt64>.stride)
    }

    /// The groups of each of `count` partitions, ascending; equal keys of any state fall in the same partition.
    func partitioned(into count: Int) -> [[Int32]] {
        var parts: [[Int32]] = Array(repeating: [], count: count)
        guard let table else { return parts }
        let hashes = table.contentHashes
        let shift = UInt64(64 - count.trailingZeroBitCount)
        var sizes = [Int](repeating: 0, count: count)
        for hash in hashes { sizes[Int(hash >> shift)] += 1 }
        var next = [Int](repeating: 0, count: count), total = 0
        for part in 0..<count {
            next[part] = total
            total += sizes[part]
        }
        let order = [Int32](unsafeUninitializedCapacity: total) { order, initialized in
            for group in 0..<total {
                let part = Int(hashes[group] >> shift)
                order[next[part]] = Int32(truncatingIfNeeded: group)
                next[part] += 1
            }
            initialized = total
        }
        for part in 0..<count { parts[part] = Array(order[(next[part] - sizes[part])..<next[part]]) }
        return parts
    }

    /// Keys and results, a row a group.
    func finish() throws -> RowBuffer {
        let count = groupCount
        let byCall = Dictionary(states.map { ($0.call, $0.aggregator) }) { first, _ in first }
        let results = try calls.indices.map { index in
            if let source = calls[index].source, let state = byCall[source.call] {
                return try state.finish(groups: count, as: source.result)
            }
            guard let own = byCall[index] else {
                throw WarehouseError(.internalFault, "An aggregate without a state.")
            }
            return try own.finish(groups: count)
        }
        return RowBuffer(columns: (table?.keyColumns ?? []) + results, rowCount: count)
    }
}

/// One call's state, and the vectors it reads: producers reuse theirs, so that the list is mostly the last batch's.
private final class AggregateState {
    let aggregator: Aggregator
    let call: Int
    let columns: [Int]
    private var arguments: [Vector] = []

    init(_ aggregator: Aggregator, call: Int, columns: [Int]) {
        self.aggregator = aggregator
        self.call = call
        self.columns = columns.indices.map { columns[$0] }
    }

    func update(_ batch: Batch, _ groups: GroupAssignment, groupCount: Int) throws {
        if arguments.isEmpty {
            for column in columns { arguments.append(batch.vectors[column]) }
        } else {
            for index in columns.indices where arguments[index] !== batch.vectors[columns[index]] {
                arguments[index] = batch.vectors[columns[index]]
            }
        }
        aggregator.reserve(groups: groupCount)
        try aggregator.update(arguments, rows: batch.rowCount, groups: groups)
    }
}
