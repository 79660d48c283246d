/// In which order nodes run, and which node's failure keeps which from running.
struct RunOrder {
    private(set) var nodes: [Node] = []
    /// For each node the chosen nodes whose failure skips it.
    private var blockersByID: [String: Set<String>] = [:]

    /// `testsBlock`: a node waits for the tests of what it reads, so that it is not built on what failed them.
    init(_ graph: ProjectGraph, chosen: [Node], testsBlock: Bool) {
        let ids = Set(chosen.map(\.id))
        var waits: [String: Set<String>] = [:]
        let ancestors = Dictionary(uniqueKeysWithValues: chosen.map { ($0.id, graph.ancestors(of: $0.id)) })
        for node in chosen {
            // Through nodes that are not run, such as ephemeral models, the way goes on.
            let above = ancestors[node.id] ?? []
            waits[node.id] = above.intersection(ids).filter { graph[$0]?.kind.isTest == false }
            // A unit test runs before its model, and reads nothing of what the model reads; like dbt's it is skipped
            // where that failed.
            if case .unitTest(let test) = node.content { waits[node.id]?.remove(test.testedID) }
            guard testsBlock, !node.kind.isTest else { continue }
            for test in chosen where test.kind.isTest && !test.dependencies.isEmpty {
                if case .unitTest(let unit) = test.content {
                    if unit.testedID == node.id || above.contains(unit.testedID) { waits[node.id]?.insert(test.id) }
                } else if above.isSuperset(of: test.dependencies) { waits[node.id]?.insert(test.id) }
            }
        }
        blockersByID = testsBlock || !chosen.contains { $0.kind.isTest } ? waits : waits.mapValues { _ in [] }
        var open = chosen
        var done: Set<String> = []
        while !open.isEmpty {
            let ready = open.indices.filter { waits[open[$0].id]?.isSubset(of: done) ?? true }
            // A test right after what it tests; else as declared.
            guard let next = ready.first(where: { open[$0].kind.isTest }) ?? ready.first else { break }
            done.insert(open[next].id)
            nodes.append(open.remove(at: next))
        }
    }

    func blockers(of id: String) -> Set<String> { blockersByID[id] ?? [] }
}
