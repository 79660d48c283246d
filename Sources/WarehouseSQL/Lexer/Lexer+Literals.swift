import WarehouseBasics

extension Lexer {
    /// `'…'`: `''` is a quote, a backslash begins an escape.
    mutating func scanString(from token: Token) throws(WarehouseError) -> String {
        advance()
        var content: [UInt8] = []
        while true {
            guard !isAtEnd else { throw unterminated("string") }
            let first = byte()
            if first == Byte.quote {
                guard byte(1) == Byte.quote else { break }
                content.append(first)
                advance(2)
            } else if first == Byte.backslash {
                advance()
                guard !isAtEnd else { throw unterminated("string") }
                scanEscape(into: &content)
            } else {
                content.append(first)
                advance()
            }
        }
        advance()
        return String(decoding: content, as: UTF8.self)
    }

    /// What follows a backslash: Snowflake's escapes; before any other character the backslash is dropped.
    private mutating func scanEscape(into content: inout [UInt8]) {
        let first = byte()
        let simple: UInt8? = switch first {
        case 0x62: 0x08  // b
        case 0x66: 0x0C  // f
        case 0x6E: 0x0A  // n
        case 0x72: 0x0D  // r
        case 0x74: 0x09  // t
        default: nil
        }
        if let simple {
            content.append(simple)
            advance()
        } else if first == 0x78, let scalar = hexadecimal(at: 1, digits: 2) {
            append(scalar, to: &content)
            advance(3)
        } else if first == 0x75, let scalar = hexadecimal(at: 1, digits: 4) {
            scanUnicodeEscape(scalar, into: &content)
        } else if let scalar = octal() {
            append(scalar, to: &content)
            advance(3)
        } else if first == 0x30 {
            content.append(0)
            advance()
        } else {
            content.append(first)
            advance()
        }
    }

    /// `uhhhh`, where two surrogates in a row are one character.
    private mutating func scanUnicodeEscape(_ unit: UInt32, into content: inout [UInt8]) {
        advance(5)
        if unit & 0xFC00 == 0xD800, byte() == Byte.backslash, byte(1) == 0x75,
           let low = hexadecimal(at: 2, digits: 4), low & 0xFC00 == 0xDC00 {
            append(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF), to: &content)
            advance(6)
        } else {
            append(unit, to: &content)
        }
    }

    private func hexadecimal(at offset: Int, digits: Int) -> UInt32? {
        var value: UInt32 = 0
        for index in 0..<digits {
            guard let digit = Byte.hexValue(byte(offset + index)) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    /// Three octal digits, at most 377.
    private func octal() -> UInt32? {
        let digits = (0..<3).map { byte($0) }
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x37 }), digits[0] <= 0x33 else { return nil }
        return digits.reduce(0) { $0 << 3 | UInt32($1 - 0x30) }
    }

    private func append(_ scalar: UInt32, to content: inout [UInt8]) {
        content.append(contentsOf: String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
    }

    /// `"…"`, where `""` is a quote.
    mutating func scanQuotedName(from token: Token) throws(WarehouseError) -> String {
        advance()
        var content: [UInt8] = []
        while true {
            guard !isAtEnd else { throw unterminated("quoted identifier") }
            let first = byte()
            if first == Byte.doubleQuote {
                guard byte(1) == Byte.doubleQuote else { break }
                advance()
            }
            content.append(first)
            advance()
        }
        advance()
        let name = String(decoding: content, as: UTF8.self)
        guard name.unicodeScalars.count <= Identifiers.maximumLength else { throw nameTooLong(token) }
        return name
    }

    /// `$1`, `$name` or `$$…$$`.
    mutating func scanDollar(from token: Token) throws(WarehouseError) -> (Token.Kind, String) {
        if byte(1) == Byte.dollar {
            advance(2)
            let start = position
            while !(byte() == Byte.dollar && byte(1) == Byte.dollar) {
                guard !isAtEnd else { throw unterminated("$$ string") }
                advance()
            }
            let content = text(from: start)
            advance(2)
            return (.string, content)
        }
        advance()
        let start = position
        if Byte.isDigit(byte()) {
            while Byte.isDigit(byte()) { advance() }
            return (.fileColumn, text(from: start))
        }
        guard Byte.isNameStart(byte()) else { return (.symbol, "$") }
        while Byte.isNamePart(byte()) { advance() }
        return (.variable, Identifiers.folded(text(from: start)))
    }

    /// The part of `X'0aff'` behind the X.
    mutating func scanBinary(from token: Token) throws(WarehouseError) -> String {
        let digits = try scanString(from: token)
        guard digits.utf8.count % 2 == 0, digits.utf8.allSatisfy({ Byte.hexValue($0) != nil }) else {
            throw WarehouseError(.invalidValue, "'\(digits)' is not a binary literal: it needs an even number of "
                + "hexadecimal digits.", span: token.span)
        }
        return Identifiers.folded(digits)
    }

    /// What follows `@`: names, quoted names, `%`, `~`, and a path up to white space, a comma, a parenthesis or `;`.
    mutating func scanStage(from token: Token) throws(WarehouseError) -> String {
        advance()
        let start = position
        while !isAtEnd, !Self.endsStage(byte()) {
            if byte() == Byte.doubleQuote {
                _ = try scanQuotedName(from: token)
            } else {
                advance()
            }
        }
        return text(from: start)
    }

    private static func endsStage(_ byte: UInt8) -> Bool {
        Byte.isSpace(byte) || byte == 0x2C || byte == 0x28 || byte == 0x29 || byte == Byte.semicolon
            || byte == Byte.quote
    }

    func startsFileURL() -> Bool {
        let scheme: StaticString = "file://"
        for index in 0..<scheme.utf8CodeUnitCount {
            let wanted = scheme.utf8Start[index]
            guard byte(index) | (index < 4 ? 0x20 : 0) == wanted else { return false }
        }
        return true
    }

    /// `file://…` up to white space or `;`.
    mutating func scanFileURL() -> String {
        let start = position
        while !isAtEnd, !Byte.isSpace(byte()), byte() != Byte.semicolon { advance() }
        return text(from: start)
    }
}
