import WarehouseBasics

/// Cuts a text that comes bit by bit into statements, each as soon as its `;` is there.
///
/// No part is read twice, but a string or comment of several lines: that only when a line comes which may close it.
public struct StatementStream: Sendable {
    /// One statement.
    public struct Piece: Sendable, Equatable {
        /// With its `;`, if it had one.
        public var text: String
        /// Where it begins in the whole, both from 1; the column counts Unicode scalars.
        public var line: Int
        public var column: Int
    }

    private var lexer = Lexer("")
    private var start: (offset: Int, line: Int, column: Int)?
    /// What closes the string or comment that is open, and from where on it may come.
    private var awaited: (bytes: [UInt8], from: Int)?
    private var isFaulty = false

    /// Nothing read yet.
    public init() {}

    /// Bytes that belong to no finished statement.
    public var pendingBytes: Int { lexer.bytes.count - (start?.offset ?? lexer.position) }

    /// Whether no statement is begun, and no comment open.
    public var isEmpty: Bool { start == nil && awaited == nil && !isFaulty }

    /// Adds text: whole lines, with their line ends, but at the very end.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        compact()
        lexer.bytes += bytes
    }

    /// The next statement that is closed; nil when more must come first.
    public mutating func next() -> Piece? {
        while !isFaulty, !isStillOpen() {
            let before = lexer
            let token: Token
            do {
                token = try lexer.next()
            } catch {
                let failed = lexer
                lexer = before
                note(error, failed)
                break
            }
            awaited = nil
            switch token.kind {
            case .end:
                // More may come behind: what is known of the statement stays.
                (lexer.isAtStatementStart, lexer.readsFileURLs) = (before.isAtStatementStart, before.readsFileURLs)
                return nil
            case .semicolon:
                if let piece = take(upTo: token.end) { return piece }
            default:
                if start == nil { start = (token.start, token.line, token.column) }
            }
        }
        // No further line mends this; the parser says what is wrong with it.
        return isFaulty ? finish() : nil
    }

    /// What is left at the end; nil when that is nothing but white space and comments.
    public mutating func finish() -> Piece? {
        if start == nil, awaited != nil || isFaulty { start = beginning() }
        (awaited, isFaulty) = (nil, false)
        let piece = take(upTo: lexer.bytes.count)
        lexer.advance(lexer.bytes.count - lexer.position)
        (lexer.isAtStatementStart, lexer.readsFileURLs) = (true, false)
        return piece
    }

    /// Where the first token that could not be read begins.
    private func beginning() -> (offset: Int, line: Int, column: Int) {
        var (offset, line, column) = (lexer.position, lexer.line, lexer.column)
        while offset < lexer.bytes.count, [9, 10, 13, 32].contains(lexer.bytes[offset]) {
            (line, column) = lexer.bytes[offset] == 10 ? (line + 1, 1) : (line, column + 1)
            offset += 1
        }
        return (offset, line, column)
    }

    private mutating func take(upTo end: Int) -> Piece? {
        guard let begun = start else { return nil }
        start = nil
        return Piece(text: String(decoding: lexer.bytes[begun.offset..<end], as: UTF8.self), line: begun.line,
                     column: begun.column)
    }

    /// A string or comment that is open waits; any other fault is final.
    private mutating func note(_ error: WarehouseError, _ failed: Lexer) {
        guard error.code == ErrorKind.syntax.code, failed.isAtEnd, let opener = opener() else {
            isFaulty = true
            return
        }
        awaited = (opener, max(lexer.position, lexer.bytes.count - opener.count + 1))
    }

    /// What closes the token that stands behind the white space and comments at the lexer's position.
    private func opener() -> [UInt8]? {
        guard let open = SourceTokens.of(String(decoding: lexer.bytes[lexer.position...], as: UTF8.self)).last,
              open.isOpen else { return nil }
        switch open.kind {
        case .comment: return [0x2A, 0x2F]
        case .quotedName: return [Byte.doubleQuote]
        case .stage: return [Byte.doubleQuote]
        case .string: return lexer.bytes[lexer.position + open.range.lowerBound] == Byte.dollar ? [0x24, 0x24] : [Byte.quote]
        default: return [Byte.quote]
        }
    }

    private mutating func isStillOpen() -> Bool {
        guard let (bytes, from) = awaited else { return false }
        var index = from
        while index + bytes.count <= lexer.bytes.count {
            if lexer.bytes[index] == bytes[0], lexer.bytes[index..<index + bytes.count].elementsEqual(bytes) { return false }
            index += 1
        }
        awaited = (bytes, max(from, lexer.bytes.count - bytes.count + 1))
        return true
    }

    /// Drops what has been handed out.
    private mutating func compact() {
        let used = start?.offset ?? lexer.position
        guard used > 0 else { return }
        lexer.bytes.removeSubrange(..<used)
        lexer.position -= used
        start = start.map { (0, $0.line, $0.column) }
        awaited = awaited.map { ($0.bytes, $0.from - used) }
    }
}
