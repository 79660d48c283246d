import WarehouseBasics

extension Parser {
    mutating func parseSelect() throws(WarehouseError) -> SelectStatement {
        let start = index
        try expect("SELECT")
        var select = SelectStatement(items: [])
        select.isDistinct = accept("DISTINCT")
        if !select.isDistinct, isWord("ALL") { advance() }
        if isWord("TOP"), peek().kind == .number || peek().kind == .variable || isSymbol("?", ahead: 1)
            || isSymbol("(", ahead: 1) {
            advance()
            select.top = try parsePostfix()
        }
        select.items = try parseSelectItems()
        if isWord("INTO") { throw unsupported("SELECT … INTO") }
        if accept("FROM") {
            select.from = [try parseTableExpression()]
            while acceptSymbol(","), !isAtEnd, !isSymbol(")"), !isAnyWord(Self.afterFrom) {
                select.from.append(try parseTableExpression())
            }
        }
        try parseSelectClauses(&select)
        select.span = span(from: start)
        return select
    }

    /// Words before which a comma behind the last table is let pass, as Snowflake does.
    private static let afterFrom: Set<String> = [
        "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "MINUS",
    ]

    private mutating func parseSelectClauses(_ select: inout SelectStatement) throws(WarehouseError) {
        if accept("WHERE") { select.filter = try parseExpression() }
        if accept("START", "WITH") { select.startWith = try parseExpression() }
        if accept("CONNECT", "BY") {
            let isNoCycle = accept("NOCYCLE")
            select.connectBy = ConnectBy(isNoCycle: isNoCycle, condition: try parseExpression())
            if select.startWith == nil, accept("START", "WITH") { select.startWith = try parseExpression() }
        }
        if accept("GROUP", "BY") { select.groupBy = try parseGroupBy() }
        if accept("HAVING") { select.having = try parseExpression() }
        // WINDOW and QUALIFY are written in either order.
        if isWindowClause() { select.windows = try parseWindows() }
        if accept("QUALIFY") { select.qualify = try parseExpression() }
        if select.windows.isEmpty, isWindowClause() { select.windows = try parseWindows() }
    }

    private func isWindowClause() -> Bool {
        isWord("WINDOW") && isName(ahead: 1) && isWord("AS", ahead: 2)
    }

    private mutating func parseWindows() throws(WarehouseError) -> [NamedWindow] {
        advance()
        return try list { parser throws(WarehouseError) in
            let name = try parser.parseIdentifier()
            try parser.expect("AS")
            return NamedWindow(name: name, specification: try parser.parseWindowSpecification())
        }
    }

    // MARK: Items

    private mutating func parseSelectItems() throws(WarehouseError) -> [SelectItem] {
        var items = [try parseSelectItem()]
        // A comma before FROM or the end is allowed, as in Snowflake.
        while acceptSymbol(","), !isWord("FROM"), !isAtEnd, !isSymbol(")") { items.append(try parseSelectItem()) }
        return items
    }

    private mutating func parseSelectItem() throws(WarehouseError) -> SelectItem {
        if let star = try parseStar() { return .star(star) }
        let start = index
        let expression = try parseExpression()
        let source = text(from: tokens[start].start, to: tokens[max(start, index - 1)].end)
        var item = SelectExpression(expression: expression, sourceText: source)
        if accept("AS") {
            item.alias = try parseIdentifier()
        } else if isImplicitAlias() {
            item.alias = try parseIdentifier()
        }
        return .expression(item)
    }

    /// Whether the name that stands here is an alias without AS.
    func isImplicitAlias() -> Bool {
        let token = current
        if token.kind == .quotedName { return true }
        guard token.kind == .word, !ReservedWords.notImplicitAlias.contains(token.text)
            || token.text == "END" && caseDepth == 0
        else { return false }
        return !startsClause(token.text)
    }

    /// Whether a word that is no reserved one begins a clause here, by what follows it.
    private func startsClause(_ word: String) -> Bool {
        let next = peek()
        switch word {
        case "LIMIT", "OFFSET":
            return next.kind == .number || next.kind == .variable || isSymbol("?", ahead: 1)
                || isSymbol(":", ahead: 1) || isSymbol("(", ahead: 1) || isSymbol("-", ahead: 1)
                || isWord("NULL", ahead: 1)
                || (next.kind == .quotedName || next.kind == .word && !ReservedWords.strict.contains(next.text))
                && isSymbol("(", ahead: 2)
        case "FETCH": return next.kind == .number || isAnyWord(["FIRST", "NEXT"], ahead: 1)
        case "WINDOW": return isName(ahead: 1) && isWord("AS", ahead: 2)
        case "ASOF": return isWord("JOIN", ahead: 1)
        case "AT", "BEFORE", "CHANGES": return isSymbol("(", ahead: 1) && isSymbol("=>", ahead: 3)
        case "PIVOT", "MATCH_CONDITION", "MATCH_RECOGNIZE": return isSymbol("(", ahead: 1)
        case "UNPIVOT": return isSymbol("(", ahead: 1) || isWord("NULLS", ahead: 2)
        default: return false
        }
    }

