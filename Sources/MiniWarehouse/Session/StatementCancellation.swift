import Synchronization
import WarehouseBasics
import WarehouseEngine

/// A request to stop the statements of one call or command, which may come before, between or while they run: the one
/// under way stops, and none begins any more.
package final class StatementCancellation: Sendable {
    /// What the statements of this thread obey.
    @TaskLocal static var current: StatementCancellation?

    private let state = Lock<(running: [QueryContext], isAsked: Bool)>(([], false))

    package init() {}

    /// Runs `body`, whose statements obey this request.
    package func obeyed<Result>(_ body: () throws -> Result) rethrows -> Result {
        try StatementCancellation.$current.withValue(self, operation: body)
    }

    package func cancel() {
        state.withLock { state in
            state.isAsked = true
            for context in state.running { context.cancel() }
        }
    }

    package var isAsked: Bool { state.withLock { $0.isAsked } }

    /// Whether no statement is to begin on this thread.
    package static var isAskedHere: Bool { Task.isCancelled || current?.isAsked == true }

    /// Throws where no statement is to begin on this thread: for loops over what statements gave.
    package static func check() throws {
        if isAskedHere { throw WarehouseError(.cancelled, "SQL execution canceled.") }
    }

    /// Runs `body`, the work of one statement, which stops when its call or its task is cancelled. Throws when it is not
    /// to begin; `isRollback`: it begins all the same, since it undoes what was.
    static func watching<Result>(_ context: QueryContext, isRollback: Bool, _ body: () throws -> Result) throws -> Result {
        if isAskedHere {
            guard !isRollback else { return try body() }
            context.cancel()
            try context.checkCancelled()
        }
        let request = current
        request?.begin(context)
        defer { request?.end(context) }
        return try TaskWatch.watching(context, body)
    }

    private func begin(_ context: QueryContext) {
        let isAsked = state.withLock { state in
            state.running.append(context)
            return state.isAsked
        }
        if isAsked { context.cancel() }
    }

    private func end(_ context: QueryContext) {
        state.withLock { state in state.running.removeAll { $0 === context } }
    }
}
