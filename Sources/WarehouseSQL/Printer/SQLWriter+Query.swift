import WarehouseBasics

extension SQLWriter {
    mutating func write(_ query: Query) {
        if let with = query.with { write(with) }
        write(query.body, isOperand: false)
        switch query.orderBy {
        case .items(let items):
            newLine()
            write("ORDER BY ")
            write(items)
        case .all(let direction, let nulls):
            newLine()
            write("ORDER BY ALL")
            write(direction, nulls)
        case nil: break
        }
        if let count = query.limit?.count {
            newLine()
            write("LIMIT ")
            write(rowCount: count)
        }
        if let offset = query.limit?.offset {
            newLine()
            write("OFFSET ")
            write(rowCount: offset)
        }
    }

    private mutating func write(rowCount: Expression) {
        switch rowCount.kind {
        case .literal, .variable, .parameter, .function, .subquery: write(rowCount)
        default:
            write("(")
            write(rowCount)
            write(")")
        }
    }

    private mutating func write(_ with: WithClause) {
        write(with.isRecursive ? "WITH RECURSIVE " : "WITH ")
        for (offset, table) in with.tables.enumerated() {
            if offset > 0 {
                write(",")
                newLine()
            }
            write(table.name)
            if !table.columns.isEmpty {
                write(" ")
                write(columns: table.columns)
            }
            write(" AS ")
            writeParenthesized(table.query)
        }
        newLine()
    }

    /// An operand that is itself a set operation stands in parentheses.
    private mutating func write(_ body: QueryBody, isOperand: Bool) {
        switch body {
        case .select(let select): write(select)
        case .values(let rows): write(rows: rows)
        case .nested(let query): writeParenthesized(query)
        case .setOperation(let operation):
            guard !isOperand else { return writeParenthesized(Query(body: body)) }
            for (offset, operand) in operation.operands.enumerated() {
                if offset > 0 {
                    newLine()
                    write(operation.setOperator.rawValue + (operation.isAll ? " ALL" : "")
                        + (operation.isByName ? " BY NAME" : ""))
                    newLine()
                }
                write(operand, isOperand: true)
            }
        }
    }

    mutating func write(rows: [[Expression]]) {
        write("VALUES ")
        list(rows) { writer, row in writer.parenthesized(row) { $0.write($1) } }
    }

    // MARK: SELECT

    private mutating func write(_ select: SelectStatement) {
        write("SELECT")
        if select.isDistinct { write(" DISTINCT") }
        if let top = select.top {
            write(" TOP ")
            if case .literal(.number) = top.kind {
                write(top)
            } else {
                write("(")
                write(top)
                write(")")
            }
        }
        if select.items.count == 1 {
            write(" ")
            write(select.items[0])
        } else {
            indented { writer in
                for (offset, item) in select.items.enumerated() {
                    if offset > 0 {
                        writer.write(",")
                        writer.newLine()
                    }
                    writer.write(item)
                }
            }
        }
        writeClauses(of: select)
    }

    private mutating func writeClauses(of select: SelectStatement) {
        if !select.from.isEmpty { writeFrom(select.from) }
        writeClause("WHERE", select.filter)
        writeClause("START WITH", select.startWith)
        if let connectBy = select.connectBy {
            writeClause(connectBy.isNoCycle ? "CONNECT BY NOCYCLE" : "CONNECT BY", connectBy.condition)
        }
        if let groupBy = select.groupBy { write(groupBy) }
        writeClause("HAVING", select.having)
        writeClause("QUALIFY", select.qualify)
        if !select.windows.isEmpty {
            newLine()
            write("WINDOW ")
            list(select.windows) { writer, window in
                writer.write(window.name)
                writer.write(" AS ")
                writer.write(window.specification)
            }
        }
    }

    /// A clause of one condition, whose conjuncts stand on lines of their own.
    mutating func writeClause(_ words: String, _ condition: Expression?) {
        guard let condition else { return }
        newLine()
        write(words + " ")
        guard case .logical(.and, let operands) = condition.kind else { return write(condition) }
        for (offset, operand) in operands.enumerated() {
            if offset > 0 {
                newLine()
                write("  AND ")
            }
            write(operand, Precedence.not)
        }
    }

    private mutating func write(_ item: SelectItem) {
        switch item {
        case .star(let star): write(star)
        case .expression(let selected):
            write(selected.expression)
            if let alias = selected.alias {
                write(" AS ")
                write(alias)
            }
        }
    }

    mutating func write(_ star: StarItem) {
        for part in star.qualifier {
            write(part)
            write(".")
        }
        write("*")
        if let pattern = star.ilike {
            write(" ILIKE ")
            write(string: pattern)
        }
        if !star.exclude.isEmpty {
            write(dialect == .spark ? " EXCEPT " : " EXCLUDE ")
            write(columns: star.exclude)
        }
        if !star.replace.isEmpty {
            write(" REPLACE ")
            parenthesized(star.replace) { writer, replacement in
                writer.write(replacement.expression)
                writer.write(" AS ")
                writer.write(replacement.column)
            }
        }
        if !star.rename.isEmpty {
            write(" RENAME ")
            parenthesized(star.rename) { writer, rename in
                writer.write(rename.column)
                writer.write(" AS ")
                writer.write(rename.name)
            }
        }
    }

    // MARK: GROUP BY

    private mutating func write(_ groupBy: GroupByClause) {
        newLine()
        switch groupBy {
        case .all: write("GROUP BY ALL")
        case .elements(let elements):
            write("GROUP BY ")
            list(elements) { $0.write($1) }
        }
    }

    private mutating func write(_ element: GroupingElement) {
        switch element {
        case .expression(let expression): write(expression)
        case .set(let expressions): parenthesized(expressions) { $0.write($1) }
        case .rollup(let columns):
            write("ROLLUP ")
            write(groups: columns)
        case .cube(let columns):
            write("CUBE ")
            write(groups: columns)
        case .groupingSets(let elements):
            write("GROUPING SETS ")
            parenthesized(elements) { $0.write($1) }
        }
    }

    private mutating func write(groups: [[Expression]]) {
        parenthesized(groups) { writer, group in
            if group.count == 1 { writer.write(group[0]) } else { writer.parenthesized(group) { $0.write($1) } }
        }
    }
}
