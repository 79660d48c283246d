/// What a selection has come to so far.
struct Chosen {
    /// Ids that are selected.
    var direct: Set<String> = []
    /// These, and tests of which only some relations are, which come along when the others turn up.
    var candidates: Set<String> = []
}

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

    /// Adds the tests that come along with what one criterion selects.
    func extended(_ selected: Set<String>, in graph: ProjectGraph) -> Chosen {
        var chosen = Chosen(direct: selected, candidates: selected)
        guard self != .empty else { return chosen }
        var around = selected
        if self == .buildable {
            around.formUnion(IndirectSelection.above(selected, in: graph))
            around.formUnion(graph.nodes.lazy.filter { $0.kind == .source }.map(\.id))
        }
        for node in graph.nodes where node.kind.isTest && !selected.isDisjoint(with: node.dependencies) {
            chosen.candidates.insert(node.id)
            if self == .eager || around.isSuperset(of: node.dependencies) { chosen.direct.insert(node.id) }
        }
        return chosen
    }

    /// Adds the tests of which several criteria together select all relations.
    func complete(_ chosen: inout Chosen, in graph: ProjectGraph) {
        guard self == .cautious || self == .buildable else { return }
        var around = chosen.direct
        if self == .buildable { around.formUnion(IndirectSelection.above(chosen.direct, in: graph)) }
        for node in graph.nodes where node.kind == .test && chosen.candidates.contains(node.id) {
            if around.isSuperset(of: node.dependencies) { chosen.direct.insert(node.id) }
        }
    }

    private static func above(_ selected: Set<String>, in graph: ProjectGraph) -> Set<String> {
        var found: Set<String> = []
        for id in selected { found.formUnion(graph.ancestors(of: id)) }
        return found
    }
}

/// A node's name with the names that it stands below, as dbt compares it with a selection: `shop.fct_lines`, of a unit
/// test `shop.fct_lines.counts_once`.
struct QualifiedName {
    private let parts: [String]

    init(of node: Node) {
        var parts = node.id.split(separator: ".").dropFirst().map(String.init)
        // Behind the name of a generic test stands its hash.
        if node.kind == .test, parts.count == 3 { parts.removeLast() }
        self.parts = parts
    }

    /// Whether the pattern is the last part, or begins the name, with or without the project's. Behind the first part
    /// with a wildcard the pattern goes for all that follows.
    func matches(_ pattern: String) -> Bool {
        QualifiedName.matches(parts[...], pattern) || QualifiedName.matches(parts.dropFirst(), pattern)
    }

    private static func matches(_ parts: ArraySlice<String>, _ pattern: String) -> Bool {
        guard let last = parts.last else { return false }
        if last == pattern { return true }
        let wanted = pattern.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= wanted.count else { return false }
        for (index, part) in wanted.enumerated() {
            guard part.contains(where: { "*?[]".contains($0) }) else {
                if parts[parts.startIndex + index] != part { return false }
                continue
            }
            let rest = parts[(parts.startIndex + index)...].joined(separator: ".")
            return Wildcard.matches(wanted[index...].joined(separator: "."), rest)
                || (wanted.count == 1 && Wildcard.matches(pattern, last))
        }
        return true
    }
}
