import MiniWarehouse
import Synchronization
import TestSupport
import Testing
import WarehouseBasics

/// Which files COPY knows again, and for how long.
@Suite struct LoadHistoryTests {
    /// The machine's clock, days ahead.
    private final class DaysAhead: WarehouseClock {
        let days = Mutex<Int>(0)
        func now() -> Int128 { SystemClock().now() + Int128(days.withLock { $0 }) * 86_400_000_000_000 }
    }

    private func bench() throws -> (folder: ScratchDirectory, clock: DaysAhead, session: Session) {
        let folder = try ScratchDirectory(), clock = DaysAhead()
        var options = WarehouseOptions()
        options.clock = clock
        let warehouse = try Warehouse.open(folder.path + "/w", options: options)
        try warehouse.execute("CREATE STAGE s; CREATE TABLE t (n INT)")
        return (folder, clock, warehouse.session)
    }

    @Test func loadsAreForgottenAfter64Days() throws {
        let (folder, clock, session) = try bench()
        try session.execute("PUT 'file://\(try folder.file("a.csv", "1\n"))' @s AUTO_COMPRESS = FALSE")
        try session.execute("COPY INTO t FROM @s")
        clock.days.withLock { $0 = 63 }
        #expect(try session.text("COPY INTO t FROM @s") == "Copy executed with 0 files processed.")
        #expect(try session.text("COPY INTO t FROM @s LOAD_UNCERTAIN_FILES = TRUE") == "Copy executed with 0 files processed.")
        clock.days.withLock { $0 = 65 }
        // Whether the file was loaded is not known any more: it is left out, unless the statement says otherwise.
        #expect(try session.text("COPY INTO t FROM @s") == "Copy executed with 0 files processed.")
        // So is a file that was never loaded but is as old.
        try session.execute("PUT 'file://\(try folder.file("b.csv", "2\n"))' @s AUTO_COMPRESS = FALSE")
        #expect(try session.text("COPY INTO t FROM @s") == "Copy executed with 0 files processed.")
        #expect(try session.execute("COPY INTO t FROM @s LOAD_UNCERTAIN_FILES = TRUE").rowCount == 2)
        #expect(try session.text("SELECT COUNT(*), SUM(n) FROM t") == "3|4")
        #expect(try session.text("COPY INTO t FROM @s LOAD_UNCERTAIN_FILES = TRUE")
            == "Copy executed with 0 files processed.")
        #expect(try session.execute("COPY INTO t FROM @s FORCE = TRUE").rowCount == 2)
        // A table without loads takes old files.
        try session.execute("CREATE TABLE u (n INT)")
        #expect(try session.execute("COPY INTO u FROM @s").rowCount == 2)
    }

    @Test func historyReachesBack14Days() throws {
        let (folder, clock, session) = try bench()
        let history = "SELECT COUNT(*) FROM INFORMATION_SCHEMA.LOAD_HISTORY"
        try session.execute("PUT 'file://\(try folder.file("a.csv", "1\n"))' @s AUTO_COMPRESS = FALSE; COPY INTO t FROM @s")
        try session.execute("COPY INTO t FROM @s FORCE = TRUE; COPY INTO t FROM @s FORCE = TRUE")
        #expect(try session.text(history) == "3")
        clock.days.withLock { $0 = 13 }
        #expect(try session.text(history) == "3")
        try session.execute("COPY INTO t FROM @s FORCE = TRUE")
        #expect(try session.text(history) == "4")
        clock.days.withLock { $0 = 15 }
        #expect(try session.text(history) == "1")
        try session.execute("COPY INTO t FROM @s FORCE = TRUE")
        #expect(try session.text(history) == "2")
        #expect(throws: WarehouseError.self) {
            try session.execute("SELECT * FROM TABLE(INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => 't', "
                + "START_TIME => DATEADD(day, -15, CURRENT_TIMESTAMP())))")
        }
        try session.execute("TRUNCATE TABLE t")
        #expect(try session.text(history) == "0")
        #expect(try session.execute("COPY INTO t FROM @s").rowCount == 1)
    }

    @Test func filesAndPatternTogether() throws {
        let (folder, _, session) = try bench()
        for (index, name) in ["a1.csv", "a2.csv", "b1.csv"].enumerated() {
            try session.execute("PUT 'file://\(try folder.file(name, "\(index)\n"))' @s AUTO_COMPRESS = FALSE")
        }
        #expect(try session.execute("COPY INTO t FROM @s FILES = ('a1.csv', 'b1.csv', 'a1.csv') PATTERN = 'a.*'").rowCount == 1)
        #expect(try session.text("SELECT * FROM t") == "0")
    }
}
