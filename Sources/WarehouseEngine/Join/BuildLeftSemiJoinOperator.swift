import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Semi or anti join that keeps and indexes its left input; the right one streams past and marks the left rows that it
/// matches (a right semi join in DuckDB's words, its sides swapped). Left rows come out in their order.
final class BuildLeftSemiJoinOperator: ResourcefulOperator {
    private let kind: JoinKind
    private let left: any PhysicalOperator
    private let right: any PhysicalOperator
    private let leftKeys: [Int]
    private let rightKeys: [Int]
    private let equalities: [KeyEquality]
    private let nullsEqual: [Bool]
    /// Of pairs, seen from the right: its columns, then the left ones.
    private let shape: JoinShape
    /// Filters of scans beneath the right input, by the left key whose values they take.
    private let filters: [(filter: DynamicFilter, key: Int)]
    private let outputCount: Int
    private var build: JoinBuild?
    private var stripeCount = 0
    private let completion = JoinCompletion()
    private let makeDiskShape: () throws -> JoinShape
    private var joinedOnDisk: SpilledSource?
    let resources = OperatorResources()
    let outputTypes: [PhysicalType]

    static let stripeRows = SortOperator.stripeRows

    /// `outputCount`: so many of the left columns are put out; keys may lie behind them. `diskShape`: the pairs of left
    /// and right rows with their positions behind each.
    init(_ kind: JoinKind, _ shape: JoinShape, left: any PhysicalOperator, right: any PhysicalOperator, leftKeys: [Int],
         rightKeys: [Int], nullsEqual: [Bool], equalities: [KeyEquality], filters: [(filter: DynamicFilter, key: Int)],
         outputCount: Int, diskShape: @escaping () throws -> JoinShape) {
        makeDiskShape = diskShape
        self.kind = kind
        self.shape = shape
        self.left = left
        self.right = right
        self.leftKeys = leftKeys
        self.rightKeys = rightKeys
        self.nullsEqual = nullsEqual
        self.equalities = equalities
        self.filters = filters
        self.outputCount = outputCount
        outputTypes = Array(left.outputTypes.prefix(outputCount))
    }

    func prepare(_ context: QueryContext) throws -> Int {
        for (filter, _) in filters { filter.clear() }
        let maker = JoinBuildMaker(keys: leftKeys, equalities: equalities, tracksMatches: true, mayGoToDisk: true)
        let built: JoinBuild
        switch try maker.make(left, context, resources) {
        case .disk(let rows): return try joinOnDisk(rows, context)
        case .memory(let made): built = made
        }
        if built.rows.rowCount == 0 { return 0 }
        build = built
        for (filter, key) in filters { filter.fill(built.rows.columns[key]) }
        let stripes = try right.prepare(context)
        try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
            let probe = MarkingProbe(built, shape, keys: rightKeys, nullsEqual: nullsEqual,
                                     rightTypes: right.outputTypes, context)
            try right.run(stripe: stripe, context, into: probe)
        }
        stripeCount = (built.rows.rowCount + Self.stripeRows - 1) / Self.stripeRows
        return stripeCount
    }

    private func joinOnDisk(_ rows: SpilledRows, _ context: QueryContext) throws -> Int {
        let join = SpilledJoin(try makeDiskShape(), leftKeys: leftKeys, rightKeys: rightKeys, nullsEqual: nullsEqual,
                               equalities: equalities, context: context)
        let result = try join.run(SpilledSource(rows), right, bytes: rows.byteCount,
                                  leftColumns: Array(0..<outputCount), rightColumns: [], keepsStripes: false)
        resources.note(spilled: join.writtenBytes)
        let source = SpilledSource(result)
        joinedOnDisk = source
        return try source.prepare(context)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let joinedOnDisk { return try joinedOnDisk.run(stripe: stripe, context, into: consumer) }
        guard let build, let matched = build.matched else { throw JoinCompletion.isOver }
        defer { if completion.finishOne() == stripeCount { self.build = nil } }
        let wanted = kind == .semi
        let output = Batch(build.vectors.prefix(outputCount).map { vector in
            Vector(vector.physicalType, capacity: 1, child: vector.child.map { Vector($0.physicalType) })
        })
        var list = RowList()
        var start = stripe * Self.stripeRows
        let stripeEnd = min(build.rows.rowCount, start + Self.stripeRows)
        while start < stripeEnd {
            try context.checkCancelled()
            let end = min(stripeEnd, start + Vector.standardCapacity)
            list.reset(capacity: end - start)
            for row in start..<end where matched.isSet(row) == wanted { list.append(row) }
            start = end
            guard list.count > 0 else { continue }
            for column in 0..<outputCount { output.vectors[column].gather(build.vectors[column], list.selection) }
            output.rowCount = list.count
            if try !consumer.consume(output) { return }
        }
    }
}

