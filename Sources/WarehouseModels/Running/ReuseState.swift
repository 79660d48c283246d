import WarehouseBasics
import WarehouseSQL

/// What earlier runs have made of what, kept in `reuse.json` below the target path: a node whose query, configuration
/// and inputs, and whose own relation, are as they were then need not run again.
struct ReuseState {
    struct Entry: Equatable {
        /// Of all that the node is made of.
        var inputs: String
        /// Of the relation that it has made; empty of a test.
        var own: String
    }
    private(set) var entries: [String: Entry] = [:]

    private static let file = "reuse.json"
    private static let version = "mlwh-reuse-1"

    /// A file that is missing or cannot be read says nothing.
    init(folder: String) {
        guard let text = try? TextFile.read(folder + "/" + ReuseState.file), let json = try? JSON(parsing: text),
              json["version"].string == ReuseState.version else { return }
        for (id, entry) in json["nodes"].members {
            if let inputs = entry["inputs"].string, let own = entry["own"].string {
                entries[id] = Entry(inputs: inputs, own: own)
            }
        }
    }

    subscript(id: String) -> Entry? {
        get { entries[id] }
        set { entries[id] = newValue }
    }

    func write(to folder: String) throws(WarehouseError) {
        let nodes = entries.sorted { $0.key < $1.key }.map { id, entry in
            (id, JSON.record(["inputs": .string(entry.inputs), "own": .string(entry.own)]))
        }
        let json: JSON = .record(["version": .string(ReuseState.version), "nodes": .object(nodes)])
        try TextFile.write(json.text, to: folder + "/" + ReuseState.file)
    }
}

extension Runner {
    /// A digest of all that decides what a node comes to; nil where that is not certain.
    func inputs(of node: Node, in graph: ProjectGraph) throws -> String? {
        guard let environment = try target.environment() else { return nil }
        var texts = [node.id, environment, "\(options.inputs)", manifest(at: 0).config(node).text]
        texts += node.columns.map { "\($0)" }
        switch node.content {
        case .seed(let seed): texts.append(seed.csv)
        case .unitTest: texts.append(manifest(at: 0).unitTest(node)?.text ?? "")
        case .model(let model): texts.append(model.predicate.map { SQLPrinter().print($0) } ?? "")
        default: break
        }
        if let batch = node.microbatch {
            texts.append("\(batch)")
            let now = LocalDateTime(nanoseconds: target.now())
            let ranges = try batch.batches(
                isIncremental: true, from: options.eventTimeStart, to: options.eventTimeEnd, now: now)
            texts.append("\(ranges)")
        }
        for isIncremental in [false, true] {
            guard let query = try graph.compiledQuery(of: node, isIncremental: isIncremental) else { continue }
            texts.append(SQLPrinter().print(query))
            guard let relations = QueryInputs.relations(of: query) else { return nil }
            for relation in relations where relation != node.relation {
                guard let version = try RelationVersion.whole(of: relation, { try target.version(of: $0) }) else {
                    return nil
                }
                texts.append(version)
            }
            if node.kind != .model { break }
        }
        return HexText.string(SHA.digest(.sha256, Array(texts.joined(separator: "\u{1}").utf8)))
    }

    /// The state of what a node has made; nil where that is not certain.
    func ownVersion(of node: Node) throws -> String? {
        guard !node.kind.isTest, let name = node.relation else { return "" }
        return try target.version(of: name)?.text
    }

    /// Whether all is as it was when the node last ran and went well.
    func isUnchanged(_ node: Node, inputs: String?) throws -> Bool {
        guard options.skipsUnchanged, !options.isFullRefresh, let inputs, let entry = reuse?[node.id] else { return false }
        return try entry.inputs == inputs && entry.own == ownVersion(of: node)
    }

    /// Remembers what a node was made of, or forgets it where it did not go well.
    func remember(_ result: NodeResult, inputs: String?) throws {
        guard reuse != nil, result.status != .noOp else { return }
        guard let inputs, result.status == .success || result.status == .pass,
              let own = try ownVersion(of: result.node) else {
            reuse?[result.node.id] = nil
            return
        }
        reuse?[result.node.id] = ReuseState.Entry(inputs: inputs, own: own)
    }
}
