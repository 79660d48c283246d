import WarehouseBasics

/// Finds where the statements of a text end, for a prompt that reads line by line.
///
/// Only `;` outside strings, quoted names, comments and `$$` ends a statement.
public enum StatementSplitter {
    /// The statements of `text` that are closed by `;` (their text without it), and what is left behind the last one.
    /// The rest is empty when nothing but white space and comments is left.
    public static func split(_ text: String) -> (statements: [String], rest: String) {
        var lexer = Lexer(text)
        var statements: [String] = []
        var start: Int?
        var end = 0
        while true {
            let token: Token
            do {
                token = try lexer.next()
            } catch {
                return (statements, remainder(lexer, from: start ?? end))
            }
            switch token.kind {
            case .end:
                return (statements, start.map { remainder(lexer, from: $0) } ?? "")
            case .semicolon:
                if let from = start {
                    statements.append(String(decoding: lexer.bytes[from..<end], as: UTF8.self))
                }
                start = nil
                end = token.end
            default:
                if start == nil { start = token.start }
                end = token.end
            }
        }
    }

    /// Whether nothing more is awaited: every statement is closed, and no string or comment is open.
    public static func isComplete(_ text: String) -> Bool { split(text).rest.isEmpty }

    private static func remainder(_ lexer: Lexer, from start: Int) -> String {
        String(decoding: lexer.bytes[start...], as: UTF8.self)
    }
}
