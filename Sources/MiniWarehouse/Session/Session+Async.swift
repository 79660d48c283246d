import WarehouseBasics

// Twins for tasks. The work is done on a thread of its own, never on those that tasks share. When the task is cancelled,
// the statement under way stops with error 000604 and changes nothing, and those behind it do not begin; statements of
// others in the same session go on.
extension Session {
    /// Runs `body` on a thread of its own, and cancels its statements, of this and any other session, with the task.
    /// ```swift
    /// let summary = try await session.perform { session in
    ///     try Runner(MovieLens.project, on: EmbeddedTarget(session), console: console).build()
    /// }
    /// ```
    public func perform<Result: Sendable>(_ body: @escaping @Sendable (Session) throws -> Result) async throws -> Result {
        let cancellation = StatementCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                WorkerThreads.shared.run {
                    continuation.resume(with: Swift.Result { try cancellation.obeyed { try body(self) } })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// As `execute`, on a thread of its own.
    @discardableResult
    public func executeAsync(_ sql: String, _ parameters: Parameters = []) async throws -> ResultSet {
        try await perform { try $0.execute(sql, parameters) }
    }

    /// As `load`, on a thread of its own.
    @discardableResult
    public func loadAsync(_ source: String, _ options: FileLoadOptions = FileLoadOptions()) async throws
        -> [FileLoadReport] {
        try await perform { try $0.load(source, options) }
    }
}

extension Warehouse {
    /// As `execute`, on a thread of its own; see `Session.perform`.
    @discardableResult
    public func executeAsync(_ sql: String, _ parameters: Parameters = []) async throws -> ResultSet {
        try await session.executeAsync(sql, parameters)
    }

    /// As `query`, on a thread of its own; see `Session.perform`.
    public func queryAsync(_ sql: String, _ parameters: Parameters = []) async throws -> ResultSet {
        try await session.executeAsync(sql, parameters)
    }

    /// As `query` into rows of a type, on a thread of its own; see `Session.perform`.
    public func queryAsync<Row: Decodable & Sendable>(
        _ sql: String, _ parameters: Parameters = [], as type: Row.Type
    ) async throws -> [Row] {
        try await session.executeAsync(sql, parameters).decode(type)
    }

    /// As `load`, on a thread of its own; see `Session.perform`.
    @discardableResult
    public func loadAsync(_ source: String, _ options: FileLoadOptions = FileLoadOptions()) async throws
        -> [FileLoadReport] {
        try await session.loadAsync(source, options)
    }
}
