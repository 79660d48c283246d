import WarehouseBasics
import WarehouseColumns
import WarehousePlan
import WarehouseSQL

/// Runs logical plans.
public enum QueryRunner {
    /// All rows of the plan, in order, which may take `resultBytes` of memory; nil: what fits.
    public static func run(_ plan: LogicalPlan, context: QueryContext, resultBytes: Int? = nil) throws -> QueryResult {
        try onSuitableStack(plan) { try CompiledQuery(plan, context: context).run(resultBytes: resultBytes) }
    }

    /// Delivers the rows of the plan to `sink`, in order, one call at a time but from any thread, with bounded memory
    /// in between. A batch is valid during the call only. The sink ends the query by returning false.
    public static func stream(_ plan: LogicalPlan, context: QueryContext,
                              into sink: (Batch) throws -> Bool) throws {
        let isMeasured = context.measuring.withLock { $0 != nil }
        try onSuitableStack(plan) {
            let query = try CompiledQuery(plan, context: context, isMeasured: isMeasured)
            if let slots = query.measuring?.slots { context.measuring.withLock { $0?.append(slots) } }
            try query.stream(into: sink)
        }
    }

    /// Operators that the thread of a caller is trusted with.
    private static let shallowHeight = 64

    /// Runs `work`, which compiles and runs `plan`, on a larger stack where many operators stand one upon the other.
    public static func onSuitableStack<Value>(_ plan: LogicalPlan, _ work: () throws -> Value) throws -> Value {
        plan.height <= shallowHeight ? try work() : try DeepStack.always(work)
    }
}

/// A plan made ready to run, once.
public final class CompiledQuery {
    public let columns: [PlanColumn]
    /// Physical types of the columns in every batch.
    public let physicalTypes: [PhysicalType]
    private let source: any PhysicalOperator
    private let context: QueryContext
    fileprivate let measuring: OperatorMeasures?

    /// `isMeasured`: count rows and time of each operator, for EXPLAIN ANALYZE.
    public init(_ plan: LogicalPlan, context: QueryContext, isMeasured: Bool = false) throws {
        let measuring = isMeasured ? OperatorMeasures() : nil
        let relation = try PlanCompiler(context: context, measures: measuring).compile(plan)
        self.measuring = measuring
        self.context = context
        columns = relation.columns
        source = relation.source
        physicalTypes = relation.source.outputTypes
        context.noteCompiled()
    }

    /// Counts of each operator, root first; empty unless asked for.
    public var measures: [OperatorMeasure] { measuring?.measures ?? [] }

    /// As `QueryRunner.run`.
    public func run(resultBytes: Int? = nil) throws -> QueryResult {
        let reservation = MemoryReservation(context.memory, resultBytes: resultBytes)
        let parts = try BatchOverflow.told { try source.collect(context, reservation: reservation) }
        let chunks = parts.filter { $0.rowCount > 0 }.map { ResultChunk(columns: $0.columns, rowCount: $0.rowCount) }
        return QueryResult(columns: columns, physicalTypes: physicalTypes, chunks: chunks)
    }

    /// As `QueryRunner.stream`.
    public func stream(into sink: (Batch) throws -> Bool) throws {
        try BatchOverflow.told {
            let stripes = try source.prepare(context)
            try withoutActuallyEscaping(sink) { sink in
                let delivery = OrderedDelivery(stripes: stripes, types: physicalTypes, context: context, sink: sink)
                try TaskPool.run(stripes: stripes, threads: context.threads, shouldStop: { delivery.isOver }) { stripe in
                    try delivery.run(stripe) { try source.run(stripe: stripe, context, into: $0) }
                }
            }
        }
    }
}
