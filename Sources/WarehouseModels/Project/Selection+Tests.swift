/// Which tests come along with what is selected.
public enum IndirectSelection: String, Sendable, CaseIterable {
    /// Those of which any relation is selected.
    case eager
    /// Those of which all relations are selected.
    case cautious
    /// Those of which all relations are selected, or are above what is.
    case buildable
    /// None but those that are named themselves.
    case empty

    /// Adds the tests that come along with what is selected.
    func extend(_ selected: inout Set<String>, in graph: ProjectGraph) {
        guard self != .empty else { return }
        let nodes = selected
        var around = nodes
        if self == .buildable {
            for id in nodes { around.formUnion(graph.ancestors(of: id)) }
        }
        for node in graph.nodes where node.kind.isTest && !node.dependencies.isEmpty {
            let comes = switch self {
            case .eager: !nodes.isDisjoint(with: node.dependencies)
            case .cautious: nodes.isSuperset(of: node.dependencies)
            case .buildable: around.isSuperset(of: node.dependencies) && !nodes.isDisjoint(with: node.dependencies)
            case .empty: false
            }
            if comes { selected.insert(node.id) }
        }
    }
}
