import WarehouseBasics

/// Evaluates a correlated subquery for every distinct combination of the outer columns it names: the domain. The
/// domain is joined in below, goes up through every operator, and pairs the result with outer rows.
struct DependentJoin {
    let outer: LogicalPlan
    let binder: Binder
    private let outerIDs: Set<ColumnID>

    init(outer: LogicalPlan, binder: Binder) {
        self.outer = outer
        self.binder = binder
        outerIDs = Set(outer.columns.map(\.id))
    }

    /// A copy of the domain, and what its columns are called there.
    private struct Domain {
        var plan: LogicalPlan
        /// By the outer column's id.
        var columns: [(outer: ColumnID, column: PlanColumn)]

        var substitution: [ColumnID: BoundExpression] {
            Dictionary(columns.map { ($0.outer, BoundExpression.column($0.column)) }, uniquingKeysWith: { a, _ in a })
        }
    }

    func apply(to plan: LogicalPlan) throws -> (plan: LogicalPlan, predicates: [BoundExpression]) {
        let used = plan.freeColumns.intersection(outerIDs)
        let named = outer.columns.filter { used.contains($0.id) }
        let (inner, domain) = try dependent(plan, named)
        let predicates = named.compactMap { column -> BoundExpression? in
            guard let match = domain.first(where: { $0.outer == column.id }) else { return nil }
            return .comparison(.notDistinct, .column(column), .column(match.column))
        }
        return (inner, predicates)
    }

    private typealias Columns = [(outer: ColumnID, column: PlanColumn)]

    private func makeDomain(_ named: [PlanColumn]) -> Domain {
        let (copy, renamed) = outer.copied(&binder.ids)
        let columns = named.map { (outer: $0.id, column: binder.fresh($0)) }
        let projections = zip(named, columns).map { column, entry in
            Projection(entry.column, .column(column.renamed(renamed)))
        }
        return Domain(plan: .distinct(.project(copy, projections)), columns: columns)
    }

    private func isFree(_ plan: LogicalPlan) -> Bool { plan.freeColumns.isDisjoint(with: outerIDs) }

    private func passed(_ columns: Columns)
        -> [Projection] { columns.map { Projection($0.column, .column($0.column)) } }

    private func rewriting(_ columns: Columns) -> (BoundExpression) -> BoundExpression {
        let map = Dictionary(columns.map { ($0.outer, BoundExpression.column($0.column)) },
            uniquingKeysWith: { a, _ in a })
        return { $0.replacing(map) }
    }

    /// The plan with the domain's columns beside its own.
    private func dependent(_ plan: LogicalPlan, _ named: [PlanColumn]) throws -> (LogicalPlan, Columns) {
        if isFree(plan) {
            let domain = makeDomain(named)
            let join = LogicalJoin(kind: .inner, left: domain.plan, right: plan, keys: [], residual: nil)
            return (.join(join), domain.columns)
        }
        switch plan {
        case .filter, .sort, .flatten, .distinct:
            let (input, columns) = try dependent(plan.inputs[0], named)
            return (plan.mappingExpressions(rewriting(columns)).withInputs([input]), columns)
        case .project(let input, let projections):
            let (below, columns) = try dependent(input, named)
            let change = rewriting(columns)
            let all = projections.map { Projection($0.column, change($0.expression)) } + passed(columns)
            return (.project(below, all), columns)
        case .aggregate(let aggregate): return try aggregated(aggregate, named)
        case .window(let window):
            let (below, columns) = try dependent(window.input, named)
            guard case .window(var result) = plan.mappingExpressions(rewriting(columns)) else { return (plan, columns) }
            result.input = below
            result.partition += columns.map { .column($0.column) }
            return (.window(result), columns)
        case .limit(let input, let limit, let offset): return try limited(input, limit, offset, named)
        case .join(let join): return try joined(join, named)
        case .unionAll(let inputs, let columns): return try union(inputs, columns, named)
        case .setOperation(let kind, let left, let right, let columns):
            return try setOperation(kind, left, right, columns, named)
        case .values(let values): return try projected(values, named)
        case .singleRow(let input): return try singleRow(input, named)
        case .scan, .recursion, .shared:
            throw CompilationError.unsupported("this form of correlated subquery")
        }
    }

    private func aggregated(_ aggregate: LogicalAggregate, _ named: [PlanColumn]) throws -> (LogicalPlan, Columns) {
        let (below, columns) = try dependent(aggregate.input, named)
        let plan = LogicalPlan.aggregate(aggregate)
        guard case .aggregate(var result) = plan.mappingExpressions(rewriting(columns)) else { return (plan, columns) }
        result.input = below
        let outputs = columns.map { (outer: $0.outer, column: binder.fresh($0.column)) }
        result.groups += zip(outputs, columns).map { Projection($0.column, .column($1.column)) }
        guard aggregate.groups.isEmpty else { return (.aggregate(result), outputs) }
        return try filledUp(result, outputs, named)
    }

