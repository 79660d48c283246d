import WarehouseBasics

/// Shows the place of an error under the line of SQL that holds it.
enum SourceCaret {
    /// More of a line than this is cut off on either side, also where the screen is wider.
    private static let maximumColumns = 100
    /// A narrower screen is taken to have so many columns.
    private static let minimumColumns = 20

    /// The line and, below it, a `^` under the place; nil where the text has no such place. A text that is part of a
    /// longer one, in which places are counted, begins there at `line` and `column`. Both lines fit a screen of
    /// `columns`: a line that the terminal wraps would have its mark under something else.
    static func lines(_ text: String, _ span: SourceSpan, line: Int = 1, column: Int = 1, indent: String = "  ",
                      columns: Int? = nil) -> String? {
        var span = span
        if span.line == line { span.column -= column - 1 }
        span.line -= line - 1
        let all = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard span.line >= 1, span.line <= all.count, span.column >= 1 else { return nil }
        // Columns count scalars.
        let scalars = Array(all[span.line - 1].unicodeScalars)
        guard span.column <= scalars.count + 1 else { return nil }
        let place = span.column - 1
        // The last column stays free: some terminals go to the next row as soon as it is taken.
        let room = max(minimumColumns, min(maximumColumns, (columns ?? .max) - 1 - indent.count))
        let (before, behind) = excerpt(scalars, around: place, room: room)
        return indent + before + behind + "\n"
            + indent + String(repeating: " ", count: DisplayWidth.columns(before)) + "^"
    }

    /// What stands before and behind a place, as far as there is room for it: before it two thirds at most.
    private static func excerpt(_ scalars: [Unicode.Scalar], around place: Int, room: Int) -> (before: String, behind: String) {
        func columns(_ range: Range<Int>) -> Int { DisplayWidth.columns(shown(scalars[range])) }
        // What takes no column takes bytes all the same.
        var first = max(0, place - 4 * room), last = min(scalars.count, place + 4 * room)
        while columns(first..<place) + (first > 0 ? 1 : 0) > room * 2 / 3 { first += 1 }
        let left = room - columns(first..<place) - (first > 0 ? 1 : 0)
        while last > place, columns(place..<last) + (last < scalars.count ? 1 : 0) > left { last -= 1 }
        return ((first > 0 ? "…" : "") + shown(scalars[first..<place]),
                shown(scalars[place..<last]) + (last < scalars.count ? "…" : ""))
    }

    private static func shown(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.map { $0 == "\t" || $0 == "\r" ? " " : $0 })
        return VisibleText.escaped(String(text))
    }
}
