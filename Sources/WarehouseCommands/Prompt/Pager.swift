#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Shows a text that the terminal cannot show at once, by the program that PAGER names, else less.
struct Pager {
    var command: String

    /// What a shell says of a command that there is not, or that cannot be run.
    private static let missing: Set<Int32> = [126, 127]

    /// The program that the environment asks for; nil: none, and none is known, or the terminal is one that can only
    /// print.
    static var standard: Pager? {
        if let command = Environment.variable("MLWH_PAGER") ?? Environment.variable("PAGER") {
            return command == "cat" ? nil : Pager(command: command)
        }
        guard Environment.variable("TERM") != "dumb" else { return nil }
        return ["less", "more"].first(where: Environment.hasProgram).map(Pager.init)
    }

    /// Lets `body` write, and returns when the reader has left; false when the program could not be run, and nobody has
    /// seen anything.
    func show(_ interrupts: Interrupts, _ body: (TextOutput) throws -> Void) throws -> Bool {
        // Long rows are not wrapped but scrolled to; what fits the screen after all is shown and left.
        var variables = Environment.variable("LESS") == nil ? ["LESS": "-SRFX"] : [:]
        // What is written is UTF-8 whatever the locale says; less would print the bytes of frames as numbers.
        if Environment.variable("LESSCHARSET") == nil { variables["LESSCHARSET"] = "utf-8" }
        // ^C is the pager's.
        return try interrupts.ignored {
            let process = try ChildProcess(shell: command, takesInput: true, variables: variables)
            var code: Int32?
            defer { if code == nil { process.wait() } }
            do {
                try body(process.input)
                try process.input.flush()
            } catch is OutputClosed {
                // Its reader has seen enough.
            }
            let ended = process.wait()
            code = ended
            return !Pager.missing.contains(ended)
        }
    }
}
