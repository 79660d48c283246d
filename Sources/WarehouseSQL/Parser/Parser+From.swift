import WarehouseBasics

extension Parser {
    /// One item of FROM with all its joins.
    mutating func parseTableExpression() throws(WarehouseError) -> TableExpression {
        try enter()
        let outer = height
        height = 0
        let start = index
        var left = try parseTableFactor()
        while let (kind, isNatural) = try acceptJoin() {
            var join = Join(kind: kind, left: left, right: try parseTableFactor())
            if isNatural { join.condition = .natural }
            try parseJoinCondition(&join)
            while isWord("ON") || isWord("USING") && isSymbol("(", ahead: 1), let outer = Parser.nested(join) {
                join = outer
                try parseJoinCondition(&join)
            }
            try grow()
            left = TableExpression(kind: .join(join), span: span(from: start))
        }
        height = max(outer, height)
        depth -= 1
        return left
    }

    /// `a JOIN b JOIN c ON …` when another ON follows, which is the first JOIN's: `a JOIN (b JOIN c ON …)`. Nil where no
    /// join before lacks its condition.
    private static func nested(_ join: Join) -> Join? {
        guard case .join(var outer) = join.left.kind, outer.condition == .none, outer.kind != .cross,
              join.left.alias == nil else { return nil }
        var inner = join
        inner.left = outer.right
        outer.right = TableExpression(kind: .join(inner), span: outer.right.span.through(join.right.span))
        return outer
    }

    /// The words of a join up to and with JOIN; nil where none begins.
    private mutating func acceptJoin() throws(WarehouseError) -> (Join.Kind, isNatural: Bool)? {
        if accept("JOIN") { return (.inner, false) }
        if accept("CROSS", "JOIN") || accept("CROSS", "DIRECTED", "JOIN") { return (.cross, false) }
        if accept("ASOF", "JOIN") { return (.asOf, false) }
        let isNatural = isWord("NATURAL")
        guard isNatural || isAnyWord(["INNER", "LEFT", "RIGHT", "FULL"]) else { return nil }
        if isNatural { advance() }
        var kind = Join.Kind.inner
        if accept("LEFT") {
            kind = .left
        } else if accept("RIGHT") {
            kind = .right
        } else if accept("FULL") {
            kind = .full
        } else {
            _ = accept("INNER")
        }
        if kind != .inner { _ = accept("OUTER") }
        if isAnyWord(["SEMI", "ANTI"]) { throw unsupported("\(current.text) JOIN (use EXISTS or IN)") }
        // DIRECTED asks Snowflake to keep the order of the tables; the answer is the same.
        _ = isWords("DIRECTED", "JOIN") && accept("DIRECTED")
        try expect("JOIN")
        return (kind, isNatural)
    }

    private mutating func parseJoinCondition(_ join: inout Join) throws(WarehouseError) {
        if join.kind == .asOf {
            try expect("MATCH_CONDITION")
            try expectSymbol("(")
            join.matchCondition = try parseExpression()
            try expectSymbol(")")
        }
        guard join.condition == .none, join.kind != .cross else { return }
        if accept("ON") {
            join.condition = .on(try parseExpression())
        } else if isWord("USING"), isSymbol("(", ahead: 1) {
            advance()
            join.condition = .using(try parseQualifiedColumnNames())
        }
    }

    /// One table, subquery or function, with alias, sample and pivots.
    mutating func parseTableFactor() throws(WarehouseError) -> TableExpression {
        let start = index
        var table = try parseTablePrimary()
        if isWord("MATCH_RECOGNIZE"), isSymbol("(", ahead: 1) { throw unsupported("MATCH_RECOGNIZE") }
        if table.sample == nil, table.alias == nil { table.sample = try parseSample() }
        if table.alias == nil { table.alias = try parseTableAlias() }
        if table.sample == nil { table.sample = try parseSample() }
        table.span = span(from: start)
        try grow()
        while let kind = try parsePivot(table) {
            try grow()
            table = TableExpression(kind: kind)
            table.alias = try parseTableAlias()
            table.sample = try parseSample()
            table.span = span(from: start)
        }
        return table
    }

    /// A table without its alias; one in parentheses, or a join in parentheses, with what stands inside them.
    private mutating func parseTablePrimary() throws(WarehouseError) -> TableExpression {
        guard isSymbol("(") else { return TableExpression(kind: try parseTableKind()) }
        if isQueryAhead() {
            return TableExpression(kind: .subquery(try parseParenthesizedQuery(), isLateral: false))
        }
        advance()
        let inner = try parseTableExpression()
        try expectSymbol(")")
        return inner
    }

    private mutating func parseTableKind() throws(WarehouseError) -> TableExpressionKind {
        let token = current
        switch token.kind {
        case .stage:
            return try parseStageTable()
        case .string where token.text.hasPrefix("@"):
            return try parseStageTable()
        case .word where token.text == "LATERAL":
            advance()
            return try parseLateral()
        case .word where token.text == "TABLE" && isSymbol("(", ahead: 1):
            return try parseTableFunction(isLateral: false)
        case .word where token.text == "VALUES":
            return .values(try parseValues())
        case .word, .quotedName:
            return try parseNamedTable()
        case .fileColumn:
            return try parsePipe()
        default:
            throw unexpected()
        }
    }

