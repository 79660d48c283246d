import MiniWarehouse
import Trials
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A child process commits in a loop and gets SIGKILL at a random moment: what it acknowledged is there, what is there
/// was committed whole, a check of all files is clean, and the next child can write.
enum KillSection {
    static func run(first: UInt64, count: Int) throws -> TrialReport {
        var report = TrialReport()
        var directory = try ScratchDirectory()
        for round in 0..<count {
            let seed = first &+ UInt64(round)
            Lanes.begin(seed)
            // A fresh warehouse at times; else what many deaths have left.
            if round % 40 == 0 {
                directory = try ScratchDirectory()
                try create(directory.path + "/w.mlwh")
            }
            var random = SeededRandom(seed)
            report.cases += 1
            do {
                let acknowledged = try killed(directory.path + "/w.mlwh", &random)
                try check(directory.path + "/w.mlwh", acknowledged, seed, &report)
            } catch {
                report.fail("seed \(seed), kill \(round): \(error)")
                return report
            }
        }
        return report
    }

    private static func create(_ path: String) throws {
        let warehouse = try Warehouse.open(path)
        try warehouse.execute("CREATE TABLE log (n INTEGER, note VARCHAR)")
        try warehouse.execute("CREATE TABLE twin (n INTEGER)")
        try warehouse.execute("CREATE TABLE bulk (part INTEGER, n INTEGER)")
    }

    struct ChildFailure: Error, CustomStringConvertible { let description: String }

    /// Runs a child, kills it, and gives the last commit that it acknowledged; nil: none.
    private static func killed(_ path: String, _ random: inout SeededRandom) throws -> Int? {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else { throw ChildFailure(description: "no pipe") }
        defer { close(pipes[0]) }
        let child = try spawn(path, output: pipes[1], closing: pipes[0])
        close(pipes[1])
        // At times before it is ready: then it is opening the warehouse.
        let waitsForReady = !random.chance(15)
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        if waitsForReady {
            let got = read(pipes[0], &buffer, buffer.count)
            if got > 0 { text += buffer[..<got] }
        }
        usleep(UInt32(random.below(random.chance(30) ? 3000 : 40_000)))
        kill(child, SIGKILL)
        while case let got = read(pipes[0], &buffer, buffer.count), got > 0 { text += buffer[..<got] }
        var status: Int32 = 0
        waitpid(child, &status, 0)
        // The last line may be cut, but a pipe takes so short a line whole.
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        if let error = lines.first(where: { $0.hasPrefix("error") }) { throw ChildFailure(description: String(error)) }
        guard status & 0x7F == SIGKILL else { throw ChildFailure(description: "the child ended with status \(status)") }
        return lines.last.flatMap { Int($0) }
    }

    private static func spawn(_ path: String, output: Int32, closing: Int32) throws -> pid_t {
        #if canImport(Glibc)
        var actions = posix_spawn_file_actions_t()
        let program = "/proc/self/exe"
        #else
        var actions: posix_spawn_file_actions_t?
        let program = CommandLine.arguments[0]
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, closing)
        let words: [String] = ["torture", "kill-writer", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, nil, &arguments, environ)
        guard code == 0 else { throw ChildFailure(description: "cannot start a child: \(String(cString: strerror(code)))") }
        return child
    }

    private static func check(_ path: String, _ acknowledged: Int?, _ seed: UInt64, _ report: inout TrialReport) throws {
        let faults = try Warehouse.check(path).faults
        report.check(faults.isEmpty, "seed \(seed): \(faults.first.map(\.description) ?? "")")
        let warehouse = try Warehouse.open(path)
        let row = try warehouse.query("""
            SELECT COUNT(*), COALESCE(MIN(n), 1), COALESCE(MAX(n), 0), COUNT(DISTINCT n),
                   (SELECT COUNT(*) FROM twin), (SELECT COALESCE(MAX(n), 0) FROM twin),
                   (SELECT COUNT(*) FROM (SELECT part FROM bulk GROUP BY part HAVING COUNT(*) <> 1000)),
                   COUNT_IF(note <> 'entry ' || n AND note <> 'seen ' || n OR note IS NULL)
            FROM log
            """).textRows()[0].map { $0.flatMap { Int($0) } ?? -1 }
        let last = row[2]
        report.check(row == [last, 1, last, last, last, last, 0, 0], "seed \(seed): \(row) after \(acknowledged ?? 0)")
        if let acknowledged {
            // The commit behind the last acknowledged one may be there too.
            report.check(last == acknowledged || last == acknowledged + 1, """
                seed \(seed): acknowledged \(acknowledged), found \(last)
                """)
        }
    }
}
