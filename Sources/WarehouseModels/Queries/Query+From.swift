import WarehouseBasics
import WarehouseSQL

extension Query {
    /// `FROM r`: the relation the query starts with. Gives its columns.
    public mutating func from<R: Relation>(_ relation: R.Type) -> R.Columns {
        let (columns, table) = make(relation)
        start(table)
        return columns
    }

    /// `JOIN r ON …`: pairs for which the condition holds. Gives the columns of `r`.
    public mutating func join<R: Relation>(_ relation: R.Type, on condition: (R.Columns) -> Predicate) -> R.Columns {
        let (columns, table) = make(relation)
        add(.inner, table, on: condition(columns))
        return columns
    }

    /// `LEFT JOIN r ON …`: every row so far at least once; the columns of `r` may be missing.
    public mutating func leftJoin<R: Relation>(
        _ relation: R.Type, on condition: (R.Columns) -> Predicate
    ) -> Maybe<R.Columns> {
        let (columns, table) = make(relation)
        add(.left, table, on: condition(columns))
        return Maybe(base: columns)
    }

    /// `CROSS JOIN r`: every row so far with every row of `r`.
    public mutating func crossJoin<R: Relation>(_ relation: R.Type) -> R.Columns {
        let (columns, table) = make(relation)
        add(.cross, table, on: nil)
        return columns
    }

    /// `LATERAL FLATTEN(INPUT => array)`: a row for each element; none for an empty or NULL array.
    public mutating func flatten<V: SQLValue>(_ array: Expr<[V]>) -> Expr<V> {
        Expr(tree: flattened(array.tree, V.self))
    }

    /// `LATERAL FLATTEN(INPUT => array)`: a row for each element; none for an empty or NULL array.
    public mutating func flatten<V: SQLValue>(_ array: Expr<[V]?>) -> Expr<V?> {
        Expr(tree: flattened(array.tree, V.self))
    }

    /// The element's own column, cast from VARIANT to its type.
    private mutating func flattened<V: SQLValue>(_ array: Expression, _ element: V.Type) -> Expression {
        let alias = RelationAlias.make("FLATTENED")
        let call = FunctionCall(name: ObjectReference(["FLATTEN"]), arguments: [.named("INPUT", array)])
        checked.append(("flatten", array))
        add(.cross, TableExpression(
            kind: .function(call, isLateral: true), alias: TableAlias(name: Identifier(name: alias))), on: nil)
        aliases.insert(alias)
        return SyntaxTree.cast(SyntaxTree.column(alias, "VALUE"), to: V.logicalType)
    }

    // MARK: Subqueries

    /// `FROM (SELECT …)`: starts with the rows of another query.
    public mutating func from<C: Row>(_ build: (inout Query) -> C) -> C {
        let (columns, table) = make(subquery: build)
        start(table)
        return columns
    }

    /// `JOIN (SELECT …) ON …`.
    public mutating func join<C: Row>(
        _ build: (inout Query) -> C, on condition: (C) -> Predicate
    ) -> C {
        let (columns, table) = make(subquery: build)
        add(.inner, table, on: condition(columns))
        return columns
    }

    /// `LEFT JOIN (SELECT …) ON …`.
    public mutating func leftJoin<C: Row>(
        _ build: (inout Query) -> C, on condition: (C) -> Predicate
    ) -> Maybe<C> {
        let (columns, table) = make(subquery: build)
        add(.left, table, on: condition(columns))
        return Maybe(base: columns)
    }

    /// `CROSS JOIN (SELECT …)`: every row so far with every row of another query.
    public mutating func crossJoin<C: Row>(_ build: (inout Query) -> C) -> C {
        let (columns, table) = make(subquery: build)
        add(.cross, table, on: nil)
        return columns
    }

    /// `FROM (SELECT … UNION SELECT …)`: the rows of all parts, each once.
    public mutating func from<C: Row>(union parts: ((inout Query) -> C)...) -> C { from(parts, isAll: false) }

