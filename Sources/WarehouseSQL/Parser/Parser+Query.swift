import WarehouseBasics

extension Parser {
    /// Whether a query in parentheses begins here: `(SELECT …)`, `((SELECT …) UNION …)`, not `((SELECT 1) + 1)`.
    func isQueryAhead() -> Bool {
        guard isSymbol("(") else { return false }
        for at in (index + 1)..<min(tokens.count, index + 1 + SyntaxLimits.maximumDepth) {
            let token = tokens[at]
            if token.kind == .word {
                return token.text == "SELECT" || token.text == "WITH"
                    || token.text == "VALUES" && tokens[min(at + 1, tokens.count - 1)].text == "("
                    && !isAlias(behindValues: at)
            }
            guard token.kind == .symbol, token.text == "(" else { return false }
            if closing[at] >= 0 {
                let after = tokens[min(Int(closing[at]) + 1, tokens.count - 1)]
                let continues = after.kind == .word && Self.afterQuery.contains(after.text)
                guard after.text == ")" && after.kind == .symbol || continues else { return false }
            }
        }
        return false
    }

    /// Whether the rows of the VALUES at `at` have an alias: `(VALUES (1), (2) AS t)` is a table in parentheses.
    private func isAlias(behindValues at: Int) -> Bool {
        var next = at + 1
        while next < tokens.count - 1, tokens[next].text == "(", closing[next] >= 0 {
            next = Int(closing[next]) + 1
            guard tokens[next].kind == .symbol, tokens[next].text == "," else { break }
            next += 1
        }
        let token = tokens[min(next, tokens.count - 1)]
        return token.kind == .quotedName || token.kind == .word && !Self.afterQuery.contains(token.text)
    }

    /// Words behind the closing parenthesis of a query within a query.
    private static let afterQuery: Set<String> = [
        "UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT", "OFFSET", "FETCH",
    ]

    /// `( query )`
    mutating func parseParenthesizedQuery() throws(WarehouseError) -> Query {
        try expectSymbol("(")
        let query = try parseQuery()
        try expectSymbol(")")
        return query
    }

    /// `[WITH …] body [ORDER BY …] [LIMIT …]`
    mutating func parseQuery() throws(WarehouseError) -> Query {
        try enter()
        let outer = height
        height = 0
        let outerCase = caseDepth
        caseDepth = 0
        let start = index
        let with = isWord("WITH") ? try parseWith() : nil
        var query = Query(with: with, body: try parseQueryBody(unions: true))
        if accept("ORDER", "BY") { query.orderBy = try parseOrderBy() }
        query.limit = try parseLimit()
        if case .nested(let inner) = query.body, with == nil, query.orderBy == nil, query.limit == nil {
            query = inner
        }
        query.span = span(from: start)
        try grow()
        height = max(outer, height)
        caseDepth = outerCase
        depth -= 1
        return query
    }

    private mutating func parseWith() throws(WarehouseError) -> WithClause {
        advance()
        let isRecursive = isWord("RECURSIVE") && isName(ahead: 1) && !isWord("AS", ahead: 1) && accept("RECURSIVE")
        let tables = try list { parser throws(WarehouseError) in
            let name = try parser.parseIdentifier()
            let columns = parser.isSymbol("(") && !parser.isQueryAhead() ? try parser.parseColumnNames() : []
            if !parser.isQueryAhead() { try parser.expect("AS") }
            _ = parser.accept("NOT", "MATERIALIZED") || parser.accept("MATERIALIZED")
            return CommonTableExpression(name: name, columns: columns, query: try parser.parseParenthesizedQuery())
        }
        return WithClause(isRecursive: isRecursive, tables: tables)
    }

    private mutating func parseOrderBy() throws(WarehouseError) -> OrderByClause {
        guard isWord("ALL"), !isSymbol("(", ahead: 1) else { return .items(try parseOrderItems()) }
        advance()
        let (direction, nulls) = try parseOrderModifiers()
        return .all(direction, nulls)
    }

