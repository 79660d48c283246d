import WarehouseBasics

/// Which nodes a command is for, in dbt's words:
/// ```
/// dim_movies            one node, by name          +x  with all it reads        2+x  … two steps up
/// tag:gold              all with a tag             x+  with all that read it    x+1  … one step down
/// a b                   both                       @x  x, its readers, and all that these read
/// a,b                   what both name             resource_type:model  source:raw  config.materialized:view
/// ```
/// A name may hold `*`, `?` and `[abc]`, `[a-z]`, `[!abc]`. Sources go by their whole names, or by `source:`.
public struct Selection: Sendable {
    /// What `--select` was given; none selects all.
    public var select: [String]
    /// What `--exclude` was given.
    public var exclude: [String]
    /// Which tests come along with what is selected.
    public var indirect = IndirectSelection.eager

    /// Takes the words as written, each of which may hold spaces and commas.
    public init(select: [String] = [], exclude: [String] = []) {
        self.select = select
        self.exclude = exclude
    }

    /// The ids selected, and the words that name nothing. Tests come along when anything they read is selected.
    public func resolve(in graph: ProjectGraph) throws(WarehouseError) -> (ids: Set<String>, unmatched: [String]) {
        try resolve(in: graph, comparison: nil)
    }

    /// `comparison` is what `state:` and `result:` compare with.
    func resolve(
        in graph: ProjectGraph, comparison: StateComparison?
    ) throws(WarehouseError) -> (ids: Set<String>, unmatched: [String]) {
        var unmatched: [String] = []
        let all = Set(graph.nodes.map(\.id))
        var chosen = select.isEmpty
            ? Chosen(direct: all, candidates: all) : try union(select, in: graph, comparison, unmatched: &unmatched)
        if !exclude.isEmpty {
            let left = try union(exclude, in: graph, comparison, unmatched: &unmatched)
            chosen.direct.subtract(left.direct)
            chosen.candidates.subtract(left.candidates)
            indirect.complete(&chosen, in: graph)
        }
        return (chosen.direct, unmatched)
    }

    private func union(
        _ words: [String], in graph: ProjectGraph, _ comparison: StateComparison?, unmatched: inout [String]
    ) throws(WarehouseError) -> Chosen {
        var result = Chosen()
        for word in words {
            for part in word.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" }) {
                var common: Chosen?
                for criterion in part.split(separator: ",") {
                    let found = try Criterion(criterion).resolve(in: graph, indirect, comparison)
                    if found.direct.isEmpty { unmatched.append(String(criterion)) }
                    common?.direct.formIntersection(found.direct)
                    common?.candidates.formIntersection(found.candidates)
                    common = common ?? found
                }
                if var common {
                    indirect.complete(&common, in: graph)
                    result.direct.formUnion(common.direct)
                    result.candidates.formUnion(common.candidates)
                }
            }
        }
        indirect.complete(&result, in: graph)
        return result
    }
}

/// One criterion: a method, a value, and how far to go up and down from what it names.
private struct Criterion {
    private var method = "name"
    private var value: String
    /// Steps towards what is read; nil none, `Int.max` all.
    private var up: Int?
    private var down: Int?
    private var isAround = false

    init(_ text: Substring) throws(WarehouseError) {
        var rest = text
        if rest.first == "@" {
            isAround = true
            rest.removeFirst()
            let digits = rest.prefix { $0.isNumber }
            guard rest[digits.endIndex...].first != "+", rest.last != "+" else {
                throw WarehouseError(
                    .usage, "The selection '\(text)' has both @ and +: @ takes readers, and all that they read, by itself.")
            }
        } else {
            let digits = rest.prefix { $0.isNumber }
            if rest[digits.endIndex...].first == "+" {
                up = digits.isEmpty ? .max : Int(digits)
                rest = rest[digits.endIndex...].dropFirst()
            }
        }
        if let plus = rest.lastIndex(of: "+"), rest[plus...].dropFirst().allSatisfy(\.isNumber) {
            let digits = rest[plus...].dropFirst()
            down = digits.isEmpty ? .max : Int(digits)
            rest = rest[..<plus]
        }
        if let colon = rest.firstIndex(of: ":") {
            method = String(rest[..<colon])
            rest = rest[colon...].dropFirst()
        }
        value = String(rest)
        guard !value.isEmpty else {
            throw WarehouseError(.usage, "The selection '\(text)' names nothing: a name or method:value is expected.")
        }
    }

