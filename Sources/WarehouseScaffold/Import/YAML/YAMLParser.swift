/// A step of a walk through a document, from which a tree can be built.
struct YAMLEvent {
    enum Kind {
        case documentStart, documentEnd, streamEnd
        case sequenceStart, mappingStart, collectionEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
    }
    var kind: Kind
    /// Where it begins, its tag and anchor included.
    var mark: YAMLMark
    var anchor: String?
}

/// Finds out which tokens belong together.
///
/// A port of libyaml's parser.c: it goes from state to state and keeps those to come back to, so that however deep a text nests,
/// the call stack does not. The grammar stands at the head of that file:
///
///     block_node      ::= ALIAS | properties block_content? | block_content
///     block_sequence  ::= BLOCK-SEQUENCE-START (BLOCK-ENTRY block_node?)* BLOCK-END
///     block_mapping   ::= BLOCK-MAPPING-START ((KEY node?)? (VALUE node?)?)* BLOCK-END
///     flow_sequence   ::= FLOW-SEQUENCE-START (entry FLOW-ENTRY)* entry? FLOW-SEQUENCE-END
///     flow_mapping    ::= FLOW-MAPPING-START (entry FLOW-ENTRY)* entry? FLOW-MAPPING-END
///     entry           ::= flow_node | KEY flow_node? (VALUE flow_node?)?
///
/// where a sequence that is a mapping's value need not be indented: (BLOCK-ENTRY block_node?)+ without the tokens around it.
struct YAMLParser {
    enum State {
        case firstDocument, document, content, documentEnd, end
        case blockNode
        case blockEntry, indentlessEntry
        case blockKey, blockValue
        case flowEntry(isFirst: Bool), flowPairKey, flowPairValue, flowPairEnd
        case flowKey(isFirst: Bool), flowValue, flowNoValue
    }

    private var scanner: YAMLScanner
    private var state = State.firstDocument
    /// What follows once the present node is complete.
    private var returns: [State] = []
    /// Where the open collections begin.
    private var starts: [YAMLMark] = []
    /// Prefixes of tags by handle.
    private var tagPrefixes: [String: String] = [:]

    init(_ text: String) throws(YAMLProblem) { scanner = try YAMLScanner(text) }

    /// The next event. After `streamEnd` none may be asked for.
    mutating func next() throws(YAMLProblem) -> YAMLEvent {
        switch state {
        case .firstDocument: try document(isFirst: true)
        case .document: try document(isFirst: false)
        case .content: try content()
        case .documentEnd: try documentEnd()
        case .end: YAMLEvent(kind: .streamEnd, mark: YAMLMark())
        case .blockNode: try node(isBlock: true)
        case .blockEntry: try blockEntry()
        case .indentlessEntry: try indentlessEntry()
        case .blockKey: try blockKey()
        case .blockValue: try blockValue()
        case .flowEntry(let isFirst): try flowEntry(isFirst: isFirst)
        case .flowPairKey: try flowPairKey()
        case .flowPairValue: try flowValue(endsAt: .flowSequenceEnd, then: .flowPairEnd)
        case .flowPairEnd: try flowPairEnd()
        case .flowKey(let isFirst): try flowKey(isFirst: isFirst)
        case .flowValue: try flowValue(endsAt: .flowMappingEnd, then: .flowKey(isFirst: false))
        case .flowNoValue: empty(try scanner.peek().mark, then: .flowKey(isFirst: false))
        }
    }

    // MARK: Documents

    private mutating func document(isFirst: Bool) throws(YAMLProblem) -> YAMLEvent {
        var token = try scanner.peek()
        while !isFirst, token.kind == .documentEnd { token = try takeAndPeek() }
        if token.kind == .streamEnd {
            scanner.skip()
            state = .end
            return YAMLEvent(kind: .streamEnd, mark: token.mark)
        }
        let mark = token.mark, hasDirectives = try directives()
        token = try scanner.peek()
        returns.append(.documentEnd)
        if token.kind == .documentStart {
            scanner.skip()
            state = .content
        } else if isFirst, !hasDirectives {
            state = .blockNode
        } else {
            throw YAMLProblem(token.mark, hasDirectives
                ? "directives without a document; '---' begins one"
                : "a second value; what belongs together stands at one indentation")
        }
        return YAMLEvent(kind: .documentStart, mark: mark)
    }

    private mutating func directives() throws(YAMLProblem) -> Bool {
        tagPrefixes = [:]
        var hasVersion = false
        while true {
            let token = try scanner.peek()
            switch token.kind {
            case .versionDirective(let major, let minor):
                guard !hasVersion else { throw YAMLProblem(token.mark, "a second %YAML; a document has one") }
                guard major == 1, minor == 1 || minor == 2 else {
                    throw YAMLProblem(token.mark, "YAML \(major).\(minor) is not known; 1.1 and 1.2 are")
                }
                hasVersion = true
            case .tagDirective(let handle, let prefix):
                guard tagPrefixes.updateValue(prefix, forKey: handle) == nil else {
                    throw YAMLProblem(token.mark, "a second %TAG of this handle; each has one")
                }
            default:
                let hasAny = hasVersion || !tagPrefixes.isEmpty
                tagPrefixes.merge(["!": "!", "!!": "tag:yaml.org,2002:"]) { own, _ in own }
                return hasAny
            }
            scanner.skip()
        }
    }

