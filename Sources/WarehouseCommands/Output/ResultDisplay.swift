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
    /// Rows of a table that are shown.
    var maximumRows = ShownRows.maximum
    var null = "NULL"
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
        guard !result.columns.isEmpty else { return }
        let gap = separates && format.needsSeparator ? "\n" : ""
        if format == .table { return try showTable(result, gap) }
        let isLong = (screen.terminalRows.map { result.rowCount + 2 > $0 }) ?? false
        try page(isLong) {
            try $0.write(gap)
            try format.write(result, to: $0)
        }
        if output.isTerminal { try output.flush() }
    }

    private func showTable(_ result: ResultSet, _ gap: String) throws {
        let mayPage = pager != nil && output.isTerminal
        let limit = mayPage ? max(maximumRows, ResultDisplay.maximumPagedRows) : maximumRows
        let shown = ShownRows(result, maximum: limit, null: null)
        let columns = output.terminalColumns
        let writer = TableWriter(shown, isReport: !result.isQuery, columns: nil)
        if writer.report != nil {
            try output.write(gap)
            return try writer.write(to: output)
        }
        let isWide = columns.map { TableLayout(shown, maximumColumns: nil).width > $0 } ?? false
        let isExpanded = expansion == .on || expansion == .auto && isWide
        let height = isExpanded ? shown.rows.count * (shown.columns.count + 1) + 1 : shown.rows.count + 5
        let isLong = output.terminalRows.map { height + 1 > $0 } ?? false
        let isPaged = mayPage && (isLong || isWide && !isExpanded)
        try page(isPaged) { target in
            try target.write(gap)
            let width = isPaged ? nil : columns
            if isExpanded {
                try RecordWriter(shown, columns: width).write(to: target)
            } else {
                try TableWriter(shown, columns: width).write(to: target)
            }
        }
        if output.isTerminal { try output.flush() }
    }

    /// Prints by the pager, if there is one and the screen is where results go.
    func page(_ isLarge: Bool, _ body: (TextOutput) throws -> Void) throws {
        guard isLarge, let pager, output.isTerminal else { return try body(output) }
        try output.flush()
        try pager.show(interrupts, body)
    }

    // MARK: Elsewhere

    /// Sends results to a file, or with `|` before it to a command of the shell; nil: to the screen again.
    func redirect(to target: String?) throws {
        try redirection?.output.flush()
        redirection?.close()
        redirection = nil
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
