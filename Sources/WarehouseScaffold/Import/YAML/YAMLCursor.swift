/// A place in a YAML text.
struct YAMLMark {
    /// From 1.
    var line = 1
    /// Characters before it on its line.
    var column = 0
    /// Characters before it in the text.
    var index = 0
}

/// Why a text is no YAML, and where.
struct YAMLProblem: Error {
    var mark: YAMLMark
    /// What is wrong and what would have been valid.
    var message: String
    /// The text may be YAML but asks for more than is given.
    var isLimit = false

    init(_ mark: YAMLMark, _ message: String, isLimit: Bool = false) {
        self.mark = mark
        self.message = message
        self.isLimit = isLimit
    }
}

/// Walks over a text's UTF-8 and knows the place. Characters and line breaks are those of YAML 1.2.2, chapters 5.1 and 5.4;
/// U+0085, U+2028 and U+2029 end lines as well, as in YAML 1.1 and libyaml.
struct YAMLCursor {
    /// Zeros follow the text, so that looking ahead asks for no bounds: the text itself has none.
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var mark = YAMLMark()

    private static let padding = [UInt8](repeating: 0, count: 8)

    init(_ text: String) throws(YAMLProblem) {
        var bytes = Array(text.utf8)
        // A byte order mark says nothing about UTF-8, and takes no column of the first line.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        bytes += YAMLCursor.padding
        self.bytes = bytes
        try refuseControlCharacters()
    }

    // MARK: Looking

    /// The byte `ahead` of the next one as a character, which means something where it is ASCII; zero behind the text.
    @inline(__always)
    func character(_ ahead: Int = 0) -> Unicode.Scalar { Unicode.Scalar(bytes[offset + ahead]) }

    @inline(__always)
    func isAt(_ character: Unicode.Scalar, _ ahead: Int = 0) -> Bool { self.character(ahead) == character }

    var isAtEnd: Bool { bytes[offset] == 0 }

    /// A space or a tab.
    @inline(__always)
    func isBlank(_ ahead: Int = 0) -> Bool { bytes[offset + ahead] == 0x20 || bytes[offset + ahead] == 0x09 }

    @inline(__always)
    func isBreak(_ ahead: Int = 0) -> Bool {
        switch bytes[offset + ahead] {
        case 0x0A, 0x0D: true
        case 0xC2: bytes[offset + ahead + 1] == 0x85
        case 0xE2: bytes[offset + ahead + 1] == 0x80 && bytes[offset + ahead + 2] & 0xFE == 0xA8
        default: false
        }
    }

    @inline(__always)
    func isBreakOrEnd(_ ahead: Int = 0) -> Bool { bytes[offset + ahead] == 0 || isBreak(ahead) }

    /// What separates tokens, or the end.
    @inline(__always)
    func isSpace(_ ahead: Int = 0) -> Bool { isBlank(ahead) || isBreakOrEnd(ahead) }

    /// A letter, digit, `_` or `-`: what names of anchors, tags and directives are made of here and in libyaml.
    var isWord: Bool {
        switch character() {
        case "0"..."9", "A"..."Z", "a"..."z", "_", "-": true
        default: false
        }
    }

    var isByteOrderMark: Bool { bytes[offset] == 0xEF && bytes[offset + 1] == 0xBB && bytes[offset + 2] == 0xBF }

    /// `---` or `...` at the beginning of a line, alone or before a space.
    func isDocumentMarker(_ character: Unicode.Scalar) -> Bool {
        mark.column == 0 && isAt(character) && isAt(character, 1) && isAt(character, 2) && isSpace(3)
    }

    var isDocumentMarker: Bool { isDocumentMarker("-") || isDocumentMarker(".") }

    // MARK: Walking

    @inline(__always)
    private var width: Int {
        switch bytes[offset] {
        case ..<0x80: 1
        case ..<0xE0: 2
        case ..<0xF0: 3
        default: 4
        }
    }

    /// Goes one character on, within the line.
    @inline(__always)
    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where !isAtEnd {
            offset += width
            mark.index += 1
            mark.column += 1
        }
    }

    /// Goes one character on and keeps it.
    @inline(__always)
    mutating func read(into text: inout [UInt8]) {
        guard !isAtEnd else { return }
        let end = offset + width
        while offset < end {
            text.append(bytes[offset])
            offset += 1
        }
        mark.index += 1
        mark.column += 1
    }

    /// Goes to the next line, if one begins here.
    mutating func skipBreak() {
        guard isBreak() else { return }
        let count = isAt("\r") && isAt("\n", 1) ? 2 : 1
        offset += count == 2 ? 2 : width
        mark.index += count
        mark.column = 0
        mark.line += 1
    }

    /// Goes to the next line and keeps the break: a line feed, but for U+2028 and U+2029, which stay what they are.
    mutating func readBreak(into text: inout [UInt8]) {
        guard isBreak() else { return }
        if bytes[offset] == 0xE2 { text += bytes[offset..<offset + 3] } else { text.append(0x0A) }
        skipBreak()
    }

    mutating func skipBlanks() {
        while isBlank() { advance() }
    }

    /// Passes over `# …`, up to the line's end.
    mutating func skipComment() {
        guard isAt("#") else { return }
        while !isBreakOrEnd() { advance() }
    }

    /// The end of the text counts as the beginning of a line.
    mutating func startLineAtEnd() {
        guard mark.column != 0 else { return }
        mark.column = 0
        mark.line += 1
    }

    // MARK: Checking

    /// Only printable characters make up a YAML text (chapter 5.1).
    private mutating func refuseControlCharacters() throws(YAMLProblem) {
        let count = bytes.count - YAMLCursor.padding.count
        let wrong = bytes.withUnsafeBufferPointer { bytes in
            (0..<count).first { index in
                switch bytes[index] {
                case 0x09, 0x0A, 0x0D, 0x20...0x7E: false
                case 0x00...0x7F: true
                case 0xC2: bytes[index + 1] < 0xA0 && bytes[index + 1] != 0x85
                case 0xEF: bytes[index + 1] == 0xBF && bytes[index + 2] >= 0xBE
                default: false
                }
            }
        }
        guard let wrong else { return }
        while offset < wrong { if isBreak() { skipBreak() } else { advance() } }
        throw YAMLProblem(mark, "a control character; a text in double quotes writes it as an escape such as \\x07")
    }
}
