import WarehouseBasics

extension SQLWriter {
    mutating func write(_ insert: MultiTableInsertStatement) {
        write(insert.isOverwrite ? "INSERT OVERWRITE " : "INSERT ")
        write(insert.isFirst ? "FIRST" : "ALL")
        for branch in insert.branches {
            if let condition = branch.condition {
                newLine()
                write("WHEN ")
                write(condition)
                write(" THEN")
            } else if insert.isConditional {
                newLine()
                write("ELSE")
            }
            for target in branch.targets { write(target) }
        }
        newLine()
        write(insert.source)
    }

    private mutating func write(_ target: InsertTarget) {
        newLine()
        write("INTO ")
        write(target.table)
        if !target.columns.isEmpty {
            write(" ")
            write(columns: target.columns)
        }
        guard let values = target.values else { return }
        write(" VALUES ")
        parenthesized(values) { $0.write($1) }
    }
}
