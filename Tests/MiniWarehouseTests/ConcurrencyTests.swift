import Dispatch
import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics

/// Sessions side by side: readers are never held up and always see one version whole.
@Suite struct ConcurrencyTests {
    @Test func readersSeeWholeVersions() throws {
        let bench = try Bench("CREATE TABLE t (n INT, half INT); INSERT INTO t VALUES (0, 0); "
            + "CREATE VIEW v AS SELECT * FROM t")
        let warehouse = bench.warehouse
        let problems = Mutex<[String]>([])
        let isOver = Mutex(false)
        let group = DispatchGroup()
        for reader in 0..<3 {
            DispatchQueue.global().async(group: group) {
                let session = warehouse.makeSession()
                var last = -1
                while !isOver.withLock({ $0 }) {
                    do {
                        let row = try session.execute("SELECT COUNT(*), SUM(n) - SUM(half) * 2 FROM "
                            + "\(reader == 0 ? "v" : "t")")
                        let counts: [Int] = try row[column: 0].values(), sums: [Int] = try row[column: 1].values()
                        if sums != [0] || counts[0] < last { problems.withLock { $0.append("\(counts) \(sums)") } }
                        last = counts[0]
                        if reader == 1 { try session.execute("SHOW TABLES; CREATE OR REPLACE TEMP TABLE x\(last) (n INT)") }
                    } catch let error as WarehouseError where error.code == ErrorKind.busy.code {
                        continue
                    } catch {
                        problems.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        var committed = 1
        for round in 1...25 {
            do {
                try bench.run("INSERT INTO t VALUES (\(round * 2), \(round)), (\(round * 4), \(round * 2))")
                committed += 2
                if round % 5 == 0 { try bench.run("UPDATE t SET n = n + 2, half = half + 1 WHERE n > \(round)") }
            } catch let error as WarehouseError where error.code == ErrorKind.busy.code { continue }
        }
        isOver.withLock { $0 = true }
        group.wait()
        #expect(problems.withLock { $0 } == [])
        #expect(try bench.text("SELECT COUNT(*) FROM t") == "\(committed)")
    }

    @Test func oneSessionFromManyThreads() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        let session = bench.warehouse.session
        let problems = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 12) { index in
            do {
                try session.execute("INSERT INTO t VALUES (\(index))")
                _ = try session.execute("SELECT COUNT(*) FROM t")
                _ = session.currentSchema
            } catch {
                problems.withLock { $0.append("\(error)") }
            }
        }
        #expect(problems.withLock { $0 } == [])
        #expect(try bench.text("SELECT COUNT(*), SUM(n) FROM t") == "12|66")
    }

    @Test func cancelEndsAStatement() throws {
        let bench = try Bench("CREATE TABLE t (n INT)")
        let session = bench.warehouse.session
        let isOver = Mutex(false)
        DispatchQueue.global().async {
            while !isOver.withLock({ $0 }) { session.cancel() }
        }
        defer { isOver.withLock { $0 = true } }
        failure(.cancelled) {
            for _ in 0..<50 {
                try session.execute("INSERT INTO t SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 200000))")
            }
        }
        isOver.withLock { $0 = true }
        #expect(try bench.warehouse.makeSession().text("SELECT MOD(COUNT(*), 200000) FROM t") == "0")
    }
}
