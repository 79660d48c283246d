import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// A join without keys (cross or theta): the right input is kept, and every left row meets every right row, or those that an
/// index of their ranges or keys finds. Left rows keep their order, and a row's matches come in the order of the right input.
/// Where the right rows are too many for memory, both inputs go to disk and are joined block by block.
final class NestedLoopJoinOperator: ResourcefulOperator {
    private let shape: JoinShape
    private let search: JoinSearch?
    private let left: EvenStripesOperator
    private let right: any PhysicalOperator
    /// Filled when the right rows are known, for scans beneath the left input.
    private let filters: [RangeFilter]
    let outputTypes: [PhysicalType]
    private let cutsLeft: Bool
    private var build: JoinBuild?
    private var leftStripes = 0
    private let completion = JoinCompletion()
    private let makeDiskShape: (() throws -> JoinShape)?
    private var joinedOnDisk: SpilledSource?
    let resources = OperatorResources()

    /// `search`: what the residual need not say. `cutsLeft`: left rows may be kept, so that all threads have some.
    /// `diskShape`: the pairs of both whole inputs with row positions behind each; nil: the right input must fit.
    init(_ shape: JoinShape, search: JoinSearch?, left: any PhysicalOperator, right: any PhysicalOperator,
         cutsLeft: Bool = false, filters: [RangeFilter] = [], diskShape: (() throws -> JoinShape)? = nil) {
        makeDiskShape = diskShape
        self.shape = shape
        self.search = search
        self.filters = filters
        self.cutsLeft = cutsLeft
        self.left = EvenStripesOperator(left, resources)
        self.right = right
        let leftTypes = left.outputTypes, rightTypes = right.outputTypes
        outputTypes = shape.leftColumns.map { leftTypes[$0] }
            + (shape.putsOutRight ? shape.rightColumns.map { rightTypes[$0] } : [])
    }

    func prepare(_ context: QueryContext) throws -> Int {
        for range in filters { range.filter.clear() }
        let maker = JoinBuildMaker(keys: [], equalities: [], search: search, tracksMatches: shape.keepsRight,
                                   mayGoToDisk: makeDiskShape != nil)
        let built: JoinBuild
        switch try maker.make(right, context, resources) {
        case .disk(let rows): return try joinOnDisk(rows, context)
        case .memory(let made): built = made
        }
        if built.rows.rowCount == 0, shape.kind == .inner || shape.kind == .semi || shape.kind == .right { return 0 }
        build = built
        for range in filters { range.filter.fillRange(range.comparison, built.rows.columns[range.column]) }
        if cutsLeft { left.workPerRow = built.rows.rowCount }
        leftStripes = try left.prepare(context)
        return stripeCount
    }

    private var stripeCount: Int { leftStripes + (shape.keepsRight ? 1 : 0) }

    private func joinOnDisk(_ rows: SpilledRows, _ context: QueryContext) throws -> Int {
        guard let makeDiskShape else { return 0 }
        let join = SpilledJoin(try makeDiskShape(), leftKeys: [], rightKeys: [], nullsEqual: [], equalities: [],
                               search: search, context: context)
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
        defer {
            if completion.finishOne() == stripeCount {
                self.build = nil
                left.release()
            }
        }
        let leftTypes = left.outputTypes
        if stripe == leftStripes {
            completion.wait(for: leftStripes)
            return try UnmatchedRows.push(build, shape, leftTypes: leftTypes, into: consumer, context)
        }
        if let index = build.index {
            let probe = CandidateProbe(build, index, shape, leftTypes: leftTypes, next: consumer, context)
            return try left.run(stripe: stripe, context, into: probe)
        }
        let pairs = PairConsumer(shape, leftTypes: leftTypes, right: build.vectors, matched: build.matched,
                                 next: consumer)
        let shape = shape
        try left.run(stripe: stripe, context, into: ClosureConsumer { batch in
            try context.checkCancelled()
            return try NestedLoopJoinOperator.join(batch, build, shape, pairs, context)
        })
    }

    private static func join(_ batch: Batch, _ build: JoinBuild, _ shape: JoinShape, _ pairs: PairConsumer,
                             _ context: QueryContext) throws -> Bool {
        let count = Int32(build.rows.rowCount)
        if shape.residual == nil {
            switch shape.kind {
            case .semi: return try pairs.pushLeft(batch, batch.rowCount) { _ in count > 0 }
            case .anti: return try pairs.pushLeft(batch, batch.rowCount) { _ in count == 0 }
            default: break
            }
        }
        var list = pairs.begin(batch)
        for row in 0..<batch.rowCount {
            try context.checkCancelled()
            if count == 0, shape.residual == nil {
                guard shape.keepsLeft else { continue }
                list.add(row, -1)
                if list.isFull, try !pairs.push(&list) { return false }
            }
            for other in 0..<count {
                list.add(row, other)
                guard list.isFull else { continue }
                try context.checkCancelled()
                let goesOn = shape.residual == nil ? try pairs.push(&list) : try pairs.test(&list, listedRows: row)
                if !goesOn { return false }
                if shape.residual != nil, pairs.isSettled(row) { break }
            }
        }
        return shape.residual == nil ? try pairs.push(&list) : try pairs.finish(&list, rows: batch.rowCount)
    }
}
