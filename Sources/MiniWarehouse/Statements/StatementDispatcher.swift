import WarehouseBasics
import WarehouseSQL

/// Sends each kind of statement to the file that runs it.
enum StatementDispatcher {
    static func execute(_ statement: Statement, in run: StatementRun) throws -> ResultSet {
        let result = try dispatch(statement, in: run).with(queryID: run.queryID, formats: run.formatSettings())
        run.state.keep(result, id: run.queryID)
        return result
    }

    /// As `execute` for a statement that only reads; the session does not keep its result.
    static func look(_ statement: Statement, in run: StatementRun) throws -> ResultSet {
        switch statement {
        case .query, .show, .describe, .list:
            try dispatch(statement, in: run).with(queryID: run.queryID, formats: run.formatSettings())
        default: throw unsupported("a statement that is no query here")
        }
    }

    static func dispatch(_ statement: Statement, in run: StatementRun) throws -> ResultSet {
        try StatementAccess.check(statement, in: run)
        return switch statement {
        case .query(let query): try QueryExecution.run(query, isHandedOver: true, in: run)
        case .insert(let insert): try InsertExecution.run(insert, in: run)
        case .insertIntoSeveral(let insert): try MultiTableInsert.run(insert, in: run)
        case .update(let update): try UpdateExecution.run(update, in: run)
        case .delete(let delete): try DeleteExecution.run(delete, in: run)
        case .merge(let merge): try MergeExecution.run(merge, in: run)
        case .truncate(let truncate): try TruncateExecution.run(truncate, in: run)
        case .explain(let explain): try ExplainExecution.run(explain, in: run)
        case .copyIntoTable(let copy): try CopyIntoTable.run(copy, in: run)
        case .copyIntoLocation(let copy): try CopyIntoLocation.run(copy, in: run)
        case .put(let put): try PutExecution.run(put, in: run)
        case .get(let get): try GetExecution.run(get, in: run)
        case .list(let list): try ListExecution.run(list, in: run)
        case .remove(let remove): try RemoveExecution.run(remove, in: run)
        default: try define(statement, in: run)
        }
    }

    private static func define(_ statement: Statement, in run: StatementRun) throws -> ResultSet {
        switch statement {
        case .createTable(let create): try CreateTable.run(create, in: run)
        case .createView(let create): try CreateView.run(create, in: run)
        case .createObject(let create): try CreateObject.run(create, in: run)
        case .alterTable(let alter): try AlterTable.run(alter, in: run)
        case .alterObject(let alter): try AlterObject.run(alter, in: run)
        case .drop(let drop): try DropObject.run(drop, in: run)
        case .comment(let comment): try CommentOn.run(comment, in: run)
        case .grant(let grant): try GrantExecution.grant(grant, in: run)
        case .revoke(let revoke): try RevokeExecution.run(revoke, in: run)
        case .use(let use): try UseExecution.run(use, in: run)
        case .set(let set): try SetExecution.set(set, in: run)
        case .unset(let names): SetExecution.unset(names, in: run)
        case .show(let show): try ShowExecution.run(show, in: run)
        case .describe(let describe): try DescribeExecution.run(describe, in: run)
        case .begin(let name): TransactionExecution.begin(name: name?.name, run)
        case .commit: try TransactionExecution.commit(run)
        case .rollback: try TransactionExecution.rollback(run)
        case .vacuum(let table): try VacuumExecution.run(table, in: run)
        case .undrop(let undrop): try UndropObject.run(undrop, in: run)
        case .createFunction(let create): try CreateFunction.run(create, in: run)
        case .call(let call): try CallExecution.run(call, in: run)
        case .executeImmediate(let text): try ExecuteImmediate.run(text, in: run)
        default: throw WarehouseError(.internalFault, "A statement kind has no executor.")
        }
    }

    static func unsupported(_ what: String) -> WarehouseError {
        WarehouseError(.unsupported, "Unsupported feature '\(what)'.")
    }
}
