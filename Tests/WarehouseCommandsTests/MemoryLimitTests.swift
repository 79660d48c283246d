#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics

/// Limits of memory and temporary files, given on the command line. What memory a process takes is measured by torture.
@Suite struct MemoryLimitTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func run(_ sql: String, _ options: [String] = []) throws -> Tool.Result {
        try Tool.run(["sql", "-d", "w", "--format", "csv", "--threads", "2"] + options + ["-c", sql], in: directory)
    }

    @Test func limitsAreNamed() throws {
        #expect(try run("SELECT 1", ["--memory-limit", "12"]).errors.contains("--memory-limit"))
        #expect(try run("SELECT 1", ["--max-temp-directory-size", "much"]).errors.contains("--max-temp-directory-size"))
    }

    private static let rows = "TABLE(GENERATOR(ROWCOUNT => 100000))"
    /// What sorts, groups, joins, numbers and lists 100,000 texts of 40 bytes.
    private static let spilling = [
        "CREATE OR REPLACE TABLE o AS SELECT * FROM u ORDER BY s",
        "SELECT COUNT(*) FROM (SELECT s, COUNT(*) FROM u GROUP BY s)",
        "SELECT COUNT(*) FROM u JOIN u v ON u.s = v.s",
        "SELECT SUM(r) FROM (SELECT ROW_NUMBER() OVER (PARTITION BY s ORDER BY n) r FROM u)",
        "SELECT LENGTH(LISTAGG(s) WITHIN GROUP (ORDER BY s)) FROM u",
    ]

    @Test func temporaryFilesKeepToTheirLimit() throws {
        let made = try run("CREATE TABLE u AS SELECT SEQ4() n, RANDSTR(40, RANDOM()) s FROM \(Self.rows)")
        #expect(made.code == 0, "\(made.errors)")
        for sql in Self.spilling {
            // Of 4 MB of texts at least 1 MB is on disk at one time; all of it, written twice, takes less than 64 MB.
            let ended = try run(sql, ["--memory-limit", "4MB", "--max-temp-directory-size", "1MB"])
            #expect(ended.code != 0, "\(sql): \(ended.output)")
            #expect(ended.errors.contains("MAX_TEMP_DIRECTORY_SIZE allows (1048576 bytes)"), "\(sql): \(ended.errors)")
            #expect(try temporaryFiles() == [], "\(sql)")
            let enough = try run(sql, ["--memory-limit", "4MB", "--max-temp-directory-size", "64MB"])
            #expect(enough.code == 0, "\(sql): \(enough.errors)")
            #expect(try enough.output == run(sql).output, "\(sql)")
        }
    }

    /// Files without names are gone with their process; what may be left is the name of an empty one, until the next
    /// writer opens the warehouse.
    @Test func aKilledProcessLeavesNoTemporaryFiles() throws {
        let made = try run("CREATE TABLE u AS SELECT SEQ4() n, RANDSTR(40, RANDOM()) s FROM \(Self.rows)")
        #expect(made.code == 0, "\(made.errors)")
        let join = "SELECT SUM(LENGTH(a.s || b.s)) FROM u a JOIN u b ON a.n % 10 = b.n % 10 AND a.s < b.s"
        let started = try Tool.start(["sql", "-d", "w", "--memory-limit", "4MB", "-c", join], in: directory)
        // Killed when it has made the directory, which it does when rows go to disk.
        var tries = 0
        while access(temporaryPath, F_OK) != 0, tries < 10_000 {
            usleep(2000)
            tries += 1
        }
        usleep(50_000)
        kill(started.process, SIGKILL)
        #expect(try Tool.wait(for: started).code == 128 + SIGKILL)
        #expect(tries < 10_000)
        for name in try temporaryFiles() {
            var info = stat()
            #expect(stat(temporaryPath + "/" + name, &info) == 0 && info.st_size == 0, "\(name)")
        }
        // A name of the killed process that stands as if it had been between two calls.
        let file = try #require(fopen("\(temporaryPath)/mlwh-spill-\(started.process)-999", "w"))
        fclose(file)
        #expect(try run("CREATE TABLE v (n INT)").code == 0)
        #expect(try temporaryFiles() == [])
        #expect(try run("SELECT COUNT(*) FROM u").output.contains("100000"))
    }

    private var temporaryPath: String { "\(directory.path)/w/tmp" }

    /// Names in the directory of temporary files.
    private func temporaryFiles() throws -> [String] {
        guard let stream = opendir(temporaryPath) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
