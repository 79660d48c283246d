import Dispatch
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
@testable import MiniWarehouse
import WarehouseBasics

/// Statements obey the task that runs or awaits them, whichever way they were begun.
@Suite(.serialized) struct TaskCancellationTests {
    /// Would run for hours.
    private static let endless = "SELECT COUNT(*) FROM (SELECT SEQ8() s FROM TABLE(GENERATOR(ROWCOUNT => 90000000000))) WHERE SQRT(s) < -1"

    /// Cancels a task in which `body` runs as soon as a statement runs in the session: from a thread of its own, since the
    /// few threads of tasks may all be at work.
    private func cancelled<Result: Sendable>(
        _ session: Session, _ body: @escaping @Sendable () async throws -> Result
    ) async -> Swift.Result<Result, any Error> {
        let task = Task { try await body() }
        WorkerThreads.shared.run {
            while session.scannedRows == nil { usleep(1000) }
            task.cancel()
        }
        return await task.result
    }

    private func expectCancelled<Result>(_ result: Swift.Result<Result, any Error>, _ what: String) {
        do {
            _ = try result.get()
            Issue.record("\(what) ended by itself")
        } catch {
            #expect((error as? WarehouseError)?.code == ErrorKind.cancelled.code, "\(what): \(error)")
        }
    }

    @Test func whateverIsAwaitedStops() async throws {
        let bench = try Bench("CREATE TABLE t (n INT)"), warehouse = bench.warehouse, session = warehouse.session
        struct Counted: Decodable, Sendable { let c: Int }
        expectCancelled(await cancelled(session) { try await warehouse.executeAsync(Self.endless) }, "executeAsync")
        expectCancelled(await cancelled(session) { try await warehouse.queryAsync(Self.endless) }, "queryAsync")
        expectCancelled(
            await cancelled(session) { try await warehouse.queryAsync(Self.endless, as: Counted.self) }, "queryAsync(as:)")
        // A script ends there; what stands behind does not begin.
        expectCancelled(
            await cancelled(session) { try await warehouse.executeAsync(Self.endless + "; INSERT INTO t VALUES (1)") },
            "a script")
        // Even where the program goes on.
        expectCancelled(await cancelled(session) {
            try await session.perform { session in
                _ = try? session.execute(Self.endless)
                return try session.execute("INSERT INTO t VALUES (1)")
            }
        }, "perform")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "0")
    }

    /// Synchronous calls too, though nothing is awaited in them.
    @Test func whatATaskRunsItselfStops() async throws {
        let bench = try Bench("CREATE TABLE t (n INT)"), warehouse = bench.warehouse
        expectCancelled(await cancelled(warehouse.session) { try warehouse.execute(Self.endless) }, "execute")
        expectCancelled(await cancelled(warehouse.session) { try warehouse.query(Self.endless) }, "query")
        expectCancelled(await cancelled(warehouse.session) {
            try warehouse.session.atomically {
                try warehouse.execute("INSERT INTO t VALUES (1)")
                return try warehouse.execute(Self.endless)
            }
        }, "atomically")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "0")
        #expect(!warehouse.session.isInTransaction)
    }

    @Test func loadsStop() async throws {
        let bench = try Bench(), warehouse = bench.warehouse
        let row = "12,some text,2.5,2026-01-01 10:00:00\n"
        let path = try bench.folder.file("rows.csv", "a,b,c,d\n" + String(repeating: row, count: 3_000_000))
        expectCancelled(await cancelled(warehouse.session) { try await warehouse.loadAsync(path) }, "loadAsync")
        expectCancelled(await cancelled(warehouse.session) { try warehouse.load(path) }, "load")
        #expect(try bench.text("SHOW TABLES") == "")
    }

    /// Who waits for another's transaction can be told to stop waiting.
    @Test func waitingToWriteStops() async throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        var options = WarehouseOptions()
        options.busyTimeout = 3600
        let other = try Warehouse.open(bench.path, options: options)
        try bench.run("BEGIN; INSERT INTO t VALUES (1)")
        expectCancelled(await cancelled(other.session) { try await other.executeAsync("INSERT INTO t VALUES (2)") }, "waiting")
        try bench.run("COMMIT")
        #expect(try bench.text("SELECT COUNT(*), SUM(n) FROM t") == "1|1")
    }

    /// A text that is too long to be read at once is a statement's work as well.
    @Test func readingATextStops() throws {
        let bench = try Bench("CREATE TABLE t (n INT)"), cancellation = StatementCancellation()
        let faulty = "INSERT INTO t VALUES " + (0..<20_000).map { "(\($0))" }.joined(separator: ", ") + " WHERE"
        failure(.syntax) { try bench.run(faulty) }
        cancellation.obeyed {
            cancellation.cancel()
            failure(.cancelled) { try bench.run(faulty) }
            failure(.syntax) { try bench.run("ROLLBACK ROLLBACK") }
        }
        let session = bench.warehouse.session
        for _ in 0..<20 {
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int.random(in: 1...40))) { session.cancel() }
            // Whichever comes first.
            let error = #expect(throws: WarehouseError.self) { try session.execute(faulty) }
            #expect([ErrorKind.syntax.code, ErrorKind.cancelled.code].contains(error?.code))
        }
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "0")
    }

    @Test func requestsOutlastTheirStatement() throws {
        let bench = try Bench("CREATE TABLE t (n INT)"), cancellation = StatementCancellation()
        cancellation.obeyed {
            #expect(throws: Never.self) { try bench.run("BEGIN; INSERT INTO t VALUES (1)") }
            cancellation.cancel()
            failure(.cancelled) { try bench.run("INSERT INTO t VALUES (2)") }
            failure(.cancelled) { try bench.run("COMMIT") }
            #expect(throws: Never.self) { try bench.run("ROLLBACK") }
        }
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "0")
    }
}
