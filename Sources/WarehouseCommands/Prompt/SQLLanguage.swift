import WarehouseSQL
import WarehouseTerminal

/// SQL, and the prompt's own commands, as the line editor must know them.
struct SQLLanguage: EditedLanguage {
    let completer: SQLCompleter

    init(names: any CompletionNames) { completer = SQLCompleter(names: names) }

    func isComplete(_ text: String) -> Bool {
        if text.allSatisfy(\.isWhitespace) { return true }
        return TypedText(text) != .incomplete
    }

    func spans(_ text: String) -> [StyledSpan] {
        if text.hasPrefix("\\") {
            let end = text.firstIndex(where: \.isWhitespace) ?? text.endIndex
            return [StyledSpan(0..<text[..<end].utf8.count, .name)]
        }
        let tokens = SourceTokens.of(text), bytes = Array(text.utf8)
        return tokens.compactMap { token in
            SQLLanguage.style(token, before: token.range.upperBound < bytes.count ? bytes[token.range.upperBound] : 0)
                .map { StyledSpan(token.range, $0) }
        }
    }

    private static func style(_ token: SourceTokens.Token, before next: UInt8) -> TextStyle? {
        switch token.kind {
        case .word:
            if next == UInt8(ascii: "("), !SQLWords.isReserved(token.text) { return .function }
            return SQLWords.isKeyword(token.text) ? .keyword : nil
        case .string: return .string
        case .number: return .number
        case .comment: return .comment
        case .variable, .stage, .fileURL: return .name
        case .quotedName, .symbol, .semicolon: return nil
        }
    }

    func completions(_ text: String, at offset: Int) -> Completions {
        let typed = String(decoding: Array(text.utf8)[..<offset], as: UTF8.self)
        guard let line = typed.split(separator: "\n", omittingEmptySubsequences: false).last, line.hasPrefix("\\") else {
            return completer.completions(text, at: offset)
        }
        return MetaCommand.completions(String(line), at: offset, names: completer.names)
    }
}

/// What was typed so far, as the prompt takes it.
enum TypedText: Equatable {
    /// More lines must come.
    case incomplete
    /// Statements to run.
    case statements(String)
    /// A command of the prompt, and the statement begun before it.
    case command(MetaCommand, pending: String)

    init(_ text: String) {
        let start = text.firstIndex { !$0.isWhitespace } ?? text.endIndex
        if let command = MetaCommand(String(text[start...])) {
            self = .command(command, pending: "")
        } else if let (command, pending) = TypedText.lastLine(text) {
            self = .command(command, pending: pending)
        } else if StatementSplitter.isComplete(text) || TypedText.isPastMending(text) {
            self = .statements(text)
        } else {
            self = .incomplete
        }
    }

    /// Amid a statement a command is known by its whole name, on a line of its own or behind the statement.
    private static func lastLine(_ text: String) -> (MetaCommand, String)? {
        let bytes = Array(text.utf8)
        var end = bytes.count
        while end > 0, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
        let lineStart = (bytes[..<end].lastIndex(of: 10) ?? -1) + 1
        guard let slash = bytes[lineStart..<end].lastIndex(of: UInt8(ascii: "\\")) else { return nil }
        guard let command = MetaCommand(String(decoding: bytes[slash..<end], as: UTF8.self)), command.isKnown else { return nil }
        let pending = String(decoding: bytes[..<slash], as: UTF8.self)
        let last = SourceTokens.of(pending).last
        // Within a string a backslash is a character of it.
        guard last?.isOpen != true else { return nil }
        let isBehindComment = last?.kind == .comment && !(bytes[..<slash].last == 10)
        return isBehindComment && slash > lineStart ? nil : (command, pending)
    }

    /// No further line can mend it; the parser says what is wrong.
    private static func isPastMending(_ text: String) -> Bool {
        guard text.last(where: { !$0.isWhitespace }) == ";" else { return false }
        var parser = Parser(text)
        do {
            while try parser.nextStatement() != nil {}
            return false
        } catch {
            // A string or comment that is still open is a syntax error too; other faults of a token are final.
            return error.code != "001003"
        }
    }
}
