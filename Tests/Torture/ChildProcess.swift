#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// This program once more as a process of its own: one that says `ready` and goes on until it gets SIGKILL, or one that
/// ends by itself.
struct ChildProcess {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private let id: pid_t
    private let output: Int32

    /// `words` say what it is to do.
    init(_ words: [String]) throws {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0 else { throw Failure(description: "no pipe") }
        do {
            id = try ChildProcess.spawn(words, output: pipes[1], closing: pipes[0])
        } catch {
            close(pipes[0])
            close(pipes[1])
            throw error
        }
        close(pipes[1])
        output = pipes[0]
    }

    /// Kills it so long after it is ready, or after its start, and gives the lines that it wrote. Throws when it has ended
    /// before, or said that something is wrong.
    func kill(waitingForReady: Bool, microseconds: Int) throws -> [String] {
        defer { close(output) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        if waitingForReady {
            let got = read(output, &buffer, buffer.count)
            if got > 0 { text += buffer[..<got] }
        }
        usleep(UInt32(microseconds))
        ChildProcess.kill(id)
        // The last line may be cut, but a pipe takes so short a line whole.
        let (lines, status) = try rest(after: text)
        guard status & 0x7F == SIGKILL else { throw Failure(description: "the child ended with status \(status)") }
        return lines
    }

    /// Waits for its end and gives the lines that it wrote. Throws when it said that something is wrong, or failed.
    func end() throws -> [String] {
        defer { close(output) }
        let (lines, status) = try rest(after: [])
        guard status == 0 else { throw Failure(description: "the child ended with status \(status)") }
        return lines
    }

    /// All lines up to its end, and how it ended.
    private func rest(after start: [UInt8]) throws -> (lines: [String], status: Int32) {
        var text = start, status: Int32 = 0
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let got = read(output, &buffer, buffer.count), got > 0 { text += buffer[..<got] }
        waitpid(id, &status, 0)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        if let error = lines.first(where: { $0.hasPrefix("error") }) { throw Failure(description: error) }
        return (lines, status)
    }

    private static func kill(_ id: pid_t) {
        #if canImport(Glibc)
        _ = Glibc.kill(id, SIGKILL)
        #else
        _ = Darwin.kill(id, SIGKILL)
        #endif
    }

    private static func spawn(_ words: [String], output: Int32, closing: Int32) throws -> pid_t {
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
        var arguments: [UnsafeMutablePointer<CChar>?] = (["torture"] + words).map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, program, &actions, nil, &arguments, environ)
        guard code == 0 else { throw Failure(description: "cannot start a child: \(String(cString: strerror(code)))") }
        return child
    }
}
