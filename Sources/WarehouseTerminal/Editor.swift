/// A text that grows by keys: moving, cutting and pasting as in readline's emacs mode, several lines, history, search
/// and completion. Knows no terminal: keys come in, and `EditorLayout` shows what is there.
public struct Editor {
    /// What a key led to.
    public enum Outcome: Equatable, Sendable {
        case editing
        /// Enter behind a complete text.
        case submitted(String)
        /// ^C.
        case cancelled
        /// ^D where nothing is typed.
        case ended
        case suspended, cleared
        /// Nothing to be done: the terminal may ring.
        case refused
    }

    /// The text and the cursor.
    public internal(set) var buffer: EditBuffer
    let language: any EditedLanguage
    let history: History
    /// Which entry of the history is shown; `history.entries.count` stands for the new text.
    var historyIndex: Int
    /// Entries as changed on the way, and the new text.
    private var changed: [Int: EditBuffer] = [:]
    private var killed = ""
    private var lastWasKill = false
    private var undoStack: [EditBuffer] = []
    private var lastWasText = false
    var search: HistorySearch?
    var choice: CompletionChoice?

    /// Begins with `text`, behind its end.
    public init(_ text: String = "", language: any EditedLanguage, history: History = History()) {
        buffer = EditBuffer(text)
        self.language = language
        self.history = history
        historyIndex = history.entries.count
    }

    /// Does what a key says.
    public mutating func handle(_ key: Key) -> Outcome {
        if search != nil, let outcome = handleInSearch(key) { return outcome }
        if key == .tab || key == .backTab { return complete(isBackwards: key == .backTab) }
        if choice != nil {
            choice = nil
            if key == .escape { return .editing }
        }
        let before = buffer
        defer {
            if buffer.characters != before.characters, key != .control("_") { remember(before, key) }
            lastWasText = if case .text = key { true } else { false }
        }
        let isKill = [.control("k"), .control("u"), .control("w"), .meta("d"), .metaBackspace].contains(key)
        defer { lastWasKill = isKill }
        return edit(key) ?? move(key) ?? command(key)
    }

    // MARK: Keys

    private mutating func edit(_ key: Key) -> Outcome? {
        let cursor = buffer.cursor
        switch key {
        case .text(let text), .paste(let text): buffer.insert(text)
        case .backspace:
            guard cursor > 0 else { return .refused }
            buffer.remove(cursor - 1..<cursor)
        case .delete: buffer.remove(cursor..<cursor + 1)
        case .control("d"):
            if buffer.isEmpty { return .ended }
            buffer.remove(cursor..<cursor + 1)
        case .control("k"):
            let end = buffer.lineEnd
            kill(cursor..<(end == cursor ? end + 1 : end))
        case .control("u"): kill(buffer.lineStart..<cursor, isBackwards: true)
        case .control("w"): kill(buffer.spacedWordStart()..<cursor, isBackwards: true)
        case .metaBackspace: kill(buffer.wordStart()..<cursor, isBackwards: true)
        case .meta("d"): kill(cursor..<buffer.wordEnd())
        case .control("y"): buffer.insert(killed)
        case .control("t"): buffer.transpose()
        case .control("_"):
            guard let last = undoStack.popLast() else { return .refused }
            buffer = last
        case .meta("u"): buffer.changeWord { $0.uppercased() }
        case .meta("l"): buffer.changeWord { $0.lowercased() }
        case .meta("c"): buffer.changeWord { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        case .metaEnter: buffer.insert("\n")
        default: return nil
        }
        return .editing
    }

    private mutating func move(_ key: Key) -> Outcome? {
        let cursor = buffer.cursor
        switch key {
        case .left, .control("b"): buffer.move(to: cursor - 1)
        case .right, .control("f"): buffer.move(to: cursor + 1)
        case .wordLeft, .meta("b"): buffer.move(to: buffer.wordStart())
        case .wordRight, .meta("f"): buffer.move(to: buffer.wordEnd())
        case .home, .control("a"): buffer.move(to: buffer.lineStart)
        case .end, .control("e"): buffer.move(to: buffer.lineEnd)
        case .up: return buffer.moveLine(-1) || recall(historyIndex - 1) ? .editing : .refused
        case .down: return buffer.moveLine(1) || recall(historyIndex + 1) ? .editing : .refused
        case .control("p"), .pageUp: return recall(historyIndex - 1) ? .editing : .refused
        case .control("n"), .pageDown: return recall(historyIndex + 1) ? .editing : .refused
        case .meta("<"): return recall(0) ? .editing : .refused
        case .meta(">"): return recall(history.entries.count) ? .editing : .refused
        default: return nil
        }
        return .editing
    }

    private mutating func command(_ key: Key) -> Outcome {
        switch key {
        case .enter:
            let text = buffer.text
            if language.isComplete(text) { return .submitted(text) }
            buffer.insert("\n")
        case .control("c"): return .cancelled
        case .control("z"): return .suspended
        case .control("l"): return .cleared
        case .control("r"): search = HistorySearch(self)
        default: return .refused
        }
        return .editing
    }

    // MARK: Parts

    private mutating func kill(_ range: Range<Int>, isBackwards: Bool = false) {
        let taken = buffer.remove(range)
        killed = !lastWasKill ? taken : isBackwards ? taken + killed : killed + taken
    }

    /// Keeps a state to come back to; letters typed one after the other are undone together.
    private mutating func remember(_ before: EditBuffer, _ key: Key) {
        if lastWasText, case .text = key { return }
        undoStack.append(before)
        if undoStack.count > 200 { undoStack.removeFirst() }
    }

    /// Shows an entry of the history, as it was left when it was last shown; false when there is none.
    mutating func recall(_ index: Int) -> Bool {
        guard index != historyIndex, (0...history.entries.count).contains(index) else { return false }
        changed[historyIndex] = buffer
        historyIndex = index
        buffer = changed[index] ?? EditBuffer(index < history.entries.count ? history.entries[index] : "")
        buffer.move(to: buffer.characters.count)
        return true
    }
}
