import WarehouseBasics

extension Parser {
    /// A primary with what follows it tightly: `::T`, `[i]`, `:path`, COLLATE, `(+)`.
    mutating func parsePostfix() throws(WarehouseError) -> Expression {
        let start = index
        var base = try parsePrimary()
        while let kind = try parsePostfixStep(base) {
            try grow()
            base = Expression(kind, span: span(from: start))
        }
        return base
    }

    private mutating func parsePostfixStep(_ base: Expression) throws(WarehouseError) -> ExpressionKind? {
        guard current.kind == .symbol else {
            guard isWord("COLLATE"), peek().kind == .string else { return nil }
            advance()
            return .collate(base, try expectString())
        }
        switch current.text {
        case "::":
            advance()
            return .cast(CastExpression(operand: base, type: try parseTypeName(), isOperator: true))
        case "[":
            advance()
            let subscription = try parseExpression()
            try expectSymbol("]")
            if case .path(let inner, let steps) = base.kind {
                return .path(inner, steps + [.subscription(subscription)])
            }
            return .element(base, subscription)
        case ":" where isName(ahead: 1):
            return try parsePath(base)
        case "." where isName(ahead: 1):
            switch base.kind {
            case .element, .path, .fileColumn: return try parsePath(base)
            default: return nil
            }
        case "(" where isSymbol("+", ahead: 1) && isSymbol(")", ahead: 2):
            guard case .column = base.kind else { return nil }
            advance(3)
            return .outerJoinMark(base)
        default:
            return nil
        }
    }

    /// A path behind a path, which parentheses can bring about, goes on where the first one ends.
    private mutating func parsePath(_ base: Expression) throws(WarehouseError) -> ExpressionKind {
        if case .path(let inner, let steps) = base.kind { return .path(inner, steps + (try parsePathSteps())) }
        return .path(base, try parsePathSteps())
    }

    /// `:a.b[0]['x']`; keys keep their case.
    private mutating func parsePathSteps() throws(WarehouseError) -> [PathStep] {
        var steps: [PathStep] = []
        while current.kind == .symbol {
            if isSymbol(":") || isSymbol("."), isName(ahead: 1) {
                advance()
                steps.append(.member(current.kind == .word ? sourceText(current) : current.text))
                advance()
            } else if acceptSymbol("[") {
                steps.append(.subscription(try parseExpression()))
                try expectSymbol("]")
            } else {
                break
            }
        }
        return steps
    }

    private mutating func parsePrimary() throws(WarehouseError) -> Expression {
        let token = current
        func take(_ kind: ExpressionKind) -> Expression {
            advance()
            return Expression(kind, span: token.span)
        }
        switch token.kind {
        case .string: return take(.literal(.string(token.text)))
        case .number: return take(.literal(.number(token.text)))
        case .binary: return take(.literal(.binary(token.text)))
        case .variable: return take(.variable(token.text))
        case .fileColumn: return take(.fileColumn(qualifier: [], index: try fileColumnIndex()))
        case .word: return try parseWord()
        case .quotedName: return isLambdaAhead() ? try parseLambda() : try parseNameOrCall()
        case .symbol: return try parseSymbolPrimary()
        default: throw unexpected()
        }
    }

    private func fileColumnIndex() throws(WarehouseError) -> Int {
        guard let index = Int(current.text), index > 0, index <= 100_000 else {
            throw unexpected(hint: "Columns of a file are numbered from $1.")
        }
        return index
    }

    private mutating func parseSymbolPrimary() throws(WarehouseError) -> Expression {
        let start = index
        switch current.text {
        case "(":
            return try parseParenthesis()
        case "[":
            advance()
            let elements = isSymbol("]") ? [] : try list { parser throws(WarehouseError) in
                try parser.parseExpression()
            }
            try expectSymbol("]")
            try grow()
            return Expression(.array(elements), span: span(from: start))
        case "{":
            if let escaped = try parseEscape() { return escaped }
            return try parseObjectLiteral()
        case "**":
            throw unsupported("The spread operator **")
        default:
            guard let parameter = acceptParameter() else { throw unexpected() }
            return Expression(.parameter(parameter), span: span(from: start))
        }
    }

