import Dispatch
import MiniWarehouse
import WarehouseBasics

/// Tells a person how far a query has come, ten times a second while it runs.
final class QueryTicker: Sendable {
    private struct State {
        var timer: (any DispatchSourceTimer)?
        var isPaused = false
    }

    private let session: Session
    private let line: ProgressLine
    private let state = Lock(State())

    init(_ session: Session, line: ProgressLine) {
        self.session = session
        self.line = line
    }

    /// Runs `body`, drawing meanwhile.
    func ticking<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock { state in
            let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
            timer.schedule(deadline: .now() + .milliseconds(100), repeating: .milliseconds(100))
            timer.setEventHandler { [weak self] in self?.tick() }
            timer.activate()
            state.timer = timer
        }
        defer { stop() }
        return try body()
    }

    /// Draws nothing while `body` prints, and takes away what was drawn.
    func paused<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock {
            $0.isPaused = true
            line.clear()
        }
        defer { state.withLock { $0.isPaused = false } }
        return try body()
    }

    private func stop() {
        state.withLock {
            $0.timer?.cancel()
            $0.timer = nil
            line.clear()
        }
    }

    private func tick() {
        state.withLock { state in
            guard state.timer != nil, !state.isPaused, let rows = session.scannedRows, rows.total > 0 else { return }
            line.update(rowsDone: rows.done, of: rows.total)
        }
    }
}
