#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import WarehouseBasics

/// Where results go and how they look there.
final class ResultDisplay {
    /// When rows are printed one below the other.
    enum Expansion: String, CaseIterable {
        case off, on
        /// Where a table is wider than the screen.
        case auto
    }

    /// Rows that a pager is given.
    static let maximumPagedRows = 10_000

    let screen: TextOutput
    private let interrupts: Interrupts
    var format: OutputFormat
    var expansion = Expansion.off
    /// Nil: what is too large for the screen is cut.
    var pager: Pager?
    /// Rows of a table that are shown; nil: as many as are bearable where they are shown.
    var maximumRows: Int?
    var null = "NULL"
    /// Whether a person types at the prompt, who has commands for what elsewhere are options.
    var isAtPrompt = false
    private var redirection: (output: TextOutput, close: () -> Void)?

    init(screen: TextOutput, format: OutputFormat, interrupts: Interrupts) {
        self.screen = screen
        self.format = format
        self.interrupts = interrupts
    }

    deinit { redirection?.close() }

    /// Where results go now.
    var output: TextOutput { redirection?.output ?? screen }

    /// Prints a result; `separates`: with an empty line before it, where the format wants one.
    func show(_ result: ResultSet, separates: Bool = false) throws {
        do {
            guard screen.isTerminal else { return try print(result, separates) }
            try screen.interruptible(by: { [interrupts] in try interrupts.check() }) { try print(result, separates) }
        } catch is OutputClosed where redirection != nil {
            // A command such as `head` that has read enough; nobody else misses its rows.
        }
    }

    private func print(_ result: ResultSet, _ separates: Bool) throws {
        guard !result.columns.isEmpty else { return }
        let gap = separates && format.needsSeparator ? "\n" : ""
        if format == .table { return try showTable(result, gap) }
        let isLong = (screen.terminalRows.map { result.rowCount + 2 > $0 }) ?? false
        try page(isLong, to: output) {
            try $0.write(gap)
            try format.write(result, to: $0)
        }
        if output.isTerminal { try output.flush() }
    }

    private func showTable(_ result: ResultSet, _ gap: String) throws {
        let mayPage = pager != nil && output.isTerminal
        let limit = maximumRows ?? (mayPage ? ResultDisplay.maximumPagedRows : ShownRows.maximum)
        var shown = try ShownRows(result, maximum: limit, null: null, check: interrupts.check)
        if isAtPrompt { shown.advice = "\\set ROWS \(result.rowCount) shows all, \\format csv, json or jsonl too" }
        let columns = output.terminalColumns
        let writer = TableWriter(shown, isReport: !result.isQuery, columns: nil)
        if writer.report != nil {
            try output.write(gap)
            return try writer.write(to: output)
        }
        let isWide = try columns.map { try TableLayout(shown, maximumColumns: nil, widest: $0).width > $0 } ?? false
        let isExpanded = expansion == .on || expansion == .auto && isWide
        let height = isExpanded ? shown.rows.count * (shown.columns.count + 1) + 1 : shown.rows.count + 5
        let isLong = output.terminalRows.map { height + 1 > $0 } ?? false
        // What PUT or DML tells of itself is read in passing, and where there are no rows, there is nothing to scroll to.
        let isPaged = mayPage && (isLong || isWide && !isExpanded && result.isQuery && result.rowCount > 0)
        func write(_ target: TextOutput, _ width: Int?) throws {
            try target.write(gap)
            if isExpanded {
                try RecordWriter(shown, columns: width).write(to: target)
            } else {
                try TableWriter(shown, columns: width).write(to: target)
            }
        }
        if isPaged {
            // What no pager shows has to fit the screen.
            if try !isShownByPager(on: output, { try write($0, nil) }) { return try showTable(result, gap) }
        } else {
            try write(output, columns)
        }
        if output.isTerminal { try output.flush() }
    }

    /// Prints by the pager what is too large for the screen, if there is one and the screen is where it goes.
    func page(_ isLarge: Bool, to output: TextOutput, _ body: (TextOutput) throws -> Void) throws {
        if isLarge, try isShownByPager(on: output, body) { return }
        try body(output)
    }

    /// False when there is no pager, or none that runs: it is off from then on.
    private func isShownByPager(on output: TextOutput, _ body: (TextOutput) throws -> Void) throws -> Bool {
        guard let pager, output.isTerminal else { return false }
        try output.flush()
        if try pager.show(interrupts, body) { return true }
        self.pager = nil
        // The shell has said why.
        try output.write("The pager '\(VisibleText.escaped(pager.command))' cannot be run, and is off now.\n")
        return false
    }

    // MARK: Elsewhere

    /// Ends what `redirect` began.
    private func endRedirection() throws {
        guard let (output, close) = redirection else { return }
        redirection = nil
        defer { close() }
        do {
            try output.flush()
        } catch is OutputClosed {
            // As in `show`.
        }
    }

    /// Sends results to a file, or with `|` before it to a command of the shell; nil: to the screen again.
    func redirect(to target: String?) throws {
        try endRedirection()
        guard let target, !target.isEmpty else { return }
        if target.hasPrefix("|") {
            try output.flush()
            let process = try ChildProcess(shell: String(target.dropFirst()), takesInput: true)
            redirection = (process.input, { [interrupts] in _ = interrupts.ignored { process.wait() } })
            return
        }
        let path = FileNames.expanded(target)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else {
            throw WarehouseError(.inputOutput, "'\(path)' cannot be written: \(String(cString: strerror(errno))).")
        }
        redirection = (TextOutput(descriptor: file), { close(file) })
    }
}
