import WarehouseBasics

/// Makes a subquery independent of the plan around it.
///
/// First the simple way: conditions that name outer columns are pulled up to the join that replaces the subquery. Where
/// that does not go (a LIMIT, a condition that is no equality below an aggregate, …) the subquery is evaluated for the
/// distinct combinations of the outer columns it names, and joined on those (Neumann and Kemper, Unnesting Arbitrary
/// Queries, 2015).
struct Decorrelation {
    let outer: LogicalPlan
    let binder: Binder
    private let outerIDs: Set<ColumnID>

    init(outer: LogicalPlan, binder: Binder) {
        self.outer = outer
        self.binder = binder
        outerIDs = Set(outer.columns.map(\.id))
    }

    private struct NotPullable: Error {}

    /// The subquery without outer references, and the conditions that pair its rows with outer ones. All columns of
    /// the relation are kept. `equalitiesOnly`: each condition is an equality with one side each. `isValue`: the caller
    /// knows what an aggregate without groups gives where no row is left (see `emptyValues`).
    func apply(to relation: Binder.Relation, equalitiesOnly: Bool = false, isValue: Bool = false) throws
        -> (plan: LogicalPlan, predicates: [BoundExpression]) {
        do {
            let pulled = try pull(relation.plan, isTop: isValue)
            guard !equalitiesOnly || pulled.predicates.allSatisfy(isEquality) else { throw NotPullable() }
            return (pulled.plan, pulled.predicates)
        } catch is NotPullable {
            return try DependentJoin(outer: outer, binder: binder).apply(to: relation.plan)
        }
    }

    // MARK: Pulling conditions up

    private func isOuter(_ expression: BoundExpression) -> Bool { !expression.columnIDs.isDisjoint(with: outerIDs) }

    private func isEquality(_ predicate: BoundExpression) -> Bool {
        guard case .comparison(let op, let a, let b) = predicate, op == .equal || op == .notDistinct
            else { return false }
        return Self.sides(a, b, outer: outerIDs) != nil
    }

    /// The side that names no outer column, and the one that names only those.
    static func sides(_ a: BoundExpression, _ b: BoundExpression, outer: Set<ColumnID>)
        -> (own: BoundExpression, outer: BoundExpression)? {
        let (x, y) = (a.columnIDs, b.columnIDs)
        if x.isDisjoint(with: outer), y.isSubset(of: outer) { return (a, b) }
        if y.isDisjoint(with: outer), x.isSubset(of: outer) { return (b, a) }
        return nil
    }

    /// The side over the subquery's columns, and the one that names none of them.
    static func sides(_ a: BoundExpression, _ b: BoundExpression, inner: Set<ColumnID>)
        -> (own: BoundExpression, outer: BoundExpression)? {
        let (x, y) = (a.columnIDs, b.columnIDs)
        if !x.isEmpty, x.isSubset(of: inner), y.isDisjoint(with: inner) { return (a, b) }
        if !y.isEmpty, y.isSubset(of: inner), x.isDisjoint(with: inner) { return (b, a) }
        return nil
    }

    private typealias Pulled = (plan: LogicalPlan, predicates: [BoundExpression])

    /// `isTop`: nothing but projections, filters and sorts stands above.
    private func pull(_ plan: LogicalPlan, isTop: Bool) throws -> Pulled {
        if plan.freeColumns.isDisjoint(with: outerIDs) { return (plan, []) }
        switch plan {
        case .filter(let input, let condition):
            let below = try pull(input, isTop: isTop)
            let terms = condition.conjuncts
            let own = terms.filter { !isOuter($0) }
            let filtered = BoundExpression.all(own).map { LogicalPlan.filter(below.plan, $0) } ?? below.plan
            return (filtered, below.predicates + terms.filter(isOuter))
        case .project(let input, let projections):
            guard !projections.contains(where: { isOuter($0.expression) }) else { throw NotPullable() }
            let below = try pull(input, isTop: isTop)
            let kept = Set(projections.map(\.column.id))
            let extra = needed(below.predicates, from: below.plan).filter { !kept.contains($0.id) }
            return (.project(below.plan, projections + extra.map { Projection($0, .column($0)) }), below.predicates)
        case .aggregate(let aggregate):
            // Grouped by the conditions' columns it would give no row where it must give one.
            guard isTop || !aggregate.groups.isEmpty else { throw NotPullable() }
            return try pull(aggregate)
        case .join(let join): return try pull(join)
        case .sort(let input, let keys):
            guard !keys.contains(where: { isOuter($0.expression) }) else { throw NotPullable() }
            let below = try pull(input, isTop: isTop)
            return (.sort(below.plan, keys), below.predicates)
        case .distinct(let input):
            let below = try pull(input, isTop: false)
            guard below.predicates.allSatisfy(isEquality) else { throw NotPullable() }
            return (.distinct(below.plan), below.predicates)
        case .window(var window):
            let below = try pull(window.input, isTop: false)
            guard below.predicates.allSatisfy(isEquality), !plan.expressions.contains(where: isOuter) else {
                throw NotPullable()
            }
            window.input = below.plan
            window.partition += below.predicates.compactMap(ownSide)
            return (.window(window), below.predicates)
        case .flatten(var flatten):
            guard !isOuter(flatten.value) else { throw NotPullable() }
            let below = try pull(flatten.input, isTop: false)
            flatten.input = below.plan
            return (.flatten(flatten), below.predicates)
        case .limit(let input, nil, 0):
            // All rows, whatever they are chosen by.
            let below = try pull(input, isTop: false)
            return (.fence(below.plan), below.predicates)
        case .scan, .values, .limit, .unionAll, .setOperation, .singleRow, .recursion, .shared:
            throw NotPullable()
        }
    }

