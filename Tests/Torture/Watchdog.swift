import Dispatch
import Synchronization
import Trials
import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Names the case at hand where the process crashes or hangs: a trap says nothing of it.
enum Watchdog {
    private static let name = Lock<[UInt8]>([])

    static func section(_ text: String) {
        name.withLock { $0 = Array("\ntorture: the section \(text) ".utf8) }
        for lane in 0..<Lanes.count { Lanes.begin(0, lane: lane) }
    }

    /// Watches for crashes, and ends the process when no case is begun for so long.
    static func start(secondsWithoutCase limit: Int) {
        for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
            handle(signal) { number in
                Watchdog.tell("crashed at the seeds")
                raiseAgain(number)
            }
        }
        DispatchQueue(label: "watchdog").async {
            var last: UInt64 = 0, quiet = 0
            while true {
                sleep(1)
                let begun = Lanes.begun.load(ordering: .relaxed)
                quiet = begun == last ? quiet + 1 : 0
                last = begun
                guard quiet >= limit else { continue }
                tell("hangs at the seeds")
                exit(1)
            }
        }
    }

    /// Written piece by piece, without allocation: a signal handler calls it.
    private static func tell(_ text: StaticString) {
        if let bytes = name.withLockIfAvailable({ $0 }) { _ = write(STDERR_FILENO, bytes, bytes.count) }
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        for lane in 0..<Lanes.count {
            var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
            withUnsafeMutableBytes(of: &digits) { buffer in
                var end = buffer.count, rest = Lanes.seed(lane: lane)
                repeat {
                    end -= 1
                    buffer[end] = UInt8(48 + rest % 10)
                    rest /= 10
                } while rest > 0
                buffer[end - 1] = 32
                _ = write(STDERR_FILENO, buffer.baseAddress.map { $0 + end - 1 }, buffer.count - end + 1)
            }
        }
        _ = write(STDERR_FILENO, "\n", 1)
    }
}

/// Sets a handler for a signal.
private func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    signal(number, handler)
}

/// Lets the signal do what it does without a handler.
private func raiseAgain(_ number: Int32) {
    signal(number, SIG_DFL)
    raise(number)
}
