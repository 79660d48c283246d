import WarehouseBasics

extension Parser {
    /// A column, a file column with its table, or a call by a dotted name.
    mutating func parseNameOrCall() throws(WarehouseError) -> Expression {
        let start = index
        var parts = [try parseAnyWord()]
        while isSymbol(".") {
            if isSymbol(".", ahead: 1), isName(ahead: 2), parts.count == 1 {
                advance()
                parts.append(Identifier(name: "PUBLIC", span: current.span))
            }
            if peek().kind == .fileColumn {
                advance()
                guard let column = Int(current.text), column > 0, column <= 100_000 else { throw unexpected() }
                advance()
                return Expression(.fileColumn(qualifier: parts, index: column), span: span(from: start))
            }
            guard isName(ahead: 1) else { break }
            guard parts.count < 4 else { throw unexpected(hint: "A name has at most four parts.") }
            advance()
            parts.append(try parseAnyWord())
        }
        if isSymbol("("), !(isSymbol("+", ahead: 1) && isSymbol(")", ahead: 2)) {
            return try parseCall(ObjectReference(parts, span: span(from: start)), from: start)
        }
        if isSymbol("!"), isName(ahead: 1) { throw unsupported("A method of a class's instance") }
        return Expression(.column(parts), span: span(from: start))
    }

    /// The arguments and everything behind them; the parser stands at `(`.
    mutating func parseCall(_ name: ObjectReference, from start: Int) throws(WarehouseError) -> Expression {
        let call = try parseFunctionCall(name)
        try grow()
        return Expression(.function(call), span: span(from: start))
    }

    mutating func parseFunctionCall(_ name: ObjectReference) throws(WarehouseError) -> FunctionCall {
        var call = FunctionCall(name: name)
        try expectSymbol("(")
        if accept("DISTINCT") {
            call.isDistinct = true
        } else if isWord("ALL"), !isSymbol("(", ahead: 1) {
            advance()
        }
        if !isSymbol(")") {
            if isWord("SELECT") || isWord("WITH") {
                call.arguments = [.query(try parseQuery())]
            } else {
                call.arguments = try list { parser throws(WarehouseError) in try parser.parseArgument() }
            }
        }
        call.nullTreatment = acceptNullTreatment()
        if accept("ORDER", "BY") { call.orderBy = try parseOrderItems() }
        if call.nullTreatment == nil { call.nullTreatment = acceptNullTreatment() }
        try expectSymbol(")")
        try parseCallSuffix(&call)
        return call
    }

    private mutating func parseArgument() throws(WarehouseError) -> FunctionArgument {
        if let star = try parseStar() { return .star(star) }
        if isName(), isSymbol("=>", ahead: 1) {
            let name = try parseAnyWord()
            advance()
            return .named(name, try parseExpression())
        }
        return .expression(try parseExpression())
    }

    private mutating func acceptNullTreatment() -> NullTreatment? {
        if accept("IGNORE", "NULLS") { return .ignoreNulls }
        if accept("RESPECT", "NULLS") { return .respectNulls }
        return nil
    }

    /// WITHIN GROUP, FILTER, FROM LAST, IGNORE NULLS and OVER.
    private mutating func parseCallSuffix(_ call: inout FunctionCall) throws(WarehouseError) {
        if accept("WITHIN", "GROUP") {
            try expectSymbol("(")
            try expect("ORDER", "BY")
            call.withinGroup = try parseOrderItems()
            try expectSymbol(")")
        }
        if isWord("FILTER"), isSymbol("(", ahead: 1), isWord("WHERE", ahead: 2) {
            advance(3)
            call.filter = try parseExpression()
            try expectSymbol(")")
        }
        if isWord("FROM"), isAnyWord(["FIRST", "LAST"], ahead: 1),
           isWord("OVER", ahead: 2) || isAnyWord(["IGNORE", "RESPECT"], ahead: 2) && isWord("NULLS", ahead: 3) {
            call.isFromLast = isWord("LAST", ahead: 1)
            advance(2)
        }
        if call.nullTreatment == nil { call.nullTreatment = acceptNullTreatment() }
        if isWord("OVER"), isSymbol("(", ahead: 1) || isName(ahead: 1) {
            advance()
            call.over = isSymbol("(")
                ? .specification(try parseWindowSpecification()) : .named(try parseIdentifier())
        }
    }

    /// `([base] [PARTITION BY …] [ORDER BY …] [frame])`
    mutating func parseWindowSpecification() throws(WarehouseError) -> WindowSpecification {
        var window = WindowSpecification()
        try expectSymbol("(")
        if isName(), !isWords("PARTITION", "BY"), !isWord("ORDER"), frameUnit() == nil {
            window.base = try parseIdentifier()
        }
        if accept("PARTITION", "BY") {
            window.partitionBy = try list { parser throws(WarehouseError) in try parser.parseExpression() }
        }
        if accept("ORDER", "BY") { window.orderBy = try parseOrderItems() }
        if let unit = frameUnit() { window.frame = try parseFrame(unit) }
        try expectSymbol(")")
        return window
    }

    private func frameUnit() -> WindowFrame.Unit? {
        guard current.kind == .word, !isSymbol(")", ahead: 1) else { return nil }
        return WindowFrame.Unit(rawValue: current.text)
    }

    private mutating func parseFrame(_ unit: WindowFrame.Unit) throws(WarehouseError) -> WindowFrame {
        advance()
        var frame: WindowFrame
        if accept("BETWEEN") {
            frame = WindowFrame(unit: unit, start: try parseFrameBound())
            try expect("AND")
            frame.end = try parseFrameBound()
        } else {
            frame = WindowFrame(unit: unit, start: try parseFrameBound())
        }
        if isWord("EXCLUDE") { throw unsupported("EXCLUDE in a window frame") }
        return frame
    }

    private mutating func parseFrameBound() throws(WarehouseError) -> FrameBound {
        if accept("UNBOUNDED", "PRECEDING") { return .unboundedPreceding }
        if accept("UNBOUNDED", "FOLLOWING") { return .unboundedFollowing }
        if accept("CURRENT", "ROW") { return .currentRow }
        let distance = try parseExpression(Precedence.concatenation)
        if accept("PRECEDING") { return .preceding(distance) }
        try expect("FOLLOWING")
        return .following(distance)
    }

    /// One or more keys of ORDER BY.
    mutating func parseOrderItems() throws(WarehouseError) -> [OrderItem] {
        try list { parser throws(WarehouseError) in
            var item = OrderItem(expression: try parser.parseExpression())
            (item.direction, item.nulls) = try parser.parseOrderModifiers()
            return item
        }
    }

    /// `[ASC|DESC] [NULLS FIRST|LAST]`
    mutating func parseOrderModifiers() throws(WarehouseError) -> (SortDirection?, NullsOrder?) {
        let direction: SortDirection? = accept("ASC") ? .ascending : accept("DESC") ? .descending : nil
        guard accept("NULLS") else { return (direction, nil) }
        if accept("FIRST") { return (direction, .first) }
        try expect("LAST")
        return (direction, .last)
    }
}
