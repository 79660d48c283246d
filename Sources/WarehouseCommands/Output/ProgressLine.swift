import MiniWarehouse
import WarehouseBasics

/// One line at the foot of a terminal that says how far a statement has come; nothing where no person looks on.
///
/// `update` may be called from any thread; `clear` takes the line away, before anything else is printed.
public final class ProgressLine: Sendable {
    /// Seconds between two drawings.
    private static let interval = 0.1
    /// A statement shorter than this shows nothing.
    private static let delay = 0.3

    private struct State {
        var start: Stopwatch?
        var drawnAt = 0.0
        var isShown = false
    }

    private let output: TextOutput
    private let state = Lock(State())

    /// Draws on `output` if that is a terminal.
    public init(_ output: TextOutput = .standardError) { self.output = output }

    /// Shows a state of PUT or COPY.
    public func update(_ progress: StatementProgress) {
        show(fraction: ProgressText.fraction(progress)) { fraction, seconds in
            ProgressText.describe(progress, fraction: fraction, seconds: seconds)
        }
    }

    /// Shows any other work: `label`, how much of it is done (0…1, nil when unknown), and what more there is to say.
    public func update(_ label: String, fraction: Double?, detail: String = "") {
        show(fraction: fraction) { fraction, seconds in
            ProgressText.line(label: label, fraction: fraction, details: detail.isEmpty ? [] : [detail],
                              seconds: seconds)
        }
    }

    /// Shows how much of its tables a query has read.
    func update(rowsDone: Int, of total: Int) {
        show(fraction: nil) { _, seconds in ProgressText.query(rowsDone: rowsDone, of: total, seconds: seconds) }
    }

    private func show(fraction: Double?, _ text: (_ fraction: Double?, _ seconds: Double) -> String) {
        guard output.isTerminal else { return }
        state.withLock { state in
            let start = state.start ?? Stopwatch()
            state.start = start
            let seconds = start.seconds
            guard seconds >= ProgressLine.delay, seconds - state.drawnAt >= ProgressLine.interval else { return }
            state.drawnAt = seconds
            state.isShown = true
            let columns = (output.terminalColumns ?? 80) - 1
            output.note("\r\u{1B}[K" + VisibleText.fitted(text(fraction, seconds), columns: max(1, columns)))
        }
    }

    /// Removes the line; the next `update` begins anew.
    public func clear() {
        state.withLock { state in
            if state.isShown { output.note("\r\u{1B}[K") }
            state = State()
        }
    }
}

/// What a progress line says.
enum ProgressText {
    static func fraction(_ progress: StatementProgress) -> Double? {
        guard progress.bytesTotal > 0 else { return nil }
        return min(1, max(0, Double(progress.bytesDone) / Double(progress.bytesTotal)))
    }

    /// `COPY ratings.csv  ━━━━━━─────  43%  2/6 files  8.1M rows  1.2M rows/s  3 errors  ETA 0:12`
    static func describe(_ progress: StatementProgress, fraction: Double?, seconds: Double) -> String {
        var details: [String] = []
        if progress.filesTotal > 1 { details.append("\(progress.filesDone)/\(progress.filesTotal) files") }
        if progress.rows > 0 {
            details.append("\(short(Double(progress.rows))) rows")
            if seconds > 0 { details.append("\(short(Double(progress.rows) / seconds)) rows/s") }
        }
        if progress.errors > 0 { details.append(progress.errors == 1 ? "1 error" : "\(progress.errors) errors") }
        let name = progress.file.split(separator: "/").last.map(String.init) ?? ""
        return line(label: "\(progress.step.rawValue) \(VisibleText.escaped(name))", fraction: fraction,
                    details: details, seconds: seconds)
    }

    /// A query whose rows are not all read says how long reading the others may take. What comes behind the last row, as
    /// sorting, takes its time as well, nobody knows how much: then the line only says that there is work.
    static func query(rowsDone: Int, of total: Int, seconds: Double) -> String {
        let fraction = Double(rowsDone) / Double(max(1, total))
        guard fraction < 0.99 else { return "\(grouped(rowsDone)) rows read, working … \(Stopwatch.clock(seconds))" }
        var details = ["\(short(Double(rowsDone))) of \(short(Double(total))) rows"]
        if seconds > 0 { details.append("\(short(Double(rowsDone) / seconds)) rows/s") }
        return line(label: "reading", fraction: fraction, details: details, seconds: seconds)
    }

    static func line(label: String, fraction: Double?, details: [String], seconds: Double) -> String {
        var parts = [label]
        if let fraction {
            let percent = Int((fraction * 100).rounded(.down))
            parts.append("\(bar(fraction, width: 20)) \(percent < 10 ? "  " : percent < 100 ? " " : "")\(percent)%")
        }
        parts += details
        if let fraction, fraction > 0.01, fraction < 1 {
            parts.append("ETA \(Stopwatch.clock(seconds / fraction - seconds))")
        } else {
            parts.append(Stopwatch.clock(seconds))
        }
        return parts.joined(separator: "  ")
    }

    static func bar(_ fraction: Double, width: Int) -> String {
        let full = Int((fraction * Double(width)).rounded(.down))
        return String(repeating: "━", count: full) + String(repeating: "─", count: width - full)
    }

    /// Three digits and a unit: `950`, `12.3K`, `1.20M`.
    static func short(_ number: Double) -> String {
        var rest = number, unit = ""
        for next in ["K", "M", "G", "T"] where rest >= 999.5 {
            rest /= 1_000
            unit = next
        }
        if unit.isEmpty { return String(Int(rest.rounded())) }
        return Stopwatch.fixed(rest, digits: rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0) + unit
    }
}
