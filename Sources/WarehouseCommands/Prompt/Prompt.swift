import MiniWarehouse
import WarehouseBasics
import WarehouseSQL
import WarehouseTerminal

/// Reads statements from a terminal and runs each when its `;` has come.
final class Prompt {
    private let runner: ScriptRunner
    private let commands: PromptCommands
    private let source: any TypedSource
    private let output: TextOutput
    private let diagnostics: TextOutput
    private let interrupts: Interrupts
    /// What was typed and has not run.
    private var pending = ""

    init(_ runner: ScriptRunner, source: any TypedSource, output: TextOutput = .standardOutput) {
        self.runner = runner
        self.source = source
        self.output = output
        diagnostics = runner.diagnostics
        interrupts = runner.interrupts
        commands = PromptCommands(runner)
        commands.history = { [source] in source.entries }
        runner.display.isAtPrompt = true
    }

    /// A prompt on the process's terminal: with the line editor where the terminal can show it.
    static func onTerminal(_ runner: ScriptRunner, usesPager: Bool) throws -> Prompt {
        if usesPager { runner.display.pager = Pager.standard }
        guard TerminalReader.isUsable() else {
            let cancellation = Cancellation()
            let plain = PlainSource(LineReader(DescriptorSource()), output: .standardOutput, cancellation: cancellation)
            let prompt = Prompt(runner, source: plain)
            runner.interrupts.whenIdle { [session = runner.session] in
                // What stands on the line and has not been entered the terminal drops by itself; nobody leaves by ^C.
                cancellation.ask()
                TextOutput.standardOutput.note("\n" + Prompt.label(session))
                return true
            }
            return prompt
        }
        let reader = try TerminalReader(isColoured: Environment.wantsColour), names = SessionNames(runner.session)
        let interrupt = reader.interrupt
        runner.interrupts.whenIdle {
            interrupt()
            return true
        }
        let editor = EditorSource(reader, language: SQLLanguage(names: names), file: HistoryFile.standard)
        let prompt = Prompt(runner, source: editor)
        prompt.commands.whenChanged = names.forget
        return prompt
    }

    /// Reads until `\q` or the end of the input.
    func run() throws {
        try output.write("mlwh, \(VisibleText.escaped(runner.session.warehouse.path)) — \\? for help\n")
        defer { interrupts.whenIdle(nil) }
        while true {
            try output.flush()
            let label = Prompt.label(runner.session)
            let continuation = String(repeating: " ", count: max(0, DisplayWidth.columns(label) - 4)) + "-> "
            guard let entry = try source.next(prompt: label, continuation: continuation, pending: pending) else {
                return try leave()
            }
            switch entry {
            case .cancelled: pending = ""
            case .tooLong: diagnostics.note("The line is too long.\n")
            case .text(let text): guard try take(text) else { return }
            }
        }
    }

    /// `DATABASE.SCHEMA> `
    static func label(_ session: Session) -> String {
        let (database, schema) = session.currentSchema
        return [database, schema].compactMap { $0 }.map(VisibleText.escaped).joined(separator: ".") + "> "
    }

    private func leave() throws {
        // The editor has left its row already.
        if source is PlainSource { try output.write("\n") }
    }

    /// Runs what was typed, if it is whole; false: leave.
    private func take(_ text: String) throws -> Bool {
        if text.allSatisfy(\.isWhitespace) {
            pending = ""
            return true
        }
        switch TypedText(text) {
        case .incomplete:
            pending = text
            return true
        case .statements(let script):
            pending = ""
            source.remember(Prompt.trimmed(script))
            commands.last = script
            attempt { try runner.run(script, source: ScriptSource()) }
            commands.whenChanged()
        case .command(let command, let begun):
            source.remember(Prompt.trimmed(text))
            pending = begun
            runner.startAnew()
            var isLeaving = false
            attempt {
                switch try commands.obey(command, pending: begun) {
                case .done: break
                case .typed(let text): pending = text
                case .leave: isLeaving = true
                }
            }
            if isLeaving { return false }
        }
        try output.flush()
        return true
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            runner.startAnew()
            try body()
        } catch let error as WarehouseError where error.code == ErrorKind.usage.code {
            diagnostics.note(error.message + "\n" + (error.hint.map { $0 + "\n" } ?? ""))
        } catch {
            diagnostics.note(Failure.paragraph(error))
        }
    }

    private static func trimmed(_ text: String) -> String { text.dropLast { $0.isWhitespace }.description }
}
