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

    @Test func aHelperOfAJobThatFailedFindsNothing() {
        let tally = Tally()
        let late = withoutActuallyEscaping({ (piece: Int) throws -> Void in
            tally.sum.add(1, ordering: .relaxed)
            if piece == 1 { throw Failure(outer: 0, inner: piece) }
        }) { body in
            let job = TaskJob(count: 3, shouldStop: { false }, body: body)
            #expect(throws: Failure(outer: 0, inner: 1)) { try job.finish() }
            return job
        }
        late.help()
        #expect(tally.sum.load(ordering: .relaxed) == 2)
    }

    private struct Failure: Error, Equatable {
        var outer: Int, inner: Int
    }

    /// The error of the lowest piece, and of it that of its lowest, however many threads there are and whatever fails first.
    @Test func jobsWithinJobsThatFail() {
        for round in 0..<300 {
            let lowest = round % 3
            #expect(throws: Failure(outer: lowest, inner: 2)) {
                try TaskPool.run(stripes: 6, threads: round % 4 + 1) { outer in
                    try TaskPool.run(stripes: 5, threads: 3) { inner in
                        if outer >= lowest, inner >= 2 { throw Failure(outer: outer, inner: inner) }
                    }
                }
            }
        }
    }

    private final class Statement: Interruptible {
        let isAsked = Atomic<Bool>(false)
        func checkCancelled() throws(WarehouseError) {
            if isAsked.load(ordering: .relaxed) { throw WarehouseError(.cancelled, "stopped") }
        }
    }

    /// Helpers work for the caller's statement, also those of jobs within the job.
    @Test func piecesThatLookStopWithTheStatement() throws {
        for threads in 1...4 {
            let statement = Statement(), tally = Tally()
            let error = #expect(throws: WarehouseError.self) {
                try Interruption.$statement.withValue(statement) {
                    try TaskPool.run(stripes: 1000, threads: threads) { piece in
                        if piece == 20 { statement.isAsked.store(true, ordering: .relaxed) }
                        try TaskPool.run(stripes: 2, threads: 2) { _ in
                            try Interruption.check()
                            tally.sum.add(1, ordering: .relaxed)
                        }
                    }
                }
            }
            #expect(error?.code == ErrorKind.cancelled.code)
            #expect(tally.sum.load(ordering: .relaxed) < 1000)
            try TaskPool.run(stripes: 4, threads: threads) { _ in try Interruption.check() }
        }
    }

    /// What was done may be half done: the caller must not go on with it.
    @Test func aJobOfAStoppedStatementFailsAtItsEnd() {
        let statement = Statement()
        let error = #expect(throws: WarehouseError.self) {
            try Interruption.$statement.withValue(statement) {
                try TaskPool.run(stripes: 3, threads: 2) { _ in statement.isAsked.store(true, ordering: .relaxed) }
            }
        }
        #expect(error?.code == ErrorKind.cancelled.code)
    }

    /// Those that found nothing to do for a second have ended; new ones take their place.
    @Test(.timeLimit(.minutes(1))) func threadsEndAndBegin() async throws {
        try asManyThreadsAsAreAskedFor()
        try await Task.sleep(for: .seconds(1.3))
        try asManyThreadsAsAreAskedFor()
    }
}
