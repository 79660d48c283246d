import WarehouseBasics
import WarehouseSQL

/// What a data test found.
struct TestCount: Equatable {
    var failures: Int
    var shouldWarn: Bool
    var shouldError: Bool
}

/// Counts a data test's failures.
struct TestRun {
    let node: Node
    let test: TestContent
    let graph: ProjectGraph
    let target: any TargetAdapter

    /// `counted` is what a shared scan has found already.
    func run(_ result: inout NodeResult, counted: TestCount?) throws {
        let count = try counted ?? self.count()
        result.failures = count.failures
        let expectation = test.expectation
        let isError = expectation.severity == .error && count.shouldError
        guard isError || count.shouldWarn else {
            result.status = .pass
            return
        }
        result.status = isError ? .fail : .warn
        let (verb, threshold) = isError ? ("fail", expectation.errorIf) : ("warn", expectation.warnIf)
        let found = Console.counted(count.failures, "result")
        result.message = "Got \(found), configured to \(verb) if \(threshold)"
        if expectation.storesFailures {
            result.message += "\n\nSee test failures:\n  select * from \(TestRun.auditName(of: node, in: graph.target))"
        }
    }

    /// Where the rows that a test finds are kept.
    static func auditName(of node: Node, in target: Target) -> ObjectName {
        ObjectName(
            database: ColumnNaming.stored(target.database),
            schema: ColumnNaming.stored(target.schema) + "_DBT_TEST__AUDIT", name: Identifiers.folded(node.alias))
    }

    /// `SELECT COUNT(*) AS FAILURES, COUNT(*) … AS SHOULD_WARN, … FROM (test)`.
    private func count() throws -> TestCount {
        let calculation = test.expectation.failCalc
        let items = [
            (try Parser.parseExpression(calculation), as: "FAILURES"),
            (try Parser.parseExpression("\(calculation) \(test.expectation.warnIf)"), as: "SHOULD_WARN"),
            (try Parser.parseExpression("\(calculation) \(test.expectation.errorIf)"), as: "SHOULD_ERROR"),
        ]
        let source = test.expectation.storesFailures
            ? SyntaxTree.table(try kept(), as: "DBT_INTERNAL_TEST")
            : SyntaxTree.subquery(try query(), as: "DBT_INTERNAL_TEST")
        let select = SyntaxTree.select(items, from: [source])
        let rows = try target.rows(of: WarehouseSQL.Query(body: .select(select))).rows
        guard let row = rows.first, row.count == 3, let count = TestCount(row[...]) else {
            throw WarehouseError(.model, "The test gave no whole number of failures: failCalc is \(calculation).")
        }
        return count
    }

    private func query() throws(WarehouseError) -> WarehouseSQL.Query {
        var query = try graph.lowering.lower(filtered: test)
        guard let limit = test.expectation.limit else { return query }
        if query.limit != nil {
            let with = query.with
            query.with = nil
            query = WarehouseSQL.Query(with: with, body: .nested(query))
        }
        query.limit = LimitClause(count: Int.literal(limit))
        return query
    }

    /// Keeps the rows that the test finds as a table, and gives its name.
    private func kept() throws -> ObjectReference {
        let name = TestRun.auditName(of: node, in: graph.target)
        _ = try target.run(.createObject(CreateObjectStatement(
            kind: .schema, ifNotExists: true,
            name: ObjectReference([Identifier(name: name.database), Identifier(name: name.schema)]))))
        let reference = Lowering.reference(name)
        _ = try target.run(.createTable(CreateTableStatement(
            orReplace: true, name: reference, source: .query(try query()))))
        return reference
    }
}

extension TestCount {
    /// Failures and two booleans as texts; nil when they are none. An aggregate of no rows may be NULL: no failures.
    init?(_ row: ArraySlice<String?>) {
        guard row.count == 3, let first = row.first else { return nil }
        guard let text = first else {
            self.init(failures: 0, shouldWarn: false, shouldError: false)
            return
        }
        guard let failures = Int(text) else { return nil }
        func isTrue(_ text: String?) -> Bool { text?.lowercased() == "true" }
        self.init(
            failures: failures, shouldWarn: isTrue(row[row.startIndex + 1]),
            shouldError: isTrue(row[row.startIndex + 2]))
    }
}
