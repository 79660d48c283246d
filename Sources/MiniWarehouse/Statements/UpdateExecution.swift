import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// UPDATE: a query gives each changed row's address and new values; the old row is deleted and the new one appended,
/// in one commit. Of several matches in FROM the first counts.
enum UpdateExecution {
    static func run(_ statement: UpdateStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { transaction in
            var table = try DMLTarget.table(statement.table, run)
            let qualifier = try DMLTarget.qualifier(statement.table, alias: statement.alias, run)
            let values = try DMLTarget.assignments(statement.assignments, table)
            let items = [DMLTarget.column(DMLTarget.rowIDName, qualifier)] + table.columns.indices.map { index in
                values[index] ?? DMLTarget.column(table.columns[index].name, qualifier)
            }
            let select = SelectStatement(
                items: items.map { .expression(SelectExpression(expression: $0)) },
                from: [DMLTarget.source(statement.table, alias: statement.alias)] + statement.from,
                filter: statement.filter)
            let bound = try QueryExecution.bind(Query(body: .select(select)), in: run)
            let change = try RowChange(bound, table, transaction, run)
            try change.perform { _, _ in .replace }
            let count = try change.finish(&table)
            return .counts(("number of rows updated", count.updated),
                           ("number of multi-joined rows updated", count.multiplyMatched))
        }
    }
}

/// DELETE: a query gives the addresses of the rows.
enum DeleteExecution {
    static func run(_ statement: DeleteStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { transaction in
            let table = try DMLTarget.table(statement.table, run)
            let qualifier = try DMLTarget.qualifier(statement.table, alias: statement.alias, run)
            let rowID = DMLTarget.column(DMLTarget.rowIDName, qualifier)
            let select = SelectStatement(
                isDistinct: !statement.using.isEmpty, items: [.expression(SelectExpression(expression: rowID))],
                from: [DMLTarget.source(statement.table, alias: statement.alias)] + statement.using,
                filter: statement.filter)
            let bound = try QueryExecution.bind(Query(body: .select(select)), in: run)
            var rowIDs: [Int64] = []
            try QueryRunner.stream(bound.plan, context: run.queryContext) { batch in
                RowAddresses.append(batch.vectors[0], to: &rowIDs)
                return true
            }
            rowIDs.sort()
            let count = try transaction.deleteRows(in: table.id, rowIDs: rowIDs)
            return .counts(("number of rows deleted", count))
        }
    }
}

/// Reads row addresses out of a vector.
enum RowAddresses {
    static func append(_ vector: Vector, to list: inout [Int64]) {
        list.reserveCapacity(list.count + vector.count)
        for row in 0..<vector.count {
            if case .integer(let value) = ScalarReading.value(vector, row: row) {
                list.append(Int64(truncatingIfNeeded: value))
            }
        }
    }
}