    private mutating func content() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        switch token.kind {
        case .versionDirective, .tagDirective, .documentStart, .documentEnd, .streamEnd: return empty(token.mark)
        default: return try node(isBlock: true)
        }
    }

    private mutating func documentEnd() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        if token.kind == .documentEnd { scanner.skip() }
        state = .document
        return YAMLEvent(kind: .documentEnd, mark: token.mark)
    }

    // MARK: Nodes

    private mutating func node(isBlock: Bool, mayBeIndentless: Bool = false) throws(YAMLProblem) -> YAMLEvent {
        var token = try scanner.peek()
        if case .alias(let name) = token.kind {
            scanner.skip()
            return complete(.alias(name), token.mark)
        }
        let (anchor, tag, mark) = try properties()
        token = try scanner.peek()
        let kind: YAMLEvent.Kind
        switch token.kind {
        case .scalar(let text, let isPlain):
            scanner.skip()
            return complete(.scalar(text, isPlain: isPlain && !YAMLParser.textTags.contains(tag)), mark, anchor)
        case .blockEntry where mayBeIndentless:
            state = .indentlessEntry
            return YAMLEvent(kind: .sequenceStart, mark: mark, anchor: anchor)
        case .flowSequenceStart: (kind, state) = (.sequenceStart, .flowEntry(isFirst: true))
        case .flowMappingStart: (kind, state) = (.mappingStart, .flowKey(isFirst: true))
        case .blockSequenceStart where isBlock: (kind, state) = (.sequenceStart, .blockEntry)
        case .blockMappingStart where isBlock: (kind, state) = (.mappingStart, .blockKey)
        default:
            guard anchor != nil || tag != nil else { throw YAMLParser.unexpected(token) }
            return complete(.scalar("", isPlain: !YAMLParser.textTags.contains(tag)), mark, anchor)
        }
        scanner.skip()
        starts.append(token.mark)
        return YAMLEvent(kind: kind, mark: mark, anchor: anchor)
    }

    /// `!!str`, and `!`, which says that a scalar's looks do not count (YAML 1.2.2, 6.9.1): these make a text of any scalar.
    private static let textTags: Set<String?> = ["tag:yaml.org,2002:str", "!"]

    private static func unexpected(_ token: YAMLToken) -> YAMLProblem {
        let message = switch token.kind {
        case .streamEnd: "the text ends where a value is to come"
        case .flowEntry: "a ',' without a value before it; a text that begins with one is written in quotes"
        case .flowSequenceEnd, .flowMappingEnd:
            "a bracket that closes what nothing opened; a text that begins with one is written in quotes"
        case .blockEntry: "an element '- …' cannot stand here; a list begins on a line of its own"
        default: "a value cannot stand here"
        }
        return YAMLProblem(token.mark, message)
    }

    /// An anchor and a tag, in either order.
    private mutating func properties() throws(YAMLProblem) -> (anchor: String?, tag: String?, mark: YAMLMark) {
        var token = try scanner.peek()
        let mark = token.mark
        var anchor: String?, tag: String?
        while true {
            if case .anchor(let name) = token.kind, anchor == nil {
                anchor = name
            } else if case .tag(let handle, let suffix) = token.kind, tag == nil {
                guard let prefix = handle.isEmpty ? "" : tagPrefixes[handle] else {
                    throw YAMLProblem(token.mark, "a tag whose handle \(handle) no %TAG declares; '!' and '!!' need none")
                }
                tag = prefix + suffix
            } else {
                return (anchor, tag, mark)
            }
            token = try takeAndPeek()
        }
    }

    // MARK: Block collections

    private mutating func blockEntry() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        switch token.kind {
        case .blockEntry:
            switch try takeAndPeek().kind {
            case .blockEntry, .blockEnd: return empty(token.mark, then: .blockEntry)
            default: return try descend(isBlock: true, then: .blockEntry)
            }
        case .blockEnd: return close(token)
        default:
            throw YAMLProblem(
                token.mark, "no '- …', though the list of line \(start) goes on here; other values are indented further")
        }
    }

    private mutating func indentlessEntry() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        guard token.kind == .blockEntry else { return complete(.collectionEnd, token.mark) }
        switch try takeAndPeek().kind {
        case .blockEntry, .key, .value, .blockEnd: return empty(token.mark, then: .indentlessEntry)
        default: return try descend(isBlock: true, then: .indentlessEntry)
        }
    }

    private mutating func blockKey() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        switch token.kind {
        case .key: return try blockMember(token, then: .blockValue)
        case .blockEnd: return close(token)
        default:
            throw YAMLProblem(
                token.mark, "no 'key: value', though the mapping of line \(start) goes on here; a value with quotes or "
                    + "brackets inside is written in quotes as a whole")
        }
    }

    private mutating func blockValue() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        guard token.kind == .value else { return empty(token.mark, then: .blockKey) }
        return try blockMember(token, then: .blockKey)
    }

    private mutating func blockMember(_ indicator: YAMLToken, then next: State) throws(YAMLProblem) -> YAMLEvent {
        switch try takeAndPeek().kind {
        case .key, .value, .blockEnd: empty(indicator.mark, then: next)
        default: try descend(isBlock: true, mayBeIndentless: true, then: next)
        }
    }

    // MARK: Flow collections

    private mutating func flowEntry(isFirst: Bool) throws(YAMLProblem) -> YAMLEvent {
        let token = try flowStep(isFirst: isFirst, endsAt: .flowSequenceEnd)
        switch token.kind {
        case .flowSequenceEnd: return close(token)
        case .key:
            // `[a: 1]` holds a mapping of one member.
            scanner.skip()
            state = .flowPairKey
            return YAMLEvent(kind: .mappingStart, mark: token.mark)
        default: return try descend(isBlock: false, then: .flowEntry(isFirst: false))
        }
    }

    private mutating func flowPairKey() throws(YAMLProblem) -> YAMLEvent {
        let token = try scanner.peek()
        switch token.kind {
        case .flowSequenceEnd: return empty(token.mark, then: .flowPairValue)
        case .value, .flowEntry:
            // As libyaml does, which takes the `:` for a key without a value.
            scanner.skip()
            return empty(token.mark, then: .flowPairValue)
        default: return try descend(isBlock: false, then: .flowPairValue)
        }
    }

    private mutating func flowPairEnd() throws(YAMLProblem) -> YAMLEvent {
        state = .flowEntry(isFirst: false)
        return YAMLEvent(kind: .collectionEnd, mark: try scanner.peek().mark)
    }

    private mutating func flowKey(isFirst: Bool) throws(YAMLProblem) -> YAMLEvent {
        let token = try flowStep(isFirst: isFirst, endsAt: .flowMappingEnd)
        switch token.kind {
        case .flowMappingEnd: return close(token)
        case .key:
            let next = try takeAndPeek()
            switch next.kind {
            case .value, .flowEntry, .flowMappingEnd: return empty(next.mark, then: .flowValue)
            default: return try descend(isBlock: false, then: .flowValue)
            }
        default: return try descend(isBlock: false, then: .flowNoValue)
        }
    }

    private mutating func flowValue(endsAt end: YAMLToken.Kind, then next: State) throws(YAMLProblem) -> YAMLEvent {
        var token = try scanner.peek()
        if token.kind == .value {
            token = try takeAndPeek()
            if token.kind != .flowEntry, token.kind != end { return try descend(isBlock: false, then: next) }
        }
        return empty(token.mark, then: next)
    }

    /// Goes past the comma before an entry, which the last one may have behind it.
    private mutating func flowStep(isFirst: Bool, endsAt end: YAMLToken.Kind) throws(YAMLProblem) -> YAMLToken {
        let token = try scanner.peek()
        if isFirst || token.kind == end { return token }
        guard token.kind == .flowEntry else {
            throw YAMLProblem(
                token.mark,
                "no ',' and no '\(end == .flowSequenceEnd ? "]" : "}")', one of which the bracket of line \(start) needs here")
        }
        return try takeAndPeek()
    }

    // MARK: Steps

    /// The line on which the innermost open collection begins.
    private var start: Int { starts.last?.line ?? 1 }

    private mutating func takeAndPeek() throws(YAMLProblem) -> YAMLToken {
        scanner.skip()
        return try scanner.peek()
    }

    private mutating func descend(
        isBlock: Bool, mayBeIndentless: Bool = false, then next: State
    ) throws(YAMLProblem) -> YAMLEvent {
        returns.append(next)
        return try node(isBlock: isBlock, mayBeIndentless: mayBeIndentless)
    }

    private mutating func complete(_ kind: YAMLEvent.Kind, _ mark: YAMLMark, _ anchor: String? = nil) -> YAMLEvent {
        state = returns.popLast() ?? .end
        return YAMLEvent(kind: kind, mark: mark, anchor: anchor)
    }

    private mutating func close(_ end: YAMLToken) -> YAMLEvent {
        scanner.skip()
        starts.removeLast()
        return complete(.collectionEnd, end.mark)
    }

    private mutating func empty(_ mark: YAMLMark) -> YAMLEvent { complete(.scalar("", isPlain: true), mark) }

    private mutating func empty(_ mark: YAMLMark, then next: State) -> YAMLEvent {
        state = next
        return YAMLEvent(kind: .scalar("", isPlain: true), mark: mark)
    }
}