    /// An aggregate without groups gives a row also for combinations of the domain that have none.
    private func filledUp(_ aggregate: LogicalAggregate, _ outputs: Columns, _ named: [PlanColumn]) throws
        -> (LogicalPlan, Columns) {
        var grouped = aggregate
        for index in grouped.aggregates.indices {
            grouped.aggregates[index].column = binder.fresh(grouped.aggregates[index].column)
        }
        let marker = binder.make("MATCHED", .boolean)
        let passed = LogicalPlan.aggregate(grouped).columns.map { Projection($0, .column($0)) }
        let marked = LogicalPlan.project(.aggregate(grouped), passed + [Projection(marker, .constant(.boolean(true)))])
        let domain = makeDomain(named)
        let keys = zip(domain.columns, outputs).map {
            JoinKey(left: .column($0.column), right: .column($1.column), nullsEqual: true)
        }
        let joined =
            LogicalPlan.join(LogicalJoin(kind: .left, left: domain.plan, right: marked, keys: keys, residual: nil))
        let values = try zip(aggregate.aggregates, grouped.aggregates).map { original, call -> Projection in
            let empty = AggregateFunctions.emptyValue(call.function, type: call.column.type)
            let value = BoundExpression.column(call.column.madeNullable)
            guard !empty.isNull else { return Projection(original.column, value) }
            let filled = try binder.factory.caseWhen([(.isNull(.column(marker), negated: false), .constant(empty))],
                                                     otherwise: value)
            return Projection(original.column, filled)
        }
        return (.project(joined, values + self.passed(domain.columns)), domain.columns)
    }

    /// One row for each combination of the domain: NULLs where the query has none, an error where it has several.
    private func singleRow(_ input: LogicalPlan, _ named: [PlanColumn]) throws -> (LogicalPlan, Columns) {
        let (below, columns) = try dependent(input, named)
        let counted = try input.isAtMostOneRow ? nil : counted(below, input.columns, columns)
        let right = counted?.plan ?? below
        let domain = makeDomain(named)
        let keys = zip(domain.columns, counted?.keys ?? columns).map {
            JoinKey(left: .column($0.column), right: .column($1.column), nullsEqual: true)
        }
        let joined = LogicalPlan.join(LogicalJoin(kind: .left, left: domain.plan, right: right, keys: keys,
                                                  residual: nil))
        let values = counted?.values ?? input.columns.map { BoundExpression.column($0.madeNullable) }
        let own = zip(input.columns, values).map { Projection($0.madeNullable, $1) }
        return (.project(joined, own + passed(domain.columns)), domain.columns)
    }

    private struct CountedRows {
        var plan: LogicalPlan
        var keys: Columns
        /// Each own column's value above a left join, checked to be the only one.
        var values: [BoundExpression]
    }

    /// The rows grouped by combination, and how many each has.
    private func counted(_ below: LogicalPlan, _ own: [PlanColumn], _ columns: Columns) throws -> CountedRows {
        let factory = binder.factory
        let keys = columns.map { (outer: $0.outer, column: binder.fresh($0.column)) }
        let values = try own.map { try factory.aggregate("ANY_VALUE", [.column($0)], id: binder.ids.make()) }
        let count = try factory.aggregate("COUNT", [], id: binder.ids.make())
        let grouped = LogicalAggregate(input: below,
                                       groups: zip(keys, columns).map { Projection($0.column, .column($1.column)) },
                                       aggregates: values + [count])
        let required =
            BoundExpression.call("REQUIRE_SINGLE_ROW", [.column(count.column.madeNullable)], count.column.type)
        let isMatched = try factory.comparison(.greater, required, .constant(.integer(0)))
        let checked = try values.map { try factory.caseWhen([(isMatched, .column($0.column.madeNullable))]) }
        return CountedRows(plan: .aggregate(grouped), keys: keys, values: checked)
    }

    /// A row that names outer columns is a projection of the domain, several are the union of such.
    private func projected(_ values: LogicalValues, _ named: [PlanColumn]) throws -> (LogicalPlan, Columns) {
        guard values.rowCount == 1 else {
            let rows = values.rows.map { row in
                let columns = values.columns.map { binder.fresh($0) }
                return LogicalPlan.values(LogicalValues(columns: columns, rows: [row]))
            }
            return try union(rows, values.columns, named)
        }
        let domain = makeDomain(named)
        let change = rewriting(domain.columns)
        let row = zip(values.columns, values.rows.first ?? []).map { Projection($0, change($1)) }
        return (.project(domain.plan, row + passed(domain.columns)), domain.columns)
    }

