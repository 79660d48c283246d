import WarehouseBasics

/// Makes one projection of two in a row where that computes nothing twice, and drops those that change nothing.
struct MergeProjects: OptimizerRule {
    let name = "merge projections"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        plan.mapped { node in Self.dropped(Self.merged(node)) }
    }

    private static func merged(_ plan: LogicalPlan) -> LogicalPlan {
        guard case .project(.project(let input, let inner), let outer) = plan else { return plan }
        var uses: [ColumnID: Int] = [:]
        for projection in outer { count(projection.expression, &uses) }
        for projection in inner {
            let isCheap = switch projection.expression {
            case .column, .constant: true
            default: false
            }
            let times = uses[projection.column.id] ?? 0
            if !isCheap, times > 1 || (times == 1 && !projection.expression.isDeterministic) { return plan }
        }
        let map = Dictionary(inner.map { ($0.column.id, $0.expression) }, uniquingKeysWith: { a, _ in a })
        return .project(input, outer.map { Projection($0.column, $0.expression.replacing(map)) })
    }

    private static func count(_ expression: BoundExpression, _ uses: inout [ColumnID: Int]) {
        if case .column(let column) = expression { uses[column.id, default: 0] += 1 }
        for operand in expression.operands { count(operand, &uses) }
    }

    /// A projection that passes its input's columns on as they are.
    private static func dropped(_ plan: LogicalPlan) -> LogicalPlan {
        guard case .project(let input, let projections) = plan else { return plan }
        let columns = input.columns
        guard columns.count == projections.count else { return plan }
        for (projection, column) in zip(projections, columns) {
            guard case .column(let passed) = projection.expression, passed.id == projection.column.id,
                passed.id == column.id,
                  projection.column.name == column.name, projection.column.type == column.type else { return plan }
        }
        return input
    }
}
