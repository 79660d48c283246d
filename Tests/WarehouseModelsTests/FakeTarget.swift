import Synchronization
import WarehouseBasics
import WarehouseSQL
@testable import WarehouseModels

/// A target that remembers what it was told, and answers as a test wants it to.
final class FakeTarget: TargetAdapter {
    struct State {
        var statements: [String] = []
        var relations: [String: TargetRelation] = [:]
        /// Texts in a statement that make it fail.
        var failing: [String] = []
        /// Failures of the tests whose SQL holds the text.
        var failures: [String: Int] = [:]
        var columns: [ColumnSchema] = []
        var affected = 1
    }
    private let state = Mutex(State())

    init(_ change: (inout State) -> Void = { _ in }) { state.withLock { change(&$0) } }

    var statements: [String] { state.withLock { $0.statements } }
    let adapterDescription = "fake=1.0"
    func now() -> Int128 { 1_767_553_963_000_000_000 }

    func run(_ statement: Statement) throws -> Int {
        let text = SQLPrinter().print(statement)
        return try state.withLock { state in
            state.statements.append(text)
            for word in state.failing where text.contains(word) {
                throw WarehouseError(.objectNotFound, "SQL compilation error:\nObject '\(word)' does not exist.")
            }
            if case .createObject = statement { return 0 }
            return state.affected
        }
    }

    func rows(of query: WarehouseSQL.Query) throws -> TargetRows {
        let text = SQLPrinter().print(query)
        return try state.withLock { state in
            for word in state.failing where text.contains(word) {
                throw WarehouseError(.objectNotFound, "Object '\(word)' does not exist.")
            }
            guard text.contains("SHOULD_ERROR") else { return TargetRows(columns: state.columns, rows: []) }
            let count = state.failures.first { text.contains($0.key) }?.value ?? 0
            let holds = count > 0 ? "true" : "false"
            return TargetRows(columns: [], rows: [[String(count), holds, holds]])
        }
    }

    func relation(_ name: ObjectName) throws -> TargetRelation? { state.withLock { $0.relations[name.description] } }
}

/// Lines that a console wrote.
final class ConsoleLines: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    var text: String { lines.joined(separator: "\n") }
    func console(format: Console.Format = .text) -> Console {
        // 2026-01-04 19:12:43 UTC.
        Console(clock: FixedClock(seconds: 1_767_553_963), format: format) { [self] line in state.withLock { $0.append(line) } }
    }
}
