#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Shows a text that the terminal cannot show at once, by the program that PAGER names, else less.
struct Pager {
    var command: String

    /// The program that the environment asks for; nil: none, and none is known.
    static var standard: Pager? {
        if let command = Environment.variable("MLWH_PAGER") ?? Environment.variable("PAGER") {
            return command == "cat" ? nil : Pager(command: command)
        }
        return ["less", "more"].first(where: Environment.hasProgram).map(Pager.init)
    }

    /// Lets `body` write, and returns when the reader has left.
    func show(_ interrupts: Interrupts, _ body: (TextOutput) throws -> Void) throws {
        // Long rows are not wrapped but scrolled to; what fits the screen after all is shown and left.
        let variables = Environment.variable("LESS") == nil ? ["LESS": "-SRFX"] : [:]
        // ^C is the pager's.
        try interrupts.ignored {
            let process = try ChildProcess(shell: command, takesInput: true, variables: variables)
            defer { process.wait() }
            do {
                try body(process.input)
                try process.input.flush()
            } catch is OutputClosed {
                // Its reader has seen enough.
            }
        }
    }
}
