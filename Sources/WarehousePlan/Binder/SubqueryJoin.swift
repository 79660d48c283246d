import WarehouseBasics

/// Joins subqueries of expressions to the plan whose rows they are evaluated for.
struct SubqueryJoin {
    let binder: Binder
    var factory: ExpressionFactory { binder.factory }

    init(binder: Binder) { self.binder = binder }

    func isCorrelated(_ relation: Binder.Relation, with plan: LogicalPlan) -> Bool {
        let free = relation.plan.freeColumns
        return !free.isEmpty && plan.columns.contains { free.contains($0.id) }
    }

    func cross(_ left: LogicalPlan, _ right: LogicalPlan) -> LogicalPlan {
        .join(LogicalJoin(kind: .inner, left: left, right: right, keys: [], residual: nil))
    }

    // MARK: Scalar

    /// One value a row; more than one row is an error, none gives NULL.
    func scalar(_ plan: LogicalPlan, _ relation: Binder.Relation, output: PlanColumn) throws -> LogicalPlan {
        let value = Projection(output, .column(relation.columns[0]))
        guard isCorrelated(relation, with: plan) else {
            let isOneRow = relation.plan.isScalarAggregate
            let projected = LogicalPlan.project(relation.plan, [value])
            return cross(plan, isOneRow ? projected : .singleRow(projected))
        }
        let empty = Decorrelation.emptyValues(of: relation.plan)
        let decorrelation = Decorrelation(outer: plan, binder: binder)
        let (inner, predicates) = try decorrelation.apply(to: relation,
                                                          equalitiesOnly: empty == nil && !relation.plan.isAtMostOneRow,
                                                          isValue: true)
        if let empty { return try aggregated(plan, inner, predicates, relation, empty, output) }
        if relation.plan.isAtMostOneRow {
            let joined = JoinCondition.join(.left, plan, inner, on: BoundExpression.all(predicates))
            let value = BoundExpression.column(relation.columns[0].madeNullable)
            return .project(joined, plan.columns.map { Projection($0, .column($0)) } + [Projection(output, value)])
        }
        return try single(plan, inner, predicates, relation, output)
    }

    /// An aggregate without groups, now one row a key: no row means what it gives over nothing.
    private func aggregated(_ plan: LogicalPlan, _ inner: LogicalPlan, _ predicates: [BoundExpression],
                            _ relation: Binder.Relation, _ empty: [ColumnID: BoundExpression],
                            _ output: PlanColumn) throws -> LogicalPlan {
        let column = relation.columns[0]
        let marker = binder.make("MATCHED", .boolean)
        let passed = inner.columns.map { Projection($0, .column($0)) } + [Projection(marker, .constant(.boolean(true)))]
        let joined = JoinCondition.join(.left, plan, .project(inner, passed), on: BoundExpression.all(predicates))
        var value = BoundExpression.column(column.madeNullable)
        let fallback = empty[column.id].map { SimplifyExpressions.simplified($0, factory) }
        if let fallback, !(fallback.isConstant && fallback.isNullable) {
            value = try factory.caseWhen([(factory.isNull(.column(marker)), fallback)], otherwise: value)
            value = try factory.implicit(value, to: output.type)
        }
        return .project(joined, plan.columns.map { Projection($0, .column($0)) } + [Projection(output, value)])
    }

    /// Any other query: its rows are counted for each key, and more than one is an error.
    private func single(_ plan: LogicalPlan, _ inner: LogicalPlan, _ predicates: [BoundExpression],
                        _ relation: Binder.Relation, _ output: PlanColumn) throws -> LogicalPlan {
        let outerIDs = Set(plan.columns.map(\.id))
        var groups: [Projection] = []
        var rewritten: [BoundExpression] = []
        for predicate in predicates {
            guard case .comparison(let op, let a, let b) = predicate, op == .equal || op == .notDistinct,
                  let (own, other) = Decorrelation.sides(a, b, outer: outerIDs) else {
                throw CompilationError.unsupported("correlated scalar subquery without an equality")
            }
            let column = binder.make("KEY", own.type, isNullable: own.isNullable)
            groups.append(Projection(column, own))
            rewritten.append(.comparison(op, .column(column), other))
        }
        let value = try factory.aggregate("ANY_VALUE", [.column(relation.columns[0])], id: binder.ids.make())
        let count = try factory.aggregate("COUNT", [], id: binder.ids.make())
        let grouped = LogicalPlan.aggregate(LogicalAggregate(input: inner, groups: groups, aggregates: [value, count]))
        let joined = JoinCondition.join(.left, plan, grouped, on: BoundExpression.all(rewritten))
        let required =
            BoundExpression.call("REQUIRE_SINGLE_ROW", [.column(count.column.madeNullable)], count.column.type)
        let isMatched = try factory.comparison(.greater, required, .constant(.integer(0)))
        let checked = try factory.caseWhen([(isMatched, .column(value.column.madeNullable))])
        return .project(joined, plan.columns.map { Projection($0, .column($0)) } + [Projection(output, checked)])
    }

