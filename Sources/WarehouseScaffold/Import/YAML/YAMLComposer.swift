import WarehouseBasics

/// Builds the tree of a text's one document (YAML 1.2.2, chapter 3.2): aliases are what they name, merge keys are resolved.
///
/// What an alias names is shared, not copied, and counted as often as it is used; so a text that would unfold to more than is
/// allowed is refused before it costs anything.
struct YAMLComposer {
    static let maximumValues = 200_000
    static let maximumDepth = 200

    /// A value with what an alias of it costs.
    private struct Node {
        var value: YAMLValue
        /// A scalar's text, which a key needs of a null, too.
        var text: String?
        var count = 1
        /// Levels of collections in it.
        var height = 0
    }

    /// A collection that is being read.
    private struct Collection {
        enum Key { case text(String), merge, collection }
        let event: YAMLEvent
        let isMapping: Bool
        let countBefore: Int
        var height = 1
        var elements: [YAMLValue] = []
        var members: [(key: String, value: YAMLValue)] = []
        /// A mapping's key whose value is to come.
        var key: Key?
        var names: Set<String> = []
        var merged: [YAMLValue]?
    }

    private var open: [Collection] = []
    private var anchors: [String: Node] = [:]
    private var count = 0
    private var root: YAMLValue?

    /// The document's value; nil of a text that holds none.
    static func compose(_ text: String) throws(YAMLProblem) -> YAMLValue? {
        var parser = try YAMLParser(text), composer = YAMLComposer()
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamEnd: return composer.root
            case .documentStart:
                guard composer.root == nil else { throw YAMLProblem(event.mark, "a second document; a file holds one") }
            case .documentEnd: break
            case .sequenceStart, .mappingStart: try composer.begin(event)
            case .collectionEnd: try composer.end()
            case .alias(let name): try composer.add(composer.node(named: name, at: event.mark), at: event.mark)
            case .scalar(let text, let isPlain):
                let isNull = isPlain && YAMLComposer.nulls.contains(text)
                let kind: YAMLValue.Kind = isNull ? .null : .text(text, isPlain: isPlain)
                let node = Node(value: YAMLValue(kind: kind, line: event.mark.line), text: text)
                try composer.add(node, anchor: event.anchor, at: event.mark)
            }
        }
    }

    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

    private func node(named name: String, at mark: YAMLMark) throws(YAMLProblem) -> Node {
        guard let node = anchors[name] else {
            throw YAMLProblem(mark, "the alias *\(VisibleName.shown(name)), which no anchor before it names")
        }
        return node
    }

    // MARK: Collections

    private mutating func begin(_ event: YAMLEvent) throws(YAMLProblem) {
        try checkDepth(open.count + 1, at: event.mark)
        let isMapping = if case .mappingStart = event.kind { true } else { false }
        open.append(Collection(event: event, isMapping: isMapping, countBefore: count))
    }

    private mutating func end() throws(YAMLProblem) {
        guard let closed = open.popLast() else { return }
        let kind: YAMLValue.Kind = closed.isMapping ? .map(members(of: closed)) : .list(closed.elements)
        // What is inside was counted when it came.
        let inside = count - closed.countBefore
        count = closed.countBefore
        let node = Node(
            value: YAMLValue(kind: kind, line: closed.event.mark.line), count: inside + 1, height: closed.height)
        try add(node, anchor: closed.event.anchor, at: closed.event.mark)
    }

    private mutating func add(_ node: Node, anchor: String? = nil, at mark: YAMLMark) throws(YAMLProblem) {
        if let anchor { anchors[anchor] = node }
        guard let top = open.indices.last else {
            root = node.value
            return try add(count: node.count, at: mark)
        }
        try checkDepth(open.count + node.height, at: mark)
        open[top].height = max(open[top].height, node.height + 1)
        let isKey = open[top].isMapping && open[top].key == nil
        // A key that is a text is no value.
        if !isKey || node.text == nil { try add(count: node.count, at: mark) }
        switch open[top].key {
        case nil where isKey: return try addKey(node, at: mark)
        case nil: open[top].elements.append(node.value)
        case .text(let name): open[top].members.append((name, node.value))
        case .collection: open[top].members.append(("?", node.value))
        case .merge: open[top].merged = try sources(node.value, at: mark)
        }
        open[top].key = nil
    }

    private mutating func addKey(_ node: Node, at mark: YAMLMark) throws(YAMLProblem) {
        let top = open.count - 1
        guard let text = node.text else { return open[top].key = .collection }
        let isMerge = if case .text("<<", isPlain: true) = node.value.kind { true } else { false }
        guard isMerge ? open[top].merged == nil : open[top].names.insert(text).inserted else {
            throw YAMLProblem(mark, "a second member '\(VisibleName.shown(text))'; a mapping has one of each name")
        }
        open[top].key = isMerge ? .merge : .text(text)
    }

    // MARK: Merging

    /// The mappings that a merge key takes over (yaml.org/type/merge.html).
    private func sources(_ value: YAMLValue, at mark: YAMLMark) throws(YAMLProblem) -> [YAMLValue] {
        let sources = if case .list(let elements) = value.kind { elements } else { [value] }
        for source in sources {
            guard case .map = source.kind else { throw YAMLProblem(mark, "'<<' takes over a mapping or a list of mappings") }
        }
        return sources
    }

    /// Its own members, and then those it takes over; of the same name the first one stays.
    private func members(of collection: Collection) -> [(key: String, value: YAMLValue)] {
        var members = collection.members
        guard let merged = collection.merged else { return members }
        var names = Set(members.map(\.key))
        for source in merged {
            for member in source.members where names.insert(member.key).inserted { members.append(member) }
        }
        return members
    }

    // MARK: Limits

    private mutating func add(count added: Int, at mark: YAMLMark) throws(YAMLProblem) {
        count += added
        guard count <= YAMLComposer.maximumValues else {
            throw YAMLProblem(mark, "more than \(YAMLComposer.maximumValues) values", isLimit: true)
        }
    }

    private func checkDepth(_ depth: Int, at mark: YAMLMark) throws(YAMLProblem) {
        guard depth <= YAMLComposer.maximumDepth else {
            throw YAMLProblem(mark, "deeper nesting than \(YAMLComposer.maximumDepth) levels", isLimit: true)
        }
    }
}
