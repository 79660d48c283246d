import WarehouseBasics
import WarehouseSQL

/// The nodes of a project and who reads whom.
public struct ProjectGraph: Sendable {
    /// The project's name.
    public let name: String
    /// Where it is built.
    public let target: Target
    /// Who owns models.
    public let groups: [ResourceGroup]
    /// In the order declared; the tests of columns come last.
    public private(set) var nodes: [Node] = []
    /// What is wrong; see `Project.problems()`.
    public internal(set) var problems: [String] = []
    /// What is likely not meant; see `Project.warnings()`.
    public internal(set) var warnings: [String] = []
    /// What runs before all nodes, and after.
    let hooks: [Node]
    var lowering: Lowering
    /// The types of relations by their nodes' ids.
    let relations: [String: any Relation.Type]
    private var indices: [String: Int] = [:]
    /// For each node, where those stand that read it.
    private var readers: [String: [Int]] = [:]

    init(_ project: Project) {
        name = project.name
        target = project.target
        groups = project.groups
        hooks = RunHook.nodes(of: project)
        lowering = Lowering(
            target: project.target, context: ProjectContext(variables: project.variables, target: project.target))
        var builder = NodeBuilder(project)
        Variables.$context.withValue(lowering.context) { builder.build() }
        var relations: [String: any Relation.Type] = [:]
        for case let relation as any Relation.Type in project.resources {
            if let id = builder.id(ofMember: relation) { relations[id] = relation }
        }
        self.relations = relations
        nodes = builder.nodes
        problems = builder.problems
        warnings = builder.warnings
        for (index, node) in nodes.enumerated() {
            if indices[node.id] == nil { indices[node.id] = index }
            for id in Set(node.dependencies) { readers[id, default: []].append(index) }
        }
        problems += cycles()
    }

    /// The node of that id.
    public subscript(id: String) -> Node? { indices[id].map { nodes[$0] } }

    /// Nodes that read the node of that id.
    public func readers(of id: String) -> [Node] { (readers[id] ?? []).map { nodes[$0] } }

    /// Ids of all nodes that the node reads, directly or not.
    public func ancestors(of id: String) -> Set<String> {
        var found: Set<String> = []
        var open = [id]
        while let next = open.popLast() {
            for parent in self[next]?.dependencies ?? [] where found.insert(parent).inserted { open.append(parent) }
        }
        return found
    }

    /// Ids of all nodes that read the node, directly or not.
    public func descendants(of id: String) -> Set<String> {
        var found: Set<String> = []
        var open = [id]
        while let next = open.popLast() {
            for reader in readers(of: next) where found.insert(reader.id).inserted { open.append(reader.id) }
        }
        return found
    }

    /// One line for each cycle: `cycle: egg -> chicken -> egg`.
    private func cycles() -> [String] {
        var found: [String] = []
        var done: Set<String> = []
        func visit(_ id: String, _ path: [String]) {
            if let start = path.firstIndex(of: id) {
                let names = (path[start...] + [id]).map { self[$0]?.name ?? $0 }
                found.append("cycle: " + names.joined(separator: " -> "))
                return
            }
            guard !done.contains(id) else { return }
            for parent in self[id]?.dependencies ?? [] { visit(parent, path + [id]) }
            done.insert(id)
        }
        for node in nodes { visit(node.id, []) }
        return found
    }

    /// The query a node runs, for the target: of an incremental model the one for a build from nothing, unless said
    /// otherwise. nil for sources and seeds.
    public func compiledQuery(
        of node: Node, isIncremental: Bool = false
    ) throws(WarehouseError) -> WarehouseSQL.Query? {
        switch node.content {
        case .source, .seed, .exposure, .operation: nil
        case .unitTest(let test): try lowering.actual(of: test)
        case .model(let model): try lowering.lower(isIncremental ? model.incremental.tree : model.full.tree)
        case .snapshot(let snapshot): try lowering.lower(snapshot.query.tree)
        case .test(let test): try lowering.lower(filtered: test)
        case .analysis(let query): try lowering.lower(query.tree)
        }
    }

    /// The query's text without what the target and ephemeral models bring in: what a change of the model is told by.
    func neutralSQL(of node: Node) throws(WarehouseError) -> String? {
        var graph = self
        graph.lowering = Lowering(target: Target(database: "DATABASE", schema: "SCHEMA"), context: lowering.context)
        graph.lowering.inlinesEphemeral = false
        let whole = try graph.compiledSQL(of: node)
        guard case .model(let model) = node.content, case .incremental = model.kind,
              let added = try graph.compiledSQL(of: node, isIncremental: true), added != whole else { return whole }
        return (whole ?? "") + "\n" + added
    }

    /// The same as SQL text.
    public func compiledSQL(of node: Node, isIncremental: Bool = false) throws(WarehouseError) -> String? {
        try compiledQuery(of: node, isIncremental: isIncremental).map { SQLPrinter().print($0) }
    }
}

extension ProjectGraph {
    /// The node that a type declares.
    func node(of type: any Resource.Type) -> Node? {
        let declaration = String(reflecting: type)
        return nodes.first { $0.declaration == declaration && !$0.kind.isTest }
    }
}
