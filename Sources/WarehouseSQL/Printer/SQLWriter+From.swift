import WarehouseBasics

extension SQLWriter {
    mutating func writeFrom(_ tables: [TableExpression], word: String = "FROM") {
        newLine()
        write(word + " ")
        for (offset, table) in tables.enumerated() {
            if offset == 0 {
                write(table)
            } else {
                write(",")
                indented { $0.write(table) }
            }
        }
    }

    mutating func write(_ table: TableExpression) {
        if case .join(let join) = table.kind, table.alias == nil, table.sample == nil {
            write(join)
        } else {
            writeFactor(table)
        }
    }

    /// A table that stands as an operand: a join in parentheses.
    private mutating func writeFactor(_ table: TableExpression) {
        switch table.kind {
        case .table(let name, let timeTravel):
            write(name)
            if let timeTravel { write(timeTravel) }
        case .subquery(let query, let isLateral):
            if isLateral { write("LATERAL ") }
            writeParenthesized(query)
        case .function(let call, let isLateral):
            write(isLateral ? "LATERAL " : "TABLE(")
            write(call)
            if !isLateral { write(")") }
        case .values(let rows): write(rows: rows)
        case .stage(let location, let properties):
            write(location)
            if !properties.isEmpty {
                write(" (")
                list(properties) { $0.write($1, assignment: " => ") }
                write(")")
            }
        case .join(let join):
            write("(")
            indented { $0.write(join) }
            newLine()
            write(")")
        case .pivot(let pivot): write(pivot)
        case .unpivot(let unpivot): write(unpivot)
        }
        if let sample = table.sample { write(sample) }
        if let alias = table.alias { write(alias) }
    }

    mutating func write(_ alias: TableAlias) {
        write(" AS ")
        write(alias.name)
        if !alias.columns.isEmpty {
            write(" ")
            write(columns: alias.columns)
        }
    }

    private mutating func write(_ join: Join) {
        write(join.left)
        newLine()
        if case .natural = join.condition { write("NATURAL ") }
        write(join.kind.rawValue + " ")
        writeFactor(join.right)
        if let condition = join.matchCondition {
            write(" MATCH_CONDITION (")
            write(condition)
            write(")")
        }
        switch join.condition {
        case .none, .natural: break
        case .on(let condition):
            write(" ON ")
            write(condition)
        case .using(let columns):
            write(" USING ")
            write(columns: columns)
        }
    }

    mutating func write(_ timeTravel: TimeTravel) {
        write(timeTravel.isBefore ? " BEFORE (" : " AT (")
        let (word, value) = switch timeTravel.point {
        case .timestamp(let value): ("TIMESTAMP", value)
        case .offset(let value): ("OFFSET", value)
        case .statement(let value): ("STATEMENT", value)
        case .stream(let value): ("STREAM", value)
        }
        write(word + " => ")
        write(value)
        write(")")
    }

    private mutating func write(_ sample: SampleClause) {
        write(sample.isSystem ? " SAMPLE SYSTEM (" : " SAMPLE (")
        write(sample.amount, Precedence.concatenation)
        write(sample.isRowCount ? " ROWS)" : ")")
        if let seed = sample.seed {
            write(" SEED (")
            write(seed, Precedence.concatenation)
            write(")")
        }
    }

    private mutating func write(_ pivot: Pivot) {
        writeFactor(pivot.input)
        write(" PIVOT (")
        list(pivot.aggregates) { writer, aggregate in
            writer.write(aggregate.function)
            if let alias = aggregate.alias {
                writer.write(" AS ")
                writer.write(alias)
            }
        }
        write(" FOR ")
        write(pivot.column)
        write(" IN ")
        write(pivot.values)
        if let value = pivot.defaultOnNull {
            write(" DEFAULT ON NULL (")
            write(value)
            write(")")
        }
        write(")")
    }

    private mutating func write(_ values: PivotValues) {
        switch values {
        case .list(let values):
            parenthesized(values) { writer, value in
                writer.write(value.value)
                if let alias = value.alias {
                    writer.write(" AS ")
                    writer.write(alias)
                }
            }
        case .any(let orderBy):
            write("(ANY")
            if !orderBy.isEmpty {
                write(" ORDER BY ")
                write(orderBy)
            }
            write(")")
        case .subquery(let query): writeParenthesized(query)
        }
    }

    private mutating func write(_ unpivot: Unpivot) {
        writeFactor(unpivot.input)
        write(unpivot.includesNulls ? " UNPIVOT INCLUDE NULLS (" : " UNPIVOT (")
        write(unpivot.valueColumn)
        write(" FOR ")
        write(unpivot.nameColumn)
        write(" IN ")
        parenthesized(unpivot.columns) { writer, column in
            writer.write(column.column)
            if let label = column.label {
                writer.write(" AS ")
                writer.write(string: label)
            }
        }
        write(")")
    }
}