    /// `*` or `t.*` with what follows it; nil where none stands.
    mutating func parseStar() throws(WarehouseError) -> StarItem? {
        var at = index
        while tokens[at].kind == .word || tokens[at].kind == .quotedName, at + 2 < tokens.count,
              tokens[at + 1].kind == .symbol, tokens[at + 1].text == "." { at += 2 }
        guard tokens[at].kind == .symbol, tokens[at].text == "*" else { return nil }
        let start = index
        var star = StarItem()
        while isName() {
            star.qualifier.append(try parseAnyWord())
            advance()
        }
        advance()
        try parseStarModifiers(&star)
        star.span = span(from: start)
        return star
    }

    private mutating func parseStarModifiers(_ star: inout StarItem) throws(WarehouseError) {
        if isWord("ILIKE"), peek().kind == .string {
            advance()
            star.ilike = try expectString()
        }
        if isWord("EXCLUDE"), isName(ahead: 1) || isSymbol("(", ahead: 1) {
            advance()
            star.exclude = try parseOneOrMoreNames()
        }
        if accept("REPLACE") {
            let replacement = { (parser: inout Parser) throws(WarehouseError) -> StarReplacement in
                let expression = try parser.parseExpression()
                try parser.expect("AS")
                return StarReplacement(expression: expression, column: try parser.parseIdentifier())
            }
            star.replace = isSymbol("(") ? try parenthesized(replacement) : [try replacement(&self)]
        }
        if accept("RENAME") {
            let rename = { (parser: inout Parser) throws(WarehouseError) -> StarRename in
                let column = try parser.parseIdentifier()
                try parser.expect("AS")
                return StarRename(column: column, name: try parser.parseIdentifier())
            }
            star.rename = isSymbol("(") ? try parenthesized(rename) : [try rename(&self)]
        }
    }

    // MARK: GROUP BY

    private mutating func parseGroupBy() throws(WarehouseError) -> GroupByClause {
        if accept("ALL") { return .all }
        let nested = try list { parser throws(WarehouseError) in try parser.parseGroupingElement() }
        return .elements(nested.flatMap { $0 })
    }

    /// One element; `(a, b)` outside GROUPING SETS is a and b.
    private mutating func parseGroupingElement() throws(WarehouseError) -> [GroupingElement] {
        if let special = try parseGroupingOperation() { return [special] }
        if isSymbol("("), isSymbol(")", ahead: 1) {
            advance(2)
            return [.set([])]
        }
        return parts(of: try parseExpression()).flatMap { flattened($0) }.map { .expression($0) }
    }

    /// `(a, (b, c))` groups by a, b and c.
    private func flattened(_ expression: Expression) -> [Expression] {
        if case .tuple(let elements) = expression.kind { return elements.flatMap { flattened($0) } }
        return [expression]
    }

    /// ROLLUP, CUBE and GROUPING SETS.
    private mutating func parseGroupingOperation() throws(WarehouseError) -> GroupingElement? {
        if isWord("ROLLUP"), isSymbol("(", ahead: 1) {
            advance()
            return .rollup(try parseGroupingColumns())
        }
        if isWord("CUBE"), isSymbol("(", ahead: 1) {
            advance()
            return .cube(try parseGroupingColumns())
        }
        guard isWords("GROUPING", "SETS") else { return nil }
        advance(2)
        try enter()
        defer { depth -= 1 }
        return .groupingSets(try parenthesized { parser throws(WarehouseError) in
            if let special = try parser.parseGroupingOperation() { return special }
            if parser.isSymbol("("), parser.isSymbol(")", ahead: 1) {
                parser.advance(2)
                return .set([])
            }
            return .set(parser.parts(of: try parser.parseExpression()))
        })
    }

    private mutating func parseGroupingColumns() throws(WarehouseError) -> [[Expression]] {
        try parenthesized { parser throws(WarehouseError) in parser.parts(of: try parser.parseExpression()) }
    }

    private func parts(of expression: Expression) -> [Expression] {
        if case .tuple(let elements) = expression.kind { return elements }
        return [expression]
    }
}
