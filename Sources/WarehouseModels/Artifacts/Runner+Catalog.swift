import WarehouseBasics

extension Runner {
    /// Writes manifest.json, and catalog.json (dbt's schema v1) with the relations and columns that are there.
    /// Gives the number of relations.
    @discardableResult
    public func catalog() throws -> Int {
        guard let root = options.targetPath else {
            throw WarehouseError(.usage, "A catalog needs a target path to be written to.")
        }
        let now = options.clock.now()
        let manifest = manifest(at: now)
        var nodes: [(String, JSON)] = []
        var sources: [(String, JSON)] = []
        for node in graph.nodes {
            guard let name = node.relation, let relation = try target.relation(name) else { continue }
            if node.kind == .source { sources.append((node.id, Runner.entry(node, name, relation))) }
            else { nodes.append((node.id, Runner.entry(node, name, relation))) }
        }
        let catalog: JSON = .record([
            "metadata": manifest.metadata.json(schema: "catalog/v1"), "nodes": .object(nodes),
            "sources": .object(sources), "errors": .null,
        ])
        try TextFile.write(graph.secrets.masked(try manifest.json()).text, to: root + "/manifest.json")
        try TextFile.write(catalog.text, to: root + "/catalog.json")
        console.emit(ConsoleEvent(
            "CatalogWritten", "E042", "Catalog written to \(root)/catalog.json",
            [("path", .string("\(root)/catalog.json"))]))
        return nodes.count + sources.count
    }

    private static func entry(_ node: Node, _ name: ObjectName, _ relation: TargetRelation) -> JSON {
        let columns = relation.columns.enumerated().map { index, column in
            let about = node.columns.first { $0.name == column.name }?.about ?? ""
            return (column.name, JSON.record([
                "type": .string(column.type.description), "index": .integer(index + 1), "name": .string(column.name),
                "comment": about.isEmpty ? .null : .string(about),
            ]))
        }
        return .record([
            "metadata": .record([
                "type": .string(relation.isView ? "VIEW" : "BASE TABLE"), "schema": .string(name.schema),
                "name": .string(name.name), "database": .string(name.database),
                "comment": node.about.isEmpty ? .null : .string(node.about), "owner": .null,
            ]),
            "columns": .object(columns),
            "stats": .record(["has_stats": .record([
                "id": .string("has_stats"), "label": .string("Has Stats?"), "value": .bool(false), "include": .bool(false),
                "description": .string("Indicates whether there are statistics for this table"),
            ])]),
            "unique_id": .string(node.id),
        ])
    }
}
