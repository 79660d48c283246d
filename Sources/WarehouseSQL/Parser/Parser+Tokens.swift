import WarehouseBasics

extension Parser {
    /// Reads the tokens of the next statement that is not empty; false at the end of the text.
    mutating func loadStatement() throws(WarehouseError) -> Bool {
        index = 0
        repeat {
            tokens.removeAll(keepingCapacity: true)
            closing.removeAll(keepingCapacity: true)
            var open: [Int] = []
            repeat {
                let token = try lexer.next()
                try pass()
                closing.append(-1)
                if token.kind == .symbol { matchBracket(token.text, at: tokens.count, open: &open) }
                tokens.append(token)
            } while tokens[tokens.count - 1].kind < .semicolon
            if tokens[0].kind == .end { return false }
        } while tokens.count == 1
        return true
    }

    private mutating func matchBracket(_ symbol: String, at index: Int, open: inout [Int]) {
        switch symbol {
        case "(", "[", "{": open.append(index)
        case ")", "]", "}":
            if let opener = open.popLast() { closing[opener] = Int32(truncatingIfNeeded: index) }
        default: break
        }
    }

    // MARK: Looking

    var current: Token { tokens[index] }

    /// The token `ahead` of the current one, the closing one past the end.
    func peek(_ ahead: Int = 1) -> Token { tokens[min(index + ahead, tokens.count - 1)] }

    var isAtEnd: Bool { tokens[index].kind >= .semicolon || isSymbol("->>") }

    func isWord(_ word: String, ahead: Int = 0) -> Bool {
        let at = index + ahead
        return at < tokens.count && tokens[at].kind == .word && tokens[at].text == word
    }

    func isAnyWord(_ words: Set<String>, ahead: Int = 0) -> Bool {
        let at = index + ahead
        return at < tokens.count && tokens[at].kind == .word && words.contains(tokens[at].text)
    }

    func isWords(_ words: String...) -> Bool {
        for (offset, word) in words.enumerated() where !isWord(word, ahead: offset) { return false }
        return true
    }

    func isSymbol(_ symbol: String, ahead: Int = 0) -> Bool {
        let at = index + ahead
        return at < tokens.count && tokens[at].kind == .symbol && tokens[at].text == symbol
    }

    /// Whether a word or quoted name stands `ahead`.
    func isName(ahead: Int = 0) -> Bool {
        let kind = peek(ahead).kind
        return kind == .word || kind == .quotedName
    }

    /// The source between two offsets.
    func text(from start: Int, to end: Int) -> String {
        String(decoding: lexer.bytes[start..<max(start, end)], as: UTF8.self)
    }

    func sourceText(_ token: Token) -> String { text(from: token.start, to: token.end) }

    /// From the token at `start` to the last one read.
    func span(from start: Int) -> SourceSpan {
        tokens[start].span.through(tokens[max(start, index - 1)].span)
    }

    // MARK: Reading

    mutating func advance(_ count: Int = 1) { index = min(index + count, tokens.count - 1) }

