import Dispatch
import WarehouseBasics
import WarehouseEngine

extension Session {
    /// As `execute`, on a thread of its own. When the task is cancelled, the statement under way stops with error 000604
    /// and changes nothing, and those behind it do not begin; statements of others in this session go on.
    @discardableResult
    public func executeAsync(_ sql: String, _ parameters: Parameters = []) async throws -> ResultSet {
        let cancellation = StatementCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result {
                        var last = ResultSet.empty
                        try self.executeScript(sql, parameters, cancellation: cancellation) { last = $1 }
                        return last
                    })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}

extension Warehouse {
    /// As `execute`, on a thread of its own; see `Session.executeAsync`.
    @discardableResult
    public func executeAsync(_ sql: String, _ parameters: Parameters = []) async throws -> ResultSet {
        try await session.executeAsync(sql, parameters)
    }
}

/// A request to stop the statements of one call, which may come before, between or while they run.
final class StatementCancellation: Sendable {
    private let state = Lock<(running: QueryContext?, isAsked: Bool)>((nil, false))

    func cancel() {
        state.withLock { state in
            state.isAsked = true
            state.running?.cancel()
        }
    }

    /// A statement begins; throws when it is not to.
    func begin(_ context: QueryContext) throws {
        let isAsked = state.withLock { state in
            state.running = context
            return state.isAsked
        }
        if isAsked { context.cancel() }
        try context.checkCancelled()
    }
}
