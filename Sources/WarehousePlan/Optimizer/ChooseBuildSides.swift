/// Lets a semi or anti join index its left input where that is much the smaller: the suppliers of one nation need not
/// wait for a table of all line items.
struct ChooseBuildSides: OptimizerRule {
    let name = "choose build sides"

    /// The left rows are kept with all their columns, the right ones only counted.
    static let advantage = 4.0
    static let mostRows = 10_000_000.0

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        chosen(plan, RowEstimator(plan))
    }

    private func chosen(_ plan: LogicalPlan, _ estimator: RowEstimator) -> LogicalPlan {
        let plan = plan.withInputs(plan.inputs.map { chosen($0, estimator) })
        guard case .join(var join) = plan, join.kind == .semi || join.kind == .anti, !join.keys.isEmpty else { return plan }
        let left = estimator.rows(join.left)
        join.buildsLeft = left <= Self.mostRows && left * Self.advantage < estimator.rows(join.right)
        return .join(join)
    }
}
