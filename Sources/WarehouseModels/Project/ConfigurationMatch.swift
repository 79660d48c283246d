import WarehouseBasics

/// `config.KEY:value` of a selection: any key of what the manifest says under `config`, with dots for the keys within,
/// such as `config.materialized:view`, `config.meta.owner:ann`, `config.grants.select:reader`.
struct ConfigurationMatch {
    private let graph: ProjectGraph
    private let keys: [String]

    /// Throws when no node of the project is configured so.
    init(_ key: String, in graph: ProjectGraph) throws(WarehouseError) {
        self.graph = graph
        keys = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let manifest = Manifest(graph: graph, metadata: .none, adapter: "")
        var known: Set<String> = []
        for node in graph.nodes {
            let config = manifest.config(node)
            if ConfigurationMatch.value(keys, in: config) != nil { return }
            known.formUnion(config.members.map(\.0))
        }
        throw WarehouseError(
            .usage, "The selection method 'config.\(key)' names nothing that a node is configured by. Known are "
                + known.sorted().map { "config.\($0)" }.joined(separator: ", ") + ".",
            hint: Identifiers.hint(for: key, in: Array(known)))
    }

    func matcher(_ fits: @escaping (String) -> Bool) -> (Node) -> Bool {
        let (graph, keys) = (graph, keys)
        return { node in
            let manifest = Manifest(graph: graph, metadata: .none, adapter: "")
            return ConfigurationMatch.value(keys, in: manifest.config(node)).map {
                ConfigurationMatch.texts($0).contains(where: fits)
            } ?? false
        }
    }

    /// nil where the keys lead nowhere.
    private static func value(_ keys: [String], in config: JSON) -> JSON? {
        var value = config
        for key in keys {
            guard let member = value.members.last(where: { $0.0 == key }) else { return nil }
            value = member.1
        }
        return value
    }

    /// A list by each of its elements, an object by each of its keys, as in dbt.
    private static func texts(_ value: JSON) -> [String] {
        switch value {
        case .null: []
        case .string(let text): [text, text.lowercased()]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.map(\.0)
        case .bool, .integer, .number: [value.text]
        }
    }
}
