import WarehouseBasics

/// Drops sorts whose order nobody sees: below another sort, an aggregate or a DISTINCT that gives the same for any
/// order, and on the side of a semi or anti join that puts nothing out.
struct RemoveSorts: OptimizerRule {
    let name = "remove sorts"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        plan.mapped { node in
            switch node {
            case .sort(let input, let keys): return .sort(Self.unsorted(input), keys)
            case .aggregate(var aggregate):
                guard aggregate.aggregates.allSatisfy(Self.ignoresOrder) else { return node }
                aggregate.input = Self.unsorted(aggregate.input)
                return .aggregate(aggregate)
            case .join(var join) where join.kind == .semi || join.kind == .anti:
                join.right = Self.unsorted(join.right)
                return .join(join)
            default: return node
            }
        }
    }

    private static let ordered: Set<String> =
        ["ANY_VALUE", "LISTAGG", "ARRAY_AGG", "OBJECT_AGG", "MIN_BY", "MAX_BY", "MODE"]

    private static func ignoresOrder(_ call: AggregateCall) -> Bool {
        // Sums of doubles are not associative; their order is kept where it was asked for.
        if call.arguments.first?.type == .float,
            !["COUNT", "MIN", "MAX", "APPROX_COUNT_DISTINCT"].contains(call.function) {
            return false
        }
        return !ordered.contains(call.function)
    }

    /// The plan without a sort at its top, seen through projections and filters.
    private static func unsorted(_ plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .sort(let input, _): return unsorted(input)
        case .project(let input, let projections) where !projections.contains(where: \.expression.countsRows):
            return .project(unsorted(input), projections)
        case .filter(let input, let condition): return .filter(unsorted(input), condition)
        default: return plan
        }
    }
}