    /// LIMIT holds for each combination: rows are numbered within it.
    private func limited(_ input: LogicalPlan, _ limit: Int?, _ offset: Int, _ named: [PlanColumn]) throws
        -> (LogicalPlan, Columns) {
        var keys: [SortKey] = []
        var source = input
        if case .sort(let below, let order) = input {
            source = below
            keys = order
        }
        let (below, columns) = try dependent(source, named)
        let change = rewriting(columns)
        keys = keys.map { SortKey(change($0.expression), isDescending: $0.isDescending, nullsFirst: $0.nullsFirst) }
        let number = binder.make("ROW_NUMBER", .number(precision: 18, scale: 0), isNullable: false)
        let window = LogicalWindow(input: below, partition: columns.map { .column($0.column) }, order: keys,
                                   calls: [WindowCall(number, "ROW_NUMBER", [], frame: .wholePartition)])
        var conditions: [BoundExpression] = []
        if offset > 0 {
            conditions.append(try binder.factory.comparison(.greater, .column(number), .constant(.integer(offset))))
        }
        if let limit {
            let last = offset.addingReportingOverflow(limit)
            guard !last.overflow
                else { throw CompilationError.unsupported("a LIMIT this large in a correlated subquery") }
            conditions.append(try binder.factory.comparison(.lessOrEqual, .column(number),
                                                            .constant(.integer(last.partialValue))))
        }
        let plan = LogicalPlan.window(window)
        return (BoundExpression.all(conditions).map { .filter(plan, $0) } ?? plan, columns)
    }

    private func joined(_ join: LogicalJoin, _ named: [PlanColumn]) throws -> (LogicalPlan, Columns) {
        guard join.kind != .full, join.kind != .right else {
            throw CompilationError.unsupported("a correlated FULL JOIN")
        }
        if isFree(join.left), !isFree(join.right), join.kind == .inner {
            let (right, columns) = try dependent(join.right, named)
            return (rebuilt(join, join.left, right, columns, pairing: []), columns)
        }
        let (left, columns) = try dependent(join.left, named)
        guard !isFree(join.right) else { return (rebuilt(join, left, join.right, columns, pairing: []), columns) }
        let (right, others) = try dependent(join.right, named)
        let pairs = zip(columns, others).map {
            JoinKey(left: .column($0.column), right: .column($1.column), nullsEqual: true)
        }
        return (rebuilt(join, left, right, columns, pairing: pairs), columns)
    }

    private func rebuilt(_ join: LogicalJoin, _ left: LogicalPlan, _ right: LogicalPlan, _ columns: Columns,
                         pairing: [JoinKey]) -> LogicalPlan {
        let change = rewriting(columns)
        var result = join
        result.left = left
        result.right = right
        result.keys = pairing
        // What was a key may now name the domain on the other side, so that all are sorted anew.
        let terms = join.keys.map {
            BoundExpression.comparison($0.nullsEqual ? .notDistinct : .equal, change($0.left), change($0.right))
        } + (join.residual.map { change($0).conjuncts } ?? [])
        result.residual = BoundExpression.all(terms)
        return .join(JoinCondition.split(result))
    }

    private func union(_ inputs: [LogicalPlan], _ columns: [PlanColumn], _ named: [PlanColumn]) throws
        -> (LogicalPlan, Columns) {
        let branches = try inputs.map { try withDomain($0, named) }
        let outputs = named.map { (outer: $0.id, column: binder.fresh($0)) }
        return (.unionAll(branches, columns: columns + outputs.map(\.column)), outputs)
    }

    private func setOperation(_ kind: SetOperationKind, _ left: LogicalPlan, _ right: LogicalPlan,
                              _ columns: [PlanColumn], _ named: [PlanColumn]) throws -> (LogicalPlan, Columns) {
        let outputs = named.map { (outer: $0.id, column: binder.fresh($0)) }
        return (.setOperation(kind, try withDomain(left, named), try withDomain(right, named),
                              columns: columns + outputs.map(\.column)), outputs)
    }

    /// A branch of a set operation: its columns, then the domain's, in order.
    private func withDomain(_ input: LogicalPlan, _ named: [PlanColumn]) throws -> LogicalPlan {
        let own = input.columns
        let (plan, columns) = try dependent(input, named)
        return .project(plan, own.map { Projection($0, .column($0)) } + passed(columns))
    }
}
