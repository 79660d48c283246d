import WarehouseBasics

extension Parser {
    /// An expression that begins with an unquoted word.
    mutating func parseWord() throws(WarehouseError) -> Expression {
        let token = current
        switch token.text {
        case "NULL": return takeLiteral(.null)
        case "TRUE": return takeLiteral(.boolean(true))
        case "FALSE": return takeLiteral(.boolean(false))
        case "CASE": return try parseCase()
        case "CAST" where isSymbol("(", ahead: 1), "TRY_CAST" where isSymbol("(", ahead: 1):
            return try parseCast()
        case "EXISTS":
            return try parseExists()
        default: break
        }
        if let literal = parseTypedLiteral() { return literal }
        if isLambdaAhead() { return try parseLambda() }
        if isSymbol("(", ahead: 1), let special = try parseSpecialCall() { return special }
        if ReservedWords.bareFunctions.contains(token.text), !isSymbol("(", ahead: 1), !isSymbol(".", ahead: 1) {
            advance()
            let call = FunctionCall(name: ObjectReference([Identifier(name: token.text, span: token.span)]),
                                    isBare: true)
            return Expression(.function(call), span: token.span)
        }
        guard !isReservedHere(token.text) else { throw unexpected() }
        return try parseNameOrCall()
    }

    private mutating func takeLiteral(_ literal: Literal) -> Expression {
        defer { advance() }
        return Expression(.literal(literal), span: current.span)
    }

    /// Whether the word at the current token cannot begin a name or a call.
    private func isReservedHere(_ word: String) -> Bool {
        if ReservedWords.strict.contains(word) {
            return !(isSymbol("(", ahead: 1) && ReservedWords.functions.contains(word))
        }
        if word == "WHEN" { return true }
        return word == "END" && caseDepth > 0
    }

    private mutating func parseExists() throws(WarehouseError) -> Expression {
        let start = index
        advance()
        guard isQueryAhead() else { throw unexpected() }
        let query = try parseParenthesizedQuery()
        try grow()
        return Expression(.exists(query), span: span(from: start))
    }

    /// `DATE '…'`, `TIME '…'`, `TIMESTAMP '…'`, `INTERVAL '…' [unit]`.
    private mutating func parseTypedLiteral() -> Expression? {
        let start = index
        let word = current.text
        let next = peek()
        let literal: Literal
        switch word {
        case "DATE" where next.kind == .string: literal = .date(next.text)
        case "TIME" where next.kind == .string: literal = .time(next.text)
        case "TIMESTAMP", "DATETIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "TIMESTAMPNTZ",
             "TIMESTAMPLTZ", "TIMESTAMPTZ":
            guard next.kind == .string else { return nil }
            literal = .timestamp(type: word, next.text)
        case "INTERVAL" where next.kind == .string || next.kind == .number:
            advance(2)
            let unit = acceptIntervalUnit(after: next.text)
            return Expression(.literal(.interval(next.text, unit: unit)), span: span(from: start))
        default: return nil
        }
        advance(2)
        return Expression(.literal(literal), span: span(from: start))
    }

    /// `DAY`, `YEAR TO MONTH` behind an interval's number; a text that names its own units has none.
    private mutating func acceptIntervalUnit(after text: String) -> String? {
        let isBareNumber = text.utf8.allSatisfy { $0 < 0x41 }
        guard isBareNumber, isAnyWord(Self.intervalUnits) else { return nil }
        var unit = current.text
        advance()
        skipIntervalDigits()
        if isWord("TO"), isAnyWord(Self.intervalUnits, ahead: 1) {
            unit += " TO " + peek().text
            advance(2)
            skipIntervalDigits()
        }
        return unit
    }

    /// How many digits a field may have, `DAY(2)` and `SECOND(3, 6)`: a literal has those that it has.
    private mutating func skipIntervalDigits() {
        guard isSymbol("("), peek().kind == .number else { return }
        let hasTwo = isSymbol(",", ahead: 2) && peek(3).kind == .number
        guard isSymbol(")", ahead: hasTwo ? 4 : 2) else { return }
        advance(hasTwo ? 5 : 3)
    }

