/// Lets a join index its left input where that is much the smaller: the suppliers of one nation need not wait for a table
/// of all line items. Semi and anti joins say so; a left join becomes a right join of its inputs exchanged.
struct ChooseBuildSides: OptimizerRule {
    let name = "choose build sides"

    /// The left rows are kept with all their columns, the right ones only counted.
    static let advantage = 4.0
    static let mostRows = 10_000_000.0
    /// Below this many rows on the right a left join stays, and with it the order of its rows.
    static let leastRows = 20_000.0

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        chosen(plan, RowEstimator(plan))
    }

    private func chosen(_ plan: LogicalPlan, _ estimator: RowEstimator) -> LogicalPlan {
        let plan = plan.withInputs(plan.inputs.map { chosen($0, estimator) })
        guard case .join(var join) = plan, !join.keys.isEmpty else { return plan }
        switch join.kind {
        case .semi, .anti:
            join.buildsLeft = isLeftSmaller(join, estimator)
            return .join(join)
        case .left:
            guard !Self.isOrdered(join.left), estimator.rows(join.right) >= Self.leastRows,
                  isLeftSmaller(join, estimator) else { return plan }
            return .project(.join(Self.exchanged(join)), plan.columns.map { Projection($0, .column($0)) })
        default: return plan
        }
    }

    private func isLeftSmaller(_ join: LogicalJoin, _ estimator: RowEstimator) -> Bool {
        let left = estimator.rows(join.left)
        return left <= Self.mostRows && left * Self.advantage < estimator.rows(join.right)
    }

    private static func exchanged(_ join: LogicalJoin) -> LogicalJoin {
        let keys = join.keys.map { JoinKey(left: $0.right, right: $0.left, nullsEqual: $0.nullsEqual) }
        return LogicalJoin(kind: .right, left: join.right, right: join.left, keys: keys, residual: join.residual)
    }

    /// Rows that somebody put in order, which a list made of the join's rows is to show.
    private static func isOrdered(_ plan: LogicalPlan) -> Bool {
        switch plan {
        case .sort: true
        case .project(let input, _), .filter(let input, _), .limit(let input, _, _): isOrdered(input)
        case .join(let join) where join.kind != .right && join.kind != .full: isOrdered(join.left)
        default: false
        }
    }
}
