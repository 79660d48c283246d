#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import Testing
import WarehouseBasics

/// Several real processes on one warehouse: readers beside a writer, writers that wait, writers that die.
@Suite struct ProcessTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
        #expect(try run("CREATE TABLE t (n INT); INSERT INTO t VALUES (1)").code == 0)
    }

    private func run(_ sql: String, timeout: Double = 10) throws -> Tool.Result {
        try Tool.run(["sql", "-d", "w", "--format", "csv", "--busy-timeout", "\(timeout)", "-c", sql], in: directory)
    }

    private func count() throws -> String { try run("SELECT COUNT(*) FROM t").output }

    @Test func readersSeeWhatIsPublishedWhileOneWrites() throws {
        let writer = try RPCProcess(in: directory)
        #expect(try writer.ask("BEGIN").contains("rows"))
        #expect(try !writer.ask("INSERT INTO t VALUES (2)").contains("error"))
        #expect(try count() == "COUNT(*)\n1\n")
        #expect(try writer.ask("SELECT COUNT(*) AS c FROM t").contains("[[2]]"))
        #expect(try !writer.ask("COMMIT").contains("error"))
        #expect(try count() == "COUNT(*)\n2\n")
        // A reader's open transaction goes on seeing what it saw, and is in no writer's way.
        let reader = try RPCProcess(in: directory)
        #expect(try reader.ask("SELECT COUNT(*) AS c FROM t").contains("[[2]]"))
        #expect(try run("DELETE FROM t; VACUUM").code == 0)
        #expect(try reader.ask("SELECT COUNT(*) AS c FROM t").contains("[[0]]"))
    }

    @Test func aSecondWriterWaitsThenSaysWhoIsInItsWay() throws {
        let writer = try RPCProcess(in: directory)
        _ = try writer.ask("BEGIN")
        _ = try writer.ask("INSERT INTO t VALUES (2)")
        let refused = try run("INSERT INTO t VALUES (3)", timeout: 0.2)
        #expect(refused.code == 1)
        #expect(refused.errors.contains("Process \(writer.id) (mlwh) is writing"))
        #expect(refused.errors.contains("within 0.2 seconds"))
        #expect(refused.errors.contains("--busy-timeout"))
        // One that waits long enough gets its turn, and builds on what the other has written.
        let waiting = try RPCProcess(in: directory, busyTimeout: 60)
        try waiting.send("INSERT INTO t SELECT MAX(n) + 10 FROM t")
        usleep(100_000)
        _ = try writer.ask("COMMIT")
        #expect(try !waiting.receive().contains("error"))
        #expect(try run("SELECT n FROM t ORDER BY n").output == "N\n1\n2\n12\n")
    }

    /// Every statement of the writer removes the files that the reader may just be about to open.
    @Test func aReaderBesideAVacuumNeverMissesARow() throws {
        let table = """
            CREATE OR REPLACE TABLE big DATA_RETENTION_TIME_IN_DAYS = 0 AS SELECT SEQ4() AS n
            FROM TABLE(GENERATOR(ROWCOUNT => 20000))
            """.split(separator: "\n").joined(separator: " ")
        #expect(try run(table).code == 0)
        let writer = try RPCProcess(in: directory)
        let warehouses = try [false, true].map { isReadOnly in
            var options = WarehouseOptions()
            options.isReadOnly = isReadOnly
            return try Warehouse.open(directory.path + "/w", options: options)
        }
        for _ in 0..<25 {
            for sql in [table, "VACUUM", "UPDATE big SET n = n WHERE n < 15000", "VACUUM"] {
                try writer.send(sql)
                for warehouse in warehouses {
                    for _ in 0..<3 {
                        let rows = try warehouse.query("SELECT COUNT(*), SUM(n) FROM big").textRows()
                        #expect(rows == [["20000", "199990000"]])
                    }
                }
                let answer = try writer.receive()
                #expect(!answer.contains("error"), "\(answer)")
            }
        }
        #expect(try filesLeft() == "")
    }

    /// What a check says once nothing is left that no version holds. A thread of this process may let go of what a query
    /// read a little later than the query's answer is there.
    private func filesLeft() throws -> String {
        var output = ""
        for _ in 0..<100 {
            #expect(try run("VACUUM; VACUUM").code == 0)
            let check = try Tool.run(["check", "-d", "w"], in: directory)
            output = check.output + check.errors
            if check.code == 0, !output.contains("unused") { return "" }
        }
        return output
    }

    @Test func aWriterThatIsKilledLeavesNothingBehind() throws {
        for round in 0..<3 {
            let writer = try RPCProcess(in: directory)
            _ = try writer.ask("BEGIN")
            _ = try writer.ask("INSERT INTO t SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 5000))")
            writer.kill()
            #expect(try count() == "COUNT(*)\n\(round + 1)\n")
            // The lock is free at once.
            #expect(try run("INSERT INTO t VALUES (7)", timeout: 0).code == 0)
            let check = try Tool.run(["check", "-d", "w"], in: directory)
            #expect(check.code == 0, "\(check.output)")
            #expect(!check.output.contains("unused"))
        }
        #expect(try count() == "COUNT(*)\n4\n")
    }
}

/// `mlwh sql --rpc` as a process that is asked and answers.
private final class RPCProcess {
    let id: pid_t
    private let input: Int32
    private let output: Int32
    private var isOver = false
    private var rest: [UInt8] = []

    init(in directory: ScratchDirectory, busyTimeout: Int = 5) throws {
        var toChild: [Int32] = [0, 0], fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { throw WarehouseError(.inputOutput, "no pipe") }
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        #else
        var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        let words = [Tool.path, "sql", "--rpc", "-d", directory.path + "/w", "--busy-timeout", "\(busyTimeout)"]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let code = posix_spawn(&process, Tool.path, &actions, nil, arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        (id, input, output) = (process, toChild[1], fromChild[0])
        guard code == 0 else { throw WarehouseError(.inputOutput, "\(Tool.path): \(String(cString: strerror(code)))") }
    }

    deinit {
        close(input)
        close(output)
        if !isOver { wait() }
    }

    private func wait() {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        isOver = true
    }

    func kill() {
        _ = signal(id)
        wait()
    }

    private func signal(_ id: pid_t) -> Int32 {
        #if canImport(Glibc)
        Glibc.kill(id, SIGKILL)
        #else
        Darwin.kill(id, SIGKILL)
        #endif
    }

    func send(_ sql: String) throws {
        let bytes = Array("{\"sql\":\"\(sql)\"}\n".utf8)
        guard write(input, bytes, bytes.count) == bytes.count else { throw WarehouseError(.inputOutput, "no writer") }
    }

    /// The next line of its output.
    func receive() throws -> String {
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                return line
            }
            let count = read(output, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw WarehouseError(.inputOutput, "the process has ended") }
            rest += block[..<count]
        }
    }

    func ask(_ sql: String) throws -> String {
        try send(sql)
        return try receive()
    }
}
