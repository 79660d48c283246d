import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// MERGE: the plan gives, for every row that does something, its address, the clause that applies, and the new values.
enum MergeExecution {
    static func run(_ statement: MergeStatement, in run: StatementRun) throws -> ResultSet {
        try run.write { open in
            let transaction = open.store
            let entry = try ObjectFinder.require(.table, statement.table, run)
            var (target, bound) = try DMLTarget.bound(entry, statement.table.span, transaction, run) { target in
                try DMLBinding.bindMerge(
                    statement, into: target.binding, catalog: target.catalog, parameters: run.boundParameters,
                    folder: EngineConstantFolder(context: run.queryContext))
            }
            let change = try RowChange(target.entry, transaction, run.queryContext.memory, valuesFrom: 2)
            change.refusesMultipleMatches =
                run.sessionContext.parameters["ERROR_ON_NONDETERMINISTIC_MERGE"]?.lowercased() != "false"
            let actions = bound.actions
            try change.apply(bound.plan, run) { batch, row in
                guard case .integer(let number) = ScalarReading.value(batch.vectors[1], row: row) else {
                    return .ignore
                }
                return switch actions[Int(number)] {
                case .insert: .insert
                case .update: .replace
                case .delete: .delete
                }
            }
            return report(try change.finish(&target.entry) { try run.queryContext.checkCancelled() }, actions)
        }
    }

    /// A count for each kind of clause that the statement has.
    private static func report(_ count: RowChange.Count, _ actions: [BoundMerge.Action]) -> ResultSet {
        var counts: [(String, Int)] = []
        if actions.contains(.insert) { counts.append(("number of rows inserted", count.inserted)) }
        if actions.contains(.update) { counts.append(("number of rows updated", count.updated)) }
        if actions.contains(.delete) { counts.append(("number of rows deleted", count.deleted)) }
        return ResultSet.table(counts.map { ResultColumn($0.0, .integer) }, [counts.map { .count($0.1) }]).asReport()
    }
}
