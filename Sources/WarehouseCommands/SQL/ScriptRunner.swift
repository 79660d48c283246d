import MiniWarehouse
import WarehouseBasics

/// Runs scripts in a session and prints every statement's result; the first error stops.
final class ScriptRunner {
    let session: Session
    private let output: TextOutput
    private let diagnostics: TextOutput
    private let interrupts: Interrupts
    private let progress: ProgressLine
    var format: OutputFormat
    var showsTiming: Bool
    /// Results of queries are drawn in place of printed.
    var chart: SQLChart?
    private var printedCount = 0

    init(session: Session, format: OutputFormat, showsTiming: Bool, output: TextOutput = .standardOutput,
         diagnostics: TextOutput = .standardError, interrupts: Interrupts = .shared) {
        self.session = session
        self.format = format
        self.showsTiming = showsTiming
        self.output = output
        self.diagnostics = diagnostics
        self.interrupts = interrupts
        let progress = ProgressLine(diagnostics)
        self.progress = progress
        if diagnostics.isTerminal { session.onProgress { progress.update($0) } }
    }

    deinit { if diagnostics.isTerminal { session.onProgress(nil) } }

    /// Runs a script. `source` names it in errors, which are then `ScriptError`s.
    func run(_ sql: String, source: String? = nil) throws {
        defer { progress.clear() }
        do {
            try interrupts.cancelling(session) {
                var watch = Stopwatch()
                try session.executeScript(sql) { _, result in
                    let seconds = watch.seconds
                    progress.clear()
                    try show(result)
                    if showsTiming { try tell(seconds) }
                    try interrupts.check()
                    watch = Stopwatch()
                }
            }
        } catch let error as WarehouseError {
            try output.flush()
            guard let source else { throw error }
            throw ScriptError(error, source: source)
        }
    }

    /// The next result stands apart from those before it without an empty line.
    func startAnew() { printedCount = 0 }

    private func show(_ result: ResultSet) throws {
        guard !result.columns.isEmpty else { return }
        if printedCount > 0, format.needsSeparator { try output.write("\n") }
        printedCount += 1
        if let chart, result.isQuery {
            try chart.write(result, to: output, columns: output.terminalColumns)
        } else {
            try format.write(result, to: output, columns: output.terminalColumns)
        }
        if output.isTerminal { try output.flush() }
    }

    private func tell(_ seconds: Double) throws {
        try output.flush()
        diagnostics.note("Time: \(Stopwatch.describe(seconds))\n")
    }
}
