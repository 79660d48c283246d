#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import TestSupport
import Testing
import WarehouseBasics

/// The built `mlwh`, run as a process of its own.
enum Tool {
    struct Result {
        var code: Int32
        var output: String
        var errors: String
    }

    /// Beside the test bundle, else where a build of the package puts it.
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        if readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 {
            let own = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let beside = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/mlwh"
            if access(beside, X_OK) == 0 { return beside }
        }
        return packageRoot + "/.build/debug/mlwh"
    }()

    static let packageRoot = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// Runs it with `arguments` in `directory`, with `input` on standard input. MLWH_DATABASE is not handed on, unless
    /// `environment` sets it.
    static func run(
        _ arguments: [String], in directory: ScratchDirectory, input: String = "", environment: [String] = []
    ) throws -> Result {
        let started = try start(arguments, in: directory, input: input, environment: environment)
        return try wait(for: started)
    }

    /// A process, and the files of what it writes.
    struct Started {
        var process: pid_t
        fileprivate var output: String
        fileprivate var errors: String
    }

    /// As `run`, without waiting for the end.
    static func start(_ arguments: [String], in directory: ScratchDirectory, input: String = "",
                      environment: [String] = []) throws -> Started {
        let files = try ["in", "out", "err"].map { try directory.file(".\($0)", $0 == "in" ? Array(input.utf8) : []) }
        var actions = makeActions()
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files[0], O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files[1], O_WRONLY | O_TRUNC, 0)
        posix_spawn_file_actions_addopen(&actions, 2, files[2], O_WRONLY | O_TRUNC, 0)
        var process = pid_t()
        let inherited = ["PATH", "HOME", "TMPDIR"].compactMap { (name: String) -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        // The shell changes the directory: not every C library can while it spawns.
        let shell = ["sh", "-c", "cd \"$0\" && exec \"$@\"", directory.path, path]
        let code = withCStrings(shell + arguments) { argv in
            withCStrings(inherited + environment) { env in posix_spawn(&process, "/bin/sh", &actions, nil, argv, env) }
        }
        guard code == 0 else { throw WarehouseError(.inputOutput, "\(path): \(String(cString: strerror(code)))") }
        return Started(process: process, output: files[1], errors: files[2])
    }

    /// Waits for the process's end.
    static func wait(for started: Started) throws -> Result {
        var status: Int32 = 0
        while waitpid(started.process, &status, 0) < 0, errno == EINTR {}
        let exit = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        return Result(code: exit, output: try read(started.output), errors: try read(started.errors))
    }

    /// A file's text.
    static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw WarehouseError(.fileNotFound, "no file \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
    }

    #if canImport(Glibc)
    private static func makeActions() -> posix_spawn_file_actions_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        return actions
    }
    #else
    private static func makeActions() -> posix_spawn_file_actions_t? {
        var actions: posix_spawn_file_actions_t?
        posix_spawn_file_actions_init(&actions)
        return actions
    }
    #endif

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { text in text.withCString { strdup($0) } }
        defer { pointers.forEach { free($0) } }
        return body(pointers + [nil])
    }
}
