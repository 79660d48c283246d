import WarehouseBasics
import WarehouseSQL

extension NodeBuilder {
    /// The tests that a relation's columns and checks ask for, in their order.
    mutating func addTests<R: Relation>(of relation: R.Type) {
        let table = SyntaxTree.table(RelationReference.reference(to: relation))
        for column in R.columns {
            guard let name = R.Columns.columnName(column.path, naming: R.naming) else { continue }
            for test in column.tests { add(test, on: name, table, of: relation) }
        }
        for check in R.checks { add(check, table, of: relation) }
    }

    private mutating func add<R: Relation>(
        _ test: ColumnTest, on name: String, _ table: TableExpression, of relation: R.Type
    ) {
        let column = Expression(.column([Identifier(name: name)]))
        var arguments: [(name: String, value: String)] = []
        let kind: String
        let query: SelectStatement
        switch test.kind {
        case .notNull:
            kind = "not_null"
            query = SyntaxTree.select([(column, as: name)], from: [table], where: SyntaxTree.isNull(column))
        case .unique:
            kind = "unique"
            query = GenericTests.unique(column, table)
        case .acceptedValues(let values):
            kind = "accepted_values"
            arguments = [("values", values.map(GenericTests.text).joined(separator: "__"))]
            query = GenericTests.acceptedValues(column, table, values)
        case .relationship(let other, let field):
            kind = "relationships"
            arguments = [("field", field.lowercased()), ("to", "ref('\(other.name)')")]
            query = GenericTests.relationship(column, table, to: other, field)
        }
        let values = [name.lowercased()] + arguments.map(\.value)
        append(
            GenericTests.name(kind, R.name, values), kind, query, test.expectation, of: relation,
            column: name, arguments)
    }

    private mutating func add<R: Relation>(_ check: Check<R.Columns>, _ table: TableExpression, of relation: R.Type) {
        switch check.kind {
        case .uniqueCombination(let paths):
            var names: [String] = []
            for path in paths {
                if let name = R.Columns.columnName(path, naming: R.naming) { names.append(name) }
                else { problems.append("\(R.name): a unique check names what is no column of it") }
            }
            guard !names.isEmpty else { return }
            let list = names.map { $0.lowercased() }.joined(separator: "__")
            append(
                GenericTests.name(check.name, R.name, [list]), check.name,
                GenericTests.uniqueCombination(names, table), check.expectation, of: relation, column: nil,
                [("combination_of_columns", list)])
        case .expression(let condition):
            let alias = RelationAlias.make(Identifiers.folded(R.name))
            let tree = condition(R.Columns.reference(alias: alias, naming: R.naming)).tree
            for fault in TreeFacts.faults(in: tree) {
                problems.append("\(R.name): check \(check.name) holds raw SQL that does not parse: \(fault)")
            }
            var from = table
            from.alias = TableAlias(name: Identifier(name: alias))
            let query = SelectStatement(
                items: [.star(StarItem())], from: [from], filter: Expression(.unary(.not, tree)))
            append(
                GenericTests.name("expression_is_true", R.name, [check.name]), "expression_is_true", query,
                check.expectation, of: relation, column: nil, [("expression", check.name)])
        }
    }

    private mutating func append<R: Relation>(
        _ names: (full: String, short: String), _ kind: String, _ select: SelectStatement,
        _ expectation: TestExpectation, of relation: R.Type, column: String?,
        _ arguments: [(name: String, value: String)]
    ) {
        check(expectation, of: names.short)
        let query = WarehouseSQL.Query(body: .select(select))
        let hash = MD5.digest(names.full).hex.suffix(10)
        let generic = GenericTest(
            name: kind, attachedTo: id(ofMember: relation) ?? "", column: column?.lowercased(), arguments: arguments)
        tests.append(Node(
            id: "test.\(project.name).\(names.full).\(hash)", kind: .test, name: names.short, about: "", tags: R.tags,
            declaration: String(reflecting: relation), relation: nil, schema: project.target.schema,
            materialization: "test", columns: [], dependencies: dependencies(of: query, of: names.short),
            content: .test(TestContent(query: query, expectation: expectation, generic: generic))))
    }

    /// Thresholds are raw SQL; ones that do not parse are problems.
    mutating func check(_ expectation: TestExpectation, of name: String) {
        for text in [expectation.errorIf, expectation.warnIf] {
            do {
                _ = try Parser.parseExpression("COUNT(*) \(text)")
            } catch {
                problems.append("\(name): the threshold '\(text)' does not parse; write one such as '> 10'")
            }
        }
    }
}

