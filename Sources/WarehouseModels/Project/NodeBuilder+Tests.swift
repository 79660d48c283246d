import WarehouseBasics
import WarehouseSQL

extension NodeBuilder {
    /// The tests that a relation's columns and checks ask for, in their order.
    mutating func addTests<R: Relation>(of relation: R.Type) {
        for column in R.columns {
            guard let name = R.Columns.columnName(column.path, naming: R.naming) else { continue }
            for test in column.tests { add(test, on: name, of: relation) }
        }
        for check in R.checks { add(check, of: relation) }
    }

    /// A test under construction: its query and, where it can be counted in a shared scan, the aggregate.
    private struct Draft {
        var name: String
        var namespace: String?
        var values: [String]
        var query: WarehouseSQL.Query
        var count: Expression?
        var isProbe = false
        var expectation: TestExpectation
        var column: String?
        var arguments: [(name: String, value: String)]
    }

    private mutating func add<R: Relation>(_ test: ColumnTest, on name: String, of relation: R.Type) {
        let column = Expression(.column([Identifier(name: name)]))
        let table = SyntaxTree.table(RelationReference.reference(to: relation))
        let query: WarehouseSQL.Query
        var count: Expression?
        switch test.form {
        case .failingRows(let condition):
            let tree = condition(name).expression
            query = WarehouseSQL.Query(body: .select(SyntaxTree.select(
                [(column, as: name)], from: [table], where: tree)))
            count = SyntaxTree.call("COUNT_IF", tree)
        case .failingValues(let condition):
            let tree = condition(name).expression
            query = WarehouseSQL.Query(body: .select(GenericTests.values(column, table, where: tree)))
            let failing = Expression(.conditional(CaseExpression(
                branches: [CaseBranch(condition: tree, result: column)])))
            count = SyntaxTree.call("COUNT", [failing], isDistinct: true)
        case .query(let make):
            guard let made = parsed(make(name, relation), of: "\(R.name).\(name.lowercased())") else { return }
            query = made
            count = (test.failsIf?(name).expression).map(NodeBuilder.oneOrNone) ?? test.probe?(name).expression
        }
        append(Draft(
            name: test.name, namespace: test.namespace, values: [name.lowercased()] + test.arguments.map(\.value),
            query: query, count: count, isProbe: test.probe != nil, expectation: test.expectation, column: name,
            arguments: test.arguments),
            of: relation)
    }

    private mutating func add<R: Relation>(_ check: Check<R.Columns>, of relation: R.Type) {
        var names: [String] = []
        for path in check.columns {
            if let name = R.Columns.columnName(path, naming: R.naming) { names.append(name) }
            else { problems.append("\(R.name): the check \(check.name) names what is no column of it") }
        }
        guard names.count == check.columns.count else { return }
        var arguments = check.arguments
        if !check.columnsArgument.isEmpty {
            let list = names.map { $0.lowercased() }.joined(separator: "__")
            arguments.append((check.columnsArgument, list))
            arguments.sort { $0.name < $1.name }
        }
        let query: WarehouseSQL.Query
        var count: Expression?
        switch check.form {
        case .query(let make):
            let isList = !check.columnsArgument.isEmpty && names.isEmpty
            if isList { return problems.append("\(R.name): the check \(check.name) names no columns; name some") }
            guard let made = parsed(make(names, relation), of: R.name) else { return }
            query = made
            count = check.failsIf.map { NodeBuilder.oneOrNone($0.expression) }
        case .condition(let condition):
            let alias = RelationAlias.make(Identifiers.folded(R.name))
            let tree = condition(R.Columns.reference(alias: alias, naming: R.naming)).tree
            for fault in TreeFacts.faults(in: tree) {
                problems.append("\(R.name): check \(arguments.first?.value ?? check.name) holds raw SQL that does not "
                    + "parse: \(fault)")
            }
            let from = SyntaxTree.table(RelationReference.reference(to: relation), as: alias)
            let failing = Expression(.unary(.not, tree))
            query = WarehouseSQL.Query(body: .select(SelectStatement(
                items: [.star(StarItem())], from: [from], filter: failing)))
            var unqualified = TreeRewriter(column: { parts in
                TreeFacts.relationAlias(parts) == alias ? [parts[1]] : parts
            })
            count = SyntaxTree.call("COUNT_IF", unqualified.rewrite(failing))
        }
        append(Draft(
            name: check.name, namespace: check.namespace, values: arguments.map(\.value), query: query, count: count,
            expectation: check.expectation, column: nil, arguments: arguments), of: relation)
    }

