import ArgumentParser
import WarehouseBasics
import WarehouseSQL

/// Runs a script as it comes, each statement as soon as its `;` has been read; lines that begin with a backslash where
/// a statement could begin are commands, as at the prompt.
final class ScriptReader {
    private let runner: ScriptRunner
    private let commands: PromptCommands
    private let lines: LineReader
    private let source: ScriptSource
    private var stream = StatementStream()
    private var lineNumber = 0
    /// How many errors did not stop it.
    private(set) var errorCount = 0

    init(_ commands: PromptCommands, lines: LineReader, source: ScriptSource) {
        runner = commands.runner
        self.commands = commands
        self.lines = lines
        self.source = source
        // Whoever waits for an answer before sending the next statement must see it.
        let output = runner.display.output
        lines.beforeReading = { try output.flush() }
    }

    /// Runs it to its end, or to `\q` (false). Throws the first error, unless errors do not stop scripts; with those
    /// it is exit code 1 at the end.
    @discardableResult
    func run() throws -> Bool {
        while let line = try lines.next() {
            guard case .bytes(var bytes) = line else {
                throw WarehouseError(.limitExceeded, "A line of the script is longer than \(LineReader.maximumBytes) bytes.")
            }
            lineNumber += 1
            if lineNumber == 1 { bytes = try TextFile.withoutMark(bytes, name: source.name ?? "the script") }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw WarehouseError(.invalidUTF8, "Line \(lineNumber) of \(source.name ?? "the script") is no UTF-8.")
            }
            guard stream.pendingBytes + bytes.count <= TextFile.maximumBytes else {
                throw WarehouseError(.limitExceeded, "A statement is longer than \(TextFile.maximumBytes) bytes.")
            }
            if stream.isEmpty, let command = MetaCommand(text) {
                stream.append([10])
                guard try obey(command) else { return false }
                continue
            }
            stream.append(bytes + [10])
            while let piece = stream.next() { try run(piece) }
        }
        if var piece = stream.finish() {
            // What is missing is missed behind the last word, and not in the empty line below.
            piece.text = String(piece.text.dropLast(while: \.isWhitespace))
            try run(piece)
        }
        return true
    }

    private func run(_ piece: StatementStream.Piece) throws {
        try attempt {
            try runner.run(piece.text, source: source, line: piece.line, column: piece.column)
            commands.last = piece.text
        }
    }

    private func obey(_ command: MetaCommand) throws -> Bool {
        var goesOn = true
        try attempt {
            do {
                if case .leave = try commands.obey(command, pending: "") { goesOn = false }
            } catch let error as WarehouseError {
                let name = source.name.map { "line \(lineNumber) of \($0)" } ?? "line \(lineNumber)"
                throw ScriptError(error, source: name)
            }
        }
        return goesOn
    }

    private func attempt(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as ScriptError where !commands.stopsOnError && error.error.code != ErrorKind.cancelled.code {
            errorCount += 1
            runner.diagnostics.note(Failure.paragraph(error))
        }
    }
}
