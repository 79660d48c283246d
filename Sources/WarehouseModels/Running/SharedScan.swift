import WarehouseBasics
import WarehouseSQL

/// Counts the failures of several tests of one relation in one scan of it:
/// ```
/// SELECT F0, F0 != 0, F0 != 0, F1, … FROM (
///     SELECT COUNT_IF(A IS NULL) AS F0, COUNT(DISTINCT CASE WHEN B NOT IN (…) THEN B END) AS F1, … FROM T
/// ) AS SHARED_SCAN
/// ```
struct SharedScan {
    /// Tests of one relation.
    let tests: [Node]
    let graph: ProjectGraph
    let target: any TargetAdapter

    /// For each relation with at least two tests that can be counted in one scan, these tests.
    static func groups(_ nodes: [Node]) -> [ObjectReference: [Node]] {
        var groups: [ObjectReference: [Node]] = [:]
        for node in nodes {
            if case .test(let test) = node.content, let shared = test.shared {
                groups[shared.relation, default: []].append(node)
            }
        }
        return groups.filter { $0.value.count > 1 }
    }

    /// What each test found, by its id. Empty when the scan fails: each test then says by itself what is wrong. Throws
    /// when it was cancelled.
    func run() throws -> [String: TestCount] {
        do {
            return try counts()
        } catch {
            if Runner.isCancellation(error) { throw error }
            return [:]
        }
    }

    private func counts() throws -> [String: TestCount] {
        var inner: [(Expression, as: String)] = []
        var outer: [(Expression, as: String)] = []
        var relation: ObjectReference?
        for (index, node) in tests.enumerated() {
            guard case .test(let test) = node.content, let shared = test.shared else { continue }
            relation = shared.relation
            let name = "F\(index)"
            inner.append((shared.count, as: name))
            outer.append((SyntaxTree.column(name), as: "FAILURES_\(index)"))
            for (word, threshold) in [("WARN", test.expectation.warnIf), ("ERROR", test.expectation.errorIf)] {
                outer.append((try Parser.parseExpression("\(name) \(threshold)"), as: "\(word)_\(index)"))
            }
        }
        guard let relation else { return [:] }
        let scan = WarehouseSQL.Query(body: .select(SyntaxTree.select(inner, from: [SyntaxTree.table(relation)])))
        let select = SyntaxTree.select(outer, from: [SyntaxTree.subquery(scan, as: "SHARED_SCAN")])
        let query = try graph.lowering.lower(WarehouseSQL.Query(body: .select(select)))
        guard let row = try target.rows(of: query).rows.first, row.count == outer.count else { return [:] }
        var result: [String: TestCount] = [:]
        for (index, node) in tests.enumerated() {
            let count = TestCount(row[(3 * index)..<(3 * index + 3)])
            if case .test(let test) = node.content, test.shared?.isProbe == true, count?.failures != 0 { continue }
            result[node.id] = count
        }
        return result
    }
}
