import WarehouseBasics

/// Cuts UTF-8 text into tokens, lazily: a script of many statements is never all in memory as tokens.
///
/// Works on bytes; only columns of places count Unicode scalars.
struct Lexer: Sendable {
    var bytes: [UInt8]
    var position = 0
    var line = 1
    var column = 1
    /// PUT and GET name files as `file://…`, whose `//` and `/*` are no comments.
    var readsFileURLs = false
    var isAtStatementStart = true

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The byte `ahead` of the position, or 0 past the end. A NUL in the text is never part of any token but a string.
    func byte(_ ahead: Int = 0) -> UInt8 {
        position &+ ahead < bytes.count ? bytes[position &+ ahead] : 0
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func advance(_ count: Int = 1) {
        let target = min(position + count, bytes.count)
        while position < target {
            let byte = bytes[position]
            if byte == Byte.newline {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            position += 1
        }
    }

    /// The next token; `.end` at the end of the text, again and again.
    mutating func next() throws(WarehouseError) -> Token {
        try skipSpaceAndComments()
        var token = Token(kind: .end, text: "<EOF>", start: position, end: position, line: line, column: column)
        guard !isAtEnd else { return token }
        (token.kind, token.text) = try scan(from: token)
        token.end = position
        if isAtStatementStart {
            readsFileURLs = token.kind == .word && (token.text == "PUT" || token.text == "GET")
        }
        isAtStatementStart = token.kind == .semicolon
        return token
    }

    private mutating func scan(from token: Token) throws(WarehouseError) -> (Token.Kind, String) {
        let first = byte()
        switch first {
        case Byte.quote:
            return (.string, try scanString(from: token))
        case Byte.doubleQuote:
            return (.quotedName, try scanQuotedName(from: token))
        case Byte.dollar:
            return try scanDollar(from: token)
        case Byte.at:
            return (.stage, try scanStage(from: token))
        case Byte.semicolon:
            advance()
            return (.semicolon, ";")
        case Byte.dot where Byte.isDigit(byte(1)):
            return (.number, scanNumber())
        case _ where Byte.isDigit(first):
            return (.number, scanNumber())
        case _ where Byte.isNameStart(first):
            return try scanWord(from: token)
        default:
            return (.symbol, scanSymbol())
        }
    }

    private mutating func scanWord(from token: Token) throws(WarehouseError) -> (Token.Kind, String) {
        if byte(1) == Byte.quote, byte() | 0x20 == 0x78 {
            advance()
            return (.binary, try scanBinary(from: token))
        }
        if readsFileURLs, startsFileURL() { return (.fileURL, scanFileURL()) }
        let start = position
        while Byte.isNamePart(byte()) { advance() }
        guard position - start <= Identifiers.maximumLength * 4 else { throw nameTooLong(token) }
        return (.word, Identifiers.folded(text(from: start)))
    }

    func nameTooLong(_ token: Token) -> WarehouseError {
        WarehouseError(.limitExceeded, "An identifier is longer than \(Identifiers.maximumLength) characters.",
                       span: token.span)
    }

    private mutating func scanNumber() -> String {
        let start = position
        while Byte.isDigit(byte()) { advance() }
        if byte() == Byte.dot, byte(1) != Byte.dot {
            advance()
            while Byte.isDigit(byte()) { advance() }
        }
        if byte() | 0x20 == 0x65 {
            let signed = byte(1) == 0x2B || byte(1) == 0x2D
            if Byte.isDigit(byte(signed ? 2 : 1)) {
                advance(signed ? 2 : 1)
                while Byte.isDigit(byte()) { advance() }
            }
        }
        return text(from: start)
    }

    private mutating func scanSymbol() -> String {
        let start = position
        let rest = (byte(), byte(1), byte(2))
        if rest == (0x2D, 0x3E, 0x3E) {  // ->>
            advance(3)
            return "->>"
        }
        for pair in Self.pairs where pair.0 == rest.0 && pair.1 == rest.1 {
            advance(2)
            return text(from: start)
        }
        advance()
        while byte() & 0xC0 == 0x80 { advance() }
        return text(from: start)
    }

    /// Symbols of two characters.
    private static let pairs: [(UInt8, UInt8)] = [
        "||", "::", "=>", "->", "<=", ">=", "<>", "!=", "==", "**", ":=",
    ].map { (pair: StaticString) in (pair.utf8Start[0], pair.utf8Start[1]) }

    func text(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Space, `--` and `//` comments to the end of the line, `/* */` (not nested).
    private mutating func skipSpaceAndComments() throws(WarehouseError) {
        while !isAtEnd {
            let first = byte()
            if Byte.isSpace(first) {
                advance()
            } else if first >= 0x80, let length = unicodeSpaceLength() {
                advance(length)
            } else if first == 0x2D && byte(1) == 0x2D || first == 0x2F && byte(1) == 0x2F {
                while !isAtEnd, byte() != Byte.newline { advance() }
            } else if first == 0x2F && byte(1) == 0x2A {
                try skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() throws(WarehouseError) {
        advance(2)
        while !(byte() == 0x2A && byte(1) == 0x2F) {
            guard !isAtEnd else { throw unterminated("comment") }
            advance()
        }
        advance(2)
    }

    /// The length in bytes of the white space beyond ASCII that stands here: no-break, em and ideographic spaces,
    /// byte order marks. They come along when SQL is copied from documents.
    private func unicodeSpaceLength() -> Int? {
        switch (byte(), byte(1), byte(2)) {
        case (0xC2, 0xA0, _), (0xC2, 0x85, _): 2
        case (0xE2, 0x80, 0x80...0x8B), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF): 3
        case (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF): 3
        default: nil
        }
    }

    /// A literal or comment that the text's end cuts off. `StatementSplitter` reads it as "more is to come".
    func unterminated(_ what: String) -> WarehouseError {
        WarehouseError(
            .syntax, "SQL compilation error:\nparse error line \(line) at position \(column - 1) near '<EOF>'.",
            hint: "A \(what) is not closed.",
            span: SourceSpan(startOffset: position, endOffset: position, line: line, column: column))
    }
}

/// Classes of bytes.
enum Byte {
    static let newline: UInt8 = 0x0A
    static let quote: UInt8 = 0x27
    static let doubleQuote: UInt8 = 0x22
    static let backslash: UInt8 = 0x5C
    static let dollar: UInt8 = 0x24
    static let at: UInt8 = 0x40
    static let dot: UInt8 = 0x2E
    static let semicolon: UInt8 = 0x3B

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
    static func isNameStart(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte >= 0x80
    }
    static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) || byte == dollar }

    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }
}
