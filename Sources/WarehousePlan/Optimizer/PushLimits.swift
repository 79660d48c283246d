import WarehouseBasics

/// Moves LIMIT below projections, so that it stands directly above a sort, and into the branches of a UNION ALL; tells a
/// recursion how many rows are enough.
struct PushLimits: OptimizerRule {
    let name = "push limits"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        push(plan)
    }

    private func push(_ plan: LogicalPlan) -> LogicalPlan {
        if case .limit(let input, let limit, let offset) = plan, !plan.isFence {
            switch input {
            case .project(let below, let projections):
                return .project(push(.limit(below, limit: limit, offset: offset)), projections)
            case .unionAll(let inputs, let columns):
                guard let limit, case (let count, false) = limit.addingReportingOverflow(offset) else { break }
                let limited = inputs.map { push(.limit($0, limit: count, offset: 0)) }
                return .limit(.unionAll(limited, columns: columns), limit: limit, offset: offset)
            case .recursion(var recursion):
                guard let limit, case (let count, false) = limit.addingReportingOverflow(offset) else { break }
                recursion.rowLimit = min(recursion.rowLimit ?? count, count)
                let limited = LogicalPlan.recursion(recursion)
                return .limit(limited.withInputs(limited.inputs.map(push)), limit: limit, offset: offset)
            case .limit(let below, let inner, let skipped) where !input.isFence:
                return nested(below, inner, skipped, limit, offset) ?? .limit(push(input), limit: limit, offset: offset)
            default: break
            }
        }
        return plan.withInputs(plan.inputs.map(push))
    }

    /// Two limits in a row are one.
    private func nested(_ input: LogicalPlan, _ inner: Int?, _ skipped: Int, _ limit: Int?, _ offset: Int)
        -> LogicalPlan? {
        guard case (let start, false) = skipped.addingReportingOverflow(offset) else { return nil }
        let left = inner.map { max(0, $0 - offset) }
        let count: Int? = switch (left, limit) {
        case (let a?, let b?): min(a, b)
        default: left ?? limit
        }
        return push(.limit(input, limit: count, offset: start))
    }
}
