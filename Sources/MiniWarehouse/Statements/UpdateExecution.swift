import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// UPDATE: the plan gives each changed row's address and new values; the old row is deleted and the new one appended,
/// in one commit. Of several matches in FROM the first counts.
enum UpdateExecution {
    static func run(_ statement: UpdateStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            let transaction = open.store
            let entry = try ObjectFinder.require(.table, statement.table, run)
            var (target, bound) = try DMLTarget.bound(entry, statement.table.span, transaction, run) { target in
                try DMLBinding.bindUpdate(
                    statement, of: target.binding, catalog: target.catalog, parameters: run.boundParameters,
                    folder: EngineConstantFolder(context: run.queryContext))
            }
            let change = try RowChange(target.entry, transaction, run.queryContext.memory, valuesFrom: 1)
            try change.apply(bound.plan, run) { _, _ in .replace }
            let count = try change.finish(&target.entry) { try run.queryContext.checkCancelled() }
            return .counts(("number of rows updated", count.updated),
                           ("number of multi-joined rows updated", count.multiplyMatched))
        }
    }
}

/// DELETE: the plan gives the addresses of the rows, some maybe several times.
enum DeleteExecution {
    static func run(_ statement: DeleteStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            let transaction = open.store
            let target = try DMLTarget(statement.table, run)
            let bound = try DMLBinding.bindDelete(
                statement, from: target.binding, catalog: target.catalog, parameters: run.boundParameters,
                folder: EngineConstantFolder(context: run.queryContext))
            var addresses = RowAddressSet(), count = 0
            try QueryRunner.stream(bound.plan, context: run.queryContext) { batch in
                for row in 0..<batch.rowCount {
                    if case .integer(let value) = ScalarReading.value(batch.vectors[0], row: row) {
                        _ = addresses.insert(Int64(truncatingIfNeeded: value))
                    }
                }
                return true
            }
            try addresses.forEachSegment { rows in
                try run.queryContext.checkCancelled()
                count += try transaction.deleteRows(in: target.entry.id, rowIDs: rows)
            }
            return .counts(("number of rows deleted", count))
        }
    }
}
