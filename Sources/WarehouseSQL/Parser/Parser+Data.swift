import WarehouseBasics

extension Parser {
    mutating func parseInsert() throws(WarehouseError) -> InsertStatement {
        try expect("INSERT")
        let isOverwrite = accept("OVERWRITE")
        if !(isOverwrite && isWord("TABLE")) { try expect("INTO") }
        _ = accept("TABLE")
        let table = try parseObjectReference()
        let columns = isSymbol("(") && !isQueryAhead() ? try parseColumnNames() : []
        return InsertStatement(isOverwrite: isOverwrite, table: table, columns: columns, source: try parseQuery())
    }

    /// `[AS] name` behind the table of a DML statement.
    private mutating func parseTargetAlias() throws(WarehouseError) -> Identifier? {
        accept("AS") || isImplicitAlias() ? try parseIdentifier() : nil
    }

    mutating func parseUpdate() throws(WarehouseError) -> UpdateStatement {
        try expect("UPDATE")
        var update = UpdateStatement(table: try parseObjectReference(), alias: try parseTargetAlias(),
                                     assignments: [])
        // FROM may stand on either side of SET.
        update.from = try parseUpdateFrom()
        try expect("SET")
        update.assignments = try parseAssignments()
        if update.from.isEmpty { update.from = try parseUpdateFrom() }
        if accept("WHERE") { update.filter = try parseExpression() }
        return update
    }

    private mutating func parseUpdateFrom() throws(WarehouseError) -> [TableExpression] {
        guard accept("FROM") else { return [] }
        return try list { parser throws(WarehouseError) in try parser.parseTableExpression() }
    }

    private mutating func parseAssignments() throws(WarehouseError) -> [Assignment] {
        try list { parser throws(WarehouseError) in
            let column = try parser.parseNameParts()
            try parser.expectSymbol("=")
            return Assignment(column: column, value: try parser.parseExpressionOrDefault())
        }
    }

    mutating func parseDelete() throws(WarehouseError) -> DeleteStatement {
        try expect("DELETE", "FROM")
        var delete = DeleteStatement(table: try parseObjectReference(), alias: try parseTargetAlias())
        if accept("USING") {
            delete.using = try list { parser throws(WarehouseError) in try parser.parseTableExpression() }
        }
        if accept("WHERE") { delete.filter = try parseExpression() }
        return delete
    }

    mutating func parseMerge() throws(WarehouseError) -> MergeStatement {
        try expect("MERGE", "INTO")
        let table = try parseObjectReference()
        let alias = try parseTargetAlias()
        try expect("USING")
        let source = try parseTableExpression()
        try expect("ON")
        var merge = MergeStatement(table: table, alias: alias, source: source, condition: try parseExpression(),
                                   clauses: [])
        repeat { merge.clauses.append(try parseMergeClause()) } while isWord("WHEN")
        return merge
    }

    private mutating func parseMergeClause() throws(WarehouseError) -> MergeClause {
        try expect("WHEN")
        let isMatched = !accept("NOT")
        try expect("MATCHED")
        if isWord("BY") { throw unsupported("WHEN NOT MATCHED BY SOURCE") }
        let condition = accept("AND") ? try parseExpression() : nil
        try expect("THEN")
        return MergeClause(isMatched: isMatched, condition: condition, action: try parseMergeAction(isMatched))
    }

    private mutating func parseMergeAction(_ isMatched: Bool) throws(WarehouseError) -> MergeAction {
        if isMatched {
            if accept("DELETE") { return .delete }
            try expect("UPDATE")
            if accept("ALL", "BY", "NAME") { return .updateAllByName }
            try expect("SET")
            return .update(try parseAssignments())
        }
        try expect("INSERT")
        if accept("ALL", "BY", "NAME") { return .insertAllByName }
        let columns = isSymbol("(") ? try parseQualifiedColumnNames() : []
        try expect("VALUES")
        return .insert(columns: columns, values: try parenthesized { parser throws(WarehouseError) in
            try parser.parseExpressionOrDefault()
        })
    }

    /// `(a, t.b)`: a table's name before a column of its own says nothing more.
    mutating func parseQualifiedColumnNames() throws(WarehouseError) -> [Identifier] {
        try parenthesized { parser throws(WarehouseError) in
            let parts = try parser.parseNameParts()
            return parts[parts.count - 1]
        }
    }

    mutating func parseTruncate() throws(WarehouseError) -> TruncateStatement {
        try expect("TRUNCATE")
        if isWord("MATERIALIZED") { throw unsupported("TRUNCATE MATERIALIZED VIEW") }
        if isName(ahead: 1) { _ = accept("TABLE") }
        let ifExists = acceptIfExists()
        return TruncateStatement(ifExists: ifExists, table: try parseObjectReference())
    }
}
