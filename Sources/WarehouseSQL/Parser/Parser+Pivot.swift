import WarehouseBasics

extension Parser {
    /// PIVOT or UNPIVOT of `input`; nil where neither stands.
    mutating func parsePivot(_ input: TableExpression) throws(WarehouseError) -> TableExpressionKind? {
        if isWord("PIVOT"), isSymbol("(", ahead: 1) {
            advance()
            return .pivot(try parsePivotBody(input))
        }
        guard isWord("UNPIVOT"), isSymbol("(", ahead: 1) || isWord("NULLS", ahead: 2) else { return nil }
        advance()
        return .unpivot(try parseUnpivotBody(input))
    }

    private mutating func parsePivotBody(_ input: TableExpression) throws(WarehouseError) -> Pivot {
        try expectSymbol("(")
        let aggregates = try list { parser throws(WarehouseError) in
            let function = try parser.parsePostfix()
            guard case .function = function.kind else { throw parser.unexpected(hint: "An aggregate was expected.") }
            let hasAlias = parser.accept("AS") || parser.isName() && !parser.isWord("FOR")
            return PivotAggregate(function: function, alias: hasAlias ? try parser.parseIdentifier() : nil)
        }
        try expect("FOR")
        let start = index
        let column = Expression(.column(try parseNameParts()), span: span(from: start))
        try expect("IN")
        var pivot = Pivot(input: input, aggregates: aggregates, column: column, values: .list([]))
        pivot.values = try parsePivotValues()
        if accept("DEFAULT", "ON", "NULL") {
            try expectSymbol("(")
            pivot.defaultOnNull = try parseExpression()
            try expectSymbol(")")
        }
        try expectSymbol(")")
        return pivot
    }

    private mutating func parsePivotValues() throws(WarehouseError) -> PivotValues {
        if isQueryAhead() { return .subquery(try parseParenthesizedQuery()) }
        try expectSymbol("(")
        let values: PivotValues
        if accept("ANY") {
            values = .any(orderBy: accept("ORDER", "BY") ? try parseOrderItems() : [])
        } else {
            values = .list(try list { parser throws(WarehouseError) in
                let value = try parser.parseExpression()
                let hasAlias = parser.accept("AS") || parser.isName()
                return PivotValue(value: value, alias: hasAlias ? try parser.parseIdentifier() : nil)
            })
        }
        try expectSymbol(")")
        return values
    }

    private mutating func parseUnpivotBody(_ input: TableExpression) throws(WarehouseError) -> Unpivot {
        let includesNulls = accept("INCLUDE", "NULLS")
        if !includesNulls { _ = accept("EXCLUDE", "NULLS") }
        try expectSymbol("(")
        let value = try parseIdentifier()
        try expect("FOR")
        let name = try parseIdentifier()
        try expect("IN")
        let columns = try parenthesized { parser throws(WarehouseError) in
            let column = try parser.parseIdentifier()
            guard parser.accept("AS") || parser.current.kind == .string else { return UnpivotColumn(column: column) }
            let isString = parser.current.kind == .string
            return UnpivotColumn(column: column, label: isString ? try parser.expectString()
                : try parser.parseIdentifier().name)
        }
        try expectSymbol(")")
        return Unpivot(input: input, includesNulls: includesNulls, valueColumn: value, nameColumn: name,
                       columns: columns)
    }
}
