import WarehouseBasics
import WarehouseSQL

/// SET and UNSET of session variables.
enum SetExecution {
    static func set(_ statement: SetStatement, in run: StatementRun) throws -> ResultSet {
        var values: [Constant] = []
        for value in statement.values { values += try QueryExecution.constants(of: value, in: run) }
        guard values.count == statement.names.count else {
            throw WarehouseError(
                .invalidValue,
                "SET has \(statement.names.count) names and \(values.count) values: as many of both are needed.")
        }
        for (name, value) in zip(statement.names, values) { run.state.set(name.name, to: value, at: Int64(clamping: run.time)) }
        return .status("Statement executed successfully.")
    }

    static func unset(_ names: [Identifier], in run: StatementRun) -> ResultSet {
        for name in names { run.state.unset(name.name) }
        return .status("Statement executed successfully.")
    }
}
