import WarehouseBasics
import WarehouseSQL

/// Counts a data test's failures.
struct TestRun {
    let test: TestContent
    let graph: ProjectGraph
    let target: any TargetAdapter

    /// `SELECT COUNT(*) AS FAILURES, COUNT(*) … AS SHOULD_WARN, … FROM (test)`.
    func run(_ result: inout NodeResult) throws {
        let rows = try target.rows(of: try wrapped()).rows
        guard let row = rows.first, row.count == 3, let failures = row[0].flatMap({ Int($0) }) else {
            throw WarehouseError(.internalFault, "The test gave no count of its failures.")
        }
        result.failures = failures
        let expectation = test.expectation
        let isError = expectation.severity == .error && TestRun.isTrue(row[2])
        if isError || TestRun.isTrue(row[1]) {
            result.status = isError ? .fail : .warn
            let (verb, threshold) = isError ? ("fail", expectation.errorIf) : ("warn", expectation.warnIf)
            let count = Console.counted(failures, "result")
            result.message = "Got \(count), configured to \(verb) if \(threshold)"
        } else {
            result.status = .pass
        }
    }

    private static func isTrue(_ text: String?) -> Bool { text?.lowercased() == "true" }

    private func wrapped() throws(WarehouseError) -> WarehouseSQL.Query {
        var query = try graph.lowering.lower(test.query)
        if let limit = test.expectation.limit { query.limit = LimitClause(count: Int.literal(limit)) }
        let select = SyntaxTree.select(
            [
                (SyntaxTree.countStar, as: "FAILURES"),
                (try Parser.parseExpression("COUNT(*) \(test.expectation.warnIf)"), as: "SHOULD_WARN"),
                (try Parser.parseExpression("COUNT(*) \(test.expectation.errorIf)"), as: "SHOULD_ERROR"),
            ], from: [SyntaxTree.subquery(query, as: "DBT_INTERNAL_TEST")])
        return WarehouseSQL.Query(body: .select(select))
    }
}