    private func ownSide(_ predicate: BoundExpression) -> BoundExpression? {
        guard case .comparison(_, let a, let b) = predicate else { return nil }
        return Self.sides(a, b, outer: outerIDs)?.own
    }

    private func needed(_ predicates: [BoundExpression], from plan: LogicalPlan) -> [PlanColumn] {
        let used = predicates.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
        return plan.columns.filter { used.contains($0.id) }
    }

    private func pull(_ aggregate: LogicalAggregate) throws -> Pulled {
        let below = try pull(aggregate.input, isTop: false)
        guard below.predicates.allSatisfy(isEquality),
            !LogicalPlan.aggregate(aggregate).expressions.contains(where: isOuter)
        else { throw NotPullable() }
        var result = aggregate
        result.input = below.plan
        let predicates = try below.predicates.map { predicate -> BoundExpression in
            guard case .comparison(let op, let a, let b) = predicate,
                  let (own, other) = Self.sides(a, b, outer: outerIDs) else { throw NotPullable() }
            if let known = result.groups.first(where: { $0.expression == own }) {
                return .comparison(op, .column(known.column), other)
            }
            let column = binder.make("KEY", own.type, isNullable: own.isNullable)
            result.groups.append(Projection(column, own))
            return .comparison(op, .column(column), other)
        }
        return (.aggregate(result), predicates)
    }

    private func pull(_ join: LogicalJoin) throws -> Pulled {
        var result = join
        var predicates: [BoundExpression] = []
        let left = try pull(join.left, isTop: false)
        result.left = left.plan
        predicates += left.predicates
        let rightIsFree = join.right.freeColumns.isDisjoint(with: outerIDs)
        guard join.kind == .inner else {
            let conditions = join.keys.flatMap { [$0.left, $0.right] } + (join.residual.map { [$0] } ?? [])
            guard rightIsFree, join.kind != .full, join.kind != .right, !conditions.contains(where: isOuter) else {
                throw NotPullable()
            }
            return (.join(result), predicates)
        }
        let right = try pull(join.right, isTop: false)
        result.right = right.plan
        predicates += right.predicates
        result.keys = []
        for key in join.keys {
            guard isOuter(key.left) || isOuter(key.right) else {
                result.keys.append(key)
                continue
            }
            predicates.append(.comparison(key.nullsEqual ? .notDistinct : .equal, key.left, key.right))
        }
        let terms = join.residual?.conjuncts ?? []
        result.residual = BoundExpression.all(terms.filter { !isOuter($0) })
        return (.join(result), predicates + terms.filter(isOuter))
    }

    // MARK: Aggregates over nothing

    /// What each column of a subquery gives when nothing qualifies, if it is an aggregate without groups below
    /// projections and filters; nil for all others.
    static func emptyValues(of plan: LogicalPlan) -> [ColumnID: BoundExpression]? {
        switch plan {
        case .aggregate(let aggregate):
            guard aggregate.groups.isEmpty else { return nil }
            var values: [ColumnID: BoundExpression] = [:]
            for call in aggregate.aggregates {
                values[call.column.id] = .constant(AggregateFunctions.emptyValue(call.function, type: call.column.type))
            }
            return values
        case .project(let input, let projections):
            guard let below = emptyValues(of: input) else { return nil }
            var values: [ColumnID: BoundExpression] = [:]
            for projection in projections { values[projection.column.id] = projection.expression.replacing(below) }
            return values
        case .filter(let input, let condition):
            guard let below = emptyValues(of: input) else { return nil }
            let kept = condition.replacing(below)
            return below.mapValues {
                .caseWhen([BoundExpression.CaseBranch(condition: kept, value: $0)],
                    otherwise: .constant(.null($0.type)), $0.type)
            }
        case .sort(let input, _): return emptyValues(of: input)
        default: return nil
        }
    }
}
