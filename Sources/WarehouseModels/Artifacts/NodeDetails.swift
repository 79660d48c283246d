/// What is said of a node beside its query, for documentation.
public struct NodeDetails: Sendable {
    /// What a test looks at.
    public struct Test: Sendable {
        /// `unique`, `not_null`, …; nil of a test that is a query of its own.
        public var name: String?
        /// The id of the node that it is attached to.
        public var node: String?
        /// The column that it is about, as stored.
        public var column: String?
        /// `error` or `warn`.
        public var severity: String
    }
    /// Whom an exposure is for.
    public struct Use: Sendable {
        /// `dashboard`, `notebook`, …
        public var kind: String
        /// What people call it.
        public var label: String?
        /// Name, and address where it is known.
        public var owner: String
        /// Where it is.
        public var url: String?
        /// `high`, `medium` or `low`.
        public var maturity: String?
    }
    /// Whatever else people should know, by name.
    public var meta: [(name: String, value: String)]
    /// The group of people who own it.
    public var group: String?
    /// Whom to ask: the owner of its group, or of the exposure.
    public var owner: String?
    /// Of a model: who may read it.
    public var access: String?
    /// Whether a model is built only with the types that its row says.
    public var isContractEnforced: Bool
    /// Of a source: how old its newest row may be, in words.
    public var freshness: String?
    /// Of a test.
    public var test: Test?
    /// Of an exposure.
    public var use: Use?
}

extension ProjectGraph {
    /// What is said of a node beside its query.
    public func details(of node: Node) -> NodeDetails {
        let configuration = node.configuration
        let group = groups.first { $0.name == configuration.group }
        var details = NodeDetails(
            meta: configuration.meta.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, group: configuration.group,
            owner: group.map { NodeDetails.contact($0.ownerName, $0.ownerEmail) },
            access: node.kind == .model ? configuration.access.rawValue : nil,
            isContractEnforced: configuration.isContractEnforced, freshness: configuration.freshness.map(NodeDetails.words))
        switch node.content {
        case .test(let test):
            details.test = NodeDetails.Test(
                name: test.generic?.name, node: test.generic?.attachedTo, column: test.generic?.column,
                severity: test.expectation.severity.rawValue)
        case .unitTest(let test):
            details.test = NodeDetails.Test(name: nil, node: test.testedID, column: nil, severity: "error")
        case .exposure(let exposure):
            details.owner = NodeDetails.contact(exposure.ownerName, exposure.ownerEmail)
            details.use = NodeDetails.Use(
                kind: exposure.kind.rawValue, label: exposure.label,
                owner: NodeDetails.contact(exposure.ownerName, exposure.ownerEmail),
                url: exposure.url, maturity: exposure.maturity)
        case .source, .seed, .model, .snapshot, .analysis, .operation: break
        }
        return details
    }
}

extension NodeDetails {
    fileprivate static func contact(_ name: String, _ email: String?) -> String { email.map { "\(name) <\($0)>" } ?? name }

    fileprivate static func words(_ freshness: Freshness) -> String {
        func age(_ age: Freshness.Age) -> String {
            "\(age.count) \(age.period.rawValue)\(age.count == 1 ? "" : "s")"
        }
        return [freshness.warnAfter.map { "\(age($0)) (warning)" }, freshness.errorAfter.map { "\(age($0)) (error)" }]
            .compactMap { $0 }.joined(separator: ", ")
    }
}
