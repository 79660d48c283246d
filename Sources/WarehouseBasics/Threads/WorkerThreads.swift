#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads that do one job after another. One that finds nothing to do for a while ends.
///
/// A statement has several jobs, most of a few milliseconds. A thread made for each of them took 0.1 to 0.2 ms to begin,
/// its stack was mapped and unmapped, which interrupts the other core, and the caller waited for it even when it came too
/// late.
///
/// They are not Dispatch's global queue: that has as many threads as the machine has cores, and Swift's tasks run on
/// them. Statements that wait there for a job which waits for one of these threads would wait for each other.
public final class WorkerThreads: Sendable {
    public static let shared = WorkerThreads()

    /// Expressions nest as deep as the parser allows, and operators stand one upon the other as the optimizer does; a
    /// worker must not be the one that overflows. Pages cost nothing until touched.
    public static let stackBytes = 64 << 20
    private static let idleSeconds = 1

    /// Those without work, the one that worked last behind the others: its cache is the warmest.
    private let idle = Lock<[Worker]>([])

    /// Has a thread do the job, now or as soon as it wakes; false where the machine gives no more threads.
    public func begin(_ job: @escaping @Sendable () -> Void) -> Bool {
        guard let worker = idle.withLock({ $0.popLast() }) else { return start(Worker(job)) }
        worker.give(job)
        return true
    }

    /// Has a thread do the job; does it here, before it returns, where the machine gives no more threads.
    public func run(_ job: @escaping @Sendable () -> Void) {
        if !begin(job) { job() }
    }

    private func start(_ worker: Worker) -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, WorkerThreads.stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let argument = Unmanaged.passRetained(worker)
        #if canImport(Darwin)
        var thread: pthread_t?
        let status = pthread_create(&thread, &attributes, { raw in
            WorkerThreads.shared.serve(Unmanaged<Worker>.fromOpaque(raw).takeRetainedValue())
            return nil
        }, argument.toOpaque())
        #else
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, { raw in
            if let raw { WorkerThreads.shared.serve(Unmanaged<Worker>.fromOpaque(raw).takeRetainedValue()) }
            return nil
        }, argument.toOpaque())
        #endif
        if status != 0 { argument.release() }
        return status == 0
    }

    /// The life of a worker's thread.
    private func serve(_ worker: Worker) {
        while true {
            worker.work()
            idle.withLock { $0.append(worker) }
            while !worker.hasWork(within: WorkerThreads.idleSeconds) {
                // Whoever has taken it from the idle ones is about to give it a job.
                let ends = idle.withLock { idle in
                    guard let place = idle.firstIndex(where: { $0 === worker }) else { return false }
                    idle.remove(at: place)
                    return true
                }
                if ends { return }
            }
        }
    }
}

/// One thread, and the job it has been given, which is behind the monitor.
private final class Worker: @unchecked Sendable {
    private let monitor = Monitor()
    private var job: (@Sendable () -> Void)?

    init(_ job: @escaping @Sendable () -> Void) { self.job = job }

    func give(_ job: @escaping @Sendable () -> Void) {
        monitor.withLock {
            self.job = job
            monitor.broadcast()
        }
    }

    /// Waits for a job, not for ever; whether there is one.
    func hasWork(within seconds: Int) -> Bool {
        monitor.withLock {
            if job == nil { monitor.wait(seconds: seconds) }
            return job != nil
        }
    }

    func work() {
        let job = monitor.withLock {
            defer { self.job = nil }
            return self.job
        }
        job?()
    }
}
