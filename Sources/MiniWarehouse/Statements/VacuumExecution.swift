import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// VACUUM: rewrites small and thinned-out segments of one table or of all, and frees what neither a reader nor the
/// retention time needs. Of all tables: also what processes that died were uploading.
enum VacuumExecution {
    static func run(_ table: ObjectReference?, in run: StatementRun) throws -> ResultSet {
        try run.define { transaction in
            var ids: [ObjectID]?
            if let table {
                let entry = try run.resolver().require(.table, run.parts(table), table.span)
                guard entry.kind == .table else {
                    throw WarehouseError(.objectNotFound, "'\(entry.name)' is a view, not a table.", span: table.span)
                }
                ids = [entry.id]
            }
            try transaction.store.vacuum(tables: ids)
            if ids == nil { run.warehouse.stages.removeUnfinished(everywhere: true) }
            return .status("Vacuum successfully completed.")
        }
    }
}
