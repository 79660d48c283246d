import WarehouseBasics
import WarehouseSQL

extension NodeBuilder {
    static func testedName<T: UnitTest>(_ test: T.Type) -> String { T.Tested.name }

    mutating func add<T: UnitTest>(unitTest test: T.Type) {
        let query = Lowering.built(T.Tested.self, isIncremental: T.isIncremental)
        guard let testedID = id(ofMember: T.Tested.self) else {
            problems.append("\(T.name) tests \(T.Tested.name), which is not in the project; add "
                + "\(T.Tested.self).self to it")
            return
        }
        if T.isIncremental, T.Tested.materialized.name != "incremental" {
            problems.append("\(T.name): isIncremental is true, but \(T.Tested.name) is a \(T.Tested.materialized.name)")
        }
        let read = TreeFacts.dependencies(of: query.tree)
        var fixtures: [Fixture] = []
        for given in T.given {
            let isRead = given.isThis ? given.relation == T.Tested.self : read.contains { $0 == given.relation }
            if !isRead {
                problems.append("\(T.name): rows are given of \(given.relation.name), which \(T.Tested.name) does not read")
            }
            if let fixture = fixture(given, of: T.name) { fixtures.append(fixture) }
        }
        for relation in read where !T.given.contains(where: { !$0.isThis && $0.relation == relation }) {
            problems.append("\(T.name): no rows are given of \(relation.name), which \(T.Tested.name) reads; "
                + "give some, or .none(of: \(relation).self)")
        }
        if T.isIncremental, !T.given.contains(where: \.isThis), query.readsItself {
            problems.append("\(T.name): isIncremental is true; give what the model holds before with .this")
        }
        guard let expected = expectedFixture(test) else { return }
        let content = UnitTestContent(
            testedID: testedID, testedName: T.Tested.name, query: query, given: fixtures, expected: expected)
        append(Node(
            id: id(of: test), kind: .unitTest, name: T.name, about: T.about, tags: T.tags,
            declaration: String(reflecting: test), relation: nil, schema: project.target.schema,
            materialization: "unit", columns: [], dependencies: [testedID], content: .unitTest(content)))
    }

    private mutating func fixture(_ given: Given, of name: String) -> Fixture? {
        func columns<R: Relation>(_ relation: R.Type) -> [RowColumn] { R.Columns.layout(R.naming).columns }
        func reference<R: Relation>(_ relation: R.Type) -> ObjectReference {
            given.isThis ? RelationReference.this(relation) : RelationReference.reference(to: relation)
        }
        let all = columns(given.relation)
        guard let table = table(given.rows, columns: all, of: name, what: "rows of \(given.relation.name)") else {
            return nil
        }
        let input: String
        if given.isThis {
            input = "this"
        } else if let source = given.relation as? any Source.Type {
            input = "source('\((try? lowering.objectName(of: source))?.schema.lowercased() ?? "?")', '\(source.name)')"
        } else {
            input = "ref('\(given.relation.name)')"
        }
        // Columns that are not said are NULL.
        let rows = table.rows.map { row in
            all.map { column in
                table.columns.firstIndex { $0.name == column.name }.map { row[$0] } ?? SyntaxTree.null
            }
        }
        return Fixture(
            reference: reference(given.relation), input: input, name: given.isThis ? "THIS" : given.relation.name,
            columns: all.map { ColumnSchema($0.name, $0.type) }, rows: rows)
    }

    private mutating func expectedFixture<T: UnitTest>(_ test: T.Type) -> Fixture? {
        let all = T.Tested.Columns.layout(T.Tested.naming).columns
        let rows: FixtureRows = switch T.expected.kind {
        case .csv(let text): .csv(text)
        case .rows(let rows): .rows(rows, naming: T.Tested.naming)
        }
        guard var table = table(rows, columns: all, of: T.name, what: "the expected rows") else { return nil }
        // Of no rows expected, any row is too many, whatever is in it.
        if table.columns.isEmpty { table.columns = all.map { ColumnSchema($0.name, $0.type) } }
        return Fixture(
            reference: RelationReference.reference(to: T.Tested.self), input: "expected", name: T.Tested.name,
            columns: table.columns, rows: table.rows)
    }

