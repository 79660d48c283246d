import MiniWarehouse
import WarehouseBasics
import WarehouseSQL

/// Runs scripts in a session and prints every statement's result; the first error stops.
final class ScriptRunner {
    let session: Session
    let display: ResultDisplay
    let diagnostics: TextOutput
    let interrupts: Interrupts
    private let progress: ProgressLine
    private let ticker: QueryTicker
    var showsTiming: Bool
    /// Results of queries are drawn in place of printed.
    var chart: SQLChart?
    private var printedCount = 0

    init(session: Session, format: OutputFormat, showsTiming: Bool, output: TextOutput = .standardOutput,
         diagnostics: TextOutput = .standardError, interrupts: Interrupts = .shared) {
        self.session = session
        display = ResultDisplay(screen: output, format: format, interrupts: interrupts)
        self.showsTiming = showsTiming
        self.diagnostics = diagnostics
        self.interrupts = interrupts
        let progress = ProgressLine(diagnostics)
        self.progress = progress
        ticker = QueryTicker(session, line: progress)
        if diagnostics.isTerminal { session.onProgress { progress.update($0) } }
    }

    deinit { if diagnostics.isTerminal { session.onProgress(nil) } }

    /// How results are printed.
    var format: OutputFormat {
        get { display.format }
        set { display.format = newValue }
    }

    /// Runs a script. `source` names it in errors, which are then `ScriptError`s that show the place. A script that is
    /// part of a longer text begins there at `line` and `column`.
    func run(_ sql: String, source: ScriptSource? = nil, line: Int = 1, column: Int = 1) throws {
        defer { progress.clear() }
        do {
            try interrupts.cancelling(session) {
                if diagnostics.isTerminal {
                    try ticker.ticking { try execute(sql, line, column) }
                } else {
                    try execute(sql, line, column)
                }
            }
        } catch let error as WarehouseError {
            progress.clear()
            try display.output.flush()
            // The terminal has written ^C where the cursor stood.
            if error.code == ErrorKind.cancelled.code, diagnostics.isTerminal { diagnostics.note("\n") }
            guard let source else { throw error }
            // What goes to standard error may be kept by somebody.
            let excerpt = error.span.flatMap { span in
                SecretMask.mayHoldSecret(sql) ? nil
                    : SourceCaret.lines(sql, span, line: line, column: column, columns: diagnostics.terminalColumns)
            }
            throw ScriptError(error, source: source.name, excerpt: excerpt)
        }
    }

    private func execute(_ sql: String, _ line: Int, _ column: Int) throws {
        var watch = Stopwatch()
        try session.executeScript(sql, line: line, column: column) { _, result in
            let seconds = watch.seconds
            try ticker.paused {
                try show(result)
                if showsTiming { try tell(seconds) }
            }
            try interrupts.check()
            watch = Stopwatch()
        }
    }

    /// The next result stands apart from those before it without an empty line.
    func startAnew() { printedCount = 0 }

    /// Prints a result.
    func show(_ result: ResultSet) throws {
        guard !result.columns.isEmpty else { return }
        defer { printedCount += 1 }
        guard let chart, result.isQuery else { return try display.show(result, separates: printedCount > 0) }
        let output = display.output
        if printedCount > 0, format.needsSeparator { try output.write("\n") }
        try chart.write(result, to: output, columns: output.terminalColumns)
        if output.isTerminal { try output.flush() }
    }

    private func tell(_ seconds: Double) throws {
        try display.output.flush()
        diagnostics.note("Time: \(Stopwatch.describe(seconds))\n")
    }
}

/// Where a script comes from: its name in a sentence, `'setup.sql'`; nil for what needs none, as a text of the command
/// line.
struct ScriptSource {
    var name: String?
}