/// The queries and names of dbt's generic tests.
enum GenericTests {
    /// dbt's name of a generic test: kind, relation and arguments; the short form is used where 64 characters would
    /// be passed.
    static func name(_ kind: String, _ relation: String, _ arguments: [String]) -> (full: String, short: String) {
        let cleaned = arguments.map(GenericTests.cleaned)
        let full = "\(kind)_\(relation)_\(cleaned.joined(separator: "__"))"
        guard full.utf8.count >= 64 else { return (full, full) }
        return (full, "\("\(kind)_\(relation)".prefix(30))_\(MD5.digest(full).hex)")
    }

    /// Every run of characters that are neither letters, digits nor `_` becomes one `_`.
    private static func cleaned(_ text: String) -> String {
        var result = ""
        var isGap = false
        for byte in text.utf8 {
            let isWord = (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122) || byte == 95
            if isWord { result.append(Character(Unicode.Scalar(byte))) } else if !isGap { result.append("_") }
            isGap = !isWord
        }
        return result
    }

    /// The text of a literal.
    static func text(_ literal: Expression) -> String {
        switch literal.kind {
        case .literal(.string(let text)), .literal(.number(let text)), .literal(.date(let text)): text
        case .literal(.boolean(let value)): value ? "True" : "False"
        default: SQLPrinter().print(literal)
        }
    }

    private static let moreThanOne = SyntaxTree.binary(.greater, SyntaxTree.countStar, Int.literal(1))

    static func unique(_ column: Expression, _ table: TableExpression) -> SelectStatement {
        var query = SyntaxTree.select(
            [(column, as: "UNIQUE_FIELD"), (SyntaxTree.countStar, as: "N_RECORDS")], from: [table],
            where: SyntaxTree.isNull(column, negated: true))
        query.groupBy = .elements([.expression(column)])
        query.having = moreThanOne
        return query
    }

    static func uniqueCombination(_ names: [String], _ table: TableExpression) -> SelectStatement {
        let columns = names.map { Expression(.column([Identifier(name: $0)])) }
        var query = SyntaxTree.select(Array(zip(columns, names)).map { ($0.0, as: $0.1) }, from: [table])
        query.groupBy = .elements(columns.map { .expression($0) })
        query.having = moreThanOne
        return query
    }

    static func acceptedValues(
        _ column: Expression, _ table: TableExpression, _ values: [Expression]
    ) -> SelectStatement {
        var counts = SyntaxTree.select(
            [(column, as: "VALUE_FIELD"), (SyntaxTree.countStar, as: "N_RECORDS")], from: [table])
        counts.groupBy = .elements([.expression(column)])
        let all = SyntaxTree.subquery(WarehouseSQL.Query(body: .select(counts)), as: "ALL_VALUES")
        let value = SyntaxTree.column("ALL_VALUES", "VALUE_FIELD")
        let isOther = values.isEmpty
            ? SyntaxTree.isNull(value, negated: true) : Expression(.inList(value, values, isNegated: true))
        return SyntaxTree.select(
            [(value, as: "VALUE_FIELD"), (SyntaxTree.column("ALL_VALUES", "N_RECORDS"), as: "N_RECORDS")],
            from: [all], where: isOther)
    }

    static func relationship(
        _ column: Expression, _ table: TableExpression, to other: any Relation.Type, _ field: String
    ) -> SelectStatement {
        let child = SyntaxTree.select(
            [(column, as: "FROM_FIELD")], from: [table], where: SyntaxTree.isNull(column, negated: true))
        let parent = SyntaxTree.select(
            [(SyntaxTree.column(field), as: "TO_FIELD")],
            from: [SyntaxTree.table(RelationReference.reference(to: other))])
        let from = SyntaxTree.column("CHILD", "FROM_FIELD"), to = SyntaxTree.column("PARENT", "TO_FIELD")
        let joined = SyntaxTree.join(
            .left, SyntaxTree.subquery(WarehouseSQL.Query(body: .select(child)), as: "CHILD"),
            SyntaxTree.subquery(WarehouseSQL.Query(body: .select(parent)), as: "PARENT"),
            on: SyntaxTree.binary(.equal, from, to))
        return SyntaxTree.select([(from, as: "FROM_FIELD")], from: [joined], where: SyntaxTree.isNull(to))
    }
}
