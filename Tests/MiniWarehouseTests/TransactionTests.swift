import Dispatch
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Testing
import WarehouseBasics

/// BEGIN to COMMIT or ROLLBACK, after Snowflake's transactions page: READ COMMITTED, DDL commits.
@Suite struct TransactionTests {
    @Test func rollbackAndCommit() throws {
        let bench = try Bench("CREATE TABLE t (n INT); INSERT INTO t VALUES (1), (2)")
        try bench.run("BEGIN; INSERT INTO t VALUES (3); DELETE FROM t WHERE n = 1; UPDATE t SET n = 20 WHERE n = 2")
        #expect(try bench.text("SELECT n FROM t ORDER BY n") == "3\n20")
        let other = bench.warehouse.makeSession()
        #expect(try other.text("SELECT n FROM t ORDER BY n") == "1\n2")
        #expect(try bench.another().query("SELECT n FROM t ORDER BY n").rowCount == 2)
        try bench.run("ROLLBACK")
        #expect(try bench.text("SELECT n FROM t ORDER BY n") == "1\n2")
        try bench.run("BEGIN TRANSACTION; INSERT INTO t VALUES (3); COMMIT")
        #expect(try other.text("SELECT n FROM t ORDER BY n") == "1\n2\n3")
    }

    /// Another process's transaction is known by the process; a session of this one that waits is shown to wait.
    @Test func locksOfOthersAreShown() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        let elsewhere = try bench.another()
        try elsewhere.execute("BEGIN; INSERT INTO t VALUES (1)")
        #expect(try bench.text("SHOW LOCKS") == "")
        let shown = try bench.text("SHOW LOCKS IN ACCOUNT")
        #expect(shown.hasPrefix("Process \(getpid()) (") && shown.hasSuffix(")|PARTITIONS|NULL|NULL|HOLDING|NULL|NULL|NULL"), "\(shown)")
        #expect(try bench.another(readOnly: true).session.text("SHOW LOCKS IN ACCOUNT") == shown)
        try elsewhere.execute("ROLLBACK")
        #expect(try bench.text("SHOW LOCKS IN ACCOUNT") == "")

