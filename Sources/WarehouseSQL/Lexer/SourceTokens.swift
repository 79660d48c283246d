import WarehouseBasics

/// The tokens of a text that may be unfinished or wrong, comments among them: for colours, completion and whatever else
/// looks at SQL while it is written.
public enum SourceTokens {
    /// One token.
    public struct Token: Sendable, Equatable {
        public enum Kind: Sendable {
            /// A name or keyword without quotes.
            case word
            case quotedName, string, number, variable, stage, fileURL, symbol, semicolon, comment
        }

        public var kind: Kind
        /// A word folded to upper case, a quoted name without its quotes, a stage without its `@`; else what the lexer
        /// makes of it. Empty for comments and what is not closed.
        public var text: String
        /// UTF-8 offsets.
        public var range: Range<Int>
        /// Whether the text ends before the string, quoted name or comment does.
        public var isOpen = false
    }

    /// All tokens in order.
    public static func of(_ text: String) -> [Token] {
        var lexer = Lexer(text), tokens: [Token] = [], end = 0
        while true {
            let next: WarehouseSQL.Token
            do {
                next = try lexer.next()
            } catch {
                appendRest(lexer.bytes, from: end, to: &tokens)
                return tokens
            }
            appendComments(lexer.bytes, end..<next.start, to: &tokens)
            guard next.kind != .end else { return tokens }
            end = next.end
            tokens.append(Token(kind: kind(next.kind), text: next.text, range: next.start..<next.end))
        }
    }

    private static func kind(_ kind: WarehouseSQL.Token.Kind) -> Token.Kind {
        switch kind {
        case .word: .word
        case .quotedName: .quotedName
        case .string, .binary: .string
        case .number: .number
        case .fileColumn, .variable: .variable
        case .stage: .stage
        case .fileURL: .fileURL
        case .symbol, .end: .symbol
        case .semicolon: .semicolon
        }
    }

    /// Comments among the white space between two tokens.
    private static func appendComments(_ bytes: [UInt8], _ gap: Range<Int>, to tokens: inout [Token]) {
        var index = gap.lowerBound
        while index + 1 < gap.upperBound {
            let pair = (bytes[index], bytes[index + 1])
            var end = index
            if pair == (0x2D, 0x2D) || pair == (0x2F, 0x2F) {
                while end < gap.upperBound, bytes[end] != Byte.newline { end += 1 }
            } else if pair == (0x2F, 0x2A) {
                end += 2
                while end + 1 < gap.upperBound, (bytes[end], bytes[end + 1]) != (0x2A, 0x2F) { end += 1 }
                end = min(end + 2, gap.upperBound)
            }
            if end > index { tokens.append(Token(kind: .comment, text: "", range: index..<end)) }
            index = max(end, index + 1)
        }
    }

    /// What the lexer could not cut: white space and comments, then something that is not closed.
    private static func appendRest(_ bytes: [UInt8], from start: Int, to tokens: inout [Token]) {
        var index = start
        while index < bytes.count {
            if Byte.isSpace(bytes[index]) {
                index += 1
                continue
            }
            let pair = (bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0)
            guard pair == (0x2D, 0x2D) || pair == (0x2F, 0x2F) || pair == (0x2F, 0x2A) else { break }
            var end = index + 2
            let isBlock = pair.1 == 0x2A
            if isBlock {
                while end + 1 < bytes.count, (bytes[end], bytes[end + 1]) != (0x2A, 0x2F) { end += 1 }
                let isOpen = end + 1 >= bytes.count
                end = isOpen ? bytes.count : end + 2
                tokens.append(Token(kind: .comment, text: "", range: index..<end, isOpen: isOpen))
            } else {
                while end < bytes.count, bytes[end] != Byte.newline { end += 1 }
                tokens.append(Token(kind: .comment, text: "", range: index..<end))
            }
            index = end
        }
        guard index < bytes.count else { return }
        let kind: Token.Kind = switch bytes[index] {
        case Byte.quote, Byte.dollar: .string
        case Byte.doubleQuote: .quotedName
        case Byte.at: .stage
        default: .symbol
        }
        tokens.append(Token(kind: kind, text: "", range: index..<bytes.count, isOpen: true))
    }
}
