import WarehouseBasics

/// Flattens an array before the join that repeats its row: the elements of 27,000 movies instead of those of 20 million
/// joined ratings. Below an inner join on either side, below a left join on its left.
struct PushFlatten: OptimizerRule {
    let name = "push flatten"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        let estimator = RowEstimator(plan)
        return push(plan, estimator)
    }

    private func push(_ plan: LogicalPlan, _ estimator: RowEstimator) -> LogicalPlan {
        let plan = plan.withInputs(plan.inputs.map { push($0, estimator) })
        guard case .flatten(let flatten) = plan, case .join(let join) = flatten.input,
              !flatten.outputs.contains(where: { $0.output == .seq }) else { return plan }
        let used = flatten.value.columnIDs
        if isBelow(used, join.left, of: join, [.inner, .left], estimator) {
            var result = join
            result.left = moved(flatten, onto: join.left, estimator)
            return .join(result)
        }
        if isBelow(used, join.right, of: join, [.inner], estimator) {
            var result = join
            result.right = moved(flatten, onto: join.right, estimator)
            return .join(result)
        }
        return plan
    }

    /// Whether the array is one side's alone and that side has fewer rows than the join.
    private func isBelow(_ used: Set<ColumnID>, _ side: LogicalPlan, of join: LogicalJoin, _ kinds: [JoinKind],
                         _ estimator: RowEstimator) -> Bool {
        guard kinds.contains(join.kind), !used.isEmpty, used.isSubset(of: Set(side.columns.map(\.id))) else { return false }
        return estimator.rows(side) < estimator.rows(.join(join))
    }

    private func moved(_ flatten: LogicalFlatten, onto side: LogicalPlan, _ estimator: RowEstimator) -> LogicalPlan {
        var result = flatten
        result.input = side
        return push(.flatten(result), estimator)
    }
}