    func resolve(
        in graph: ProjectGraph, _ indirect: IndirectSelection, _ comparison: StateComparison?
    ) throws(WarehouseError) -> Chosen {
        var start: Set<String> = []
        if method == "state" {
            guard let comparison else { throw Criterion.needsState(method) }
            for node in graph.nodes where try comparison.holds(value, for: node.id) { start.insert(node.id) }
        } else {
            let matches = try matcher(in: graph, comparison)
            start = Set(graph.nodes.filter(matches).map(\.id))
        }
        var result = start
        if isAround {
            for id in start { result.formUnion(graph.descendants(of: id)) }
            for id in result { result.formUnion(graph.ancestors(of: id)) }
        }
        if let up { result.formUnion(spread(start, steps: up) { graph[$0]?.dependencies ?? [] }) }
        if let down { result.formUnion(spread(start, steps: down) { graph.readers(of: $0).map(\.id) }) }
        return indirect.extended(result, in: graph)
    }

    private static func needsState(_ method: String) -> WarehouseError {
        WarehouseError(.usage, "The selection method '\(method)' needs --state DIR, the folder of an earlier run's artifacts.")
    }

    private func spread(_ start: Set<String>, steps: Int, _ next: (String) -> [String]) -> Set<String> {
        var found: Set<String> = []
        var edge = start
        var left = steps
        while left > 0, !edge.isEmpty {
            var following: Set<String> = []
            for id in edge {
                for neighbour in next(id) where found.insert(neighbour).inserted { following.insert(neighbour) }
            }
            edge = following
            left -= 1
        }
        return found
    }

    private func matcher(
        in graph: ProjectGraph, _ comparison: StateComparison?
    ) throws(WarehouseError) -> (Node) -> Bool {
        let pattern = value
        func fits(_ text: String) -> Bool { Criterion.matches(pattern, text) }
        if method.hasPrefix("config.") {
            return try ConfigurationMatch(String(method.dropFirst(7)), in: graph).matcher(fits)
        }
        switch method {
        case "path": return { fits($0.declaration) || $0.declaration.hasPrefix(pattern + ".") }
        case "file":
            return { node in node.declaration.split(separator: ".").last.map { fits(String($0)) } ?? false }
        case "group": return { $0.configuration.group.map(fits) ?? false }
        case "access": return { $0.kind == .model && fits($0.configuration.access.rawValue) }
        case "exposure": return { $0.kind == .exposure && fits($0.name) }
        case "unit_test": return { $0.kind == .unitTest && fits($0.name) }
        case "result":
            guard let comparison else { throw Criterion.needsState(method) }
            return { node in comparison.before.statuses[node.id].map(fits) ?? false }
        case "source_status":
            guard let comparison else { throw Criterion.needsState(method) }
            guard pattern == "fresher" else {
                throw WarehouseError(.usage, "source_status:\(pattern) is unknown. Known is source_status:fresher.")
            }
            return { comparison.isFresher($0.id) }
        // A project has none of these.
        case "version", "metric", "saved_query", "semantic_model": return { _ in false }
        case "fqn": return { $0.kind != .source && QualifiedName(of: $0).matches(pattern) }
        // Sources too, by their whole names, for which dbt wants source:.
        case "name":
            return { node in
                if node.kind == .source { return node.id == pattern || Criterion.lastParts(node.id).contains(pattern) }
                return node.name == pattern || node.id == pattern || QualifiedName(of: node).matches(pattern)
            }
        case "tag": return { $0.tags.contains(where: fits) }
        case "resource_type": return { fits($0.kind.rawValue) || (pattern == "data_test" && $0.kind == .test) }
        case "package":
            let name = graph.name
            return { _ in pattern == "this" || fits(name) }
        case "source":
            return { node in
                node.kind == .source && Criterion.lastParts(node.id).contains(where: fits)
                    || node.kind == .source && fits(node.schema.lowercased())
            }
        case "test_type":
            return { node in
                if node.kind == .unitTest { return fits("unit") }
                guard case .test(let test) = node.content else { return false }
                return fits(test.generic == nil ? "singular" : "generic") || pattern == "data"
            }
        case "test_name":
            return { node in
                guard case .test(let test) = node.content, let generic = test.generic else { return false }
                return fits(generic.name)
            }
        default:
            throw WarehouseError(
                .usage, "The selection method '\(method)' is unknown. Known are name, fqn, tag, resource_type, source, "
                    + "path, file, package, config.…, test_type, test_name, unit_test, exposure, group, access, state, "
                    + "result, source_status, version, metric, saved_query and semantic_model.")
        }
    }

    /// `a.b.c.d` as `c.d` and `b.c.d`: names within a source or project.
    private static func lastParts(_ id: String) -> [String] {
        let parts = id.split(separator: ".").map(String.init)
        return parts.indices.dropFirst().map { parts[$0...].joined(separator: ".") }
    }

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        guard pattern.contains(where: { "*?[".contains($0) }) else { return pattern == text }
        return Wildcard.matches(pattern, text)
    }
}
