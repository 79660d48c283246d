/// Candidates that Tab goes through.
struct CompletionChoice {
    let candidates: [Completion]
    /// The candidate that stands in the text; nil: only what they have in common.
    var index: Int?
    /// What the candidates replace: where it begins, and how long it is by now.
    var range: Range<Int>
}

extension Editor {
    /// Tab: what all candidates have in common; again: one candidate after the other.
    mutating func complete(isBackwards: Bool) -> Outcome {
        if choice != nil { return chooseNext(isBackwards) }
        let text = buffer.text, found = language.completions(text, at: buffer.cursorOffset)
        guard let first = found.candidates.first else { return .refused }
        if found.candidates.count == 1 {
            buffer.replace(utf8: found.range, with: first.text + endingToAdd(first, behind: found.range, in: text))
            return .editing
        }
        let begun = String(decoding: Array(text.utf8)[found.range], as: UTF8.self)
        let common = Editor.commonPrefix(found.candidates.map(\.text))
        var range = found.range
        if common.utf8.count > begun.utf8.count {
            buffer.replace(utf8: range, with: common)
            range = range.lowerBound..<range.lowerBound + common.utf8.count
        }
        choice = CompletionChoice(candidates: found.candidates, index: nil, range: range)
        return .editing
    }

    private mutating func chooseNext(_ isBackwards: Bool) -> Outcome {
        guard var choice else { return .refused }
        let count = choice.candidates.count
        let index = choice.index.map { ($0 + (isBackwards ? count - 1 : 1)) % count } ?? (isBackwards ? count - 1 : 0)
        let text = choice.candidates[index].text
        buffer.replace(utf8: choice.range, with: text)
        choice.range = choice.range.lowerBound..<choice.range.lowerBound + text.utf8.count
        choice.index = index
        self.choice = choice
        return .editing
    }

    /// No second space where one stands already.
    private func endingToAdd(_ completion: Completion, behind range: Range<Int>, in text: String) -> String {
        let bytes = text.utf8
        guard let place = bytes.index(bytes.startIndex, offsetBy: range.upperBound, limitedBy: bytes.endIndex),
              place < bytes.endIndex else { return completion.ending }
        return completion.ending == " " && bytes[place] == 32 ? "" : completion.ending
    }

    static func commonPrefix(_ texts: [String]) -> String {
        guard var prefix = texts.first.map(Array.init) else { return "" }
        for text in texts.dropFirst() {
            var length = 0
            for character in text {
                guard length < prefix.count, prefix[length] == character else { break }
                length += 1
            }
            prefix.removeLast(prefix.count - length)
        }
        return String(prefix)
    }
}
