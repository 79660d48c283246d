import WarehouseBasics

/// Moves every condition as far down as it may go: through projections, joins, aggregates on their groups, windows on
/// their partitions, unions; into scans. Outer joins whose missing rows a condition rejects become inner ones.
struct PushPredicates: OptimizerRule {
    let name = "push predicates"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan { push([], into: plan) }

    /// `plan` with rows that satisfy all of `predicates`.
    private func push(_ predicates: [BoundExpression], into plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .filter(let input, let condition):
            let terms = condition.conjuncts
            let movable = terms.filter(\.isDeterministic)
            let below = push(predicates + movable, into: input)
            return filtered(below, terms.filter { !$0.isDeterministic })
        case .project(let input, let projections): return project(predicates, input, projections)
        case .join(let join): return PushIntoJoin(push: push).apply(predicates, join)
        case .scan(var scan):
            var known = Set(scan.filters)
            scan.filters += predicates.whileWanted.filter { known.insert($0).inserted }
            return .scan(scan)
        case .sort(let input, let keys): return .sort(push(predicates, into: input), keys)
        case .distinct(let input):
            let (down, stay) = divided(predicates, \.respectsEquality)
            return filtered(.distinct(push(down, into: input)), stay)
        case .aggregate(let aggregate): return aggregated(predicates, aggregate)
        case .window(let window): return windowed(predicates, window)
        case .unionAll(let inputs, let columns):
            let pushed = inputs.map { push(renamed(predicates, columns, $0), into: $0) }
            return .unionAll(pushed, columns: columns)
        case .setOperation(let kind, let left, let right, let columns):
            let (down, stay) = divided(predicates, \.respectsEquality)
            return filtered(.setOperation(kind, push(renamed(down, columns, left), into: left),
                                          push(renamed(down, columns, right), into: right), columns: columns), stay)
        case .flatten(var flatten):
            let outputs = Set(flatten.outputs.map(\.column.id))
            let (down, stay) = divided(predicates) { $0.columnIDs.isDisjoint(with: outputs) }
            flatten.input = push(down, into: flatten.input)
            return filtered(.flatten(flatten), stay)
        case .values: return filtered(plan, predicates)
        case .limit(let input, nil, 0):
            let (down, stay) = divided(predicates, input.isOpen)
            return filtered(.fence(push(down, into: input)), stay)
        case .limit, .singleRow, .recursion, .shared:
            return filtered(plan.withInputs(plan.inputs.map { push([], into: $0) }), predicates)
        }
    }

    private func filtered(_ plan: LogicalPlan, _ predicates: [BoundExpression]) -> LogicalPlan {
        BoundExpression.all(predicates).map { .filter(plan, $0) } ?? plan
    }

    private func divided(_ predicates: [BoundExpression], _ test: (BoundExpression) -> Bool)
        -> (down: [BoundExpression], stay: [BoundExpression]) {
        var down: [BoundExpression] = [], stay: [BoundExpression] = []
        for predicate in predicates.whileWanted {
            if test(predicate) { down.append(predicate) } else { stay.append(predicate) }
        }
        return (down, stay)
    }

    private func project(_ predicates: [BoundExpression], _ input: LogicalPlan, _ projections: [Projection])
        -> LogicalPlan {
        var map: [ColumnID: BoundExpression] = [:]
        var volatile: Set<ColumnID> = []
        for projection in projections {
            map[projection.column.id] = projection.expression
            if !projection.expression.isDeterministic { volatile.insert(projection.column.id) }
        }
        // What counts rows must count those that a condition above drops, too.
        let countsRows = projections.contains { $0.expression.countsRows }
        let (down, stay) = divided(predicates) { !countsRows && $0.columnIDs.isDisjoint(with: volatile) }
        let below = push(down.whileWanted.flatMap { $0.replacing(map).conjuncts }, into: input)
        return filtered(.project(below, projections), stay)
    }

    /// Conditions on group columns choose whole groups, unless they tell equal values apart.
    private func aggregated(_ predicates: [BoundExpression], _ aggregate: LogicalAggregate) -> LogicalPlan {
        let map = Dictionary(aggregate.groups.map { ($0.column.id, $0.expression) }, uniquingKeysWith: { a, _ in a })
        let (down, stay) = divided(predicates) { predicate in
            let used = predicate.columnIDs
            return !used.isEmpty && predicate.respectsEquality && used.allSatisfy { map[$0]?.isDeterministic ?? false }
        }
        var result = aggregate
        result.input = push(down.whileWanted.map { $0.replacing(map) }, into: aggregate.input)
        return filtered(.aggregate(result), stay)
    }

    /// Conditions on partition columns choose whole partitions.
    private func windowed(_ predicates: [BoundExpression], _ window: LogicalWindow) -> LogicalPlan {
        var partition: Set<ColumnID> = []
        for expression in window.partition { if case .column(let column) = expression { partition.insert(column.id) } }
        let (down, stay) = divided(predicates) {
            !$0.columnIDs.isEmpty && $0.columnIDs.isSubset(of: partition) && $0.respectsEquality
        }
        var result = window
        result.input = push(down, into: window.input)
        return filtered(.window(result), stay)
    }

    private func renamed(_ predicates: [BoundExpression], _ columns: [PlanColumn], _ input: LogicalPlan)
        -> [BoundExpression] {
        let map = Dictionary(zip(columns, input.columns).map { ($0.id, BoundExpression.column($1)) },
                             uniquingKeysWith: { a, _ in a })
        return predicates.whileWanted.map { $0.replacing(map) }
    }
}
