import WarehouseBasics
import WarehouseSQL

/// One improvement of plans. A rule changes how a result is computed, never which it is.
protocol OptimizerRule: Sendable {
    /// What it does, in a few words.
    var name: String { get }
    /// The plan improved everywhere the rule applies. Its output columns keep their ids and order.
    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan
}

/// What rules share while one plan is optimized.
final class OptimizerContext {
    let factory: ExpressionFactory
    var ids: ColumnIDSource

    init(factory: ExpressionFactory, ids: ColumnIDSource) {
        self.factory = factory
        self.ids = ids
    }

    func make(_ name: String, _ type: LogicalType, isNullable: Bool = true) -> PlanColumn {
        PlanColumn(id: ids.make(), name: name, type: type, isNullable: isNullable)
    }
}

/// Applies the rules, in the order of the list.
public struct Optimizer {
    private let context: OptimizerContext
    private let rules: [any OptimizerRule]

    /// Operators one upon the other: walks of a debug build take up to 20 KB of stack for each.
    static let maximumHeight = 2 * SyntaxLimits.maximumHeight

    static var tooHigh: WarehouseError {
        WarehouseError(.limitExceeded, "The statement needs more than \(maximumHeight) operators one upon the other: it joins, "
            + "combines or nests too many queries.")
    }

    static let standardRules: [any OptimizerRule] = [
        SimplifyExpressions(), PushPredicates(), MergeProjects(), FlattenElements(), PruneColumns(), PushFlatten(),
        AnswerFromStatistics(), DistinctAsGroups(), PartitionsAsGroups(), RollUpGroups(), ReorderJoins(), AggregateBeforeJoin(),
        RemoveSorts(), PushLimits(), SimplifyExpressions(), PruneColumns(), MergeProjects(), ComputeOnce(), ChooseBuildSides(),
        ShareSubplans(),
    ]

    /// `folder` evaluates constants; `ids` continues where the plan's ids end.
    public init(folder: ExpressionFactory, ids: ColumnIDSource) {
        self.init(folder: folder, ids: ids, rules: Self.standardRules)
    }

    init(folder: ExpressionFactory, ids: ColumnIDSource, rules: [any OptimizerRule]) {
        context = OptimizerContext(factory: folder, ids: ids)
        self.rules = rules
    }

    /// The plan after every rule. Same rows, same columns in the same order.
    public func optimize(_ plan: LogicalPlan) throws -> LogicalPlan {
        guard plan.height <= Self.maximumHeight else { throw Self.tooHigh }
        let improved = try rules.reduce(plan) { plan, rule in
            try Interruption.check()
            return try rule.apply(plan, context)
        }
        try Interruption.check()
        let columns = plan.columns
        if improved.columns.map(\.id) == columns.map(\.id) { return improved }
        return .project(improved, columns.map { Projection($0, .column($0)) })
    }
}
