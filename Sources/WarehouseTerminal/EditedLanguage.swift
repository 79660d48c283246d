/// What an editor must know of the language that is typed.
public protocol EditedLanguage {
    /// Whether Enter hands the text on; else it begins a new line.
    func isComplete(_ text: String) -> Bool
    /// How parts of the text look, in order and without overlaps; what no span covers is plain.
    func spans(_ text: String) -> [StyledSpan]
    /// What may stand at a place of the text.
    func completions(_ text: String, at utf8Offset: Int) -> Completions
}

/// A part of a text and how it looks.
public struct StyledSpan: Equatable, Sendable {
    /// UTF-8 offsets.
    public var range: Range<Int>
    public var style: TextStyle

    /// `range` counts UTF-8 bytes.
    public init(_ range: Range<Int>, _ style: TextStyle) {
        self.range = range
        self.style = style
    }
}

/// Words that may stand in the place of the one begun.
public struct Completions: Equatable, Sendable {
    /// What is replaced, as UTF-8 offsets: from where the word begins to the cursor.
    public var range: Range<Int>
    public var candidates: [Completion]

    /// `range` counts UTF-8 bytes.
    public init(range: Range<Int>, _ candidates: [Completion]) {
        self.range = range
        self.candidates = candidates
    }
}

/// One word that may stand there.
public struct Completion: Equatable, Sendable {
    /// What is put into the text.
    public var text: String
    /// What the list of candidates shows.
    public var label: String
    /// What follows when there is no other candidate: a space, or nothing behind `schema.` and `function(`.
    public var ending: String

    /// `label` is the text itself unless given.
    public init(_ text: String, label: String? = nil, ending: String = " ") {
        self.text = text
        self.label = label ?? text
        self.ending = ending
    }
}

/// Looks of a text, as terminals of 16 colours have them.
public enum TextStyle: String, Sendable {
    case keyword = "1;34"
    case function = "36"
    case string = "32"
    case number = "35"
    case comment = "2"
    case name = "33"
    case prompt = "1"
    case fault = "31"
    case chosen = "7"
    case faint = "90"

    /// `text` in this look, or plain.
    public func applied(to text: String, isColoured: Bool = true) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