    // MARK: EXISTS

    /// Rows for which the subquery has a row, or with `negated` none.
    func exists(_ plan: LogicalPlan, _ relation: Binder.Relation, negated: Bool) throws -> LogicalPlan {
        guard isCorrelated(relation, with: plan) else {
            let output = binder.make("EXISTS", .boolean, isNullable: false)
            let marked = try existence(plan, relation, output: output)
            return .filter(marked, negated ? .not(.column(output)) : .column(output))
        }
        // An aggregate without groups always has a row.
        if relation.plan.isScalarAggregate { return negated ? .filter(plan, .constant(.boolean(false))) : plan }
        let (inner, predicates) = try Decorrelation(outer: plan, binder: binder).apply(to: relation.withoutOrder)
        return JoinCondition.join(negated ? .anti : .semi, plan, inner, on: BoundExpression.all(predicates))
    }

    /// EXISTS as a value.
    func existence(_ plan: LogicalPlan, _ relation: Binder.Relation, output: PlanColumn) throws -> LogicalPlan {
        guard isCorrelated(relation, with: plan) else {
            let count = try factory.aggregate("COUNT", [], id: binder.ids.make())
            let limited = LogicalPlan.limit(relation.plan, limit: 1, offset: 0)
            let counted = LogicalPlan.aggregate(LogicalAggregate(input: limited, groups: [], aggregates: [count]))
            let isAny = try factory.comparison(.greater, .column(count.column), .constant(.integer(0)))
            return cross(plan, .project(counted, [Projection(output, isAny)]))
        }
        if relation.plan.isScalarAggregate {
            return .project(plan, plan.columns.map { Projection($0, .column($0)) }
                + [Projection(output, .constant(.boolean(true)))])
        }
        let (inner, predicates) =
            try Decorrelation(outer: plan, binder: binder).apply(to: relation.withoutOrder, equalitiesOnly: true)
        let marker = binder.make("MATCHED", .boolean)
        let (keyed, conditions) = try distinctKeys(inner, predicates, marker: marker)
        let joined = JoinCondition.join(.left, plan, keyed, on: BoundExpression.all(conditions))
        return .project(joined, plan.columns.map { Projection($0, .column($0)) }
            + [Projection(output, factory.isNull(.column(marker), negated: true))])
    }

    /// The inner sides of equalities, each combination once, beside a marker that is TRUE.
    private func distinctKeys(_ inner: LogicalPlan, _ predicates: [BoundExpression], marker: PlanColumn)
        throws -> (LogicalPlan, [BoundExpression]) {
        let innerIDs = Set(inner.columns.map(\.id))
        var keys: [Projection] = []
        var conditions: [BoundExpression] = []
        for predicate in predicates {
            if predicate.columnIDs.isDisjoint(with: innerIDs) {
                conditions.append(predicate)
                continue
            }
            guard case .comparison(let op, let a, let b) = predicate, op == .equal || op == .notDistinct,
                  let (own, other) = Decorrelation.sides(a, b, inner: innerIDs) else {
                throw CompilationError.unsupported("correlated subquery without an equality in this place")
            }
            let column = binder.make("KEY", own.type, isNullable: own.isNullable)
            keys.append(Projection(column, own))
            conditions.append(.comparison(op, .column(column), other))
        }
        let distinct = LogicalPlan.distinct(.project(inner, keys))
        let marked = keys.map { Projection($0.column, .column($0.column)) }
            + [Projection(marker, .constant(.boolean(true)))]
        return (.project(distinct, marked), conditions)
    }

    // MARK: IN

