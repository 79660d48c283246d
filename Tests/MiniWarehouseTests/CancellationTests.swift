import Dispatch
import Synchronization
import Testing
@testable import MiniWarehouse
import WarehouseBasics

/// A statement that is told to stop does so soon, whatever it is at, and leaves the warehouse as it was.
@Suite(.serialized) struct CancellationTests {
    private static let rows = 200_000

    /// Each would run for minutes.
    static let statements = [
        "scan of a generator": "SELECT COUNT(*) FROM (SELECT SEQ8() s FROM TABLE(GENERATOR(ROWCOUNT => 90000000000))) WHERE SQRT(s) < -1",
        "nested loop": "SELECT COUNT(*) FROM g a, g b, g c WHERE a.n + b.n + c.n < 0",
        "hash join with a large fan-out": "SELECT COUNT(*) FROM g a JOIN g b ON a.k = b.k AND a.n + b.n < -1",
        "left join with a large fan-out": "SELECT COUNT(*) FROM g a LEFT JOIN g b ON a.k = b.k AND a.n + b.n < -1",
        "semi join": "SELECT COUNT(*) FROM g a WHERE EXISTS (SELECT 1 FROM g b WHERE a.k = b.k AND a.n + b.n < -1)",
        "join that puts out pairs": "SELECT COUNT(DISTINCT a.n + b.n) FROM g a JOIN g b ON a.k = b.k",
        "sort": "SELECT a.s FROM g a JOIN g b ON a.k = b.k ORDER BY a.s || b.s",
        "top rows": "SELECT a.n FROM g a JOIN g b ON a.k = b.k ORDER BY a.n + b.n LIMIT 5",
        "groups": "SELECT a.n, b.n, COUNT(*) FROM g a JOIN g b ON a.k = b.k GROUP BY 1, 2",
        "window": "SELECT SUM(SQRT(n)) OVER (ORDER BY n ROWS BETWEEN 100000 PRECEDING AND 7 FOLLOWING) FROM g a JOIN h ON TRUE",
        "window of any aggregate": "SELECT MEDIAN(n) OVER (ORDER BY n ROWS BETWEEN 50000 PRECEDING AND 7 FOLLOWING) FROM g",
        "recursion": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM r JOIN h ON TRUE) SELECT COUNT(*) FROM r",
        "regular expression": "SELECT COUNT(*) FROM g a, g b WHERE REGEXP_LIKE(a.s || b.s, '(a|b|ab)*c(x+x+)+y')",
        "flatten": "SELECT COUNT(*) FROM g a JOIN g b ON a.k = b.k, LATERAL FLATTEN(INPUT => SPLIT(a.s, '1')) f",
        "union and distinct": "SELECT a.n + b.n FROM g a, g b UNION SELECT a.n * b.n FROM g a, g b",
        "create table as": "CREATE TABLE made AS SELECT SEQ8() s FROM TABLE(GENERATOR(ROWCOUNT => 90000000000))",
        "insert": "INSERT INTO g (n) SELECT SEQ8() FROM TABLE(GENERATOR(ROWCOUNT => 90000000000))",
        "update": "UPDATE g SET n = n + 1 WHERE EXISTS (SELECT 1 FROM g b WHERE g.k = b.k AND g.n + b.n < -1)",
        "delete": "DELETE FROM g USING g b WHERE g.k = b.k AND g.n + b.n < -1",
        "merge": "MERGE INTO g USING g b ON g.k = b.k AND g.n + b.n < -1 WHEN MATCHED THEN DELETE",
        "unload": "COPY INTO @out/x FROM (SELECT SEQ8() FROM TABLE(GENERATOR(ROWCOUNT => 90000000000)))",
        "copy": "COPY INTO g FROM @files",
        "lists": "SELECT LISTAGG(a.s) FROM g a JOIN g b ON a.k = b.k",
        "sort of equal keys": "SELECT a.n FROM g a JOIN g b ON a.k = b.k ORDER BY 'a long prefix of all the keys' || a.k, a.s",
        "distinct values": "SELECT COUNT(DISTINCT a.s || b.s) FROM g a JOIN g b ON a.k = b.k",
        "table of texts": "CREATE TABLE made AS SELECT REPEAT(a.s, 40) || b.s t, b.s u FROM g a JOIN g b ON a.k = b.k",
    ]

    private static let bench = Result {
        let bench = try Bench("""
            CREATE TABLE g (n INT, k INT, s VARCHAR);
            INSERT INTO g SELECT SEQ4(), 1, MD5(TO_VARCHAR(SEQ4())) FROM TABLE(GENERATOR(ROWCOUNT => \(rows)));
            CREATE TABLE h (i INT); INSERT INTO h VALUES (1), (2);
            CREATE STAGE out; CREATE STAGE files;
            COPY INTO @files/a FROM (SELECT a.n, 1, a.s FROM g a, (SELECT 1 FROM g LIMIT 30)) FILE_FORMAT = (COMPRESSION = NONE)
            """)
        return bench
    }

    @Test(arguments: statements.keys.sorted()) func stopsSoon(what: String) throws {
        let bench = try Self.bench.get(), sql = try #require(Self.statements[what])
        let session = bench.warehouse.makeSession()
        let delays = [20, Int.random(in: 40...400)]
        for delay in delays {
            let asked = Mutex<ContinuousClock.Instant?>(nil), isOver = Mutex(false)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) {
                if isOver.withLock({ $0 }) { return }
                asked.withLock { $0 = .now }
                session.cancel()
            }
            var ended = ContinuousClock.now
            do {
                try session.execute(sql)
                // What is done before it is told to stop has nothing to stop.
                #expect(what == "copy", "\(what) ended by itself")
                _ = try session.execute("DELETE FROM g WHERE FALSE")
            } catch let error as WarehouseError {
                ended = .now
                #expect(error.code == ErrorKind.cancelled.code, "\(what) after \(delay) ms: \(error)")
            }
            isOver.withLock { $0 = true }
            // A hundredth of a second mostly; machines that are busy with other tests may take long, but not as long as the
            // statement.
            if let asked = asked.withLock({ $0 }) {
                #expect(ended - asked < .seconds(60), "\(what), told to stop after \(delay) ms, took \(ended - asked)")
            }
        }
        #expect(try bench.text("SELECT COUNT(*), MIN(n), MAX(n) FROM g") == "\(Self.rows)|0|\(Self.rows - 1)", "\(what)")
        #expect(try bench.text("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'MADE'") == "0")
        #expect(try bench.run("LIST @out").rowCount == 0)
    }

    /// The statement would take hours. How soon the test goes on is for the other tests' tasks to say.
    @Test(.timeLimit(.minutes(10))) func tasksAreCancelled() async throws {
        let bench = try Self.bench.get(), warehouse = bench.warehouse
        let task = Task { try await warehouse.executeAsync("SELECT COUNT(*) FROM g a, g b, g c WHERE a.n + b.n + c.n < 0") }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        let ended = await task.result
        #expect(throws: WarehouseError.self) { try ended.get() }
        #expect(try await warehouse.executeAsync("SELECT COUNT(*) FROM h").rowCount == 1)
        let late = Task {
            try? await Task.sleep(for: .seconds(60))
            return try await warehouse.executeAsync("DELETE FROM h")
        }
        late.cancel()
        let refused = await late.result
        #expect(throws: WarehouseError.self) { try refused.get() }
        #expect(try bench.text("SELECT COUNT(*) FROM h") == "2")
    }

    @Test func timeIsLimited() throws {
        let bench = try Self.bench.get(), session = bench.warehouse.makeSession()
        try session.execute("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
        let error = failure(.statementTimeout) {
            try session.execute("SELECT COUNT(*) FROM g a, g b, g c WHERE a.n + b.n + c.n < 0")
        }
        #expect(error.message == "Statement reached its statement or warehouse timeout of 1 second(s) and was canceled.")
        try session.execute("ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS")
        #expect(try session.text("SELECT COUNT(*) FROM h") == "2")
        // The lower of the session's and its warehouse's counts; 0 says nothing.
        try session.execute("CREATE WAREHOUSE hasty STATEMENT_TIMEOUT_IN_SECONDS = 1; USE WAREHOUSE hasty")
        defer { _ = try? session.execute("DROP WAREHOUSE hasty") }
        for seconds in [0, 600] {
            try session.execute("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = \(seconds)")
            #expect(failure(.statementTimeout) {
                try session.execute("SELECT COUNT(*) FROM g a, g b, g c WHERE a.n + b.n + c.n < 0")
            }.message.contains("timeout of 1 second(s)"))
        }
        try session.execute("ALTER WAREHOUSE hasty SET STATEMENT_TIMEOUT_IN_SECONDS = 0, "
            + "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 5; ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
        #expect(failure(.statementTimeout) {
            try session.execute("SELECT COUNT(*) FROM g a, g b, g c WHERE a.n + b.n + c.n < 0")
        }.message.contains("timeout of 1 second(s)"))
        failure(.invalidValue) { try session.execute("ALTER WAREHOUSE hasty SET STATEMENT_TIMEOUT_IN_SECONDS = 604801") }
        try session.execute("DROP WAREHOUSE hasty")
        // Sessions begin with what their user has, else the account.
        let endless = "SELECT COUNT(*) FROM g a, g b, g c WHERE a.n + b.n + c.n < 0"
        defer { _ = try? session.execute("DROP USER hasty; ALTER ACCOUNT UNSET STATEMENT_TIMEOUT_IN_SECONDS") }
        try session.execute("""
            CREATE USER hasty STATEMENT_TIMEOUT_IN_SECONDS = 1; GRANT ROLE accountadmin TO USER hasty;
            ALTER ACCOUNT SET STATEMENT_TIMEOUT_IN_SECONDS = 2
            """)
        let hasty = try Warehouse.open(bench.path, user: "hasty", role: "accountadmin")
        try hasty.execute("USE MAIN.PUBLIC")
        for other in [hasty.session, bench.warehouse.makeSession()] {
            let seconds = other === hasty.session ? 1 : 2
            #expect(failure(.statementTimeout) { try other.execute(endless) }.message.contains("of \(seconds) second(s)"))
        }
        for value in ["-1", "604801", "soon"] {
            failure(.invalidValue) { try session.execute("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = '\(value)'") }
        }
    }
}