    private static let intervalUnits: Set<String> = Set([
        "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND",
        "NANOSECOND",
    ].flatMap { [$0, $0 + "S"] })

    // MARK: Calls with a syntax of their own

    private mutating func parseSpecialCall() throws(WarehouseError) -> Expression? {
        let start = index
        let expression: Expression? = switch current.text {
        case "EXTRACT", "DATE_PART": try parseExtract()
        case "IDENTIFIER": try parseIdentifierExpression()
        case "POSITION": try parsePosition()
        case "TRIM": try parseTrim()
        case "SUBSTRING", "SUBSTR": try parseSubstring()
        default: nil
        }
        guard var expression else {
            index = start
            return nil
        }
        expression.span = span(from: start)
        return expression
    }

    private func call(_ name: String, _ arguments: [Expression]) -> Expression {
        Expression(.function(FunctionCall(name: ObjectReference([Identifier(name: name)]),
                                          arguments: arguments.map { .expression($0) })))
    }

    /// `EXTRACT(part FROM x)`; nil when a plain call.
    private mutating func parseExtract() throws(WarehouseError) -> Expression? {
        let part = peek(2)
        guard part.kind == .word || part.kind == .string || part.kind == .quotedName, isWord("FROM", ahead: 3) else {
            return nil
        }
        advance(4)
        let operand = try parseExpression()
        try expectSymbol(")")
        try grow()
        return Expression(.extract(part: Identifiers.folded(part.text), from: operand))
    }

    /// `IDENTIFIER('c')` as a column, or `IDENTIFIER('f')(x)` as a call.
    private mutating func parseIdentifierExpression() throws(WarehouseError) -> Expression? {
        let start = index
        let source = try parseIdentifierSource()
        guard isSymbol("(") else { return Expression(.identifier(source)) }
        return try parseCall(ObjectReference(kind: .computed(source), span: span(from: start)), from: start)
    }

    /// Whether `word` stands in the first argument of the call that begins here, outside inner brackets. Looking
    /// ahead, not parsing twice: nested calls would otherwise cost time exponential in their depth.
    private func isInFirstArgument(_ word: String) -> Bool {
        var at = index + 2
        while at < tokens.count - 1, tokens[at].text != ",", tokens[at].text != ")" {
            let token = tokens[at]
            if token.kind == .word, token.text == word, tokens[at - 1].text != "DISTINCT" { return true }
            at = closing[at] > 0 ? Int(closing[at]) + 1 : at + 1
        }
        return false
    }

    /// `POSITION(a IN b)`
    private mutating func parsePosition() throws(WarehouseError) -> Expression? {
        guard isInFirstArgument("IN") else { return nil }
        advance(2)
        let needle = try parseExpression(Precedence.concatenation)
        try expect("IN")
        let text = try parseExpression(Precedence.concatenation)
        try expectSymbol(")")
        try grow()
        return call("POSITION", [needle, text])
    }

    /// `TRIM([LEADING|TRAILING|BOTH] [c] FROM x)`
    private mutating func parseTrim() throws(WarehouseError) -> Expression? {
        let names = ["LEADING": "LTRIM", "TRAILING": "RTRIM", "BOTH": "TRIM"]
        guard let name = names[peek(2).text], peek(2).kind == .word, !isSymbol(",", ahead: 3),
              !isSymbol(")", ahead: 3), !isSymbol(".", ahead: 3) else { return nil }
        advance(3)
        let characters = isWord("FROM") ? nil : try parseExpression()
        try expect("FROM")
        let text = try parseExpression()
        try expectSymbol(")")
        try grow()
        return call(name, [text] + (characters.map { [$0] } ?? []))
    }

    /// `SUBSTRING(x FROM a [FOR n])`
    private mutating func parseSubstring() throws(WarehouseError) -> Expression? {
        guard isInFirstArgument("FROM") else { return nil }
        advance(2)
        let text = try parseExpression()
        try expect("FROM")
        let from = try parseExpression()
        let count = accept("FOR") ? try parseExpression() : nil
        try expectSymbol(")")
        try grow()
        return call("SUBSTRING", [text, from] + (count.map { [$0] } ?? []))
    }
}
