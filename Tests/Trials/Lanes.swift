import Dispatch
import Synchronization
import WarehouseBasics

/// Runs cases on several threads, and knows which case each is at: what a watchdog or a crash asks for.
public enum Lanes {
    public static let count = 4
    /// The seed of the case that a lane is at, and how many cases were begun.
    private static let seed0 = Atomic<UInt64>(0), seed1 = Atomic<UInt64>(0), seed2 = Atomic<UInt64>(0)
    private static let seed3 = Atomic<UInt64>(0)
    public static let begun = Atomic<UInt64>(0)

    /// Says which case a lane begins.
    public static func begin(_ seed: UInt64, lane: Int = 0) {
        switch lane {
        case 0: seed0.store(seed, ordering: .relaxed)
        case 1: seed1.store(seed, ordering: .relaxed)
        case 2: seed2.store(seed, ordering: .relaxed)
        default: seed3.store(seed, ordering: .relaxed)
        }
        begun.wrappingAdd(1, ordering: .relaxed)
    }

    /// The case that a lane is at; 0: none.
    public static func seed(lane: Int) -> UInt64 {
        switch lane {
        case 0: seed0.load(ordering: .relaxed)
        case 1: seed1.load(ordering: .relaxed)
        case 2: seed2.load(ordering: .relaxed)
        default: seed3.load(ordering: .relaxed)
        }
    }

    /// Runs `body` for the seeds from `first` on, on `lanes` threads, and adds what they report.
    public static func run(
        _ first: UInt64, _ cases: Int, lanes: Int, _ body: @Sendable (_ seed: UInt64, _ report: inout TrialReport) -> Void
    ) -> TrialReport {
        let total = Lock(TrialReport())
        let width = max(1, min(lanes, count))
        DispatchQueue.concurrentPerform(iterations: width) { lane in
            var report = TrialReport()
            for index in stride(from: lane, to: cases, by: width) {
                let seed = first &+ UInt64(index)
                begin(seed, lane: lane)
                report.cases += 1
                body(seed, &report)
            }
            total.withLock { $0 += report }
        }
        return total.withLock { $0 }
    }
}