    /// 1 when the condition holds, else 0.
    private static func oneOrNone(_ condition: Expression) -> Expression {
        Expression(.conditional(CaseExpression(
            branches: [CaseBranch(condition: condition, result: Int.literal(1))], otherwise: Int.literal(0))))
    }

    /// The query of a fragment; one that does not parse is a problem.
    private mutating func parsed(_ fragment: Fragment, of name: String) -> WarehouseSQL.Query? {
        do {
            return try fragment.query()
        } catch {
            problems.append("\(name): a test holds raw SQL that does not parse: \(error.message)")
            return nil
        }
    }

    private mutating func append<R: Relation>(_ draft: Draft, of relation: R.Type) {
        let prefix = (draft.namespace.map { $0 + "_" } ?? "") + (relation is any Source.Type ? "source_" : "")
        let (full, short) = draft.expectation.name.map { ($0, $0) }
            ?? GenericTests.name(prefix + draft.name, testedName(relation), draft.values)
        check(draft.expectation, of: full)
        let generic = GenericTest(
            name: draft.name, alias: short, namespace: draft.namespace, attachedTo: id(ofMember: relation) ?? "",
            column: draft.column?.lowercased(), arguments: draft.arguments)
        let reference = RelationReference.reference(to: relation)
        let dependencies = dependencies(of: draft.query, of: full)
        var content = TestContent(query: draft.query, expectation: draft.expectation, generic: generic)
        let expectation = draft.expectation
        if let count = draft.count, dependencies.count == 1, expectation.limit == nil, !expectation.storesFailures,
           expectation.filter == nil, expectation.failCalc == TestExpectation.countAll {
            content.shared = SharedCount(relation: reference, count: count, isProbe: draft.isProbe)
        }
        if expectation.filter != nil { content.filteredRelation = reference }
        tests.append(Node(
            id: "test.\(project.name).\(full).\(MD5.digest(full).hex.suffix(10))", kind: .test,
            name: full, about: "", tags: [], declaration: String(reflecting: relation), relation: nil,
            schema: project.target.schema, materialization: "test", columns: [], dependencies: dependencies,
            content: .test(content)))
    }

    /// What a test calls its relation: a source by its schema too.
    private func testedName<R: Relation>(_ relation: R.Type) -> String {
        guard let source = relation as? any Source.Type, let name = try? lowering.objectName(of: source) else { return R.name }
        return "\(name.schema.lowercased())_\(R.name)"
    }

    /// Thresholds are raw SQL; ones that do not parse are problems.
    mutating func check(_ expectation: TestExpectation, of name: String) {
        for text in [expectation.errorIf, expectation.warnIf] where !NodeBuilder.parses("COUNT(*) \(text)") {
            problems.append("\(name): the threshold '\(text)' does not parse; write one such as '> 10'")
        }
        if let filter = expectation.filter, !NodeBuilder.parses(filter) {
            problems.append("\(name): where '\(filter)' does not parse; write a condition in SQL")
        }
        if !NodeBuilder.parses(expectation.failCalc) {
            problems.append("\(name): failCalc '\(expectation.failCalc)' does not parse; write an aggregate in SQL")
        }
    }

    private static func parses(_ text: String) -> Bool { (try? Parser.parseExpression(text)) != nil }
}

/// The queries and names of dbt's generic tests.
enum GenericTests {
    /// dbt's name of a generic test: kind, relation and arguments; the short form is its alias where 64 characters would
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

    /// A column of times as wall clocks of UTC. Times without a zone are taken as such; dates are.
    static func utc(_ column: String, _ type: LogicalType) -> Fragment {
        switch type {
        case .timestampLTZ, .timestampTZ: "CONVERT_TIMEZONE('UTC', \(column: column))::TIMESTAMP_NTZ"
        default: "\(column: column)::TIMESTAMP_NTZ"
        }
    }

    /// The text of a literal.
    static func text(_ literal: Expression) -> String {
        switch literal.kind {
        case .literal(.string(let text)), .literal(.number(let text)), .literal(.date(let text)): text
        case .literal(.boolean(let value)): value ? "True" : "False"
        default: SQLPrinter().print(literal)
        }
    }

    /// The texts of literals, as dbt joins the elements of a list.
    static func joined(_ literals: [Expression]) -> String { literals.map(text).joined(separator: "__") }

    /// The values for which a condition on their column holds, each once, with how often it occurs.
    static func values(_ column: Expression, _ table: TableExpression, where condition: Expression) -> SelectStatement {
        var counts = SyntaxTree.select(
            [(column, as: "VALUE_FIELD"), (SyntaxTree.countStar, as: "N_RECORDS")], from: [table], where: condition)
        counts.groupBy = .elements([.expression(column)])
        return counts
    }
}
