@testable import MiniWarehouse
import TestSupport
import Testing

/// Loads and unloads wait for threads that inflate, parse and compress. Were these Swift's own, which also run the tasks
/// that wait, nothing would go on until the system gave up.
@Suite struct WorkerThreadsTests {
    @Test(.timeLimit(.minutes(2)))
    func helpersOfLoadsDoNotWaitForTasks() async throws {
        let folder = try ScratchDirectory()
        let bench = try Bench("CREATE STAGE s URL = 'file://\(folder.path)/'"), warehouse = bench.warehouse
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<64 {
                group.addTask {
                    // On a thread of the pool that tasks share, and blocking it: as a caller's synchronous code may do.
                    let session = warehouse.makeSession()
                    try session.execute("""
                        COPY INTO @s/f\(number)/ FROM (SELECT seq4() AS n, REPEAT('x', 50) AS t FROM TABLE(GENERATOR(ROWCOUNT => 20000)))
                        FILE_FORMAT = (TYPE = CSV COMPRESSION = GZIP)
                        """)
                    try session.execute("CREATE TABLE t\(number) (n INTEGER, t VARCHAR)")
                    try session.execute("COPY INTO t\(number) FROM @s/f\(number)/ FILE_FORMAT = (TYPE = CSV COMPRESSION = GZIP)")
                    return try session.execute("SELECT COUNT(*) AS c FROM t\(number)").decode(Row.self)[0].c
                }
            }
            for try await count in group { #expect(count == 20_000) }
        }
        // A wait that only the system's patience ends takes a minute.
        #expect(ContinuousClock.now - begun < .seconds(100))
    }

    private struct Row: Decodable, Sendable { var c: Int }
}
