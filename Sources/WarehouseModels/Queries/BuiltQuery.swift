import WarehouseBasics
import WarehouseSQL

/// Something wrong with a query, found before it runs.
struct QueryProblem: Hashable, Sendable {
    /// The output column at fault, nil when it is a clause.
    var column: String?
    var text: String

    func message(model: String) -> String {
        column.map { "\(model).\($0) \(text)" } ?? "\(model): \(text)"
    }
}

/// A query as it stands before the target says where its relations lie.
struct BuiltQuery: Sendable {
    var tree: WarehouseSQL.Query
    /// Names and types of the output, in order.
    var columns: [RowColumn]
    var problems: [QueryProblem]
}

extension Query {
    /// The whole statement, giving `row` under the names of its properties.
    func built<C: Row>(_ row: C, naming: ColumnNaming) -> BuiltQuery {
        let layout = C.layout(naming)
        let outputs = zip(layout.columns, row.trees).map { ($0, $1) }
        var problems = self.problems + scopeProblems(outputs)
        problems += groupingProblems(outputs)
        let select = SelectStatement(
            isDistinct: isDistinct, items: outputs.map { SyntaxTree.item($0.1, as: $0.0.name) },
            from: source.map { [$0] } ?? [], filter: SyntaxTree.logical(.and, filters),
            groupBy: groups.isEmpty ? nil : .elements(groups.map { .expression($0) }),
            having: SyntaxTree.logical(.and, havings), qualify: SyntaxTree.logical(.and, qualifiers))
        let tree = WarehouseSQL.Query(
            body: .select(select), orderBy: orders.isEmpty ? nil : .items(orders),
            limit: rowLimit.map { LimitClause(count: Int.literal($0)) })
        return BuiltQuery(tree: tree, columns: layout.columns, problems: problems)
    }

    /// Raw SQL that does not parse, and columns of relations that are not in FROM.
    private func scopeProblems(_ outputs: [(RowColumn, Expression)]) -> [QueryProblem] {
        var found: [QueryProblem] = []
        func check(_ tree: Expression, column: String?, clause: String) {
            let place = column == nil ? "\(clause) " : ""
            for fault in TreeFacts.faults(in: tree) {
                found.append(QueryProblem(column: column, text: place + "holds raw SQL that does not parse: " + fault))
            }
            for alias in TreeFacts.aliases(in: tree).subtracting(aliases).sorted() {
                let name = (RelationAlias.name(alias) ?? alias).lowercased()
                found.append(QueryProblem(
                    column: column, text: place + "uses a column of \(name), which is not a relation of this query; "
                        + "join it here and use what the join gives"))
            }
        }
        for (column, tree) in outputs { check(tree, column: column.name.lowercased(), clause: "") }
        for (clause, tree) in checked { check(tree, column: nil, clause: clause) }
        return found
    }

    /// Columns outside the grouping, aggregates where none may stand, sums that may be NULL unawares.
    private func groupingProblems(_ outputs: [(RowColumn, Expression)]) -> [QueryProblem] {
        var found: [QueryProblem] = []
        if filters.contains(where: TreeFacts.containsAggregate) {
            found.append(QueryProblem(text: "filter uses an aggregate; use having"))
        }
        let isGrouped = !groups.isEmpty || !havings.isEmpty
            || outputs.contains { TreeFacts.containsAggregate($0.1) }
        guard isGrouped else { return found }
        let keys = Set(groups)
        func check(_ tree: Expression, column: String?, clause: String) {
            guard let parts = TreeFacts.ungroupedColumn(tree, keys: keys) else { return }
            let relation = (RelationAlias.name(parts[0].name) ?? parts[0].name).lowercased()
            found.append(QueryProblem(
                column: column, text: "\(clause)uses \(relation).\(parts[1].name.lowercased()) outside an aggregate; "
                    + "add it to group(by:)"))
        }
        for (column, tree) in outputs {
            check(tree, column: column.name.lowercased(), clause: "")
            if groups.isEmpty, !column.isNullable, let name = Query.nullOfNoRows(tree) {
                found.append(QueryProblem(
                    column: column.name.lowercased(),
                    text: "is not optional, but \(name) without group(by:) gives NULL of no rows; "
                        + "use optional or or(…)"))
            }
        }
        for tree in havings { check(tree, column: nil, clause: "having ") }
        for item in orders { check(item.expression, column: nil, clause: "order(by:) ") }
        return found
    }

    /// The name of an aggregate that gives NULL where there are no rows.
    private static func nullOfNoRows(_ tree: Expression) -> String? {
        guard TreeFacts.isAggregate(tree), case .function(let call) = tree.kind, let name = call.simpleName,
              ["SUM", "MIN", "MAX", "AVG", "ANY_VALUE"].contains(name) else { return nil }
        return name.lowercased()
    }
}
