import WarehouseBasics

/// BEGIN, COMMIT, ROLLBACK. A second BEGIN is ignored, and COMMIT without a transaction does nothing, as in Snowflake.
enum TransactionExecution {
    static func begin(_ run: StatementRun) throws -> ResultSet {
        try run.checkWritable()
        if run.state.transaction == nil { run.state.transaction = try run.warehouse.store.beginWrite() }
        return .status("Statement executed successfully.")
    }

    static func commit(_ run: StatementRun) throws -> ResultSet {
        try run.commitOpenTransaction()
        return .status("Statement executed successfully.")
    }

    static func rollback(_ run: StatementRun) -> ResultSet {
        run.state.transaction?.rollback()
        run.state.transaction = nil
        return .status("Statement executed successfully.")
    }
}
