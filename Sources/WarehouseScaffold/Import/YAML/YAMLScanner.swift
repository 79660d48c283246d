/// Cuts a text into tokens.
///
/// A port of the design of libyaml's scanner.c (and PyYAML's scanner.py), which reads YAML 1.1 and most of 1.2: indentation
/// becomes tokens that begin and end block collections, and a `:` puts a key token before what it follows (YAML 1.2.2, chapters
/// 6 to 8). Every character is looked at a bounded number of times.
struct YAMLScanner {
    var cursor: YAMLCursor
    /// The column of the innermost block collection, -1 outside any.
    private(set) var indent = -1
    private var outerIndents: [Int] = []
    private var simpleKeys = YAMLSimpleKeys()
    /// Whether a key may begin here: at the beginning of a line, and after an indicator.
    var allowsSimpleKey = true
    private var tokens = YAMLTokenQueue()

    var isInFlow: Bool { simpleKeys.flowLevel > 0 }

    init(_ text: String) throws(YAMLProblem) { cursor = try YAMLCursor(text) }

    /// The next token, which stays. After `streamEnd` none may be asked for.
    mutating func peek() throws(YAMLProblem) -> YAMLToken {
        while true {
            if let first = tokens.first {
                try simpleKeys.removeUnreachable(from: cursor.mark)
                // A token that may yet become a key must wait for what is to be put before it.
                if simpleKeys.oldest?.tokenNumber != tokens.takenCount { return first }
            }
            try fetch()
        }
    }

    mutating func skip() { tokens.removeFirst() }

    // MARK: Fetching

    private mutating func fetch() throws(YAMLProblem) {
        skipToToken()
        try simpleKeys.removeUnreachable(from: cursor.mark)
        closeBlocks(beyond: cursor.mark.column)
        if cursor.isAtEnd { return try fetchStreamEnd() }
        if cursor.mark.column == 0, cursor.isAt("%") { return try fetchDirective() }
        if cursor.isDocumentMarker("-") { return try fetchDocumentMarker(.documentStart) }
        if cursor.isDocumentMarker(".") { return try fetchDocumentMarker(.documentEnd) }
        switch cursor.character() {
        case "[": try fetchFlowStart(.flowSequenceStart)
        case "{": try fetchFlowStart(.flowMappingStart)
        case "]": try fetchFlowEnd(.flowSequenceEnd)
        case "}": try fetchFlowEnd(.flowMappingEnd)
        case ",": try fetchFlowEntry()
        case "-" where cursor.isSpace(1): try fetchBlockEntry()
        case "?" where isInFlow || cursor.isSpace(1): try fetchKey()
        case ":" where isInFlow || cursor.isSpace(1): try fetchValue()
        case "|" where !isInFlow: try fetchBlockScalar(isLiteral: true)
        case ">" where !isInFlow: try fetchBlockScalar(isLiteral: false)
        case "\t": throw YAMLProblem(cursor.mark, "a tab; only spaces indent")
        case "%", "@", "`", "|", ">":
            throw YAMLProblem(cursor.mark, "a text cannot begin with '\(cursor.character())' here; write it in quotes")
        default: try fetchContent()
        }
    }

    /// Passes over white space and comments. A tab is none where it would indent.
    private mutating func skipToToken() {
        while true {
            if cursor.mark.column == 0, cursor.isByteOrderMark { cursor.advance() }
            while cursor.isAt(" ") || (isInFlow || !allowsSimpleKey) && cursor.isAt("\t") { cursor.advance() }
            cursor.skipComment()
            guard cursor.isBreak() else { return }
            cursor.skipBreak()
            if !isInFlow { allowsSimpleKey = true }
        }
    }

    /// A scalar, or what stands before one: it may begin a key, and none begins behind it.
    private mutating func fetchContent() throws(YAMLProblem) {
        try saveSimpleKey()
        allowsSimpleKey = false
        let mark = cursor.mark
        let kind: YAMLToken.Kind
        switch cursor.character() {
        case "*": kind = .alias(try scanName("an alias"))
        case "&": kind = .anchor(try scanName("an anchor"))
        case "!": kind = try scanTag()
        case "'": kind = try scanQuoted(isSingle: true)
        case "\"": kind = try scanQuoted(isSingle: false)
        default: kind = try scanPlain()
        }
        tokens.append(kind, mark)
    }

