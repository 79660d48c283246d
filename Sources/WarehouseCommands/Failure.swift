#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import WarehouseBasics

/// An error of a statement that came from a named text, so that its place can be told.
public struct ScriptError: Error {
    /// What went wrong.
    public let error: WarehouseError
    /// The text's name as it stands in a sentence: `'setup.sql'`, `standard input`; nil for what needs none.
    public let source: String?
    /// The line that holds the place of the error, and below it a mark under the place.
    public let excerpt: String?

    /// `source` names the text as it stands in a sentence.
    public init(_ error: WarehouseError, source: String?, excerpt: String? = nil) {
        self.error = error
        self.source = source
        self.excerpt = excerpt
    }
}

/// How errors leave the process: one paragraph on standard error, and an exit code.
///
/// | code | meaning |
/// |---|---|
/// | 0 | all well, or help was asked for |
/// | 1 | an error in SQL, data, a model or a test |
/// | 2 | the command line is wrong |
/// | 129 | ended by SIGHUP, as when its terminal goes away |
/// | 130 | interrupted by ^C, or canceled |
/// | 141 | nobody reads the output any more (as SIGPIPE) |
/// | 143 | ended by SIGTERM |
public enum Failure {
    /// The paragraph, with its line end: `error CODE (SQLSTATE): message`, then place and hint, a line each.
    public static func paragraph(_ error: any Error) -> String {
        switch error {
        case let failure as ScriptError:
            paragraph(failure.error, source: failure.source) + (failure.excerpt.map { $0 + "\n" } ?? "")
        case let failure as WarehouseError: paragraph(failure, source: nil)
        default: paragraph(WarehouseError(.internalFault, "\(error)"), source: nil)
        }
    }

    private static func paragraph(_ error: WarehouseError, source: String?) -> String {
        var lines = ["error \(error.code) (\(error.sqlState)): \(error.message)"]
        if let span = error.span {
            lines.append("  at line \(span.line), column \(span.column)" + (source.map { " of \($0)" } ?? ""))
        } else if let place = error.statement, place.line > 1 {
            lines.append("  in the statement at line \(place.line)" + (source.map { " of \($0)" } ?? ""))
        } else if let source {
            lines.append("  in \(source)")
        }
        if let hint = error.hint { lines.append(hint) }
        // An empty line would end the paragraph.
        return lines.joined(separator: "\n").split(whereSeparator: \.isNewline).map { $0 + "\n" }.joined()
    }

    /// Prints an error of `command` where it belongs, flushes all output, and says the exit code. Requests for help
    /// are printed to standard output.
    public static func report(
        _ error: any Error, of command: any ParsableArguments.Type, output: TextOutput = .standardOutput,
        diagnostics: TextOutput = .standardError
    ) -> Int32 {
        do {
            try output.flush()
            return try reported(error, command, output, diagnostics)
        } catch is OutputClosed {
            return 128 + SIGPIPE
        } catch {
            diagnostics.note(paragraph(error))
            return 1
        }
    }

    private static func reported(
        _ error: any Error, _ command: any ParsableArguments.Type, _ output: TextOutput, _ diagnostics: TextOutput
    ) throws -> Int32 {
        switch error {
        case is OutputClosed: throw error
        case let failure as WarehouseError:
            diagnostics.note(paragraph(failure))
            return failure.code == ErrorKind.usage.code ? 2 : failure.code == ErrorKind.cancelled.code ? 128 + SIGINT : 1
        case let failure as ScriptError:
            diagnostics.note(paragraph(failure))
            return failure.error.code == ErrorKind.cancelled.code ? 128 + SIGINT : 1
        default: break
        }
        let code = command.exitCode(for: error)
        if code == .success {
            let text = command.fullMessage(for: error)
            try output.write(text.isEmpty || text.hasSuffix("\n") ? text : text + "\n")
            try output.flush()
            return 0
        }
        if let exit = error as? ExitCode { return exit.rawValue }
        guard code == .validationFailure else {
            diagnostics.note(paragraph(error))
            return 1
        }
        diagnostics.note(command.fullMessage(for: error) + "\n")
        return 2
    }

    /// As `report`, then ends the process with the code.
    public static func exit(_ error: any Error, of command: any ParsableArguments.Type) -> Never {
        let code = report(error, of: command)
        if code == 128 + SIGPIPE {
            // As a tool that never heard of closed outputs would end, which shells expect and keep silent about.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        #if canImport(Glibc)
        Glibc.exit(code)
        #else
        Darwin.exit(code)
        #endif
    }
}
