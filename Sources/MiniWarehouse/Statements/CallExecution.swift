import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// CALL of a procedure: there are no stored ones, only SYSTEM$WAIT of the system's.
enum CallExecution {
    /// A day.
    private static let longestWait = 86_400.0

    static func run(_ call: FunctionCall, in run: StatementRun) throws -> ResultSet {
        guard call.simpleName == "SYSTEM$WAIT" else { throw StatementDispatcher.unsupported("CALL") }
        return try wait(call, in: run)
    }

    /// SYSTEM$WAIT(amount [, unit]), in seconds unless said otherwise.
    private static func wait(_ call: FunctionCall, in run: StatementRun) throws -> ResultSet {
        var values: [Constant] = []
        for case .expression(let argument) in call.arguments {
            values += try QueryExecution.constants(of: argument, in: run)
        }
        guard (1...2).contains(values.count), values.count == call.arguments.count,
              case .integer(let amount) = values[0].value, values[0].type.scale ?? 0 == 0, amount >= 0 else {
            throw WarehouseError(.invalidValue, "SYSTEM$WAIT takes a whole number, and a unit of time.")
        }
        var unit = "SECONDS"
        if values.count == 2, case .bytes(let bytes) = values[1].value {
            unit = String(decoding: bytes, as: UTF8.self).uppercased()
        }
        let seconds: [String: Double] = ["MILLISECONDS": 0.001, "SECONDS": 1, "MINUTES": 60, "HOURS": 3600, "DAYS": 86_400]
        guard let factor = seconds[unit] else {
            throw WarehouseError(.invalidValue, "'\(unit)' is no unit of SYSTEM$WAIT.")
        }
        let length = Double(amount) * factor
        guard length <= longestWait else {
            throw WarehouseError(.limitExceeded, "SYSTEM$WAIT waits a day at most.")
        }
        try sleep(length, run)
        return ResultSet.table([ResultColumn("SYSTEM$WAIT", .text)], [[.text("waited \(amount) \(unit.lowercased())")]])
    }

    /// In short pieces, so that the statement can be stopped.
    private static func sleep(_ seconds: Double, _ run: StatementRun) throws {
        var left = seconds
        while left > 0 {
            try run.queryContext.checkCancelled()
            let piece = min(left, 0.05)
            usleep(UInt32(piece * 1_000_000))
            left -= piece
        }
    }
}