    /// `$1`: what the statement before this one in its chain gave; `$2`: the one before that.
    private mutating func parsePipe() throws(WarehouseError) -> TableExpressionKind {
        guard let number = Int(current.text), number >= 1, number <= pipes else {
            guard pipes > 0 else { throw unexpected() }
            throw WarehouseError(.syntax, "SQL compilation error:\n$\(current.text) names no statement of this chain: "
                + "\(pipes) stand\(pipes == 1 ? "s" : "") before.", span: current.span)
        }
        let span = current.span
        advance()
        let argument = Expression(.literal(.string("$\(number)")), span: span)
        let name = ObjectReference(["RESULT_SCAN"], span: span)
        return .function(FunctionCall(name: name, arguments: [.expression(argument)]), isLateral: false)
    }

    private mutating func parseLateral() throws(WarehouseError) -> TableExpressionKind {
        if isQueryAhead() { return .subquery(try parseParenthesizedQuery(), isLateral: true) }
        if isWord("TABLE"), isSymbol("(", ahead: 1) { return try parseTableFunction(isLateral: true) }
        let name = try parseObjectReference()
        return .function(try parseFunctionCall(name), isLateral: true)
    }

    /// `TABLE(f(…))`, `TABLE('name')`, `TABLE($name)`
    private mutating func parseTableFunction(isLateral: Bool) throws(WarehouseError) -> TableExpressionKind {
        advance()
        try expectSymbol("(")
        let kind: TableExpressionKind
        let start = index
        if !isName() {
            let source = try parseNameSource()
            kind = .table(ObjectReference(kind: .computed(source), span: span(from: start)), nil)
        } else {
            let name = try parseObjectReference()
            kind = isSymbol("(") ? .function(try parseFunctionCall(name), isLateral: isLateral) : .table(name, nil)
        }
        try expectSymbol(")")
        return kind
    }

    private mutating func parseNamedTable() throws(WarehouseError) -> TableExpressionKind {
        guard !ReservedWords.joining.contains(current.text) || current.kind == .quotedName else {
            throw unexpected()
        }
        if isWord("SEMANTIC_VIEW"), isSymbol("(", ahead: 1) { throw unsupported("SEMANTIC_VIEW") }
        let name = try parseObjectReference()
        if isSymbol("!") { throw unsupported("A method of a class's instance") }
        if isSymbol("("), peek().kind == .stage {
            // DIRECTORY(@stage): the stage as the text that table functions take.
            advance()
            let text = SQLWriter.text(of: try parseStageLocation())
            try expectSymbol(")")
            let argument = FunctionArgument.expression(Expression(.literal(.string(text))))
            return .function(FunctionCall(name: name, arguments: [argument]), isLateral: false)
        }
        if isSymbol("(") { return .function(try parseFunctionCall(name), isLateral: false) }
        if isWord("CHANGES"), isSymbol("(", ahead: 1), isSymbol("=>", ahead: 3) {
            throw unsupported("The CHANGES clause")
        }
        return .table(name, try parseTimeTravel())
    }

    private mutating func parseStageTable() throws(WarehouseError) -> TableExpressionKind {
        let location = try parseStageLocation()
        guard isSymbol("("), isSymbol("=>", ahead: 2) || isSymbol("=", ahead: 2) || isSymbol(")", ahead: 1) else {
            return .stage(location, [])
        }
        advance()
        let properties = try parseProperties()
        try expectSymbol(")")
        return .stage(location, properties)
    }

    /// `AT|BEFORE (TIMESTAMP => … | OFFSET => … | STATEMENT => … | STREAM => …)`
    mutating func parseTimeTravel() throws(WarehouseError) -> TimeTravel? {
        guard isAnyWord(["AT", "BEFORE"]), isSymbol("(", ahead: 1), isSymbol("=>", ahead: 3) else { return nil }
        let isBefore = isWord("BEFORE")
        advance(2)
        let word = current.text
        let makePoint: (Expression) -> TimeTravel.Point
        switch word {
        case "TIMESTAMP": makePoint = { .timestamp($0) }
        case "OFFSET": makePoint = { .offset($0) }
        case "STATEMENT": makePoint = { .statement($0) }
        case "STREAM": makePoint = { .stream($0) }
        default: throw unexpected(hint: "TIMESTAMP, OFFSET, STATEMENT or STREAM was expected.")
        }
        advance(2)
        let value = try parseExpression()
        try expectSymbol(")")
        return TimeTravel(isBefore: isBefore, point: makePoint(value))
    }

    /// `[AS] name [(columns)]`
    private mutating func parseTableAlias() throws(WarehouseError) -> TableAlias? {
        guard accept("AS") || isImplicitAlias() else { return nil }
        let name = try parseIdentifier()
        return TableAlias(name: name, columns: isSymbol("(") ? try parseColumnNames() : [])
    }

    /// `SAMPLE [BERNOULLI|ROW|SYSTEM|BLOCK] (n [ROWS]) [SEED|REPEATABLE (s)]`
    private mutating func parseSample() throws(WarehouseError) -> SampleClause? {
        guard isAnyWord(["SAMPLE", "TABLESAMPLE"]) else { return nil }
        advance()
        let isSystem = isAnyWord(["SYSTEM", "BLOCK"])
        if isSystem || isAnyWord(["BERNOULLI", "ROW"]) { advance() }
        try expectSymbol("(")
        var sample = SampleClause(isSystem: isSystem, amount: try parseExpression(Precedence.concatenation))
        sample.isRowCount = accept("ROWS")
        try expectSymbol(")")
        if accept(anyOf: ["SEED", "REPEATABLE"]) {
            try expectSymbol("(")
            sample.seed = try parseExpression(Precedence.concatenation)
            try expectSymbol(")")
        }
        return sample
    }
}
