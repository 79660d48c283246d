/// Brings a terminal from the frame it shows to the next one, by the fewest rows.
///
/// Before the first frame the cursor stands at the beginning of an empty row.
public struct ScreenPainter: Sendable {
    private var shown = ScreenFrame()
    private var isShown = false
    /// Which rows of the frame are on the screen, when it is too small for all.
    private var top = 0

    /// Nothing is shown yet.
    public init() {}

    /// What to send so that a terminal of `height` rows shows `frame`.
    public mutating func paint(_ frame: ScreenFrame, height: Int) -> String {
        let (window, first) = ScreenPainter.window(frame, height: max(1, height), top: top)
        var text = ""
        // Drawing must not show as a cursor that runs about.
        if isShown { text += "\u{1B}[?25l" + up(shown.cursorRow) }
        text += "\r"
        let old = isShown && first == top ? shown.rows : []
        for (index, row) in window.rows.enumerated() {
            if index > 0 { text += "\r\n" }
            // Cleared first: behind a full row the cursor would stand on its last character.
            if index >= old.count || old[index] != row { text += "\u{1B}[K" + row + "\r" }
        }
        if isShown, shown.rows.count > window.rows.count {
            // Below the last row: ED from a row's first column takes all that follows.
            text += "\r\n\u{1B}[J" + up(1)
        }
        text += up(window.rows.count - 1 - window.cursorRow) + "\r" + right(window.cursorColumn)
        if isShown { text += "\u{1B}[?25h" }
        (shown, top, isShown) = (window, first, true)
        return text
    }

    /// What to send so that the next output begins on a row of its own, below the frame.
    public mutating func leave() -> String {
        guard isShown else { return "" }
        let down = shown.rows.count - 1 - shown.cursorRow
        self = ScreenPainter()
        return (down > 0 ? "\u{1B}[\(down)B" : "") + "\r\n"
    }

    /// What to send so that nothing of the frame is left, and the cursor where it began.
    public mutating func erase() -> String {
        guard isShown else { return "" }
        let text = up(shown.cursorRow) + "\r\u{1B}[J"
        self = ScreenPainter()
        return text
    }

    /// As `erase`, after the terminal became `columns` wide: rows that were wider now take several.
    public mutating func eraseReflowed(columns: Int) -> String {
        guard isShown, columns > 0 else { return erase() }
        var above = shown.cursorColumn / columns
        for row in 0..<shown.cursorRow { above += max(1, (shown.widths[row] + columns - 1) / columns) }
        let text = up(above) + "\r\u{1B}[J"
        self = ScreenPainter()
        return text
    }

    /// The part of a frame that a terminal can show, with the cursor in it, moved as little as possible.
    private static func window(_ frame: ScreenFrame, height: Int, top: Int) -> (ScreenFrame, Int) {
        let count = frame.rows.count
        guard count > height else { return (frame, 0) }
        var first = min(top, count - height)
        if frame.cursorRow < first { first = frame.cursorRow }
        if frame.cursorRow >= first + height { first = frame.cursorRow - height + 1 }
        var part = frame
        part.rows = Array(frame.rows[first..<first + height])
        part.widths = Array(frame.widths[first..<first + height])
        part.cursorRow -= first
        return (part, first)
    }

    private func up(_ count: Int) -> String { count > 0 ? "\u{1B}[\(count)A" : "" }
    private func right(_ count: Int) -> String { count > 0 ? "\u{1B}[\(count)C" : "" }
}