    /// The columns that are said, in the relation's order, and their values.
    private mutating func table(
        _ rows: FixtureRows, columns: [RowColumn], of name: String, what: String
    ) -> (columns: [ColumnSchema], rows: [[Expression]])? {
        switch rows {
        case .empty: return ([], [])
        case .csv(let text):
            do {
                let header = try CSVText.records(text).first?.fields.map { Identifiers.folded($0) } ?? []
                var said = columns.filter { header.contains(Identifiers.folded($0.name)) }
                for index in said.indices { said[index].isNullable = true }
                let table = try SeedTable(csv: text, columns: said, of: what)
                return (said.map { ColumnSchema($0.name, $0.type) }, table.rows)
            } catch {
                problems.append("\(name): \(error.message)")
                return nil
            }
        case .values(let rows):
            var said: Set<String> = []
            for row in rows {
                for cell in row {
                    guard let column = cell.column else {
                        problems.append("\(name): \(what) name what is no column")
                        return nil
                    }
                    said.insert(column)
                }
            }
            let names = columns.filter { said.contains($0.name) }
            let values = rows.map { row in
                names.map { column in row.last { $0.column == column.name }?.value ?? SyntaxTree.null }
            }
            return (names.map { ColumnSchema($0.name, $0.type) }, values)
        }
    }
}

extension BuiltQuery {
    /// Whether it reads the model's own rows as they stand.
    var readsItself: Bool {
        let found = Collected<Bool>()
        var rewriter = TreeRewriter(relation: { reference in
            if RelationReference.relation(reference)?.isThis == true { found.elements.append(true) }
            return reference
        })
        _ = rewriter.rewrite(tree)
        return !found.elements.isEmpty
    }
}

extension Lowering {
    /// What a unit test's model gives of the rows it is given: the columns that are compared.
    func actual(of test: UnitTestContent) throws(WarehouseError) -> WarehouseSQL.Query {
        let select = SelectStatement(
            items: test.expected.columns.map {
                .expression(SelectExpression(expression: SyntaxTree.column("ACTUAL", $0.name)))
            }, from: [SyntaxTree.subquery(test.query.tree, as: "ACTUAL")])
        let tables = test.given.map { fixture in
            (name: Identifier(name: "__DBT__CTE__" + Identifiers.folded(fixture.name)), reference: fixture.reference,
             rows: Lowering.rows(of: fixture, as: fixture.columns))
        }
        return try lower(WarehouseSQL.Query(body: .select(select)), with: tables)
    }

    /// A fixture's rows as a query whose columns have these types.
    static func rows(of fixture: Fixture, as columns: [ColumnSchema]) -> WarehouseSQL.Query {
        func select(_ row: [Expression]) -> SelectStatement {
            SyntaxTree.select(zip(row, columns).map { (SyntaxTree.cast($0, to: $1.type), as: $1.name) }, from: [])
        }
        var empty = select(columns.map { _ in SyntaxTree.null })
        guard let first = fixture.rows.first else {
            empty.filter = Bool.literal(false)
            // A SELECT without FROM has a row of its own, which the condition takes away.
            empty.from = [TableExpression(
                kind: .values([[Int.literal(1)]]), alias: TableAlias(name: Identifier(name: "NOTHING")))]
            return WarehouseSQL.Query(body: .select(empty))
        }
        guard fixture.rows.count > 1 else { return WarehouseSQL.Query(body: .select(select(first))) }
        return WarehouseSQL.Query(body: .setOperation(SetOperation(
            setOperator: .union, isAll: true, operands: fixture.rows.map { .select(select($0)) })))
    }
}
