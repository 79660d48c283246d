import Dispatch
import Synchronization
import Testing
import WarehouseBasics
@testable import WarehouseEngine

/// Pieces of work on threads that go from job to job.
@Suite struct TaskPoolTests {
    private final class Tally: Sendable {
        let sum = Atomic<Int>(0)
    }

    @Test func everyPieceOnceAndAllDoneAtTheEnd() throws {
        for round in 0..<2_000 {
            let count = round % 7 + 1, tally = Tally()
            try TaskPool.run(stripes: count, threads: round % 5 + 1) { piece in
                tally.sum.add(1 << (piece * 8), ordering: .relaxed)
            }
            #expect(tally.sum.load(ordering: .relaxed) == (0..<count).reduce(0) { $0 + 1 << ($1 * 8) })
        }
    }

    @Test func jobsWithinJobsOfManyCallers() {
        let tally = Tally()
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            for _ in 0..<100 {
                try? TaskPool.run(stripes: 4, threads: 3) { _ in
                    try TaskPool.run(stripes: 5, threads: 2) { _ in _ = tally.sum.add(1, ordering: .relaxed) }
                }
            }
        }
        #expect(tally.sum.load(ordering: .relaxed) == 6 * 100 * 20)
    }

    /// The second piece can only go on where a second thread comes.
    @Test(.timeLimit(.minutes(1))) func asManyThreadsAsAreAskedFor() throws {
        let begun = Tally()
        try TaskPool.run(stripes: 3, threads: 3) { _ in
            begun.sum.add(1, ordering: .acquiringAndReleasing)
            while begun.sum.load(ordering: .acquiring) < 3 {}
        }
        #expect(begun.sum.load(ordering: .acquiring) == 3)
    }

    @Test func aHelperThatComesTooLateFindsNothing() throws {
        let tally = Tally()
        let late = try withoutActuallyEscaping({ (_: Int) in _ = tally.sum.add(1, ordering: .relaxed) }) { body in
            let job = TaskJob(count: 3, shouldStop: { false }, body: body)
            try job.finish()
            return job
        }
        late.help()
        #expect(tally.sum.load(ordering: .relaxed) == 3)
    }

    /// Those that found nothing to do for a second have ended; new ones take their place.
    @Test(.timeLimit(.minutes(1))) func threadsEndAndBegin() async throws {
        try asManyThreadsAsAreAskedFor()
        try await Task.sleep(for: .seconds(1.3))
        try asManyThreadsAsAreAskedFor()
    }
}
