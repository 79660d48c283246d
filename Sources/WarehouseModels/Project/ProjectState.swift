import WarehouseBasics

/// What an earlier run has left behind: its manifest, and how its nodes came out.
public struct ProjectState: Sendable {
    /// A node of an earlier manifest.
    struct NodeState: Sendable {
        /// `model`, `source`, …
        var kind: String
        /// The node as it was written, without what differs from run to run.
        var parts: [String: String]
        var relation: ObjectName?
    }
    let nodes: [String: NodeState]
    /// How nodes came out, by their ids, where there are run results.
    public let statuses: [String: String]
    /// The batches of microbatch models that failed, where others succeeded.
    let failedBatches: [String: [TimeRange]]
    /// What the command was given.
    let arguments: JSON
    /// When the newest rows of sources were loaded, by their ids, where there is a sources.json.
    let loadedAt: [String: LocalDateTime]
    /// The command that ran, where there are run results.
    public let command: String?

    /// Reads `manifest.json` of a folder, and `run_results.json` where it is there.
    public init(folder: String) throws(WarehouseError) {
        let manifest = try JSON(parsing: try TextFile.read(folder + "/manifest.json"))
        nodes = ProjectState.nodes(of: manifest)
        loadedAt = ProjectState.loadedAt(folder: folder)
        guard let text = try? TextFile.read(folder + "/run_results.json") else {
            statuses = [:]
            failedBatches = [:]
            arguments = .null
            command = nil
            return
        }
        let results = try JSON(parsing: text)
        var statuses: [String: String] = [:]
        var failedBatches: [String: [TimeRange]] = [:]
        for result in results["results"].elements {
            guard let id = result["unique_id"].string, let status = result["status"].string else { continue }
            statuses[id] = status
            let failed = result["batch_results"]["failed"].elements.compactMap { pair -> TimeRange? in
                let times = pair.elements.compactMap { $0.string.flatMap(LocalDateTime.init(text:)) }
                return times.count == 2 ? TimeRange(start: times[0], end: times[1]) : nil
            }
            if status == "partial success", !failed.isEmpty { failedBatches[id] = failed }
        }
        self.statuses = statuses
        self.failedBatches = failedBatches
        arguments = results["args"]
        command = arguments["which"].string
    }

    /// What sources.json says of when sources were loaded; nothing without one.
    static func loadedAt(folder: String) -> [String: LocalDateTime] {
        guard let text = try? TextFile.read(folder + "/sources.json"), let json = try? JSON(parsing: text) else {
            return [:]
        }
        var found: [String: LocalDateTime] = [:]
        for result in json["results"].elements {
            if let id = result["unique_id"].string, let time = result["max_loaded_at"].string {
                found[id] = LocalDateTime(text: time)
            }
        }
        return found
    }

    static func nodes(of manifest: JSON) -> [String: NodeState] {
        var found: [String: NodeState] = [:]
        for group in ["nodes", "sources", "exposures", "unit_tests"] {
            for (id, node) in manifest[group].members { found[id] = state(of: node) }
        }
        return found
    }

    private static func state(of node: JSON) -> NodeState {
        let columns = node["columns"].members.map { "\($0.0)=\($0.1["description"].string ?? "")" }
        var relation: ObjectName?
        let name = node["alias"].string ?? node["identifier"].string
        if node["relation_name"].string != nil, let database = node["database"].string,
           let schema = node["schema"].string, let name {
            relation = ObjectName(
                database: Identifiers.folded(database), schema: Identifiers.folded(schema), name: Identifiers.folded(name))
        }
        let isEnforced = node["contract"]["enforced"].text == "true"
        let types = node["columns"].members.map { "\($0.0) \($0.1["data_type"].string ?? "")" }
        // Of a source how fresh it must be is a setting; to a generic test its settings are part of its text.
        let ages = ["freshness", "loaded_at_field", "loaded_at_query"].map { node[$0].text }
        let settings = JSON.object(node["config"].members.filter { !uncompared.contains($0.0) }).text + ages.joined()
        let isGeneric = node["test_metadata"]["name"].string != nil
        // What exposures and unit tests say beside all else.
        let others = ["given", "expect", "type", "owner", "maturity", "url", "label"].map { node[$0].text }
        let about = node["resource_type"].string == "exposure" ? [node["description"].text, node["depends_on"].text] : []
        return NodeState(kind: node["resource_type"].string ?? "", parts: [
            "body": (node["checksum"]["checksum"].string ?? "") + (isGeneric ? settings : ""), "configs": settings,
            // As it is configured: another target is no change.
            "relation": [node["config"]["database"].text, node["config"]["schema"].text, name ?? ""].joined(separator: "."),
            "contract": isEnforced ? types.joined(separator: "\n") : "",
            "persisted_descriptions": ([node["description"].string ?? ""] + columns).joined(separator: "\n"),
            "others": (others + about).joined(separator: "\n"),
        ], relation: relation)
    }

    /// Settings that make no other node: what it is selected by, and where it lies.
    private static let uncompared: Set<String> = ["tags", "group", "alias", "schema", "database"]
}

/// What `state:` and `result:` compare with.
struct StateComparison: Sendable {
    let before: ProjectState
    let now: [String: ProjectState.NodeState]
    /// When sources were loaded as the latest `source freshness` found it.
    var loadedAt: [String: LocalDateTime] = [:]

    /// Whether a source holds newer rows than it did.
    func isFresher(_ id: String) -> Bool {
        guard let time = loadedAt[id] else { return false }
        return before.loadedAt[id].map { $0 < time } ?? true
    }

    /// Whether a node is in the state that is named.
    func holds(_ word: String, for id: String) throws(WarehouseError) -> Bool {
        let old = before.nodes[id]
        switch word {
        case "new": return old == nil
        case "old": return old != nil
        case "modified": return old == nil || isModified(id, parts: StateComparison.compared)
        case "unmodified": return old != nil && !isModified(id, parts: StateComparison.compared)
        case "modified.macros": return false
        default:
            let part = word.hasPrefix("modified.") ? String(word.dropFirst(9)) : ""
            guard StateComparison.parts(of: "model").contains(part) else {
                throw WarehouseError(
                    .usage, "state:\(word) is unknown. Known are new, old, unmodified, modified, modified.body, "
                        + "modified.configs, modified.relation, modified.contract, modified.persisted_descriptions "
                        + "and modified.macros.")
            }
            guard StateComparison.parts(of: now[id]?.kind ?? "").contains(part) else { return false }
            return old == nil || isModified(id, parts: [part])
        }
    }

    /// What dbt compares of a kind of node by `modified.…`; all else of it is told by `modified` alone.
    private static func parts(of kind: String) -> [String] {
        switch kind {
        case "source": ["configs", "relation"]
        case "exposure": ["configs"]
        case "unit_test": []
        default: ["body", "configs", "relation", "contract", "persisted_descriptions"]
        }
    }

    private static let compared = ["body", "configs", "relation", "contract", "others"]

    private func isModified(_ id: String, parts: [String]) -> Bool {
        guard let old = before.nodes[id], let new = now[id] else { return before.nodes[id] != nil }
        return parts.contains { old.parts[$0] != new.parts[$0] }
    }
}