    mutating func accept(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    /// All of the words in a row, or none.
    mutating func accept(_ words: String...) -> Bool {
        for (offset, word) in words.enumerated() where !isWord(word, ahead: offset) { return false }
        advance(words.count)
        return true
    }

    mutating func accept(anyOf words: Set<String>) -> Bool {
        guard isAnyWord(words) else { return false }
        advance()
        return true
    }

    mutating func acceptSymbol(_ symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ words: String...) throws(WarehouseError) {
        for word in words {
            guard accept(word) else { throw unexpected(hint: "\(word) was expected.") }
        }
    }

    mutating func expectSymbol(_ symbol: String) throws(WarehouseError) {
        guard acceptSymbol(symbol) else { throw unexpected(hint: "'\(symbol)' was expected.") }
    }

    /// The text of a string literal.
    mutating func expectString() throws(WarehouseError) -> String {
        guard current.kind == .string else { throw unexpected(hint: "A string in single quotes was expected.") }
        defer { advance() }
        return current.text
    }

    /// A whole number, with a sign where `signed`.
    mutating func expectInteger(signed: Bool = false) throws(WarehouseError) -> Int {
        let start = index
        let isNegative = signed && acceptSymbol("-")
        if signed, !isNegative { _ = acceptSymbol("+") }
        guard current.kind == .number, let value = Int((isNegative ? "-" : "") + current.text) else {
            if index != start { index = start }
            throw unexpected(hint: "A whole number was expected.")
        }
        advance()
        return value
    }

    func expectEnd() throws(WarehouseError) {
        guard tokens[index].kind >= .semicolon else { throw unexpected() }
    }

    /// One or more of `element`, divided by commas.
    mutating func list<Element>(
        _ element: (inout Parser) throws(WarehouseError) -> Element
    ) throws(WarehouseError) -> [Element] {
        var elements = [try element(&self)]
        while acceptSymbol(",") { elements.append(try element(&self)) }
        return elements
    }

    /// `( … )` around one or more of `element`, divided by commas.
    mutating func parenthesized<Element>(
        _ element: (inout Parser) throws(WarehouseError) -> Element
    ) throws(WarehouseError) -> [Element] {
        try expectSymbol("(")
        let elements = try list(element)
        try expectSymbol(")")
        return elements
    }

    // MARK: Errors and limits

    /// `unexpected 'x'` at the current token.
    func unexpected(hint: String? = nil) -> WarehouseError {
        let token = current
        let shown = token.kind == .end ? "<EOF>" : maySpellSecret(token) ? "***" : Parser.shown(sourceText(token))
        return WarehouseError(
            .syntax, "SQL compilation error:\nsyntax error line \(token.line) at position \(token.column - 1) "
                + "unexpected '\(shown)'.", hint: hint, span: token.span)
    }

    private static func shown(_ written: String) -> String {
        written.unicodeScalars.count <= 100 ? written : String(written.prefix(100)) + "…"
    }

    /// The error without the secrets of its statement, the token at fault or another: a URL with keys, the value of a name
    /// that promises one.
    func withoutSecrets(_ error: WarehouseError) -> WarehouseError {
        guard let first = tokens.first, let last = tokens.last else { return error }
        let statement = text(from: first.start, to: last.end)
        var masked = SecretMask.mask(error, of: statement)
        if let span = error.span, SecretMask.hides(at: span.startOffset - first.start, in: statement) {
            let written = Parser.shown(text(from: span.startOffset, to: span.endOffset))
            masked.message = error.message.replacing("'\(written)'", with: "'***'")
            masked = SecretMask.mask(masked, of: statement)
        }
        return masked
    }

    /// Whether the token at fault may be a password or a key, which no message repeats: a text, a name or a number of
    /// CREATE or ALTER behind the word for one, and every text in what is said of a user.
    private func maySpellSecret(_ token: Token) -> Bool {
        guard tokens[0].kind == .word, ["CREATE", "ALTER"].contains(tokens[0].text), token.kind != .symbol else {
            return false
        }
        if token.kind == .string, tokens[..<index].prefix(4).contains(where: { $0.kind == .word && $0.text == "USER" }) {
            return true
        }
        return tokens[..<index].contains { $0.kind == .word && Parser.secretWords.contains($0.text) }
    }

    private static let secretWords: Set<String> = [
        "PASSWORD", "CREDENTIALS", "AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN", "AZURE_SAS_TOKEN", "MASTER_KEY",
        "IDENTIFIED", "ENCRYPTION",
    ]

    func unsupported(_ what: String) -> WarehouseError {
        WarehouseError(.unsupported, "Unsupported feature: \(what) is not supported.", span: current.span)
    }

    /// Opens a production; the caller closes it by `depth -= 1`.
    mutating func enter() throws(WarehouseError) {
        try pass()
        depth += 1
        if depth > SyntaxLimits.maximumDepth { throw tooDeep() }
        if DeepStack.bytesUsed(since: stackAnchor) > stackBudget {
            ranOutOfStack = true
            throw tooDeep()
        }
    }

    /// Counts a step; looks now and then, about every millisecond, whether what is read is still wanted.
    mutating func pass() throws(WarehouseError) {
        steps &+= 1
        if steps & 0xFFF == 0 { try Interruption.check() }
    }

    /// A node now stands on top of the trees built since the production began.
    mutating func grow() throws(WarehouseError) {
        height += 1
        if height > SyntaxLimits.maximumHeight { throw tooDeep(SyntaxLimits.maximumHeight) }
    }

    func tooDeep(_ limit: Int = SyntaxLimits.maximumDepth) -> WarehouseError {
        WarehouseError(.limitExceeded, "SQL compilation error:\nThe statement nests deeper than "
            + "\(limit) levels at line \(current.line), position \(current.column - 1).",
            span: current.span)
    }
}

extension Token.Kind: Comparable {
    static func < (left: Token.Kind, right: Token.Kind) -> Bool { left.rawValue < right.rawValue }
}
