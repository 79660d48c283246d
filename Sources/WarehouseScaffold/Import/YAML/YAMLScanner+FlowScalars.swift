/// Plain and quoted texts, which may go over several lines (YAML 1.2.2, chapter 7.3).
extension YAMLScanner {
    /// White space between two words, which is kept within a line and folded where it breaks (chapter 6.5).
    private struct Gap {
        var blanks: [UInt8] = []
        var firstBreak: [UInt8] = []
        var moreBreaks: [UInt8] = []
        var isBroken = false

        mutating func take(from cursor: inout YAMLCursor) {
            if cursor.isBlank() {
                if isBroken { cursor.advance() } else { cursor.read(into: &blanks) }
            } else if isBroken {
                cursor.readBreak(into: &moreBreaks)
            } else {
                blanks.removeAll()
                cursor.readBreak(into: &firstBreak)
                isBroken = true
            }
        }

        /// One break becomes a space, more of them one fewer.
        mutating func fold(into text: inout [UInt8]) {
            if !isBroken {
                text += blanks
            } else if firstBreak == [0x0A] {
                if moreBreaks.isEmpty { text.append(0x20) } else { text += moreBreaks }
            } else {
                text += firstBreak + moreBreaks
            }
            blanks.removeAll(keepingCapacity: true)
            firstBreak.removeAll(keepingCapacity: true)
            moreBreaks.removeAll(keepingCapacity: true)
            isBroken = false
        }
    }

    // MARK: Plain

    mutating func scanPlain() throws(YAMLProblem) -> YAMLToken.Kind {
        var text: [UInt8] = [], gap = Gap()
        while !cursor.isDocumentMarker, !cursor.isAt("#") {
            while !cursor.isSpace() {
                if try endsPlain() { break }
                gap.fold(into: &text)
                while !cursor.isSpace(), try !endsPlain() { cursor.read(into: &text) }
            }
            guard cursor.isBlank() || cursor.isBreak() else { break }
            while cursor.isBlank() || cursor.isBreak() {
                if gap.isBroken, cursor.isAt("\t"), cursor.mark.column <= indent {
                    throw YAMLProblem(cursor.mark, "a tab; only spaces indent")
                }
                gap.take(from: &cursor)
            }
            if !isInFlow, cursor.mark.column <= indent { break }
        }
        // The text ended on an earlier line, so that a key may begin here.
        if gap.isBroken { allowsSimpleKey = true }
        return .scalar(String(decoding: text, as: UTF8.self), isPlain: true)
    }

    /// Whether an indicator ends the text before this character.
    @inline(__always)
    private func endsPlain() throws(YAMLProblem) -> Bool {
        switch cursor.character() {
        case ":":
            if cursor.isSpace(1) { return true }
            guard isInFlow else { return false }
            switch cursor.character(1) {
            case ",", "?", "[", "]", "{", "}":
                throw YAMLProblem(cursor.mark, "a ':' cannot stand here; a space follows it, or the text is written in quotes")
            default: return false
            }
        case ",", "[", "]", "{", "}": return isInFlow
        default: return false
        }
    }

    // MARK: Quoted

    mutating func scanQuoted(isSingle: Bool) throws(YAMLProblem) -> YAMLToken.Kind {
        let mark = cursor.mark, quote: Unicode.Scalar = isSingle ? "'" : "\""
        var text: [UInt8] = []
        cursor.advance()
        while true {
            var gap = Gap()
            if cursor.isDocumentMarker || cursor.isAtEnd {
                throw YAMLProblem(mark, "a text in quotes without the closing \(quote)")
            }
            while !cursor.isSpace() {
                if isSingle, cursor.isAt("'"), cursor.isAt("'", 1) {
                    text.append(0x27)
                    cursor.advance(2)
                } else if cursor.isAt(quote) {
                    break
                } else if !isSingle, cursor.isAt("\\"), cursor.isBreak(1) {
                    // The break counts for nothing, and neither does the next line's indentation.
                    cursor.advance()
                    cursor.skipBreak()
                    gap.isBroken = true
                    break
                } else if !isSingle, cursor.isAt("\\") {
                    try scanEscape(into: &text)
                } else {
                    cursor.read(into: &text)
                }
            }
            if cursor.isAt(quote) { break }
            while cursor.isBlank() || cursor.isBreak() { gap.take(from: &cursor) }
            gap.fold(into: &text)
        }
        cursor.advance()
        return .scalar(String(decoding: text, as: UTF8.self), isPlain: false)
    }

    /// `\n`, `\x41` and the other escapes (chapter 5.7).
    private mutating func scanEscape(into text: inout [UInt8]) throws(YAMLProblem) {
        let mark = cursor.mark
        let length: Int
        switch cursor.character(1) {
        case "x": length = 2
        case "u": length = 4
        case "U": length = 8
        default:
            guard let character = YAMLScanner.escaped(cursor.character(1)) else {
                throw YAMLProblem(mark, "an unknown escape; a backslash itself is written \\\\, or the text in single quotes")
            }
            cursor.advance(2)
            text += String(character).utf8
            return
        }
        cursor.advance(2)
        var value: UInt32 = 0
        for _ in 0..<length {
            guard let digit = cursor.hexDigit() else {
                throw YAMLProblem(mark, "an escape with fewer than its \(length) hexadecimal digits")
            }
            value = value << 4 | digit
            cursor.advance()
        }
        guard let character = Unicode.Scalar(value) else { throw YAMLProblem(mark, "an escape of what is no Unicode character") }
        text += String(character).utf8
    }

    private static func escaped(_ letter: Unicode.Scalar) -> Unicode.Scalar? {
        switch letter {
        case "0": "\0"
        case "a": "\u{7}"
        case "b": "\u{8}"
        case "t", "\t": "\t"
        case "n": "\n"
        case "v": "\u{B}"
        case "f": "\u{C}"
        case "r": "\r"
        case "e": "\u{1B}"
        case " ", "\"", "/", "\\": letter
        case "N": "\u{85}"
        case "_": "\u{A0}"
        case "L": "\u{2028}"
        case "P": "\u{2029}"
        default: nil
        }
    }
}
