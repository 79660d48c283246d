#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization
import WarehouseBasics

/// Runs numbered pieces of work on threads of its own, handing the numbers out in ascending order.
enum TaskPool {
    /// Expressions nest as deep as the parser allows, and operators stand one upon the other as the optimizer does; a
    /// worker must not be the one that overflows. Pages cost nothing until touched.
    static let stackBytes = 64 << 20

    /// Calls `body` once for each of `0 ..< count`, on the calling thread and up to `threads - 1` more, and returns
    /// when all are done. The calling thread works too. When pieces fail, no new ones begin and the error of the
    /// lowest failing number is thrown: lower ones had all begun, so the answer does not depend on timing.
    /// `shouldStop`, looked at before each piece, ends the handing out early without an error.
    static func run(stripes count: Int, threads: Int, shouldStop: () -> Bool = { false },
                    body: (Int) throws -> Void) throws {
        guard count > 0 else { return }
        try withoutActuallyEscaping(body) { body in
            try withoutActuallyEscaping(shouldStop) { shouldStop in
                let job = TaskJob(count: count, shouldStop: shouldStop, body: body)
                let others = min(threads, count) - 1
                var started: [pthread_t] = []
                if others > 0 { started = startThreads(others, job) }
                job.work()
                for thread in started { pthread_join(thread, nil) }
                if let failure = job.failure { throw failure }
                try Interruption.check()
            }
        }
    }

    private static func startThreads(_ wanted: Int, _ job: TaskJob) -> [pthread_t] {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return [] }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackBytes)
        var started: [pthread_t] = []
        for _ in 0..<wanted {
            guard let thread = startThread(&attributes, Unmanaged.passRetained(job).toOpaque()) else {
                // The machine gives no more threads: the ones there do the work.
                Unmanaged.passUnretained(job).release()
                break
            }
            started.append(thread)
        }
        return started
    }

    private static func startThread(_ attributes: inout pthread_attr_t, _ argument: UnsafeMutableRawPointer)
        -> pthread_t? {
        #if canImport(Darwin)
        var thread: pthread_t?
        let code = pthread_create(&thread, &attributes, { raw in
            Unmanaged<TaskJob>.fromOpaque(raw).takeRetainedValue().help()
            return nil
        }, argument)
        return code == 0 ? thread : nil
        #else
        var thread = pthread_t()
        let code = pthread_create(&thread, &attributes, { raw in
            if let raw { Unmanaged<TaskJob>.fromOpaque(raw).takeRetainedValue().help() }
            return nil
        }, argument)
        return code == 0 ? thread : nil
        #endif
    }
}

/// The shared state of one `TaskPool.run`.
private final class TaskJob {
    private let next = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let lock = Monitor()
    private let count: Int
    private let shouldStop: () -> Bool
    private let body: (Int) throws -> Void
    /// Whom the calling thread works for: so do the others.
    private let statement = Interruption.statement
    private var lowestFailing = Int.max
    private var error: (any Error)?

    init(count: Int, shouldStop: @escaping () -> Bool, body: @escaping (Int) throws -> Void) {
        self.count = count
        self.shouldStop = shouldStop
        self.body = body
    }

    /// The error of the lowest piece that failed; read after all threads ended.
    var failure: (any Error)? { lock.withLock { error } }

    /// As `work`, on another thread.
    func help() { Interruption.$statement.withValue(statement) { work() } }

    func work() {
        while !stopped.load(ordering: .acquiring), !shouldStop() {
            let piece = next.add(1, ordering: .acquiringAndReleasing).oldValue
            guard piece < count else { return }
            do {
                try body(piece)
            } catch {
                note(error, piece)
                stopped.store(true, ordering: .releasing)
            }
        }
    }

    private func note(_ failure: any Error, _ piece: Int) {
        lock.withLock {
            guard piece < lowestFailing else { return }
            lowestFailing = piece
            error = failure
        }
    }
}
