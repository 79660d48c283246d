import WarehouseBasics

extension Parser {
    /// `NUMBER(10, 2)`, `DOUBLE PRECISION`, `TIMESTAMP(3) WITH TIME ZONE`, `ARRAY(VARCHAR NOT NULL)`, …
    mutating func parseTypeName() throws(WarehouseError) -> TypeName {
        try enter()
        defer { depth -= 1 }
        let start = index
        guard current.kind == .word, !ReservedWords.strict.contains(current.text) else {
            throw unexpected(hint: "A data type was expected.")
        }
        var type = TypeName(name: current.text)
        advance()
        try parseSecondTypeWord(&type)
        if isSymbol("(") { type.arguments = try parseTypeArguments(of: type.name) }
        if type.name == "TIME" || type.name == "TIMESTAMP" { acceptTimeZoneWords(&type) }
        type.span = span(from: start)
        return type
    }

    private mutating func parseSecondTypeWord(_ type: inout TypeName) throws(WarehouseError) {
        switch type.name {
        case "DOUBLE":
            if accept("PRECISION") { type.name = "DOUBLE PRECISION" }
        case "CHAR", "CHARACTER", "NCHAR", "BINARY":
            if accept("VARYING") { type.name += " VARYING" }
        case "NATIONAL":
            guard isWord("CHAR") || isWord("CHARACTER") else { return }
            type.name += " " + current.text
            advance()
            if accept("VARYING") { type.name += " VARYING" }
        default: break
        }
    }

    private mutating func acceptTimeZoneWords(_ type: inout TypeName) {
        for words in [["WITH", "TIME", "ZONE"], ["WITHOUT", "TIME", "ZONE"], ["WITH", "LOCAL", "TIME", "ZONE"]] {
            var matches = true
            for (offset, word) in words.enumerated() where !isWord(word, ahead: offset) { matches = false }
            if matches {
                advance(words.count)
                type.name += " " + words.joined(separator: " ")
                return
            }
        }
    }

    private mutating func parseTypeArguments(of name: String) throws(WarehouseError) -> [TypeArgument] {
        try expectSymbol("(")
        if acceptSymbol(")") { return [] }
        let arguments = try list { parser throws(WarehouseError) in
            if parser.current.kind == .number { return TypeArgument.integer(try parser.expectInteger()) }
            guard name == "ARRAY" || name == "MAP" || name == "VECTOR" || name == "OBJECT" else {
                throw parser.unexpected()
            }
            if name == "OBJECT" {
                let field = try parser.parseAnyWord()
                let type = try parser.parseTypeName()
                return .field(field, type, isNotNull: parser.accept("NOT", "NULL"))
            }
            let type = try parser.parseTypeName()
            return .type(type, isNotNull: parser.accept("NOT", "NULL"))
        }
        try expectSymbol(")")
        return arguments
    }

    /// `(T, T, …)` behind a function's name in DROP, GRANT and their kin; nil where no parenthesis stands.
    mutating func parseArgumentTypes() throws(WarehouseError) -> [TypeName]? {
        guard acceptSymbol("(") else { return nil }
        if acceptSymbol(")") { return [] }
        let types = try list { parser throws(WarehouseError) in try parser.parseTypeName() }
        try expectSymbol(")")
        return types
    }
}