/// Marks the rows of a build side that the batches of one stripe match; puts out nothing.
final class MarkingProbe: BatchConsumer {
    private let build: JoinBuild
    private let matched: MatchFlags
    private let keys: [Int]
    private let nullsEqual: [Bool]
    private let lookup: GroupLookup
    private let context: QueryContext
    private let evaluator: PredicateEvaluator?
    private let gather: PairGather
    private var ids: [Int32] = []
    private var keyVectors: [Vector] = []
    private let rightStore = RowList(), leftStore = RowList(), verdicts = RowList()

    init(_ build: JoinBuild, _ shape: JoinShape, keys: [Int], nullsEqual: [Bool], rightTypes: [PhysicalType],
         _ context: QueryContext) {
        self.build = build
        self.keys = keys
        self.nullsEqual = nullsEqual
        self.context = context
        matched = build.matched ?? MatchFlags(rows: build.rows.rowCount)
        lookup = build.table.keys.makeLookup()
        evaluator = shape.residual?.makeEvaluator()
        gather = PairGather(shape, leftTypes: rightTypes, right: build.vectors)
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        let rows = batch.rowCount
        guard rows > 0 else { return true }
        if ids.count < rows { ids = Array(repeating: 0, count: max(rows, Vector.standardCapacity)) }
        keyVectors.removeAll(keepingCapacity: true)
        for key in keys { keyVectors.append(batch.vectors[key]) }
        try ids.withUnsafeMutableBufferPointer { buffer in
            guard let ids = buffer.baseAddress else { return }
            try lookup.find(keyVectors, rows: rows, nullsEqual: nullsEqual, into: ids)
            if let evaluator { return try markPairs(batch, ids, rows, evaluator) }
            if build.table.isUnique { mark(ids, rows) } else { markMembers(ids, rows) }
        }
        return true
    }

    private func mark(_ ids: UnsafePointer<Int32>, _ rows: Int) {
        for row in 0..<rows where ids[row] >= 0 { matched.set(Int(ids[row])) }
    }

    /// Rows of one key are all marked or none is.
    private func markMembers(_ ids: UnsafePointer<Int32>, _ rows: Int) {
        let starts = build.table.starts, members = build.table.members
        for row in 0..<rows where ids[row] >= 0 {
            let first = Int(starts[Int(ids[row])]), end = Int(starts[Int(ids[row]) &+ 1])
            // The last one is marked last, so that whoever sees it set sees all of them set in the end.
            if matched.isSet(Int(members[end &- 1])) { continue }
            for place in first..<end { matched.set(Int(members[place])) }
        }
    }

    /// Pairs of which nothing is known yet are tested a vector at a time.
    private func markPairs(_ batch: Batch, _ ids: UnsafePointer<Int32>, _ rows: Int, _ evaluator: PredicateEvaluator)
        throws {
        let starts = build.table.starts, members = build.table.members, isUnique = build.table.isUnique
        var list = PairList(left: rightStore.rows, right: leftStore.rows)
        for row in 0..<rows where ids[row] >= 0 {
            if isUnique {
                if !matched.isSet(Int(ids[row])) { list.add(row, ids[row]) }
                if list.isFull { try test(&list, batch, evaluator) }
                continue
            }
            for place in Int(starts[Int(ids[row])])..<Int(starts[Int(ids[row]) &+ 1])
            where !matched.isSet(Int(members[place])) {
                list.add(row, members[place])
                if list.isFull { try test(&list, batch, evaluator) }
            }
        }
        try test(&list, batch, evaluator)
    }

    private func test(_ list: inout PairList, _ batch: Batch, _ evaluator: PredicateEvaluator) throws {
        guard list.count > 0 else { return }
        try context.checkCancelled()
        let pairs = gather.gatherForResidual(batch, list.leftRows, list.rightRows)
        let count = try evaluator.select(pairs, into: verdicts.rows)
        for index in 0..<count { matched.set(Int(list.right[Int(verdicts.rows[index])])) }
        list.count = 0
    }
}