    private mutating func fetchBlockScalar(isLiteral: Bool) throws(YAMLProblem) {
        try simpleKeys.remove()
        allowsSimpleKey = true
        let mark = cursor.mark
        tokens.append(try scanBlockScalar(isLiteral: isLiteral), mark)
    }

    private mutating func saveSimpleKey() throws(YAMLProblem) {
        guard allowsSimpleKey else { return }
        let isRequired = !isInFlow && indent == cursor.mark.column
        try simpleKeys.save(.init(isRequired: isRequired, tokenNumber: tokens.nextNumber, mark: cursor.mark))
    }

    // MARK: Indentation

    /// Begins a block collection at this column, unless one did already.
    private mutating func openBlock(
        _ kind: YAMLToken.Kind, at mark: YAMLMark, number: Int? = nil
    ) {
        guard !isInFlow, indent < mark.column else { return }
        outerIndents.append(indent)
        indent = mark.column
        tokens.insert(kind, mark, number: number ?? tokens.nextNumber)
    }

    private mutating func closeBlocks(beyond column: Int) {
        guard !isInFlow else { return }
        while indent > column {
            tokens.append(.blockEnd, cursor.mark)
            indent = outerIndents.popLast() ?? -1
        }
    }

    // MARK: Documents

    private mutating func fetchStreamEnd() throws(YAMLProblem) {
        cursor.startLineAtEnd()
        try leaveDocument()
        tokens.append(.streamEnd, cursor.mark)
    }

    private mutating func fetchDirective() throws(YAMLProblem) {
        try leaveDocument()
        let mark = cursor.mark
        tokens.append(try scanDirective(), mark)
    }

    private mutating func fetchDocumentMarker(_ kind: YAMLToken.Kind) throws(YAMLProblem) {
        try leaveDocument()
        append(kind, length: 3)
    }

    private mutating func leaveDocument() throws(YAMLProblem) {
        closeBlocks(beyond: -1)
        try simpleKeys.remove()
        allowsSimpleKey = false
    }

    private mutating func append(_ kind: YAMLToken.Kind, length: Int = 1) {
        tokens.append(kind, cursor.mark)
        cursor.advance(length)
    }

    // MARK: Indicators

    private mutating func fetchFlowStart(_ kind: YAMLToken.Kind) throws(YAMLProblem) {
        try saveSimpleKey()
        simpleKeys.openLevel()
        allowsSimpleKey = true
        append(kind)
    }

    private mutating func fetchFlowEnd(_ kind: YAMLToken.Kind) throws(YAMLProblem) {
        try simpleKeys.remove()
        simpleKeys.closeLevel()
        allowsSimpleKey = false
        append(kind)
    }

    private mutating func fetchFlowEntry() throws(YAMLProblem) {
        try simpleKeys.remove()
        allowsSimpleKey = true
        append(.flowEntry)
    }

    private mutating func fetchBlockEntry() throws(YAMLProblem) {
        if !isInFlow {
            guard allowsSimpleKey else {
                throw YAMLProblem(cursor.mark, "an element '- …' cannot begin here; it begins a line, below the one before it")
            }
            openBlock(.blockSequenceStart, at: cursor.mark)
        }
        try simpleKeys.remove()
        allowsSimpleKey = true
        append(.blockEntry)
    }

    private mutating func fetchKey() throws(YAMLProblem) {
        try openMember("a key '? …' cannot begin here; it begins a line")
        try simpleKeys.remove()
        allowsSimpleKey = !isInFlow
        append(.key)
    }

    private mutating func fetchValue() throws(YAMLProblem) {
        if let key = simpleKeys.take() {
            tokens.insert(.key, key.mark, number: key.tokenNumber)
            openBlock(.blockMappingStart, at: key.mark, number: key.tokenNumber)
            allowsSimpleKey = false
        } else {
            try openMember(
                "a ': ' cannot stand here; a member begins a line, below the one before it, with a name of at most 1,024 "
                    + "characters, and a text with ': ' is in quotes")
            allowsSimpleKey = !isInFlow
        }
        append(.value)
    }

    private mutating func openMember(_ message: String) throws(YAMLProblem) {
        guard !isInFlow else { return }
        guard allowsSimpleKey else { throw YAMLProblem(cursor.mark, message) }
        openBlock(.blockMappingStart, at: cursor.mark)
    }
}