    /// Rows whose values are among the subquery's, or with `negated` (NOT IN) surely not among them.
    func membership(_ plan: LogicalPlan, _ values: [BoundExpression], _ relation: Binder.Relation, negated: Bool) throws
        -> LogicalPlan {
        let neverNull = !values.contains(where: \.isNullable) && !relation.columns.contains(where: \.isNullable)
        if isCorrelated(relation, with: plan) {
            if let scalar = try comparedScalar(plan, values, relation) {
                return restored(.filter(scalar.plan, negated ? .not(scalar.condition) : scalar.condition), plan)
            }
            guard !negated || neverNull else {
                let output = binder.make("IN", .boolean)
                return .filter(try member(plan, values, relation, output: output), .not(.column(output)))
            }
            let (inner, predicates) = try Decorrelation(outer: plan, binder: binder).apply(to: relation.withoutOrder)
            let all = predicates + equalities(values, relation.columns)
            return JoinCondition.join(negated ? .anti : .semi, plan, inner, on: BoundExpression.all(all))
        }
        if negated, !neverNull, values.count > 1 {
            // A row is surely not among the others where each differs from it in some place without doubt.
            let mayEqual = try zip(values, relation.columns).map { value, column in
                try factory.or([factory.comparison(.equal, value, .column(column)), factory.isNull(value),
                                factory.isNull(.column(column))])
            }
            return JoinCondition.join(.anti, plan, relation.plan, on: try factory.and(mayEqual))
        }
        let condition = BoundExpression.all(equalities(values, relation.columns))
        let joined = JoinCondition.join(negated ? .anti : .semi, plan, relation.plan, on: condition)
        guard negated, !neverNull else { return joined }
        // A row without a match stays only where nothing was unknown: the value is not NULL and none of the list is,
        // or the list is empty.
        let counts = try listCounts(relation)
        let known = try factory.and([factory.isNull(values[0], negated: true),
                                     try factory.comparison(.equal, .column(counts.all), .column(counts.known))])
        let isEmpty = try factory.comparison(.equal, .column(counts.all), .constant(.integer(0)))
        let filtered = LogicalPlan.filter(cross(joined, counts.plan), try factory.or([isEmpty, known]))
        return restored(filtered, plan)
    }

    /// Only the columns of `plan`.
    private func restored(_ result: LogicalPlan, _ plan: LogicalPlan) -> LogicalPlan {
        .project(result, plan.columns.map { Projection($0, .column($0)) })
    }

    private func equalities(_ values: [BoundExpression], _ columns: [PlanColumn]) -> [BoundExpression] {
        zip(values, columns).map { .comparison(.equal, $0, .column($1)) }
    }

    /// How many rows a copy of the list has, and how many of them are not NULL.
    private func listCounts(_ relation: Binder.Relation) throws
        -> (plan: LogicalPlan, all: PlanColumn, known: PlanColumn) {
        let (copy, renamed) = relation.plan.copied(&binder.ids)
        let column = relation.columns[0].renamed(renamed)
        let all = try factory.aggregate("COUNT", [], id: binder.ids.make())
        let known = try factory.aggregate("COUNT", [.column(column)], id: binder.ids.make())
        return (.aggregate(LogicalAggregate(input: copy, groups: [], aggregates: [all, known])), all.column,
            known.column)
    }

    /// `x IN (SELECT aggregate …)` compares with one value.
    private func comparedScalar(_ plan: LogicalPlan, _ values: [BoundExpression], _ relation: Binder.Relation) throws
        -> (plan: LogicalPlan, condition: BoundExpression)? {
        guard values.count == 1, relation.plan.isScalarAggregate else { return nil }
        let output = binder.make("VALUE", relation.columns[0].type)
        let joined = try scalar(plan, relation, output: output)
        return (joined, try factory.comparison(.equal, values[0], .column(output)))
    }

