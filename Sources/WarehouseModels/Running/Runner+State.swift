import WarehouseBasics
import WarehouseSQL

extension Runner {
    /// What the selection names, with what it takes to compare with an earlier run.
    func resolved() throws -> (ids: Set<String>, unmatched: [String]) {
        var comparison: StateComparison?
        if let state {
            comparison = StateComparison(
                before: state, now: try ProjectState.nodes(of: manifest(at: 0).json()),
                loadedAt: options.targetPath.map { ProjectState.loadedAt(folder: $0) } ?? [:])
        }
        return try options.selection.resolve(in: graph, comparison: comparison)
    }

    func manifest(at time: Int128) -> Manifest {
        let metadata = ArtifactMetadata(
            version: options.version, project: project.name, invocationID: console.invocationID, time: time,
            startedAt: time)
        return Manifest(graph: graph, metadata: metadata, adapter: "snowflake")
    }

    /// Lets nodes that are not built here, and are not there, be read where the earlier run has built them.
    func deferReferences(of chosen: [Node]) throws {
        guard options.defersToState else { return }
        guard let state else {
            throw WarehouseError(.usage, "--defer needs --state DIR, the folder of an earlier run's manifest.json.")
        }
        let ids = Set(chosen.map(\.id))
        for node in graph.nodes where !ids.contains(node.id) && node.kind != .source {
            guard let here = node.relation, let there = state.nodes[node.id]?.relation, here != there,
                  let reference = graph.reference(of: node) else { continue }
            if try options.favorsState || target.relation(here) == nil {
                graph.lowering.deferred[reference] = there
            }
        }
    }

    /// Runs what failed, or was skipped, in the run that the target path's results tell of: with its variables, at its
    /// target and with its options, but for what this command was given itself.
    public func retry() throws -> RunSummary {
        guard let root = options.targetPath else {
            throw WarehouseError(.usage, "retry needs the target path of the run that it repeats.")
        }
        guard let last = try? ProjectState(folder: root) else {
            throw WarehouseError(.usage, "There is no run to retry in \(root).")
        }
        let failed: Set<String> = ["error", "fail", "skipped", "partial success"]
        let ids = Set(last.statuses.filter { failed.contains($0.value) }.keys)
        guard let command = last.command, !last.statuses.isEmpty else {
            throw WarehouseError(.usage, "There is no run to retry in \(root).")
        }
        retriedIDs = ids
        retriedBatches = last.failedBatches
        try restore(last.arguments)
        defer {
            retriedIDs = nil
            retriedBatches = [:]
        }
        switch command {
        case "run": return try run()
        case "test": return try test()
        case "seed": return try seed()
        case "snapshot": return try snapshot()
        default: return try build()
        }
    }
}

extension ProjectGraph {
    /// What stands for a node in the trees of queries.
    func reference(of node: Node) -> ObjectReference? {
        guard let relation = relations[node.id] else { return nil }
        return RelationReference.reference(to: relation)
    }
}
