#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// A command of the shell: a pager, an editor, whatever `\!` names.
final class ChildProcess {
    private let process: pid_t
    /// Where the command reads from; negative when that is the terminal.
    private var inputDescriptor: CInt

    /// Starts `sh -c command`. `takesInput`: it reads what `input` is given. `variables` are added to its environment.
    init(shell command: String, takesInput: Bool = false, variables: [String: String] = [:]) throws {
        var ends: [CInt] = [-1, -1]
        if takesInput {
            guard pipe(&ends) == 0 else { throw ChildProcess.failure(command, errno) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        var actions = ChildProcess.makeActions(), attributes = ChildProcess.makeAttributes()
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if takesInput { posix_spawn_file_actions_adddup2(&actions, ends[0], 0) }
        // What this process ignores or takes over would stay ignored in the other one.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGPIPE, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var child = pid_t()
        let code = ChildProcess.withCStrings(["sh", "-c", command]) { arguments in
            ChildProcess.withCStrings(ChildProcess.environment(adding: variables)) { environment in
                posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environment)
            }
        }
        if ends[0] >= 0 { close(ends[0]) }
        (process, inputDescriptor) = (child, ends[1])
        guard code == 0 else {
            if ends[1] >= 0 { close(ends[1]) }
            throw ChildProcess.failure(command, code)
        }
    }

    /// What the command reads; only with `takesInput`.
    lazy var input = TextOutput(descriptor: inputDescriptor)

    /// Closes its input and waits for its end; its exit code.
    @discardableResult
    func wait() -> Int32 {
        if inputDescriptor >= 0 {
            close(inputDescriptor)
            inputDescriptor = -1
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return 0 }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    private static func failure(_ command: String, _ code: CInt) -> WarehouseError {
        WarehouseError(.inputOutput, "'\(command)' cannot be started: \(String(cString: strerror(code))).")
    }

    private static func environment(adding variables: [String: String]) -> [String] {
        var result: [String] = [], index = 0
        while let entry = environ[index] {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if variables[String(name)] == nil { result.append(text) }
            index += 1
        }
        return result + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    #if canImport(Glibc)
    static func makeActions() -> posix_spawn_file_actions_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        return actions
    }
    static func makeAttributes() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        return attributes
    }
    #else
    static func makeActions() -> posix_spawn_file_actions_t? {
        var actions: posix_spawn_file_actions_t?
        posix_spawn_file_actions_init(&actions)
        return actions
    }
    static func makeAttributes() -> posix_spawnattr_t? {
        var attributes: posix_spawnattr_t?
        posix_spawnattr_init(&attributes)
        return attributes
    }
    #endif

    static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { text in text.withCString { strdup($0) } }
        defer { pointers.forEach { free($0) } }
        return body(pointers + [nil])
    }
}

/// Variables of the environment.
enum Environment {
    /// A variable that is set and not empty.
    static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Whether colours are wanted on a terminal: NO_COLOR (no-color.org) and TERM=dumb say no.
    static var wantsColour: Bool { variable("NO_COLOR") == nil && variable("TERM") != "dumb" && variable("TERM") != nil }

    /// Whether a program of that name is in PATH.
    static func hasProgram(_ name: String) -> Bool {
        (variable("PATH") ?? "/usr/bin:/bin").split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}
