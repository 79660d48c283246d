import WarehouseBasics

/// Shows the place of an error under the line of SQL that holds it.
enum SourceCaret {
    /// More of a line than this is cut off on either side.
    private static let maximumColumns = 100

    /// The line and, below it, a `^` under the place; nil where the text has no such place. A text that is part of a
    /// longer one, in which places are counted, begins there at `line` and `column`.
    static func lines(_ text: String, _ span: SourceSpan, line: Int = 1, column: Int = 1, indent: String = "  ") -> String? {
        var span = span
        if span.line == line { span.column -= column - 1 }
        span.line -= line - 1
        let all = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard span.line >= 1, span.line <= all.count, span.column >= 1 else { return nil }
        // Columns count scalars.
        let scalars = Array(all[span.line - 1].unicodeScalars)
        guard span.column <= scalars.count + 1 else { return nil }
        let place = span.column - 1
        let first = max(0, place - maximumColumns * 2 / 3)
        let last = min(scalars.count, first + maximumColumns)
        let before = (first > 0 ? "…" : "") + shown(scalars[first..<place])
        let behind = shown(scalars[place..<last]) + (last < scalars.count ? "…" : "")
        return indent + before + behind + "\n"
            + indent + String(repeating: " ", count: DisplayWidth.columns(before)) + "^"
    }

    private static func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.map { $0 == "\t" || $0 == "\r" ? " " : $0 })
        return VisibleText.escaped(String(text))
    }
}
