import WarehouseBasics

/// Aggregates one side of an inner join by its join keys before the join, where that leaves far fewer rows, and puts
/// the partial results together above: AVG(rating) by genre needs one row a movie, not one a rating, to meet the
/// genres. Over 20 million ratings and 27,000 movies: by genre 340 ms before, 95 after; by tag 33 before, 18 after.
struct AggregateBeforeJoin: OptimizerRule {
    let name = "aggregate before join"

    /// Below so many rows nothing is to be gained.
    static let minimumRows = 50_000.0
    /// So many times fewer rows must be left.
    static let minimumReduction = 8.0

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        let estimator = RowEstimator(plan)
        return plan.mapped { node in
            guard case .aggregate(let aggregate) = node else { return node }
            return EagerAggregate(aggregate, context, estimator)?.plan() ?? node
        }
    }
}

/// One aggregate over a join, taken apart.
private struct EagerAggregate {
    let aggregate: LogicalAggregate
    let join: LogicalJoin
    /// Whether the side aggregated first is the left one.
    let isLeft: Bool
    let context: OptimizerContext

    /// Nil where the rule does not apply or would not pay.
    init?(_ original: LogicalAggregate, _ context: OptimizerContext, _ estimator: RowEstimator) {
        guard !original.groups.isEmpty, !original.aggregates.isEmpty,
              let (aggregate, join) = EagerAggregate.overJoin(original), join.kind == .inner, !join.keys.isEmpty,
              join.residual == nil, LogicalPlan.aggregate(aggregate).expressions.allSatisfy(\.isDeterministic),
              LogicalPlan.join(join).expressions.allSatisfy(\.isDeterministic) else { return nil }
        let leftIDs = Set(join.left.columns.map(\.id)), rightIDs = Set(join.right.columns.map(\.id))
        let used = aggregate.aggregates.reduce(into: Set<ColumnID>()) { used, call in
            for argument in call.arguments { argument.collectColumns(into: &used) }
        }
        let left = estimator.rows(join.left), right = estimator.rows(join.right)
        let isLeft = used.isEmpty ? left >= right : used.isSubset(of: leftIDs)
        guard isLeft || used.isSubset(of: rightIDs) else { return nil }
        self.aggregate = aggregate
        self.join = join
        self.isLeft = isLeft
        self.context = context
        let rows = isLeft ? left : right
        guard rows >= AggregateBeforeJoin.minimumRows, estimator.rows(.join(join)) >= rows / 4 else { return nil }
        let keys = keyColumns
        // The partial groups know one of several equal values.
        guard aggregate.groups.allSatisfy(\.expression.respectsEquality),
              join.keys.allSatisfy({ $0.left.respectsEquality && $0.right.respectsEquality }) else { return nil }
        let ids = Set(keys.map(\.id))
        guard !keys.isEmpty, aggregate.aggregates.allSatisfy({ isDecomposable($0, ids, estimator) }) else { return nil }
        let before = LogicalAggregate(input: side, groups: keys.map { Projection($0, .column($0)) }, aggregates: [])
        guard keys.allSatisfy({ estimator.distinct(.column($0)) != nil }),
              estimator.rows(.aggregate(before)) * AggregateBeforeJoin.minimumReduction <= rows else { return nil }
    }

    /// The aggregate directly over its join: a projection between them is written into the expressions.
    private static func overJoin(_ aggregate: LogicalAggregate) -> (LogicalAggregate, LogicalJoin)? {
        switch aggregate.input {
        case .join(let join): return (aggregate, join)
        case .project(.join(let join), let projections):
            guard projections.allSatisfy(\.expression.isDeterministic) else { return nil }
            let map = Dictionary(projections.map { ($0.column.id, $0.expression) }) { first, _ in first }
            guard case .aggregate(let replaced) = LogicalPlan.aggregate(aggregate).mappingExpressions({
                $0.replacing(map)
            }) else { return nil }
            return (replaced, join)
        default: return nil
        }
    }

    private var side: LogicalPlan { isLeft ? join.left : join.right }

    /// The side's columns that the join and the groups need.
    private var keyColumns: [PlanColumn] {
        var used: Set<ColumnID> = []
        for key in join.keys { (isLeft ? key.left : key.right).collectColumns(into: &used) }
        for group in aggregate.groups { group.expression.collectColumns(into: &used) }
        return side.columns.filter { used.contains($0.id) }
    }

    /// Whether partial results make the whole. Arguments must not raise errors for rows that the join drops.
    private func isDecomposable(_ call: AggregateCall, _ keys: Set<ColumnID>, _ estimator: RowEstimator) -> Bool {
        if call.isDistinct {
            guard call.order.isEmpty, ["COUNT", "SUM", "AVG"].contains(call.function) else { return false }
            return call.arguments.allSatisfy { argument in
                if case .column(let column) = argument { return keys.contains(column.id) }
                return false
            }
        }
        return PartialAggregates.canSplit(call, estimator) && call.arguments.allSatisfy(PartialAggregates.isSafe)
    }

    // MARK: The new plan

    func plan() -> LogicalPlan {
        var renamed: [ColumnID: BoundExpression] = [:]
        var groups: [Projection] = []
        for column in keyColumns {
            let new = context.make(column.name, column.type, isNullable: column.isNullable)
            groups.append(Projection(new, .column(column)))
            renamed[column.id] = .column(new)
        }
        var partials = PartialAggregates(context: context)
        let above = aggregate.aggregates.map { aboveJoin($0, &partials, renamed) }
        let before = LogicalPlan.aggregate(LogicalAggregate(input: side, groups: groups, aggregates: partials.calls))
        var joined = join
        joined.keys = join.keys.map {
            JoinKey(left: isLeft ? $0.left.replacing(renamed) : $0.left,
                    right: isLeft ? $0.right : $0.right.replacing(renamed), nullsEqual: $0.nullsEqual)
        }
        if isLeft { joined.left = before } else { joined.right = before }
        let finals = LogicalAggregate(
            input: .join(joined),
            groups: aggregate.groups.map { Projection($0.column, $0.expression.replacing(renamed)) },
            aggregates: above.flatMap(\.calls))
        let projections = aggregate.groups.map { Projection($0.column, .column($0.column)) }
            + zip(aggregate.aggregates, above).map { Projection($0.column, $1.result) }
        if above.allSatisfy({ $0.calls.count == 1 }) { return .aggregate(finals) }
        return .project(.aggregate(finals), projections)
    }

    /// The calls above the join that put a call's partial results together, and its value.
    private func aboveJoin(_ call: AggregateCall, _ partials: inout PartialAggregates, _ renamed: [ColumnID: BoundExpression])
        -> (calls: [AggregateCall], result: BoundExpression) {
        if call.isDistinct {
            var above = call
            above.arguments = call.arguments.map { $0.replacing(renamed) }
            return ([above], .column(call.column))
        }
        let parts = partials.add(call)
        let columns = parts.count == 1 ? [call.column] : parts.map { context.make($0.function, $0.column.type) }
        return (zip(parts, columns).map { PartialAggregates.merging($0, .column($0.column), into: $1) },
                PartialAggregates.result(of: call, columns, isGlobal: false))
    }
}
