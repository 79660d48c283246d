import WarehouseBasics
import WarehouseSQL

extension NodeBuilder {
    /// What a relation says of itself; what is wrong with it is noted.
    mutating func configuration<R: Relation>(of relation: R.Type) -> NodeConfiguration {
        var configuration = NodeConfiguration(meta: R.meta, group: R.group)
        if let path = R.eventTime {
            configuration.eventTime = R.Columns.columnName(path, naming: R.naming)
            if configuration.eventTime == nil { problems.append("\(R.name): eventTime is no column of it") }
        }
        if let group = R.group, !project.groups.contains(where: { $0.name == group }) {
            problems.append("\(R.name): the group \(group) is not in the project; add ResourceGroup(\"\(group)\", …) to it")
        }
        if let source = relation as? any Source.Type { configure(&configuration, source: source) }
        if let built = relation as? any BuiltRelation.Type { configure(&configuration, built: built) }
        if let model = relation as? any Model.Type { configure(&configuration, model: model) }
        for (place, hooks) in [("preHooks", configuration.preHooks), ("postHooks", configuration.postHooks)] {
            for text in hooks { check(hook: text, in: "\(R.name): \(place)") }
        }
        for (privilege, roles) in configuration.grants.sorted(by: { $0.key < $1.key }) {
            for role in roles {
                let text = "GRANT \(privilege) ON TABLE T TO ROLE \(role)"
                if (try? Parser.parseStatement(text)) == nil {
                    problems.append("\(R.name): grants: '\(privilege)' to '\(role)' is no grant; write a privilege, "
                        + "such as select, and names of roles")
                }
            }
        }
        return configuration
    }

    private mutating func configure<S: Source>(_ configuration: inout NodeConfiguration, source: S.Type) {
        configuration.freshness = S.freshness
        configuration.loadedAt = S.loadedAt.flatMap { S.Columns.columnName($0, naming: S.naming) }
        configuration.loadedAtQuery = S.loadedAtQuery
        guard let freshness = S.freshness else { return }
        if configuration.loadedAt == nil, configuration.loadedAtQuery == nil, freshness.filter != nil {
            problems.append("\(S.name): freshness has a filter on rows, but neither loadedAt, the column that says when a "
                + "row was loaded, nor loadedAtQuery; leave it out to go by when the table was last changed")
        }
        if let text = S.loadedAtQuery {
            let place = ObjectName(database: "D", schema: "S", name: "T")
            if configuration.loadedAt != nil {
                problems.append("\(S.name): loadedAt and loadedAtQuery are both given; leave one of them out")
            } else if (try? Parser.parseQuery(Hook.text(text, this: place))) == nil {
                problems.append("\(S.name): loadedAtQuery '\(text)' does not parse; write a query in SQL")
            }
        }
        if let filter = freshness.filter, (try? Parser.parseExpression(filter)) == nil {
            problems.append("\(S.name): freshness: '\(filter)' does not parse; write a condition in SQL")
        }
    }

    private func configure<M: Model>(_ configuration: inout NodeConfiguration, model: M.Type) {
        configuration.access = M.access
        configuration.isContractEnforced = M.isContractEnforced
    }

    private func configure<R: BuiltRelation>(_ configuration: inout NodeConfiguration, built: R.Type) {
        configuration.grants = R.grants
        configuration.preHooks = R.preHooks
        configuration.postHooks = R.postHooks
    }

    /// Hooks are SQL; ones that do not parse are problems.
    mutating func check(hook text: String, in place: String) {
        do {
            _ = try Hook.statements(text, this: ObjectName(database: "D", schema: "S", name: "T"))
        } catch {
            problems.append("\(place) hold SQL that does not parse: \(error.message)")
        }
    }

    mutating func add<E: Exposure>(exposure: E.Type) {
        var dependencies: [String] = []
        for relation in E.dependsOn {
            if let id = id(ofMember: relation) { dependencies.append(id) }
            else { problems.append("\(E.name) depends on \(relation.name), which is not in the project") }
        }
        append(Node(
            id: id(of: exposure), kind: .exposure, name: E.name, about: E.about, tags: E.tags,
            declaration: String(reflecting: exposure), relation: nil, schema: project.target.schema,
            materialization: nil, columns: [], dependencies: dependencies,
            content: .exposure(ExposureContent(
                kind: E.kind, ownerName: E.ownerName, ownerEmail: E.ownerEmail, url: E.url, maturity: E.maturity)),
            configuration: NodeConfiguration(meta: E.meta)))
    }

    mutating func add(declared exposure: DeclaredExposure) {
        var dependencies: [String] = []
        for declaration in exposure.dependsOn {
            guard let node = nodes.first(where: { $0.declaration == declaration && !$0.kind.isTest }) else {
                problems.append("\(exposure.name) depends on \(declaration), which is not in the project")
                continue
            }
            if !dependencies.contains(node.id) { dependencies.append(node.id) }
        }
        append(Node(
            id: "exposure.\(project.name).\(exposure.name)", kind: .exposure, name: exposure.name, about: exposure.about,
            tags: [], declaration: exposure.name, relation: nil, schema: project.target.schema, materialization: nil, columns: [],
            dependencies: dependencies,
            content: .exposure(ExposureContent(
                kind: exposure.kind, label: exposure.label, ownerName: exposure.ownerName ?? project.name,
                ownerEmail: exposure.ownerEmail, url: exposure.url))))
    }

    /// A private model is read by its group only.
    mutating func checkAccess() {
        let byID = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
        for node in nodes where !node.kind.isTest {
            for id in node.dependencies {
                guard let other = byID[id], other.configuration.access == .private,
                      other.configuration.group != node.configuration.group else { continue }
                problems.append("\(node.name) reads \(other.name), which is private to the group "
                    + "\(other.configuration.group ?? "of none"); make it protected, or join the group")
            }
        }
    }
}

/// Statements that run before or after others. `{{ this }}` stands for the relation that is built.
enum Hook {
    static func statements(_ text: String, this: ObjectName?) throws(WarehouseError) -> [Statement] {
        try Parser.parseStatements(self.text(text, this: this)).map(\.statement)
    }

    /// The text with the relation's name in its places.
    static func text(_ text: String, this: ObjectName?) -> String {
        var result = ""
        var rest = Substring(text)
        while let character = rest.first {
            if let this, let end = placeEnd(rest) {
                result += [this.database, this.schema, this.name].map(Identifiers.quoted).joined(separator: ".")
                rest = rest[end...]
            } else {
                result.append(character)
                rest.removeFirst()
            }
        }
        return result
    }

    /// The end of `{{ this }}` at the start of a text, whatever space is in it.
    private static func placeEnd(_ text: Substring) -> Substring.Index? {
        guard text.hasPrefix("{{") else { return nil }
        let inner = text.dropFirst(2).drop { $0 == " " }
        guard inner.hasPrefix("this") else { return nil }
        let close = inner.dropFirst(4).drop { $0 == " " }
        guard close.hasPrefix("}}") else { return nil }
        return close.index(close.startIndex, offsetBy: 2)
    }
}
