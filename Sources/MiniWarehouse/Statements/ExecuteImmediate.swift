import WarehouseBasics
import WarehousePlan
import WarehouseSQL

/// EXECUTE IMMEDIATE: runs the one statement that a text holds. Blocks of Snowflake Scripting are no statements here.
enum ExecuteImmediate {
    /// A variable may hold a statement that runs the variable.
    private static let maximumDepth = 8

    static func run(_ text: Expression, in run: StatementRun) throws -> ResultSet {
        let values = try QueryExecution.constants(of: text, in: run)
        guard values.count == 1, values[0].type.isText, case .bytes(let bytes) = values[0].value else {
            throw WarehouseError(.invalidValue, "EXECUTE IMMEDIATE needs one text that is not NULL.")
        }
        guard run.immediateDepth < maximumDepth else {
            throw WarehouseError(.limitExceeded, "EXECUTE IMMEDIATE is nested deeper than \(maximumDepth) levels.")
        }
        run.immediateDepth += 1
        defer { run.immediateDepth -= 1 }
        let parsed = try Parser.parseStatement(String(decoding: bytes, as: UTF8.self))
        return try StatementDispatcher.dispatch(parsed.statement, in: run)
    }
}
