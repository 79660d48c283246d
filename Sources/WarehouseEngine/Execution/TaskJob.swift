import Synchronization
import WarehouseBasics

/// The shared state of one `TaskPool.run`, for any number of threads: what changes is atomic or behind the monitor, hence
/// unchecked.
final class TaskJob: @unchecked Sendable {
    private struct Work {
        let shouldStop: () -> Bool
        let body: (Int) throws -> Void
    }

    private let next = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let count: Int
    /// Whom the calling thread works for: so do the helpers.
    private let statement = Interruption.statement
    private let monitor = Monitor()
    // Behind `monitor`.
    /// The caller's closures; nil as soon as it goes on, which a helper that wakes late must not miss.
    private var work: Work?
    private var helpers = 0
    private var lowestFailing = Int.max
    private var error: (any Error)?

    init(count: Int, shouldStop: @escaping () -> Bool, body: @escaping (Int) throws -> Void) {
        self.count = count
        work = Work(shouldStop: shouldStop, body: body)
    }

    /// Does what is left, on the calling thread, waits for the helpers that have begun and lets no other begin.
    /// Errors: that of the lowest piece that failed.
    func finish() throws {
        run()
        let failure = monitor.withLock {
            while helpers > 0 { monitor.wait() }
            work = nil
            return error
        }
        if let failure { throw failure }
    }

    /// Does pieces until none is left, on another thread than the caller's.
    func help() {
        let begins = monitor.withLock {
            guard work != nil else { return false }
            helpers += 1
            return true
        }
        guard begins else { return }
        Interruption.$statement.withValue(statement) { run() }
        monitor.withLock {
            helpers -= 1
            if helpers == 0 { monitor.broadcast() }
        }
    }

    /// What it takes of the closures it gives back when it returns: the caller's must not outlive the call. Inlined it
    /// might give them back later, when `helpers` says that it has.
    @inline(never)
    private func run() {
        guard let work = monitor.withLock({ work }) else { return }
        while !stopped.load(ordering: .acquiring), !work.shouldStop() {
            let piece = next.add(1, ordering: .acquiringAndReleasing).oldValue
            guard piece < count else { return }
            do {
                try work.body(piece)
            } catch {
                note(error, piece)
                stopped.store(true, ordering: .releasing)
            }
        }
    }

    private func note(_ failure: any Error, _ piece: Int) {
        monitor.withLock {
            guard piece < lowestFailing else { return }
            lowestFailing = piece
            error = failure
        }
    }
}