    /// `FROM (SELECT … UNION ALL SELECT …)`: the rows of all parts.
    public mutating func from<C: Row>(unionAll parts: ((inout Query) -> C)...) -> C { from(parts, isAll: true) }

    private mutating func from<C: Row>(_ parts: [(inout Query) -> C], isAll: Bool) -> C {
        let operands = parts.map { part -> QueryBody in
            let query = built(part)
            return query.orderBy == nil && query.limit == nil ? query.body : .nested(query)
        }
        let body = operands.count == 1
            ? operands[0] : .setOperation(SetOperation(setOperator: .union, isAll: isAll, operands: operands))
        let (columns, table): (C, TableExpression) = derived(WarehouseSQL.Query(body: body), name: "UNITED")
        start(table)
        return columns
    }

    /// `FROM (raw SQL)`: its columns must be those of `C`, by name.
    public mutating func raw<C: Row>(_ fragment: Fragment, as type: C.Type) -> C {
        let query: WarehouseSQL.Query
        do {
            query = try fragment.query()
        } catch {
            problems.append(QueryProblem(text: "raw SQL does not parse: \(error.message)"))
            query = WarehouseSQL.Query(body: .values([[SyntaxTree.null]]))
        }
        let (columns, table): (C, TableExpression) = derived(query, name: "RAW")
        start(table)
        return columns
    }

    // MARK: The tree

    private mutating func make<R: Relation>(_ relation: R.Type) -> (R.Columns, TableExpression) {
        let alias = RelationAlias.make(Identifiers.folded(R.name))
        aliases.insert(alias)
        return (R.Columns.reference(alias: alias, naming: R.naming),
                SyntaxTree.table(RelationReference.reference(to: relation), as: alias))
    }

    private mutating func make<C: Row>(subquery build: (inout Query) -> C) -> (C, TableExpression) {
        derived(built(build), name: "SELECTED")
    }

    /// A nested query of the same context, whose problems become this one's.
    private mutating func built<C: Row>(_ build: (inout Query) -> C) -> WarehouseSQL.Query {
        var inner = Query(context)
        let row = build(&inner)
        let built = inner.built(row, naming: .snakeCase)
        problems += built.problems
        incrementalModels += inner.incrementalModels
        watermarked += inner.watermarked
        return built.tree
    }

    private mutating func derived<C: Row>(
        _ query: WarehouseSQL.Query, name: String
    ) -> (C, TableExpression) {
        let alias = RelationAlias.make(name)
        aliases.insert(alias)
        return (C.reference(alias: alias, naming: .snakeCase), SyntaxTree.subquery(query, as: alias))
    }

    private mutating func start(_ table: TableExpression) {
        if let source {
            problems.append(QueryProblem(
                text: "from is called twice; use join, leftJoin or crossJoin for the second relation"))
            self.source = SyntaxTree.join(.cross, source, table)
        } else {
            source = table
        }
    }

    private mutating func add(_ kind: Join.Kind, _ table: TableExpression, on condition: Predicate?) {
        if let condition { checked.append(("join", condition.tree)) }
        guard let source else {
            problems.append(QueryProblem(text: "a join or flatten stands before from; start with q.from(…)"))
            self.source = table
            return
        }
        self.source = SyntaxTree.join(kind, source, table, on: condition?.tree)
    }
}

/// `EXISTS (SELECT 1 FROM r WHERE …)`: whether `r` has a row for which the condition holds.
public func exists<R: Relation>(_ relation: R.Type, where condition: (R.Columns) -> Predicate) -> Predicate {
    let alias = RelationAlias.make(Identifiers.folded(R.name))
    let columns = R.Columns.reference(alias: alias, naming: R.naming)
    let select = SelectStatement(
        items: [.expression(SelectExpression(expression: Int.literal(1)))],
        from: [SyntaxTree.table(RelationReference.reference(to: relation), as: alias)],
        filter: condition(columns).tree)
    return Predicate(tree: Expression(.exists(WarehouseSQL.Query(body: .select(select)))))
}