    /// IN as a value: TRUE with a match, else NULL where something was unknown, else FALSE.
    func member(_ plan: LogicalPlan, _ values: [BoundExpression], _ relation: Binder.Relation,
        output: PlanColumn) throws
        -> LogicalPlan {
        if isCorrelated(relation, with: plan), let scalar = try comparedScalar(plan, values, relation) {
            return .project(scalar.plan, plan.columns.map { Projection($0, .column($0)) }
                + [Projection(output, scalar.condition)])
        }
        guard values.count == 1 else {
            let equal = BoundExpression.all(equalities(values, relation.columns)) ?? .constant(.boolean(true))
            return try scalar(plan, try binder.matching(equal, isAny: true, over: relation), output: output)
        }
        var predicates: [BoundExpression] = []
        var inner = relation.plan
        if isCorrelated(relation, with: plan) {
            (inner, predicates) = try Decorrelation(outer: plan, binder: binder).apply(to: relation.withoutOrder,
                                                                                     equalitiesOnly: true)
        }
        let counts = try groupCounts(inner, predicates, relation)
        var joined = predicates.isEmpty ? cross(plan, counts.plan)
            : JoinCondition.join(.left, plan, counts.plan, on: BoundExpression.all(counts.conditions))
        let marker = binder.make("MATCHED", .boolean)
        let (keyed, conditions) =
            try distinctKeys(inner, predicates + equalities(values, relation.columns), marker: marker)
        joined = JoinCondition.join(.left, joined, keyed, on: BoundExpression.all(conditions))
        let all = BoundExpression.column(counts.all.madeNullable)
        let isEmpty = try factory.comparison(.equal, try factory.call("COALESCE", [all, .constant(.integer(0))]),
                                             .constant(.integer(0)))
        let hasNull = try factory.comparison(.less, .column(counts.known.madeNullable), all)
        let value = try factory.caseWhen([
            (isEmpty, .constant(.boolean(false))),
            (factory.isNull(.column(marker), negated: true), .constant(.boolean(true))),
            (try factory.or([factory.isNull(values[0]), hasNull]), .constant(.null(.boolean))),
        ], otherwise: .constant(.boolean(false)))
        return .project(joined, plan.columns.map { Projection($0, .column($0)) } + [Projection(output, value)])
    }

    /// `listCounts` for each combination of the correlated keys.
    private func groupCounts(_ inner: LogicalPlan, _ predicates: [BoundExpression], _ relation: Binder.Relation) throws
        -> (plan: LogicalPlan, conditions: [BoundExpression], all: PlanColumn, known: PlanColumn) {
        let (copy, renamed) = inner.copied(&binder.ids)
        let innerIDs = Set(inner.columns.map(\.id))
        var groups: [Projection] = []
        var conditions: [BoundExpression] = []
        for predicate in predicates {
            if predicate.columnIDs.isDisjoint(with: innerIDs) {
                conditions.append(predicate)
                continue
            }
            guard case .comparison(let op, let a, let b) = predicate,
                  let (own, other) = Decorrelation.sides(a, b, inner: innerIDs) else {
                throw CompilationError.unsupported("correlated subquery without an equality in this place")
            }
            let column = binder.make("KEY", own.type, isNullable: own.isNullable)
            groups.append(Projection(column, own.renamed(renamed)))
            conditions.append(.comparison(op, .column(column), other))
        }
        let column = relation.columns[0].renamed(renamed)
        let all = try factory.aggregate("COUNT", [], id: binder.ids.make())
        let known = try factory.aggregate("COUNT", [.column(column)], id: binder.ids.make())
        let plan = LogicalPlan.aggregate(LogicalAggregate(input: copy, groups: groups, aggregates: [all, known]))
        return (plan, conditions, all.column, known.column)
    }
}

extension Binder.Relation {
    /// The same rows where their order, and a LIMIT that keeps some, do not matter: below EXISTS and IN.
    var withoutOrder: Binder.Relation {
        var copy = self
        while case .sort(let input, _) = copy.plan { copy.plan = input }
        return copy
    }
}

extension LogicalPlan {
    /// One row always: an aggregate without groups, with nothing but projections above it.
    var isScalarAggregate: Bool {
        switch self {
        case .project(let input, _): input.isScalarAggregate
        case .aggregate(let aggregate): aggregate.groups.isEmpty
        default: false
        }
    }

    /// Whether it cannot put out two rows.
    var isAtMostOneRow: Bool {
        switch self {
        case .singleRow: true
        case .values(let values): values.rowCount <= 1
        case .limit(let input, let limit, _): limit.map { $0 <= 1 } ?? false || input.isAtMostOneRow
        case .aggregate(let aggregate): aggregate.groups.isEmpty
        case .project(let input, _), .filter(let input, _), .sort(let input, _), .distinct(let input):
            input.isAtMostOneRow
        case .shared(let shared): shared.plan.isAtMostOneRow
        case .scan, .join, .window, .unionAll, .setOperation, .flatten, .recursion: false
        }
    }
}
