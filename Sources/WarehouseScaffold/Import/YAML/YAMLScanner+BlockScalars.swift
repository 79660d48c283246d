/// Texts after `|` and `>` (YAML 1.2.2, chapter 8.1).
extension YAMLScanner {
    private enum Chomping { case strip, clip, keep }

    mutating func scanBlockScalar(isLiteral: Bool) throws(YAMLProblem) -> YAMLToken.Kind {
        cursor.advance()
        let (chomping, increment) = try scanBlockHeader()
        var textIndent = increment.map { max(indent, 0) + $0 }
        var text: [UInt8] = [], lineBreak: [UInt8] = [], emptyLines: [UInt8] = []
        var wasIndented = false
        try scanEmptyLines(&emptyLines, &textIndent)
        while cursor.mark.column == textIndent, !cursor.isAtEnd {
            let isIndented = cursor.isBlank()
            // Folding leaves lines alone that are indented further, and the breaks around them.
            if !isLiteral, lineBreak == [0x0A], !wasIndented, !isIndented {
                if emptyLines.isEmpty { text.append(0x20) }
            } else {
                text += lineBreak
            }
            text += emptyLines
            lineBreak.removeAll(keepingCapacity: true)
            emptyLines.removeAll(keepingCapacity: true)
            wasIndented = isIndented
            while !cursor.isBreakOrEnd() { cursor.read(into: &text) }
            cursor.readBreak(into: &lineBreak)
            try scanEmptyLines(&emptyLines, &textIndent)
        }
        if chomping != .strip { text += lineBreak }
        if chomping == .keep { text += emptyLines }
        return .scalar(String(decoding: text, as: UTF8.self), isPlain: false)
    }

    /// `+` or `-` and a digit, in either order, and the rest of the line.
    private mutating func scanBlockHeader() throws(YAMLProblem) -> (Chomping, increment: Int?) {
        var chomping = Chomping.clip, increment: Int?
        func takeChomping(_ cursor: inout YAMLCursor) -> Bool {
            guard cursor.isAt("+") || cursor.isAt("-") else { return false }
            chomping = cursor.isAt("+") ? .keep : .strip
            cursor.advance()
            return true
        }
        let isChompingFirst = takeChomping(&cursor)
        if case "0"..."9" = cursor.character() {
            guard !cursor.isAt("0") else { throw YAMLProblem(cursor.mark, "an indentation of 0; it is 1 to 9") }
            increment = Int(cursor.character().value) - 48
            cursor.advance()
            if !isChompingFirst { _ = takeChomping(&cursor) }
        }
        try endLine("'|' or '>'")
        return (chomping, increment)
    }

    /// Lines of nothing but spaces, and the indentation of the next one. The first line that is not empty sets the text's.
    private mutating func scanEmptyLines(_ breaks: inout [UInt8], _ textIndent: inout Int?) throws(YAMLProblem) {
        var longest = 0
        while true {
            while cursor.isAt(" "), cursor.mark.column < textIndent ?? .max { cursor.advance() }
            longest = max(longest, cursor.mark.column)
            if cursor.isAt("\t"), cursor.mark.column < textIndent ?? .max {
                throw YAMLProblem(cursor.mark, "a tab; only spaces indent")
            }
            guard cursor.isBreak() else { break }
            cursor.readBreak(into: &breaks)
        }
        if textIndent == nil { textIndent = max(longest, indent + 1, 1) }
    }
}
