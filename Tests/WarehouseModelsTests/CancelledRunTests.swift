@testable import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum Numbers: Source {
    struct Columns: Row { let n: Expr<Int64?> }
    static let table = "RAW.NUMBERS"
}

private enum First: Model {
    struct Columns: Row { let n: Expr<Int64?> }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns { Columns(n: q.from(Numbers.self).n) }
}

private enum Second: Model {
    struct Columns: Row { let n: Expr<Int64?> }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns { Columns(n: q.from(Numbers.self).n) }
}

private enum Third: Model {
    struct Columns: Row { let n: Expr<Int64?> }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns { Columns(n: q.from(Numbers.self).n) }
}

/// A run that is told to stop runs nothing more, though nothing reads the node that it was at.
@Suite struct CancelledRunTests {
    private let temporary: TemporaryWarehouse

    init() throws {
        temporary = try TemporaryWarehouse("CREATE TABLE RAW.NUMBERS (n INT); INSERT INTO RAW.NUMBERS VALUES (1), (2);")
    }

    private static func runner(_ session: Session, _ folder: String, _ console: Console) throws -> Runner {
        var project = Project("shop", target: Target(database: "SHOP", schema: "DEV"),
                              [Numbers.self, First.self, Second.self, Third.self])
        project.onRunEnd = ["CREATE TABLE DEV.HOOKED (n INT)"]
        var options = RunOptions()
        options.targetPath = folder
        return try Runner(project, on: EmbeddedTarget(session), console: console, options: options)
    }

    @Test func nothingMoreRuns() throws {
        let cancellation = StatementCancellation(), lines = Mutex<[String]>([])
        let console = Console { line in
            lines.withLock { $0.append(line) }
            if line.contains("START sql table model DEV.second") { cancellation.cancel() }
        }
        let session = temporary.warehouse.session
        let summary = try cancellation.obeyed { try Self.runner(session, temporary.folder, console).run() }
        #expect(summary.results.map(\.status) == [.success, .error, .skipped])
        #expect(summary.results[1].message.contains("SQL execution canceled."))
        #expect(summary.wasCancelled && summary.exitStatus == 1)
        let said = lines.withLock { $0.joined(separator: "\n") }
        #expect(said.contains("Exited because of keyboard interrupt."))
        #expect(!said.contains("third") && !said.contains("hook"))
        #expect(try temporary.text("SHOW TABLES IN SCHEMA DEV").split(separator: "\n").count == 1)
        let retried = try Self.runner(session, temporary.folder, Console { _ in }).retry()
        #expect(retried.results.filter { $0.node.kind == .model }.map(\.node.name) == ["second", "third"])
        #expect(retried.exitStatus == 0 && !retried.wasCancelled)
    }

    @Test func tasksAreCancelled() async throws {
        let started = AsyncStream<Void>.makeStream()
        try temporary.warehouse.execute("""
            CREATE OR REPLACE VIEW RAW.NUMBERS_ALL AS SELECT SEQ8() n FROM TABLE(GENERATOR(ROWCOUNT => 90000000000));
            DROP TABLE RAW.NUMBERS; CREATE VIEW RAW.NUMBERS AS SELECT n FROM RAW.NUMBERS_ALL WHERE SQRT(n) < -1
            """)
        let console = Console { if $0.contains("START sql table model DEV.first") { started.continuation.yield() } }
        let session = temporary.warehouse.session, folder = temporary.folder
        let task = Task { try await session.perform { try Self.runner($0, folder, console).run() } }
        for await _ in started.stream { break }
        task.cancel()
        let summary = try await task.value
        #expect(summary.wasCancelled)
        #expect(summary.results.map(\.status) == [.error, .skipped, .skipped])
        #expect(try temporary.text("SHOW TABLES IN SCHEMA DEV") == "")
    }
}
