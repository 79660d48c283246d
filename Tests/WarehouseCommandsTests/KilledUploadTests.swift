#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics

/// Processes that are killed while they write files of stages or of this machine: what they had of them goes away with the
/// next writer, and never before they are dead.
@Suite struct KilledUploadTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
        mkdir(directory.path + "/out", 0o755)
        #expect(try run("CREATE STAGE s; CREATE STAGE outside URL = 'file://\(directory.path)/out'").code == 0)
    }

    private func run(_ sql: String) throws -> Tool.Result {
        try Tool.run(["sql", "-d", "w", "--format", "csv", "-c", sql], in: directory)
    }

    /// A file of zeros that takes no room.
    private func makeLarge(_ path: String) {
        let descriptor = open(path, O_CREAT | O_WRONLY, 0o644)
        #expect(descriptor >= 0 && ftruncate(descriptor, 96 << 20) == 0)
        close(descriptor)
    }

    /// The folder of the only stage that has files in the warehouse.
    private var stageFolder: String {
        directory.path + "/w/stages/" + (names(directory.path + "/w/stages").first ?? "")
    }

    private func names(_ folder: String) -> [String] { ScratchDirectory.names(folder) }

    private func unfinished(_ folder: String) -> [String] { names(folder).filter { $0.hasPrefix(".upload-") } }

    private func waitForUnfinished(_ folder: String) {
        for _ in 0..<20_000 {
            if !unfinished(folder).isEmpty { return }
            usleep(500)
        }
    }

    private func send(_ signal: Int32, _ process: pid_t) {
        #if canImport(Glibc)
        _ = Glibc.kill(process, signal)
        #else
        _ = Darwin.kill(process, signal)
        #endif
    }

    static let rows = "(SELECT SEQ8() AS n, REPEAT('x', 200) AS t FROM TABLE(GENERATOR(ROWCOUNT => 3000000)))"
    static let statements = [
        "PUT file://DIR/large @s", "COPY INTO @s/out FROM \(rows)", "COPY INTO @outside/ FROM \(rows)",
        "GET @s file://DIR/out",
    ]

    @Test(arguments: statements) func leavesNothing(_ statement: String) throws {
        let small = try directory.file("small", Array("1\n".utf8))
        #expect(try run("PUT file://\(small) @s").code == 0)
        makeLarge(directory.path + "/large")
        makeLarge(stageFolder + "/large.csv")
        let sql = statement.replacing("DIR", with: directory.path)
        let folder = statement.contains("@s file") || statement.contains("@outside") ? directory.path + "/out" : stageFolder
        let writer = try Tool.start(["sql", "-d", "w", "-c", sql], in: directory)
        // Held where it is: it lives, and writes.
        waitForUnfinished(folder)
        send(SIGSTOP, writer.process)
        let writing = unfinished(folder)
        #expect(!writing.isEmpty)
        #expect(try run("CREATE TABLE a (n INT); VACUUM").code == 0)
        #expect(try run("PUT file://\(small) @s/another").code == 0)
        #expect(unfinished(folder) == writing)
        send(SIGKILL, writer.process)
        #expect(try Tool.wait(for: writer).code == 128 + SIGKILL)
        #expect(unfinished(folder) == writing)
        #expect(try run("CREATE TABLE b (n INT)").code == 0)
        #expect(unfinished(folder).isEmpty)
        #expect(names(directory.path + "/w/tmp").isEmpty)
    }

    /// A program that only uploads never writes the catalog.
    @Test func theNextUploadClearsAwayToo() throws {
        makeLarge(directory.path + "/large")
        let small = try directory.file("small", Array("1\n".utf8))
        #expect(try run("PUT file://\(small) @s").code == 0)
        let writer = try Tool.start(["sql", "-d", "w", "-c", "PUT file://\(directory.path)/large @s"], in: directory)
        waitForUnfinished(stageFolder)
        send(SIGKILL, writer.process)
        #expect(try Tool.wait(for: writer).code == 128 + SIGKILL)
        #expect(!unfinished(stageFolder).isEmpty)
        #expect(try run("PUT file://\(small) @s OVERWRITE = TRUE").code == 0)
        #expect(names(stageFolder) == ["small.gz"])
    }

    /// As a power failure leaves them that took the list.
    @Test func vacuumFindsWhatIsNotListed() throws {
        let small = try directory.file("small", Array("1\n".utf8))
        #expect(try run("PUT file://\(small) @s/deep").code == 0)
        makeLarge(stageFolder + "/deep/.upload-01234567-89ab-4cde-8f01-23456789abcd-12")
        makeLarge(stageFolder + "/.upload-01234567-89ab-4cde-8f01-23456789abcd-3")
        #expect(try run("VACUUM").code == 0)
        #expect(unfinished(stageFolder).isEmpty && names(stageFolder + "/deep") == ["small.gz"])
    }

    static let id: String = "01234567-89ab-4cde-8f01-23456789abcd"
    static let usersNames: [String] = [".upload-report.csv", ".upload-\(id)", ".upload-\(id)-", ".upload-\(id)-1.csv", ".upload-\(id)-x"]

    /// Names that only begin like ours are their users'.
    @Test(arguments: usersNames) func usersFilesStay(_ name: String) throws {
        let file = try directory.file(name, Array("1\n".utf8))
        let put = try run("PUT file://\(file) @s auto_compress = false")
        #expect(put.code == 0 && put.output.contains("UPLOADED"))
        #expect(try run("VACUUM").code == 0)
        #expect(names(stageFolder) == [name])
        #expect(try run("LIST @s").output.contains("/\(name),"))
        #expect(try run("SELECT $1 FROM @s/\(name)").output.contains("1"))
    }

    /// One that has the whole form could not be told from what a dead process left.
    @Test func ourNamesAreRefused() throws {
        let name = ".upload-\(KilledUploadTests.id)-7", refusal = "A file cannot be named '\(name)'"
        let file = try directory.file(name, Array("1\n".utf8))
        for sql in ["PUT file://\(file) @s auto_compress = false", "PUT file://\(file) @s auto_compress = false overwrite = true",
                    "COPY INTO @s/d/\(name) FROM (SELECT 1) SINGLE = TRUE",
                    "COPY INTO @outside/\(name) FROM (SELECT 1) SINGLE = TRUE OVERWRITE = TRUE"] {
            let result = try run(sql)
            #expect(result.code != 0 && result.errors.contains(refusal), "\(sql): \(result.errors)")
        }
        // With another ending it is another name, and a folder is no file.
        #expect(try run("PUT file://\(file) @s; PUT file://\(file) @s/\(name)/; VACUUM").code == 0)
        let list = try run("LIST @s").output
        #expect(list.contains("/\(name).gz,") && list.contains("/\(name)/\(name).gz,"))
    }
}
