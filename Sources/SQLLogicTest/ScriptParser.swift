/// Reads a script's text into records.
public struct ScriptParser {
    private typealias LoopHeader = (line: Int, variable: String, values: [String])

    private let lines: [Substring]
    private var position = 0
    /// Open loops, the outermost first; the first entry is the script itself.
    private var open: [(header: LoopHeader?, records: [ScriptRecord])] = [(nil, [])]
    private var onlyIf: [String] = []
    private var skipIf: [String] = []

    private init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.last == "\r" ? line.dropLast() : line
        }
    }

    /// The records of a script.
    /// - Throws: ``ScriptError`` for an unknown directive or an unfinished loop.
    public static func parse(_ text: String) throws(ScriptError) -> [ScriptRecord] {
        // "\r\n" is one Character to Swift and would not split at "\n".
        var parser = ScriptParser(String(decoding: text.utf8.filter { $0 != 0x0D }, as: UTF8.self))
        return try parser.records()
    }

    private mutating func records() throws(ScriptError) -> [ScriptRecord] {
        while position < lines.count {
            let line = lines[position]
            position += 1
            if isBlank(line) || line.first == "#" { continue }
            try directive(words(line), String(line), at: position)
        }
        guard open.count == 1 else {
            throw ScriptError(line: open[open.count - 1].header?.line ?? 0, message: "loop without endloop")
        }
        return open[0].records
    }

    private mutating func directive(_ words: [String], _ line: String, at number: Int) throws(ScriptError) {
        switch words[0] {
        case "onlyif": onlyIf.append(try argument(words, 1, number))
        case "skipif": skipIf.append(try argument(words, 1, number))
        case "statement": add(.statement(try statement(words, line, number)), number)
        case "query": add(.query(try query(words, line, number)), number)
        case "halt": add(.halt, number)
        case "restart": add(.restart, number)
        case "hash-threshold": add(.hashThreshold(try integer(argument(words, 1, number), number)), number)
        case "connection": add(.connection(try argument(words, 1, number)), number)
        case "include": add(.include(try argument(words, 1, number)), number)
        case "require": add(.require(try argument(words, 1, number)), number)
        case "control":
            if words.count > 2, words[1] == "sortmode", let mode = SortMode(rawValue: words[2]) {
                add(.sortMode(mode), number)
            } else if words.count > 2, words[1] == "substitution" {
                add(.substitution(words[2] == "on"), number)
            } else if words.count < 3 || words[1] != "resultmode" {
                throw unknown(line, number)
            }
        case "mode":
            switch try argument(words, 1, number) {
            case "skip": add(.skipping(true), number)
            case "unskip": add(.skipping(false), number)
            default: break
            }
        case "loop", "foreach", "concurrentloop", "concurrentforeach": try beginLoop(words, number)
        case "endloop": try endLoop(number)
        // Notes to other runners that change nothing here.
        case "name", "description", "group", "tags", "subtest", "sleep", "set", "require-env", "test-env": break
        default: throw unknown(line, number)
        }
    }

    private func unknown(_ line: String, _ number: Int) -> ScriptError {
        ScriptError(line: number, message: "not a sqllogictest record: \(line)")
    }

    private mutating func add(_ command: ScriptCommand, _ line: Int) {
        open[open.count - 1].records.append(
            ScriptRecord(line: line, onlyIf: onlyIf, skipIf: skipIf, command: command))
        onlyIf = []
        skipIf = []
    }

    // MARK: Records

    private mutating func statement(
        _ words: [String], _ line: String, _ number: Int
    ) throws(ScriptError) -> StatementCheck {
        let kind = try argument(words, 1, number)
        var connection: String?
        var outcome: StatementCheck.Outcome
        switch kind {
        case "ok":
            outcome = .success
            if words.count > 2 { connection = words[2] }
        case "count": outcome = .count(try integer(argument(words, 2, number), number))
        case "error": outcome = .failure(errorPattern(after: 2, line))
        case "maybe": outcome = .any
        default: throw unknown(line, number)
        }
        let sql = takeSQL()
        if let block = takeBlock(), !block.lines.isEmpty, case .failure = outcome {
            outcome = .failure(.text(block.lines.joined(separator: "\n")))
        }
        if sql.isEmpty { throw ScriptError(line: number, message: "statement without SQL") }
        return StatementCheck(outcome: outcome, connection: connection, sql: sql)
    }

    private mutating func query(_ words: [String], _ line: String, _ number: Int) throws(ScriptError) -> QueryCheck {
        let types = words.count > 1 ? words[1] : ""
        var check = QueryCheck(
            types: Array(types), sortMode: nil, label: nil, connection: nil, sql: "", expected: nil, answerLine: 0,
            failure: nil)
        if types == "error" {
            check.types = []
            check.failure = errorPattern(after: 2, line)
        } else {
            for word in words.dropFirst(2) {
                if let mode = SortMode(rawValue: word) {
                    check.sortMode = mode
                } else if word.hasPrefix("con") {
                    check.connection = word
                } else {
                    check.label = word
                }
            }
        }
        check.sql = takeSQL()
        if check.sql.isEmpty { throw ScriptError(line: number, message: "query without SQL") }
        if let block = takeBlock() {
            check.answerLine = block.line
            if check.failure == nil {
                check.expected = block.lines
            } else if !block.lines.isEmpty {
                check.failure = .text(block.lines.joined(separator: "\n"))
            }
        }
        return check
    }

    private func errorPattern(after words: Int, _ line: String) -> ErrorPattern {
        let rest = line.split(separator: " ", maxSplits: words, omittingEmptySubsequences: true)
        guard rest.count > words, rest[words].first != "#" else { return .anything }
        return .regex(String(rest[words]))
    }

    /// The lines up to a blank one or `----`.
    private mutating func takeSQL() -> String {
        var text = ""
        while position < lines.count, !isBlank(lines[position]), lines[position] != "----" {
            if !text.isEmpty { text += "\n" }
            text += lines[position]
            position += 1
        }
        return text
    }

    /// The lines below `----` up to a blank one; nil without `----`.
    private mutating func takeBlock() -> (line: Int, lines: [String])? {
        guard position < lines.count, lines[position] == "----" else { return nil }
        position += 1
        let first = position + 1
        var block: [String] = []
        while position < lines.count, !lines[position].isEmpty {
            block.append(String(lines[position]))
            position += 1
        }
        return (first, block)
    }

    // MARK: Loops

    private mutating func beginLoop(_ words: [String], _ number: Int) throws(ScriptError) {
        let variable = try argument(words, 1, number)
        var values = Array(words.dropFirst(2))
        if words[0].hasSuffix("loop") {
            let from = try integer(argument(words, 2, number), number)
            let to = try integer(argument(words, 3, number), number)
            guard from <= to, to - from <= 1_000_000 else {
                throw ScriptError(line: number, message: "loop from \(from) to \(to)")
            }
            values = (from..<to).map(String.init)
        }
        open.append(((number, variable, values), []))
    }

    private mutating func endLoop(_ number: Int) throws(ScriptError) {
        guard open.count > 1, let (header, body) = open.popLast(), let header else {
            throw ScriptError(line: number, message: "endloop without loop")
        }
        add(.loop(variable: header.variable, values: header.values, body: body), header.line)
    }

    // MARK: Words

    private func isBlank(_ line: Substring) -> Bool { line.allSatisfy { $0 == " " || $0 == "\t" } }

    private func words(_ line: Substring) -> [String] {
        line.split { $0 == " " || $0 == "\t" }.map(String.init)
    }

    private func argument(_ words: [String], _ index: Int, _ line: Int) throws(ScriptError) -> String {
        guard index < words.count else {
            throw ScriptError(line: line, message: "\(words[0]) lacks its argument")
        }
        return words[index]
    }

    private func integer(_ word: String, _ line: Int) throws(ScriptError) -> Int {
        guard let value = Int(word) else { throw ScriptError(line: line, message: "not a number: \(word)") }
        return value
    }
}
