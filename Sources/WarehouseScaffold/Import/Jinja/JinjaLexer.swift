/// A token of an expression within `{{ }}` or `{% %}`.
enum JinjaToken: Hashable {
    case name(String)
    case string(String)
    case int(Int)
    case double(Double)
    /// `(`, `==`, `|`, …
    case symbol(String)

    /// Whether it begins arguments or a filter, as `{% set x | upper %}` has them.
    var isOpening: Bool { self == .symbol("(") || self == .symbol("|") }
}

/// A template cut into text and tags.
enum JinjaPart {
    case text(String)
    /// `{{ … }}`; `source` is all of it, as it stands.
    case output(tokens: [JinjaToken], source: String, line: Int)
    /// `{% word … %}`.
    case statement(tokens: [JinjaToken], source: String, line: Int)
}

/// Cuts a template. White space is taken away beside `-`, as Jinja does.
struct JinjaLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var parts: [JinjaPart] = []
    private var trimsNext = false

    /// Throws where a tag has no end.
    static func parts(of text: String) throws(JinjaError) -> [JinjaPart] {
        var lexer = JinjaLexer(bytes: Array(text.utf8))
        try lexer.run()
        return lexer.parts
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() throws(JinjaError) {
        var start = 0
        while position < bytes.count {
            guard bytes[position] == 123, position + 1 < bytes.count, [123, 37, 35].contains(bytes[position + 1]) else {
                if bytes[position] == 10 { line += 1 }
                position += 1
                continue
            }
            let trimsBefore = position + 2 < bytes.count && bytes[position + 2] == 45
            addText(start..<position, trimsEnd: trimsBefore)
            try tag()
            start = position
        }
        addText(start..<bytes.count, trimsEnd: false)
    }

    private mutating func addText(_ range: Range<Int>, trimsEnd: Bool) {
        var slice = bytes[range]
        if trimsNext { slice = slice.drop { $0 <= 32 } }
        if trimsEnd { while let last = slice.last, last <= 32 { slice.removeLast() } }
        trimsNext = false
        if !slice.isEmpty { parts.append(.text(String(decoding: slice, as: UTF8.self))) }
    }

    private mutating func tag() throws(JinjaError) {
        let start = position, first = line
        let kind = bytes[position + 1]
        let close: UInt8 = kind == 123 ? 125 : kind
        position += 2
        if position < bytes.count, bytes[position] == 45 || bytes[position] == 43 { position += 1 }
        let body = position
        var quote: UInt8?
        while true {
            guard position + 1 < bytes.count else { throw JinjaError(text: "a Jinja tag has no end", line: first) }
            let byte = bytes[position]
            if byte == 10 { line += 1 }
            if kind != 35 {
                if byte == 92, quote != nil { position += 2; continue }
                if let open = quote { if byte == open { quote = nil } } else if byte == 39 || byte == 34 { quote = byte }
            }
            if quote == nil, byte == close, bytes[position + 1] == 125 { break }
            position += 1
        }
        trimsNext = position > body && bytes[position - 1] == 45
        let end = trimsNext ? position - 1 : position
        position += 2
        guard kind != 35 else { return }
        let source = String(decoding: bytes[start..<position], as: UTF8.self)
        let tokens = try JinjaLexer.tokens(Array(bytes[body..<max(body, end)]), line: first)
        if kind == 123 {
            parts.append(.output(tokens: tokens, source: source, line: first))
        } else if tokens == [.name("raw")] {
            raw(line: first)
        } else {
            parts.append(.statement(tokens: tokens, source: source, line: first))
        }
    }

    /// Everything up to `{% endraw %}` is text.
    private mutating func raw(line first: Int) {
        let start = position
        while position < bytes.count {
            if bytes[position] == 123, position + 1 < bytes.count, bytes[position + 1] == 37 {
                var look = position + 2
                while look < bytes.count, bytes[look] == 45 || bytes[look] <= 32 { look += 1 }
                if bytes[look...].starts(with: Array("endraw".utf8)) {
                    addText(start..<position, trimsEnd: false)
                    while position < bytes.count, bytes[position] != 125 { position += 1 }
                    position = min(bytes.count, position + 1)
                    return
                }
            }
            if bytes[position] == 10 { line += 1 }
            position += 1
        }
        addText(start..<position, trimsEnd: false)
    }

    private static let doubles: Set<String> = ["==", "!=", "<=", ">=", "//", "**"]

    static func tokens(_ bytes: [UInt8], line: Int) throws(JinjaError) -> [JinjaToken] {
        var tokens: [JinjaToken] = []
        var position = 0
        func isWord(_ byte: UInt8) -> Bool {
            byte == 95 || (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122) || byte >= 128
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte <= 32 { position += 1; continue }
            if byte == 39 || byte == 34 {
                tokens.append(.string(try string(bytes, &position, line: line)))
            } else if byte >= 48, byte <= 57 {
                let start = position
                while position < bytes.count, isWord(bytes[position]) || (bytes[position] == 46
                    && position + 1 < bytes.count && bytes[position + 1] >= 48 && bytes[position + 1] <= 57) { position += 1 }
                let text = String(decoding: bytes[start..<position].filter { $0 != 95 }, as: UTF8.self)
                if let value = Int(text) { tokens.append(.int(value)) }
                else if let value = Double(text) { tokens.append(.double(value)) }
                else { throw JinjaError(text: "\(text) is no number", line: line) }
            } else if isWord(byte) {
                let start = position
                while position < bytes.count, isWord(bytes[position]) { position += 1 }
                tokens.append(.name(String(decoding: bytes[start..<position], as: UTF8.self)))
            } else {
                let pair = position + 1 < bytes.count ? String(decoding: bytes[position...(position + 1)], as: UTF8.self) : ""
                let symbol = doubles.contains(pair) ? pair : String(UnicodeScalar(byte))
                tokens.append(.symbol(symbol))
                position += symbol.utf8.count
            }
        }
        return tokens
    }

    private static func string(_ bytes: [UInt8], _ position: inout Int, line: Int) throws(JinjaError) -> String {
        let quote = bytes[position]
        var text: [UInt8] = []
        position += 1
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == 92, position + 1 < bytes.count {
                position += 1
                switch bytes[position] {
                case 98: text.append(8)
                case 102: text.append(12)
                case 110: text.append(10)
                case 114: text.append(13)
                case 116: text.append(9)
                case 39, 34, 92: text.append(bytes[position])
                default: text += [92, bytes[position]]
                }
            } else {
                text.append(bytes[position])
            }
            position += 1
        }
        guard position < bytes.count else { throw JinjaError(text: "a text has no end", line: line) }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }
}
