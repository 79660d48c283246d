/// A text and the place in it where the next key works. Counts characters as a reader sees them.
public struct EditBuffer: Equatable, Sendable {
    /// The text's characters.
    public private(set) var characters: [Character]
    /// How many characters stand before the cursor.
    public private(set) var cursor: Int

    /// A text with the cursor at its end.
    public init(_ text: String = "") {
        characters = Array(EditBuffer.cleaned(text))
        cursor = characters.count
    }

    /// The text.
    public var text: String { String(characters) }
    var isEmpty: Bool { characters.isEmpty }

    /// Bytes of the text that stand before the cursor.
    var cursorOffset: Int { characters[..<cursor].reduce(0) { $0 + $1.utf8.count } }

    /// `text` with every line end as `\n`, and without characters that end texts in C.
    static func cleaned(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 13 || $0 == 0 }) else { return text }
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                result.append("\n")
            } else if scalar != "\0", !(scalar == "\n" && last == "\r") {
                result.append(scalar)
            }
            last = scalar
        }
        return String(result)
    }

    // MARK: Changing

    /// Puts a text at the cursor; marks that combine join the character before them.
    mutating func insert(_ text: String) {
        var added = Array(EditBuffer.cleaned(text))
        guard !added.isEmpty else { return }
        if cursor > 0, characters[cursor - 1] != "\n" {
            let joined = Array(String(characters[cursor - 1]) + String(added))
            if joined.count == added.count {
                characters.remove(at: cursor - 1)
                cursor -= 1
                added = joined
            }
        }
        characters.insert(contentsOf: added, at: cursor)
        cursor += added.count
    }

    /// Takes characters away; what was taken.
    @discardableResult
    mutating func remove(_ range: Range<Int>) -> String {
        let range = range.clamped(to: 0..<characters.count)
        let taken = String(characters[range])
        characters.removeSubrange(range)
        if cursor >= range.upperBound { cursor -= range.count } else if cursor > range.lowerBound { cursor = range.lowerBound }
        return taken
    }

    /// Puts a text in the place of bytes of the whole, and the cursor behind it.
    mutating func replace(utf8 range: Range<Int>, with text: String) {
        let start = index(utf8: range.lowerBound), end = index(utf8: range.upperBound)
        remove(start..<max(start, end))
        cursor = start
        insert(text)
    }

    private func index(utf8 offset: Int) -> Int {
        var index = 0, passed = 0
        while index < characters.count, passed < offset {
            passed += characters[index].utf8.count
            index += 1
        }
        return index
    }

    mutating func transpose() {
        guard characters.count > 1, cursor > 0 else { return }
        let second = cursor == characters.count ? cursor - 1 : cursor
        guard second > 0 else { return }
        characters.swapAt(second - 1, second)
        cursor = second + 1
    }

    /// Changes the case of the rest of the word.
    mutating func changeWord(_ change: (String) -> String) {
        let end = wordEnd(), text = change(String(characters[cursor..<end]))
        remove(cursor..<end)
        insert(text)
    }

    // MARK: Moving

    mutating func move(to index: Int) { cursor = min(max(0, index), characters.count) }

    /// Where the cursor's line begins.
    var lineStart: Int { (characters[..<cursor].lastIndex(of: "\n") ?? -1) + 1 }
    /// Where the cursor's line ends.
    var lineEnd: Int { characters[cursor...].firstIndex(of: "\n") ?? characters.count }

    /// Moves a line up or down, to the same column as far as there is one; false when there is no such line.
    mutating func moveLine(_ step: Int) -> Bool {
        let column = cursor - lineStart
        if step < 0 {
            guard lineStart > 0 else { return false }
            cursor = lineStart - 1
        } else {
            guard lineEnd < characters.count else { return false }
            cursor = lineEnd + 1
        }
        cursor = min(lineStart + column, lineEnd)
        return true
    }

    /// Where the word ends that the cursor is in or before.
    func wordEnd() -> Int {
        var index = cursor
        while index < characters.count, !EditBuffer.isWord(characters[index]) { index += 1 }
        while index < characters.count, EditBuffer.isWord(characters[index]) { index += 1 }
        return index
    }

    /// Where the word begins that the cursor is in or behind.
    func wordStart() -> Int {
        var index = cursor
        while index > 0, !EditBuffer.isWord(characters[index - 1]) { index -= 1 }
        while index > 0, EditBuffer.isWord(characters[index - 1]) { index -= 1 }
        return index
    }

    /// As `wordStart`, where only white space divides words.
    func spacedWordStart() -> Int {
        var index = cursor
        while index > 0, characters[index - 1].isWhitespace { index -= 1 }
        while index > 0, !characters[index - 1].isWhitespace { index -= 1 }
        return index
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
