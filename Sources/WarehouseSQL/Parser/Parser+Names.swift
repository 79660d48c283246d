import WarehouseBasics

extension Parser {
    /// A name: quoted, or any word that is not strictly reserved.
    mutating func parseIdentifier() throws(WarehouseError) -> Identifier {
        guard isName(), current.kind == .quotedName || !ReservedWords.strict.contains(current.text) else {
            throw unexpected(hint: isName() ? "A reserved word is a name only in double quotes." : nil)
        }
        return try takeIdentifier()
    }

    /// A name where any word will do, reserved or not: after a dot, for one.
    mutating func parseAnyWord() throws(WarehouseError) -> Identifier {
        guard isName() else { throw unexpected() }
        return try takeIdentifier()
    }

    private mutating func takeIdentifier() throws(WarehouseError) -> Identifier {
        let token = current
        guard !token.text.isEmpty else {
            throw WarehouseError(.invalidIdentifier, "SQL compilation error:\ninvalid identifier '\"\"'.",
                                 span: token.span)
        }
        guard token.text.utf8.count <= Identifiers.maximumLength
            || token.text.unicodeScalars.count <= Identifiers.maximumLength
        else { throw lexer.nameTooLong(token) }
        advance()
        return Identifier(name: token.text, isQuoted: token.kind == .quotedName, span: token.span)
    }

    /// `a`, `a.b`, `a..b` and so on: at most four parts.
    mutating func parseNameParts() throws(WarehouseError) -> [Identifier] {
        var parts = [try parseIdentifier()]
        while isSymbol("."), isName(ahead: 1) || isSymbol(".", ahead: 1) {
            advance()
            if parts.count == 1, isSymbol(".") {
                parts.append(Identifier(name: "PUBLIC", span: current.span))
                advance()
            }
            guard parts.count < 4 else { throw unexpected(hint: "A name has at most four parts.") }
            parts.append(try parseAnyWord())
        }
        return parts
    }

    /// A dotted name or `IDENTIFIER(…)`.
    mutating func parseObjectReference() throws(WarehouseError) -> ObjectReference {
        let start = index
        if isWord("IDENTIFIER"), isSymbol("(", ahead: 1) {
            let source = try parseIdentifierSource()
            return ObjectReference(kind: .computed(source), span: span(from: start))
        }
        return ObjectReference(try parseNameParts(), span: span(from: start))
    }

    /// `IDENTIFIER('…' | $name | ? | :name)`.
    mutating func parseIdentifierSource() throws(WarehouseError) -> IdentifierSource {
        try expect("IDENTIFIER")
        try expectSymbol("(")
        let source = try parseNameSource()
        try expectSymbol(")")
        return source
    }

    /// `'…' | $name | ? | :name` where it stands for a name.
    mutating func parseNameSource() throws(WarehouseError) -> IdentifierSource {
        switch current.kind {
        case .string:
            return .text(try expectString())
        case .variable:
            defer { advance() }
            return .variable(current.text)
        default:
            guard let parameter = acceptParameter() else { throw unexpected() }
            return .parameter(parameter)
        }
    }

    /// `?`, `:1` or `:name`.
    mutating func acceptParameter() -> BindParameter? {
        if acceptSymbol("?") {
            defer { positionalParameters += 1 }
            return .positional(positionalParameters)
        }
        guard isSymbol(":") else { return nil }
        let token = peek()
        if token.kind == .number, let number = Int(token.text), number > 0 {
            advance(2)
            return .numbered(number)
        }
        guard token.kind == .word || token.kind == .quotedName else { return nil }
        advance(2)
        return .named(token.text)
    }

    /// `(a, b, …)`
    mutating func parseColumnNames() throws(WarehouseError) -> [Identifier] {
        try parenthesized { parser throws(WarehouseError) in try parser.parseIdentifier() }
    }

    /// `(a, b)` or `a, b`… of EXCLUDE and its kin: one name needs no parentheses.
    mutating func parseOneOrMoreNames() throws(WarehouseError) -> [Identifier] {
        isSymbol("(") ? try parseColumnNames() : [try parseIdentifier()]
    }

    /// `IF NOT EXISTS`
    mutating func acceptIfNotExists() -> Bool { accept("IF", "NOT", "EXISTS") }

    /// `IF EXISTS`
    mutating func acceptIfExists() -> Bool { accept("IF", "EXISTS") }
}
