import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// INSERT [OVERWRITE] INTO table: rows of a query or of VALUES, coerced to the table's columns.
enum InsertExecution {
    static func run(_ statement: InsertStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { transaction in
            var table = try DMLTarget.table(statement.table, run)
            let plan = try plan(into: table, columns: statement.columns, query: statement.source, in: run)
            if statement.isOverwrite { try transaction.truncateTable(table.id) }
            let count = try RowAppender.append(plan, to: &table, transaction, run)
            return .counts(("number of rows inserted", count))
        }
    }

    /// The query's rows as rows of the table: named columns from the query, the others their DEFAULT or NULL.
    static func plan(into table: CatalogEntry, columns: [Identifier], query: Query,
                     in run: StatementRun) throws -> LogicalPlan {
        let targets = try targetIndexes(table, columns)
        let bound = try QueryExecution.bind(try withDefaults(query, table, targets), in: run)
        guard bound.columns.count == targets.count else {
            throw WarehouseError(
                .columnCountMismatch,
                "SQL compilation error:\nInsert value list does not match column list expecting \(targets.count) but "
                    + "got \(bound.columns.count)", span: query.span)
        }
        var sources: [BoundExpression?] = Array(repeating: nil, count: table.columns.count)
        for (target, column) in zip(targets, bound.columns) { sources[target] = .column(column) }
        let complete = try sources.enumerated().map { index, source in
            if let source { return source }
            let column = table.columns[index]
            guard let text = column.defaultText else { return .constant(.null(column.type)) }
            let value = try QueryExecution.defaultValue(Parser.parseExpression(text), column, in: run)
            return BoundExpression.constant(Constant(value, column.type))
        }
        return try QueryExecution.assigned(bound.plan, complete, to: table.columns, in: run)
    }

    private static func targetIndexes(_ table: CatalogEntry, _ columns: [Identifier]) throws -> [Int] {
        if columns.isEmpty { return Array(table.columns.indices) }
        try TableColumns.checkNames(columns.map(\.name))
        return try columns.map { try AlterTable.columnIndex($0.name, table, $0.span) }
    }

    /// `DEFAULT` within VALUES, replaced by the column's.
    private static func withDefaults(_ query: Query, _ table: CatalogEntry, _ targets: [Int]) throws -> Query {
        guard case .values(let rows) = query.body else { return query }
        var changed = query
        changed.body = .values(try rows.map { row in
            try row.enumerated().map { index, expression in
                guard case .defaultValue = expression.kind, targets.indices.contains(index) else { return expression }
                return try DMLTarget.defaultExpression(table.columns[targets[index]])
            }
        })
        return changed
    }
}

/// TRUNCATE TABLE: also forgets which files were loaded.
enum TruncateExecution {
    static func run(_ statement: TruncateStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { transaction in
            guard let table = try ObjectFinder.find(.table, statement.table, ifExists: statement.ifExists, run) else {
                return .status("Statement executed successfully.")
            }
            try DMLTarget.check(table, statement.table.span)
            try transaction.truncateTable(table.id)
            for file in try run.catalog().loadedFiles(of: table.id).values { try transaction.removeObject(file.id) }
            return .status("Statement executed successfully.")
        }
    }
}
