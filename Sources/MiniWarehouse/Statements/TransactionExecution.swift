import WarehouseBasics

/// BEGIN, COMMIT, ROLLBACK. A second BEGIN is ignored, and COMMIT without a transaction does nothing, as in Snowflake.
/// BEGIN locks nothing: the first statement that writes does.
enum TransactionExecution {
    static func begin(name: String?, _ run: StatementRun) -> ResultSet {
        if !run.state.isInTransaction {
            let id = run.warehouse.transactions.begin(run.session.id, run.state, name: name, at: run.timestamp)
            run.state.transactionID = String(id)
        }
        run.state.isInTransaction = true
        return .status("Statement executed successfully.")
    }

    static func commit(_ run: StatementRun) throws -> ResultSet {
        try run.endTransaction()
        return .status("Statement executed successfully.")
    }

    static func rollback(_ run: StatementRun) throws -> ResultSet {
        let open = run.state.transaction
        run.state.transaction = nil
        run.state.isInTransaction = false
        defer { run.warehouse.transactions.end(run.session.id) }
        // Let go of after an error, it is rolled back too.
        try open?.rollbackKeepingNumbers(queryID: run.queryID, time: run.timestamp)
        return .status("Statement executed successfully.")
    }
}
