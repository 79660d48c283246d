import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// INSERT [OVERWRITE] INTO table: rows of a query or of VALUES, coerced to the table's columns.
enum InsertExecution {
    static func run(_ statement: InsertStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            let transaction = open.store
            let entry = try ObjectFinder.require(.table, statement.table, run)
            var (target, bound) = try DMLTarget.bound(entry, statement.table.span, transaction, run) {
                try bind(statement, $0, in: run)
            }
            if statement.isOverwrite { try transaction.truncateTable(target.entry.id) }
            let count = try RowAppender.append(bound.plan, to: &target.entry, transaction, run)
            return .counts(("number of rows inserted", count))
        }
    }

    /// The source's rows as rows of the table: named columns from it, the others their DEFAULT or NULL.
    static func bind(_ statement: InsertStatement, _ target: DMLTarget, in run: StatementRun) throws -> BoundInsert {
        try DMLBinding.bindInsert(statement, into: target.binding, catalog: target.catalog,
                                  parameters: run.boundParameters,
                                  folder: EngineConstantFolder(context: run.queryContext))
    }
}

/// TRUNCATE TABLE: also forgets which files were loaded.
enum TruncateExecution {
    static func run(_ statement: TruncateStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            let transaction = open.store
            guard let entry = try ObjectFinder.find(.table, statement.table, ifExists: statement.ifExists, run) else {
                return .status("Statement executed successfully.")
            }
            let table = try DMLTarget(entry, statement.table.span, run).entry
            try transaction.truncateTable(table.id)
            for file in try run.catalog().loadedFiles(of: table.id).values { try transaction.removeObject(file.id) }
            return .status("Statement executed successfully.")
        }
    }
}
