import Dispatch
import WarehouseBasics
import WarehouseEngine

/// Stops a statement that a task runs when the task is cancelled. The task's own thread is at work and its cancellation
/// handlers are for `await`s, so a timer looks.
final class TaskWatch: Sendable {
    private static let period = DispatchTimeInterval.milliseconds(20)

    nonisolated(unsafe) private let source: any DispatchSourceTimer
    /// Held by whoever asks the task, which is there until `end`.
    private let hasEnded = Lock(false)

    /// Runs `body`, the work of a statement; it is watched where it runs in a task.
    static func watching<Result>(_ context: QueryContext, _ body: () throws -> Result) rethrows -> Result {
        try withUnsafeCurrentTask { task in
            guard let task else { return try body() }
            let watch = TaskWatch(task, context)
            defer { watch.end() }
            return try body()
        }
    }

    private init(_ task: UnsafeCurrentTask, _ context: QueryContext) {
        // Other threads may ask a task whether it is cancelled, while it lasts.
        nonisolated(unsafe) let task = task
        source = DispatchSource.makeTimerSource(queue: .global(qos: .userInitiated))
        source.schedule(deadline: .now() + TaskWatch.period, repeating: TaskWatch.period, leeway: .milliseconds(5))
        source.setEventHandler { [self] in
            hasEnded.withLock { hasEnded in
                if !hasEnded, task.isCancelled { context.cancel() }
            }
        }
        source.activate()
    }

    private func end() {
        source.cancel()
        hasEnded.withLock { $0 = true }
    }
}
