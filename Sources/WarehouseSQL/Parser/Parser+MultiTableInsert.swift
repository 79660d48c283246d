import WarehouseBasics

extension Parser {
    /// Whether INSERT [OVERWRITE] ALL or FIRST begins here.
    func isMultiTableInsertAhead() -> Bool {
        let ahead = isWord("OVERWRITE", ahead: 1) ? 2 : 1
        return isWord("ALL", ahead: ahead) || isWord("FIRST", ahead: ahead)
    }

    mutating func parseMultiTableInsert() throws(WarehouseError) -> MultiTableInsertStatement {
        try expect("INSERT")
        let isOverwrite = accept("OVERWRITE"), isFirst = accept("FIRST")
        if !isFirst { try expect("ALL") }
        var branches: [InsertBranch] = []
        if isFirst || isWord("WHEN") {
            repeat {
                try expect("WHEN")
                let condition = try parseExpression()
                try expect("THEN")
                branches.append(InsertBranch(condition: condition, targets: try parseInsertTargets()))
            } while isWord("WHEN")
            if accept("ELSE") { branches.append(InsertBranch(targets: try parseInsertTargets())) }
        } else {
            branches.append(InsertBranch(targets: try parseInsertTargets()))
        }
        return MultiTableInsertStatement(isOverwrite: isOverwrite, isFirst: isFirst, branches: branches,
                                         source: try parseQuery())
    }

    private mutating func parseInsertTargets() throws(WarehouseError) -> [InsertTarget] {
        var targets: [InsertTarget] = []
        repeat {
            try expect("INTO")
            var target = InsertTarget(table: try parseObjectReference())
            if isSymbol("("), !isQueryAhead() { target.columns = try parseColumnNames() }
            if accept("VALUES") {
                target.values = try parenthesized { parser throws(WarehouseError) in
                    try parser.parseExpressionOrDefault()
                }
            }
            targets.append(target)
        } while isWord("INTO")
        return targets
    }
}
