import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Equi-join: the right input is kept and indexed by its keys; the left streams past. Left rows keep their order, and
/// a row's matches come in the order of the right input. Unmatched right rows form one more stripe at the end. Where the
/// right input is too large for memory, both go to disk by the hash of their keys and are joined part by part.
final class HashJoinOperator: ResourcefulOperator {
    private let shape: JoinShape
    private let left: any PhysicalOperator
    private let right: any PhysicalOperator
    private let leftKeys: [Int]
    private let rightKeys: [Int]
    private let nullsEqual: [Bool]
    private let equalities: [KeyEquality]
    /// Filters of scans beneath the left input, by the right key whose values they take.
    private let filters: [(filter: DynamicFilter, key: Int)]
    let outputTypes: [PhysicalType]
    private var build: JoinBuild?
    private var leftStripes = 0
    private let completion = JoinCompletion()
    private let makeDiskShape: (() throws -> JoinShape)?
    private var joinedOnDisk: SpilledSource?
    let resources = OperatorResources()

    /// `diskShape`: the pairs of both whole inputs with row positions behind each; nil: the build side must fit.
    init(_ shape: JoinShape, left: any PhysicalOperator, right: any PhysicalOperator, leftKeys: [Int],
         rightKeys: [Int], nullsEqual: [Bool], equalities: [KeyEquality],
         filters: [(filter: DynamicFilter, key: Int)] = [], diskShape: (() throws -> JoinShape)? = nil) {
        self.shape = shape
        makeDiskShape = diskShape
        self.left = left
        self.right = right
        self.leftKeys = leftKeys
        self.rightKeys = rightKeys
        self.nullsEqual = nullsEqual
        self.equalities = equalities
        self.filters = filters
        let leftTypes = left.outputTypes, rightTypes = right.outputTypes
        outputTypes = shape.leftColumns.map { leftTypes[$0] }
            + (shape.putsOutRight ? shape.rightColumns.map { rightTypes[$0] } : [])
    }

    func prepare(_ context: QueryContext) throws -> Int {
        for (filter, _) in filters { filter.clear() }
        let maker = JoinBuildMaker(keys: rightKeys, equalities: equalities, tracksMatches: shape.keepsRight,
                                   mayGoToDisk: makeDiskShape != nil)
        let built: JoinBuild
        switch try maker.make(right, context, resources) {
        case .disk(let rows): return try joinOnDisk(rows, context)
        case .memory(let made): built = made
        }
        if built.rows.rowCount == 0, shape.kind == .inner || shape.kind == .semi || shape.kind == .right { return 0 }
        build = built
        for (filter, key) in filters { filter.fill(built.rows.columns[key]) }
        leftStripes = try left.prepare(context)
        return stripeCount
    }

    private var stripeCount: Int { leftStripes + (shape.keepsRight ? 1 : 0) }

    private func joinOnDisk(_ rows: SpilledRows, _ context: QueryContext) throws -> Int {
        guard let makeDiskShape else { return 0 }
        let join = SpilledJoin(try makeDiskShape(), leftKeys: leftKeys, rightKeys: rightKeys, nullsEqual: nullsEqual,
                               equalities: equalities, context: context)
        let result = try join.run(left, SpilledSource(rows), bytes: rows.byteCount, leftColumns: shape.leftColumns,
                                  rightColumns: shape.putsOutRight ? shape.rightColumns : [], keepsStripes: true)
        resources.note(spilled: join.writtenBytes)
        let source = SpilledSource(result)
        joinedOnDisk = source
        return try source.prepare(context)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let joinedOnDisk { return try joinedOnDisk.run(stripe: stripe, context, into: consumer) }
        guard let build else { throw JoinCompletion.isOver }
        // Nobody asks any more when all stripes have been: operators above have that memory then.
        defer { if completion.finishOne() == stripeCount { self.build = nil } }
        if stripe == leftStripes {
            completion.wait(for: leftStripes)
            return try UnmatchedRows.push(build, shape, leftTypes: left.outputTypes, into: consumer, context)
        }
        let probe = HashProbe(build, shape, keys: leftKeys, nullsEqual: nullsEqual, leftTypes: left.outputTypes,
                              next: consumer, context)
        try left.run(stripe: stripe, context, into: probe)
    }
}

/// Lets the stripe of unmatched rows wait for those that match. They have all begun by then, since stripes are handed
/// out in ascending order.
final class JoinCompletion {
    /// The build side is given back with the last stripe: whoever asks once more is at fault, and gets no empty answer.
    static let isOver = WarehouseError(.internalFault, "A join was read again after its end.")

    private let lock = Monitor()
    private var finished = 0

    /// Gives how many have finished.
    @discardableResult
    func finishOne() -> Int {
        lock.withLock {
            finished += 1
            lock.broadcast()
            return finished
        }
    }

    func wait(for count: Int) {
        lock.withLock { while finished < count { lock.wait() } }
    }
}

/// Puts out the right rows that nothing matched.
enum UnmatchedRows {
    static func push(_ build: JoinBuild, _ shape: JoinShape, leftTypes: [PhysicalType],
                     into consumer: any BatchConsumer, _ context: QueryContext) throws {
        let gather = PairGather(shape, leftTypes: leftTypes, right: build.vectors)
        var list = RowList()
        var start = 0
        while start < build.rows.rowCount {
            try context.checkCancelled()
            let count = min(Vector.standardCapacity, build.rows.rowCount - start)
            build.unmatched(from: start, count: count, into: &list)
            if list.count > 0, try !consumer.consume(gather.gatherUnmatchedRight(list.selection)) { return }
            start += count
        }
    }
}
