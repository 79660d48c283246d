import Dispatch
import Synchronization

/// Work that touches registers only: what two threads gain on it is what the machine has to give.
enum ControlLoop {
    private static let steps = 60_000_000

    /// Seconds for the same amount of work on so many threads.
    static func run(threads: Int) -> Double {
        let sum = Atomic<UInt64>(0)
        return seconds {
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                var state = UInt64(thread) | 1
                for _ in 0..<(steps / threads) {
                    state ^= state &<< 13
                    state ^= state &>> 7
                    state ^= state &<< 17
                }
                sum.wrappingAdd(state, ordering: .relaxed)
            }
        }
    }
}
