import WarehouseBasics

/// What the terminal shall show of an editor: rows that fit its width, and where the cursor stands.
public struct ScreenFrame: Equatable, Sendable {
    /// Texts with escape sequences for looks.
    public var rows: [String] = [""]
    /// Columns that each row takes.
    public var widths: [Int] = [0]
    public var cursorRow = 0
    public var cursorColumn = 0
}

/// Lays an editor's text out in rows.
public struct EditorLayout {
    /// Rows that candidates of a completion may take.
    private static let maximumFootRows = 8

    let columns: Int
    let prompt: String
    let continuation: String
    let isColoured: Bool

    /// For a terminal of `columns`; `prompt` stands before the first line, `continuation` before each other.
    public init(columns: Int, prompt: String, continuation: String, isColoured: Bool) {
        self.columns = max(8, columns)
        self.prompt = prompt
        self.continuation = continuation
        self.isColoured = isColoured
    }

    /// The rows. `showsFoot`: with what stands below the text, candidates or a search.
    public func frame(_ editor: Editor, showsFoot: Bool = true) -> ScreenFrame {
        var writer = RowWriter(columns: columns, isColoured: isColoured)
        let buffer = editor.buffer
        writer.append(prompt, .prompt)
        let spans = isColoured ? editor.language.spans(buffer.text) : []
        var span = 0, offset = 0
        for (index, character) in buffer.characters.enumerated() {
            if index == buffer.cursor { writer.markCursor() }
            while span < spans.count, spans[span].range.upperBound <= offset { span += 1 }
            let style = span < spans.count && spans[span].range.contains(offset) ? spans[span].style : nil
            if character == "\n" {
                writer.newRow()
                writer.append(continuation, .prompt)
            } else {
                writer.append(character, style)
            }
            offset += character.utf8.count
        }
        if buffer.cursor == buffer.characters.count { writer.markCursor() }
        if showsFoot { foot(editor, &writer) }
        return writer.finish()
    }

    private func foot(_ editor: Editor, _ writer: inout RowWriter) {
        if let search = editor.search {
            writer.newRow()
            writer.append(Self.fitted(search.label, columns), .faint)
        } else if let choice = editor.choice {
            list(choice, &writer)
        }
    }

    /// Candidates in columns, the rows around the chosen one.
    private func list(_ choice: CompletionChoice, _ writer: inout RowWriter) {
        let labels = choice.candidates.map { Self.fitted($0.label, columns - 2) }
        let width = (labels.map(DisplayWidth.columns).max() ?? 0) + 2
        let across = max(1, columns / width), down = (labels.count + across - 1) / across
        var first = 0
        if let index = choice.index, index / across >= Self.maximumFootRows {
            first = min(index / across, down - Self.maximumFootRows)
        }
        let last = min(down, first + Self.maximumFootRows)
        for row in first..<last {
            writer.newRow()
            for index in row * across..<min(labels.count, (row + 1) * across) {
                writer.append(labels[index], index == choice.index ? .chosen : .faint)
                let gap = width - DisplayWidth.columns(labels[index])
                if index + 1 < min(labels.count, (row + 1) * across) { writer.append(String(repeating: " ", count: gap), nil) }
            }
        }
        if last < down || first > 0 {
            writer.newRow()
            writer.append(Self.fitted("\(labels.count) candidates; Tab goes on", columns), .faint)
        }
    }

    private static func fitted(_ text: String, _ columns: Int) -> String {
        guard DisplayWidth.columns(text) > columns else { return text }
        var result = "", used = 0
        for character in text {
            used += DisplayWidth.columns(character)
            if used > columns - 1 { break }
            result.append(character)
        }
        return result + "…"
    }
}

/// Builds rows, character by character.
private struct RowWriter {
    let columns: Int
    let isColoured: Bool
    private var frame = ScreenFrame()
    private var width = 0
    private var row = ""
    private var style: TextStyle?
    private var run = ""
    private var isFirst = true

    init(columns: Int, isColoured: Bool) {
        self.columns = columns
        self.isColoured = isColoured
        frame.rows = []
        frame.widths = []
    }

    mutating func append(_ text: String, _ style: TextStyle?) {
        for character in text { append(character, style) }
    }

    mutating func append(_ character: Character, _ style: TextStyle?) {
        let (text, taken) = RowWriter.shown(character)
        if width + taken > columns { newRow() }
        if style != self.style {
            flush()
            self.style = style
        }
        run += text
        width += taken
    }

    /// The cursor stands where the next character comes.
    mutating func markCursor() {
        if width >= columns { newRow() }
        frame.cursorRow = frame.rows.count
        frame.cursorColumn = width
    }

    mutating func newRow() {
        flush()
        frame.rows.append(row)
        frame.widths.append(width)
        (row, width) = ("", 0)
    }

    mutating func finish() -> ScreenFrame {
        newRow()
        return frame
    }

    private mutating func flush() {
        row += style?.applied(to: run, isColoured: isColoured) ?? run
        run = ""
    }

    /// What stands for a character, and its columns: what a terminal would obey is shown instead.
    private static func shown(_ character: Character) -> (String, Int) {
        if character == "\t" { return ("    ", 4) }
        let width = DisplayWidth.columns(character)
        if width > 0, !character.unicodeScalars.contains(where: isObeyed) { return (String(character), width) }
        var text = ""
        for scalar in character.unicodeScalars {
            let value = scalar.value
            if value < 32 {
                text += "^" + String(Character(Unicode.Scalar(UInt8(value) + 64)))
            } else if DisplayWidth.columns(scalar) == 0 || isObeyed(scalar) {
                text += "<\(String(value, radix: 16, uppercase: true))>"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return (text, DisplayWidth.columns(text))
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        return value < 32 || (0x7F..<0xA0).contains(value) || (0x2028...0x202E).contains(value)
            || (0x2066...0x2069).contains(value) || value == 0x200E || value == 0x200F || value == 0xFEFF
    }
}
