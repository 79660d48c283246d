import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan
import WarehouseStorage

/// Applies the rows of a plan to a table: column 0 is the address of the row concerned (NULL: none); the table's
/// columns with their new values begin at `valuesFrom`.
final class RowChange {
    enum Action { case ignore, replace, delete, insert }

    struct Count {
        var inserted = 0
        var updated = 0
        var deleted = 0
        /// Matches beyond the first of their row.
        var multiplyMatched = 0
    }

    private let table: CatalogEntry
    private let transaction: WriteTransaction
    private let valuesFrom: Int
    private let appender: RowAppender
    /// The rows that change.
    private var replaced = RowAddressSet()
    private var deleted = RowAddressSet()
    private var count = Count()
    /// Whether a second match of a row is an error, as in MERGE; deletions of one row agree with each other.
    var refusesMultipleMatches = false

    init(_ table: CatalogEntry, _ transaction: WriteTransaction, _ memory: MemoryAccount, valuesFrom: Int) throws {
        self.table = table
        self.transaction = transaction
        self.valuesFrom = valuesFrom
        appender = try RowAppender(table, transaction, memory)
    }

    /// Runs the plan; `decide` says of each row (batch, row) what to do.
    func apply(_ plan: LogicalPlan, _ run: StatementRun, _ decide: (Batch, Int) -> Action) throws {
        let values = valuesFrom..<(valuesFrom + table.columns.count)
        var selection: [Int32] = []
        let chosen = Batch()
        try QueryRunner.stream(plan, context: run.queryContext) { batch in
            selection.removeAll(keepingCapacity: true)
            for row in 0..<batch.rowCount where try note(decide(batch, row), batch.vectors[0], row) {
                selection.append(Int32(row))
            }
            guard !selection.isEmpty else { return true }
            chosen.vectors = RowPicking.pick(selection, of: batch.vectors[values])
            chosen.rowCount = selection.count
            try appender.append(chosen)
            return true
        }
    }

    /// Counts one row's change; true when its values are to be appended.
    private func note(_ action: Action, _ addresses: Vector, _ row: Int) throws -> Bool {
        switch action {
        case .ignore: return false
        case .insert:
            count.inserted += 1
            return true
        case .replace, .delete:
            guard case .integer(let value) = ScalarReading.value(addresses, row: row) else { return false }
            let address = Int64(truncatingIfNeeded: value)
            guard isFirst(address, action) else {
                if refusesMultipleMatches, action == .replace || replaced.contains(address) {
                    throw WarehouseError(.duplicateMergeMatch,
                                         "Duplicate row detected during DML action: a row of \(table.name) matches "
                                             + "more than one row of the source.")
                }
                count.multiplyMatched += 1
                return false
            }
            if action == .delete { count.deleted += 1 } else { count.updated += 1 }
            return action == .replace
        }
    }

    /// Notes a row's change; false when it has one already. Two deletions of a row say the same, a deletion and
    /// an update contradict each other.
    private func isFirst(_ address: Int64, _ action: Action) -> Bool {
        if action == .delete { return !replaced.contains(address) && deleted.insert(address) }
        return !deleted.contains(address) && replaced.insert(address)
    }

    /// `check` ends it by throwing.
    func finish(_ table: inout CatalogEntry, check: () throws -> Void) throws -> Count {
        let id = table.id
        for rows in [replaced, deleted] {
            try rows.forEachSegment { addresses in
                try check()
                _ = try transaction.deleteRows(in: id, rowIDs: addresses)
            }
        }
        _ = try appender.finish(&table, transaction)
        return count
    }
}
