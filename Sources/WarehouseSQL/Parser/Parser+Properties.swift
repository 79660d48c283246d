import WarehouseBasics

extension Parser {
    /// Properties up to something that is none: `NAME = value`, known bare words, commas between them or not.
    mutating func parseProperties() throws(WarehouseError) -> [ObjectProperty] {
        var properties: [ObjectProperty] = []
        while let property = try parseProperty() {
            properties.append(property)
            _ = isSymbol(",") && current.kind == .symbol && isName(ahead: 1) && acceptSymbol(",")
        }
        return properties
    }

    private mutating func parseProperty() throws(WarehouseError) -> ObjectProperty? {
        guard isName() else { return nil }
        let start = index
        if isWord("WITH"), isName(ahead: 1), isAssignment(ahead: 2) || isWord("TAG", ahead: 1) { advance() }
        if let name = acceptBareProperty() { return ObjectProperty(name: name, span: span(from: start)) }
        if isWord("TAG"), isSymbol("(", ahead: 1) {
            advance()
            return ObjectProperty(name: "TAG", value: .properties(try parseTagList()), span: span(from: start))
        }
        if isWord("ALLOWED_VALUES"), peek().kind == .string {
            advance()
            let values = try list { parser throws(WarehouseError) in PropertyValue.string(try parser.expectString()) }
            return ObjectProperty(name: "ALLOWED_VALUES", value: .list(values), span: span(from: start))
        }
        guard let nameEnd = propertyNameEnd() else {
            index = start
            return nil
        }
        let name = tokens[index..<nameEnd].map { $0.kind == .symbol ? "." : Identifiers.quoted($0.text) }.joined()
        advance(nameEnd - index + 1)
        return ObjectProperty(name: name, value: try parsePropertyValue(), span: span(from: start))
    }

    private func isAssignment(ahead: Int) -> Bool {
        isSymbol("=", ahead: ahead) || isSymbol("=>", ahead: ahead)
    }

    /// The index of the `=` or `=>` behind a property's name, which may be dotted.
    private func propertyNameEnd() -> Int? {
        var at = 1
        while isSymbol(".", ahead: at), isName(ahead: at + 1) { at += 2 }
        return isAssignment(ahead: at) ? index + at : nil
    }

    /// Words that are a property without a value.
    private mutating func acceptBareProperty() -> String? {
        for words in Self.bareProperties {
            var matches = true
            for (offset, word) in words.enumerated() where !isWord(word, ahead: offset) { matches = false }
            guard matches, !isAssignment(ahead: words.count) else { continue }
            advance(words.count)
            return words.joined(separator: " ")
        }
        return nil
    }

    private static let bareProperties: [[String]] = [
        ["COPY", "GRANTS"], ["COPY", "TAGS"], ["WITH", "MANAGED", "ACCESS"], ["ORDER"], ["NOORDER"], ["IMMUTABLE"],
        ["VOLATILE"], ["MEMOIZABLE"], ["STRICT"], ["CALLED", "ON", "NULL", "INPUT"], ["RETURNS", "NULL", "ON", "NULL", "INPUT"],
        ["EXECUTE", "AS", "OWNER"], ["EXECUTE", "AS", "CALLER"],
    ]

    /// `(name = 'text', …)` of tags.
    mutating func parseTagList() throws(WarehouseError) -> [ObjectProperty] {
        try parenthesized { parser throws(WarehouseError) in try parser.parseTag() }
    }

    /// `name = 'text'`, where the name may be dotted.
    mutating func parseTag() throws(WarehouseError) -> ObjectProperty {
        let start = index
        let name = try parseNameParts().map(\.description).joined(separator: ".")
        try expectSymbol("=")
        return ObjectProperty(name: name, value: .string(try expectString()), span: span(from: start))
    }

    /// What stands behind `=`.
    private mutating func parsePropertyValue() throws(WarehouseError) -> PropertyValue {
        try enter()
        defer { depth -= 1 }
        let token = current
        switch token.kind {
        case .string:
            advance()
            return .string(token.text)
        case .number:
            advance()
            return .number(token.text)
        case .variable:
            advance()
            return .variable(token.text)
        case .symbol where token.text == "-" || token.text == "+":
            advance()
            guard current.kind == .number else { throw unexpected() }
            defer { advance() }
            return .number((token.text == "-" ? "-" : "") + current.text)
        case .symbol where token.text == "(":
            return try parsePropertyList()
        case .symbol:
            guard let parameter = acceptParameter() else { throw unexpected() }
            return .parameter(parameter)
        case .word, .quotedName:
            return try parseWordProperty()
        default:
            throw unexpected()
        }
    }

    /// `( )`, `('a', 'b')`, `(name)`, `(NAME = value …)`
    private mutating func parsePropertyList() throws(WarehouseError) -> PropertyValue {
        try expectSymbol("(")
        if acceptSymbol(")") { return .list([]) }
        let value: PropertyValue
        if isName(), propertyNameEnd() != nil {
            value = .properties(try parseProperties())
        } else {
            value = .list(try list { parser throws(WarehouseError) in try parser.parsePropertyValue() })
        }
        try expectSymbol(")")
        return value
    }

    private mutating func parseWordProperty() throws(WarehouseError) -> PropertyValue {
        if accept("TRUE") { return .boolean(true) }
        if accept("FALSE") { return .boolean(false) }
        if accept("NULL") { return .null }
        let start = index
        let token = current
        // SKIP_FILE_10% is a word and a sign to the lexer.
        if token.kind == .word, isSymbol("%", ahead: 1), peek().start == token.end {
            advance(2)
            return .string(token.text + "%")
        }
        if isSymbol("(", ahead: 1), peek().start == token.end, !isWord("IDENTIFIER") {
            return .expression(try parsePostfix())
        }
        if isWord("IDENTIFIER"), isSymbol("(", ahead: 1) { return .name(try parseObjectReference()) }
        var parts = [try parseAnyWord()]
        while isSymbol("."), isName(ahead: 1), parts.count < 4 {
            advance()
            parts.append(try parseAnyWord())
        }
        return .name(ObjectReference(parts, span: span(from: start)))
    }
}
