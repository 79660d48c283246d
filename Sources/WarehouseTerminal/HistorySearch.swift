/// A search through the history, key by key, as ^R begins it.
struct HistorySearch {
    var text = ""
    /// The entry that is shown; nil: none holds the text.
    var found: Int?
    /// What was there before.
    let original: EditBuffer
    let originalIndex: Int

    init(_ editor: Editor) {
        original = editor.buffer
        originalIndex = editor.historyIndex
        found = originalIndex
    }

    /// What the foot of the screen says.
    var label: String { (found == nil ? "nothing found for: " : "search: ") + text + "_" }
}

extension Editor {
    /// Does what a key says while a search runs; nil: the search is over, and the key means what it always means.
    mutating func handleInSearch(_ key: Key) -> Outcome? {
        guard var search else { return nil }
        switch key {
        case .text(let text), .paste(let text):
            search.text += text.filter { $0 != "\n" }
            return look(search, from: min(search.found.map { $0 + 1 } ?? history.entries.count, history.entries.count))
        case .backspace:
            guard !search.text.isEmpty else { return .refused }
            search.text.removeLast()
            return look(search, from: history.entries.count)
        case .control("r"), .up: return look(search, from: search.found ?? 0)
        case .control("s"), .down: return look(search, from: search.found ?? history.entries.count, isForward: true)
        case .control("g"), .control("c"):
            buffer = search.original
            historyIndex = search.originalIndex
            self.search = nil
            return .editing
        case .escape, .tab:
            self.search = nil
            return .editing
        default:
            self.search = nil
            return nil
        }
    }

    private mutating func look(_ search: HistorySearch, from index: Int, isForward: Bool = false) -> Outcome {
        var search = search
        let found = search.text.isEmpty ? nil : history.index(holding: search.text, from: index, isForward: isForward)
        if let found {
            let text = history.entries[found]
            if found != historyIndex || buffer.text != text { show(found, text) }
            if let place = text.lowercased().firstRange(of: search.text.lowercased()) {
                buffer.move(to: text.lowercased().distance(from: text.startIndex, to: place.lowerBound))
            }
            search.found = found
        } else if search.text.isEmpty {
            buffer = search.original
            search.found = search.originalIndex
        } else if search.found != nil, index != history.entries.count, isForward || search.found == index {
            // No further one: the last stays.
            self.search = search
            return .refused
        } else {
            search.found = nil
        }
        self.search = search
        return found == nil ? .refused : .editing
    }

    private mutating func show(_ index: Int, _ text: String) {
        historyIndex = index
        buffer = EditBuffer(text)
    }
}