        var options = WarehouseOptions()
        options.busyTimeout = 60
        let patient = try Warehouse.open(bench.path, options: options), waiting = patient.makeSession()
        try patient.execute("BEGIN; INSERT INTO t VALUES (2)")
        let done = DispatchSemaphore(value: 0)
        DispatchQueue(label: "waiting").async {
            _ = try? waiting.execute("INSERT INTO t VALUES (3)")
            done.signal()
        }
        let statuses = """
            SHOW LOCKS ->> SELECT LISTAGG("status", ',') WITHIN GROUP (ORDER BY "status"), COUNT("acquired_on") FROM $1
            """
        var seen = ""
        for _ in 0..<5000 where seen != "HOLDING,WAITING|1" {
            seen = try patient.session.text(statuses)
            usleep(2000)
        }
        #expect(seen == "HOLDING,WAITING|1")
        try patient.execute("COMMIT")
        done.wait()
        #expect(try patient.session.text("SELECT SUM(n) FROM t") == "5")
        #expect(try patient.session.text("SHOW LOCKS") == "")
    }

    @Test func failedStatementLeavesEarlierOnes() throws {
        let bench = try Bench("CREATE TABLE t (n INT NOT NULL)")
        try bench.run("BEGIN; INSERT INTO t VALUES (1)")
        bench.fails("INSERT INTO t SELECT NULL", .nullNotAllowed, "'N'")
        bench.fails("INSERT INTO t VALUES ('x')", .numericNotRecognized, "'x'")
        bench.fails("SELECT 1 / 0", .divisionByZero)
        try bench.run("INSERT INTO t VALUES (2); COMMIT")
        #expect(try bench.text("SELECT n FROM t ORDER BY n") == "1\n2")
    }

    @Test func definitionsCommit() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        try bench.run("BEGIN; INSERT INTO t VALUES (1); CREATE TABLE u (n INT); ROLLBACK")
        #expect(try bench.text("SELECT n FROM t") == "1")
        try bench.run("BEGIN; INSERT INTO t VALUES (2)")
        bench.fails("CREATE TABLE u (n INT)", .alreadyExists)
        try bench.run("ROLLBACK")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "2")
    }

    @Test func changesOfTheSameRowsAgain() throws {
        let bench = try Bench("CREATE TABLE t (n INT, s STRING)")
        try bench.run("INSERT INTO t SELECT SEQ4(), 'a' FROM TABLE(GENERATOR(ROWCOUNT => 3000))")
        try bench.run("BEGIN; UPDATE t SET s = 'b' WHERE n < 2000; UPDATE t SET s = s || 'c' WHERE n < 1000")
        try bench.run("INSERT INTO t VALUES (5000, 'new'); UPDATE t SET s = s || '!' WHERE n IN (5, 1500, 2500, 5000)")
        try bench.run("DELETE FROM t WHERE s = 'bc'; UPDATE t SET n = -n WHERE s LIKE '%!'")
        try bench.run("""
            MERGE INTO t USING (SELECT -5 AS n UNION ALL SELECT 7000) AS f ON t.n = f.n
            WHEN MATCHED THEN UPDATE SET s = 'merged' WHEN NOT MATCHED THEN INSERT (n, s) VALUES (f.n, 'fresh')
            """)
        try bench.run("""
            MERGE INTO t USING (SELECT 7000 AS n) AS f ON t.n = f.n
            WHEN MATCHED THEN UPDATE SET s = s || '2'
            """)
        let wanted = "a|999\nb|999\nb!|1\na!|1\nmerged|1\nfresh2|1\nnew!|1"
        let question = "SELECT s, COUNT(*) FROM t GROUP BY s"
        func answer(_ session: Session) throws -> Set<Substring> {
            Set(try session.text(question).split(separator: "\n"))
        }
        #expect(try answer(bench.warehouse.session) == Set(wanted.split(separator: "\n")))
        try bench.run("COMMIT")
        #expect(try answer(bench.another().session) == Set(wanted.split(separator: "\n")))
        try bench.run("BEGIN; DELETE FROM t; INSERT INTO t VALUES (1, 'x'); DELETE FROM t; "
            + "INSERT INTO t VALUES (2, 'y')")
        #expect(try bench.text("SELECT * FROM t") == "2|y")
        try bench.run("ROLLBACK")
        #expect(try answer(bench.warehouse.session) == Set(wanted.split(separator: "\n")))
    }

    @Test func beginTakesNoLockAndSeesWhatOthersCommit() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        let other = bench.warehouse.makeSession()
        try bench.run("BEGIN")
        try other.execute("INSERT INTO t VALUES (1)")
        #expect(try bench.text("SELECT n FROM t") == "1")
        try other.execute("BEGIN; INSERT INTO t VALUES (2)")
        #expect(try bench.text("SELECT n FROM t") == "1")
        let error = bench.fails("INSERT INTO t VALUES (3)", .busy, "Another session of this process")
        #expect(error.hint != nil)
        try other.execute("COMMIT")
        try bench.run("INSERT INTO t VALUES (3); COMMIT")
        #expect(try other.text("SELECT n FROM t ORDER BY n") == "1\n2\n3")
    }

    @Test func sessionLetGoReleasesTheLock() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        do {
            let other = bench.warehouse.makeSession()
            try other.execute("BEGIN; INSERT INTO t VALUES (1)")
            bench.fails("INSERT INTO t VALUES (2)", .busy)
        }
        try bench.run("INSERT INTO t VALUES (3)")
        #expect(try bench.text("SELECT n FROM t") == "3")
        do {
            let second = try bench.another()
            try second.execute("BEGIN; INSERT INTO t VALUES (4)")
            bench.fails("DELETE FROM t", .busy, "Another session of this process", "--busy-timeout")
        }
        try bench.run("INSERT INTO t VALUES (5)")
        #expect(try bench.another().session.text("SELECT n FROM t ORDER BY n") == "3\n5")
    }

    @Test func copyAndTruncateInATransaction() throws {
        let bench = try Bench("CREATE TABLE t (n INT); CREATE STAGE s; CREATE TABLE keep (n INT)")
        try bench.put("a.csv", "1\n2\n", to: "@s")
        try bench.run("BEGIN; COPY INTO t FROM @s PURGE = TRUE")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "2")
        #expect(try bench.text("COPY INTO t FROM @s") == "Copy executed with 0 files processed.")
        try bench.run("ROLLBACK")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "0")
        #expect(try bench.run("LIST @s").rowCount == 1, "PURGE waits for the commit")
        try bench.run("BEGIN; COPY INTO t FROM @s PURGE = TRUE; INSERT INTO keep VALUES (1); COMMIT")
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "2")
        #expect(try bench.run("LIST @s").rowCount == 0)
        try bench.run("BEGIN; TRUNCATE TABLE t; ROLLBACK")
    }
}
