import MiniWarehouse
import WarehouseBasics
import WarehouseSQL

/// Reads statements from a terminal and runs each when its `;` has come.
final class Prompt {
    private static let help = """
        Statements end with ; and may take several lines. ^C drops what was typed, or stops what runs.
          \\format table|csv|json|jsonl|markdown   how results are printed
          \\timing                                 print or do not print how long statements take
          \\?                                      this help
          \\q                                      leave (also: exit, quit, ^D)

        """

    private let runner: ScriptRunner
    private let reader: LineReader
    private let output: TextOutput
    private let diagnostics: TextOutput
    private let interrupts: Interrupts
    private let input = PromptInput()

    init(_ runner: ScriptRunner, reader: LineReader = LineReader(DescriptorSource()),
         output: TextOutput = .standardOutput, diagnostics: TextOutput = .standardError,
         interrupts: Interrupts = .shared) {
        self.runner = runner
        self.reader = reader
        self.output = output
        self.diagnostics = diagnostics
        self.interrupts = interrupts
    }

    /// Reads until `\q` or the end of the input.
    func run() throws {
        try output.write("mlwh, \(runner.session.warehouse.path) — \\? for help\n")
        interrupts.whenIdle { [input, output, session = runner.session] in
            // What stands on the line and has not been entered the terminal drops by itself; so nobody leaves by ^C.
            _ = input.clear()
            output.note("\n" + Prompt.label(session, isContinued: false))
            return true
        }
        defer { interrupts.whenIdle(nil) }
        while true {
            try output.write(Prompt.label(runner.session, isContinued: !input.isEmpty))
            try output.flush()
            guard let line = try reader.next() else { return try output.write("\n") }
            guard case .bytes(let bytes) = line else {
                diagnostics.note("The line is too long.\n")
                continue
            }
            var text = String(decoding: bytes, as: UTF8.self)
            if text.hasSuffix("\r") { text.removeLast() }
            if let command = Prompt.command(text, isContinued: !input.isEmpty) {
                guard try obey(command) else { return }
                continue
            }
            if let script = input.add(text) { try run(script) }
        }
    }

    private static func label(_ session: Session, isContinued: Bool) -> String {
        let (database, schema) = session.currentSchema
        let place = [database, schema].compactMap { $0 }.map(VisibleText.escaped).joined(separator: ".")
        if !isContinued { return place + "> " }
        return String(repeating: " ", count: max(0, DisplayWidth.columns(place) - 2)) + "-> "
    }

    private func run(_ script: String) throws {
        do {
            runner.startAnew()
            try runner.run(script)
            try output.flush()
        } catch let error as WarehouseError {
            var text = Failure.paragraph(error)
            if let span = error.span, let caret = SourceCaret.lines(script, span) { text += caret + "\n" }
            diagnostics.note(text)
        }
    }

    // MARK: Commands

    private static let commands: Set<String> = ["\\q", "\\?", "\\h", "\\help", "\\timing", "\\format"]

    /// The words of a line that is a command of the prompt, nil for SQL. Amid a statement a command is known by its
    /// whole name: a text of several lines may begin one with a backslash.
    static func command(_ line: String, isContinued: Bool = false) -> [String]? {
        var words = line.split(whereSeparator: { $0.isWhitespace || $0 == ";" }).map(String.init)
        guard let first = words.first else { return nil }
        if isContinued { return commands.contains(first) ? words : nil }
        if first.hasPrefix("\\") { return words }
        let word = Identifiers.folded(first)
        guard words.count == 1, word == "EXIT" || word == "QUIT" else { return nil }
        words[0] = "\\q"
        return words
    }

    /// False: leave.
    private func obey(_ words: [String]) throws -> Bool {
        switch (words[0], words.dropFirst().first) {
        case ("\\q", _): return false
        case ("\\?", _), ("\\h", _), ("\\help", _): try output.write(Prompt.help)
        case ("\\timing", _):
            runner.showsTiming.toggle()
            try output.write("Timing is \(runner.showsTiming ? "on" : "off").\n")
        case ("\\format", let name?):
            if let format = OutputFormat(rawValue: name) {
                runner.format = format
            } else {
                diagnostics.note("There is no format '\(VisibleText.escaped(name))'.\n")
            }
        case ("\\format", nil): try output.write("Format is \(runner.format.rawValue).\n")
        default: diagnostics.note("There is no command '\(VisibleText.escaped(words[0]))'; \\? lists them.\n")
        }
        return true
    }
}