    /// LIMIT, OFFSET and FETCH in any of their forms.
    private mutating func parseLimit() throws(WarehouseError) -> LimitClause? {
        var clause = LimitClause()
        if accept("LIMIT") { clause.count = try parseRowCount() }
        if accept("OFFSET") {
            clause.offset = try parseRowCount()
            _ = accept(anyOf: ["ROW", "ROWS"])
        }
        if clause.count == nil, accept("LIMIT") {
            clause.count = try parseRowCount()
        } else if clause.count == nil, accept("FETCH") {
            _ = accept(anyOf: ["FIRST", "NEXT"])
            clause.count = isAnyWord(["ROW", "ROWS"])
                ? Expression(.literal(.number("1"))) : try parseRowCount()
            _ = accept(anyOf: ["ROW", "ROWS"])
            _ = accept("ONLY")
        }
        if isWords("FOR", "UPDATE") { throw unsupported("FOR UPDATE") }
        return clause.count == nil && clause.offset == nil ? nil : clause
    }

    /// A number of rows: a constant expression, so never one that begins with a column.
    private mutating func parseRowCount() throws(WarehouseError) -> Expression {
        guard !isName() || isWord("NULL") || isSymbol("(", ahead: 1) else { throw unexpected() }
        return try parseExpression(Precedence.concatenation)
    }

    // MARK: Set operations

    /// INTERSECT binds more tightly than UNION and EXCEPT.
    private mutating func parseQueryBody(unions: Bool) throws(WarehouseError) -> QueryBody {
        var left = unions ? try parseQueryBody(unions: false) : try parseQueryTerm()
        while let setOperator = acceptSetOperator(unions: unions) {
            let isAll = accept("ALL")
            if !isAll { _ = accept("DISTINCT") }
            let isByName = accept("BY", "NAME")
            let right = unions ? try parseQueryBody(unions: false) : try parseQueryTerm()
            if case .setOperation(var operation) = left, operation.setOperator == setOperator,
               operation.isAll == isAll, operation.isByName == isByName {
                left = .values([])
                operation.operands.append(right)
                left = .setOperation(operation)
            } else {
                left = .setOperation(SetOperation(setOperator: setOperator, isAll: isAll, isByName: isByName,
                                                  operands: [left, right]))
                try grow()
            }
        }
        return left
    }

    private mutating func acceptSetOperator(unions: Bool) -> SetOperation.Operator? {
        if unions {
            if accept("UNION") { return .union }
            if accept("EXCEPT") || accept("MINUS") { return .except }
            return nil
        }
        return accept("INTERSECT") ? .intersect : nil
    }

    private mutating func parseQueryTerm() throws(WarehouseError) -> QueryBody {
        if isWord("SELECT") { return .select(try parseSelect()) }
        if isWord("VALUES") { return .values(try parseValues()) }
        guard isSymbol("(") else { throw unexpected(hint: "A query was expected.") }
        let query = try parseParenthesizedQuery()
        if query.with == nil, query.orderBy == nil, query.limit == nil { return query.body }
        return .nested(query)
    }

    /// `VALUES (1, 2), (DEFAULT, 3)`
    mutating func parseValues() throws(WarehouseError) -> [[Expression]] {
        try expect("VALUES")
        return try list { parser throws(WarehouseError) in
            try parser.parenthesized { inner throws(WarehouseError) in try inner.parseExpressionOrDefault() }
        }
    }

    /// An expression, or DEFAULT standing alone.
    mutating func parseExpressionOrDefault() throws(WarehouseError) -> Expression {
        let next = peek()
        if isWord("DEFAULT"), next.text == "," || next.text == ")" || next.kind >= .semicolon
            || next.kind == .word && (next.text == "WHERE" || next.text == "FROM" || next.text == "WHEN") {
            defer { advance() }
            return Expression(.defaultValue, span: current.span)
        }
        return try parseExpression()
    }
}
