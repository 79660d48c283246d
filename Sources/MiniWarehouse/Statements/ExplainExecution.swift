import WarehouseBasics
import WarehousePlan
import WarehouseSQL

/// EXPLAIN: the plan after the optimizer, one line a node.
enum ExplainExecution {
    static func run(_ statement: ExplainStatement, in run: StatementRun) throws -> ResultSet {
        if statement.isAnalyze { throw StatementDispatcher.unsupported("EXPLAIN ANALYZE") }
        if statement.format == .json { throw StatementDispatcher.unsupported("EXPLAIN USING JSON") }
        let query = try explained(statement.statement)
        var rows = RowBuilder("plan")
        for line in PlanPrinter.text(try QueryExecution.bind(query, in: run).plan).split(separator: "\n") {
            rows.add([.text(String(line))])
        }
        return rows.result
    }

    private static func explained(_ statement: Statement) throws -> Query {
        if case .query(let query) = statement { return query }
        if case .insert(let insert) = statement { return insert.source }
        if case .createTable(let create) = statement, case .query(let query) = create.source { return query }
        throw StatementDispatcher.unsupported("EXPLAIN of this statement")
    }
}