    /// `( … )`: a query, a tuple, a lambda's parameters, or one expression.
    private mutating func parseParenthesis() throws(WarehouseError) -> Expression {
        let start = index
        if isQueryAhead() {
            let query = try parseParenthesizedQuery()
            try grow()
            return Expression(.subquery(query), span: span(from: start))
        }
        if closing[index] >= 0, tokens[Int(closing[index]) + 1].text == "->" { return try parseLambda() }
        advance()
        let first = try parseExpression()
        guard isSymbol(",") else {
            try expectSymbol(")")
            return Expression(first.kind, span: span(from: start))
        }
        var elements = [first]
        while acceptSymbol(",") { elements.append(try parseExpression()) }
        try expectSymbol(")")
        try grow()
        return Expression(.tuple(elements), span: span(from: start))
    }

    /// Whether the name here is a lambda's parameter, with its type or without.
    func isLambdaAhead() -> Bool {
        isSymbol("->", ahead: 1) || peek().kind == .word && isSymbol("->", ahead: 2)
    }

    /// `x -> …`, `x INT -> …`, `(x INT, y) -> …`
    mutating func parseLambda() throws(WarehouseError) -> Expression {
        let start = index
        let parameter = { (parser: inout Parser) throws(WarehouseError) -> LambdaParameter in
            let name = try parser.parseIdentifier()
            let hasType = parser.current.kind == .word
            return LambdaParameter(name: name, type: hasType ? try parser.parseTypeName() : nil)
        }
        let parameters = isSymbol("(") ? try parenthesized(parameter) : [try parameter(&self)]
        try expectSymbol("->")
        let body = try parseExpression()
        try grow()
        return Expression(.lambda(LambdaExpression(parameters: parameters, body: body)), span: span(from: start))
    }

    /// ODBC's `{fn call}`, `{d '…'}`, `{t '…'}`, `{ts '…'}`: what stands within.
    private mutating func parseEscape() throws(WarehouseError) -> Expression? {
        let start = index
        let word = peek()
        guard word.kind == .word, peek(2).kind == .string || word.text == "FN" && isName(ahead: 2) else { return nil }
        advance(2)
        var expression: Expression
        switch word.text {
        case "FN": expression = try parsePostfix()
        case "D": expression = Expression(.literal(.date(try expectString())))
        case "T": expression = Expression(.literal(.time(try expectString())))
        case "TS": expression = Expression(.literal(.timestamp(type: "TIMESTAMP", try expectString())))
        default: throw unexpected()
        }
        try expectSymbol("}")
        expression.span = span(from: start)
        return expression
    }

    /// `{'key': value, …}`, `{*}`
    private mutating func parseObjectLiteral() throws(WarehouseError) -> Expression {
        let start = index
        advance()
        var literal = ObjectLiteral.entries([])
        if let star = try parseStar() {
            literal = .star(star)
        } else if !isSymbol("}") {
            literal = .entries(try list { parser throws(WarehouseError) in
                let key = try parser.parseObjectKey()
                try parser.expectSymbol(":")
                return ObjectEntry(key: key, value: try parser.parseExpression())
            })
        }
        try expectSymbol("}")
        try grow()
        return Expression(.object(literal), span: span(from: start))
    }

    /// A key: a string, a variable or a parameter, so that the colon behind it is no path.
    private mutating func parseObjectKey() throws(WarehouseError) -> Expression {
        let token = current
        switch token.kind {
        case .string:
            advance()
            return Expression(.literal(.string(token.text)), span: token.span)
        case .variable:
            advance()
            return Expression(.variable(token.text), span: token.span)
        default:
            guard isSymbol("?"), let parameter = acceptParameter() else {
                throw unexpected(hint: "A key in single quotes was expected.")
            }
            return Expression(.parameter(parameter), span: token.span)
        }
    }
}
