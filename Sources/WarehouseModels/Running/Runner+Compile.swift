import WarehouseBasics
import WarehouseSQL

extension Runner {
    /// Where a node's SQL is written below the target path.
    static func compiledPath(_ node: Node, project: String) -> String {
        let folder = switch node.kind {
        case .analysis: "analyses"
        case .test: "tests"
        case .unitTest: "unit_tests"
        case .snapshot: "snapshots"
        default: "models"
        }
        return "compiled/\(project)/\(folder)/\(node.alias).sql"
    }

    /// A node's SQL, written to its file where there is a target path. nil for what has no query.
    func compile(_ node: Node, isIncremental: Bool) throws -> (sql: String, path: String?)? {
        guard let sql = try graph.compiledSQL(of: node, isIncremental: isIncremental) else { return nil }
        guard let root = options.targetPath else { return (sql, nil) }
        let path = root + "/" + Runner.compiledPath(node, project: project.name)
        try TextFile.write(graph.secrets.masked(sql) + "\n", to: path)
        return (sql, path)
    }

    /// Writes the SQL of the nodes selected, and gives it in the order declared.
    @discardableResult
    public func compile() throws -> [(node: Node, sql: String)] {
        var compiled: [(node: Node, sql: String)] = []
        for node in try list() {
            if let sql = try compile(node, isIncremental: false)?.sql { compiled.append((node, sql)) }
        }
        let summary = RunSummary(results: [], elapsedTime: 0)
        try writeArtifacts("compile", summary)
        return compiled
    }

    /// The first rows of the one model, snapshot, seed, source, test or analysis selected, from its query; of a
    /// relation that is none, from what is there.
    public func show(limit: Int = 5) throws -> (node: Node, rows: TargetRows) {
        let nodes = try list().filter { options.selection.select.count != 1 || !$0.kind.isTest }
        guard let node = nodes.first else {
            throw WarehouseError(.usage, "show needs a node to show; name one with --select.")
        }
        var query = try graph.compiledQuery(of: node)
        if query == nil, let name = node.relation {
            query = WarehouseSQL.Query(body: .select(SelectStatement(
                items: [.star(StarItem())], from: [SyntaxTree.table(Lowering.reference(name))])))
        }
        guard let query else { throw WarehouseError(.model, "\(node.name) has no rows to show.") }
        let limited = WarehouseSQL.Query(
            body: .select(SelectStatement(
                items: [.star(StarItem())], from: [SyntaxTree.subquery(query, as: "SHOWN")])),
            limit: limit < 0 ? nil : LimitClause(count: Int.literal(limit)))
        return (node, try target.rows(of: limited))
    }
}
