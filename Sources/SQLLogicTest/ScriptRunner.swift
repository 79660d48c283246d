/// Runs the records of one script against an engine.
public final class ScriptRunner {
    private struct Stop: Error {}

    /// The script that is read: the one given, or one that it includes.
    private var file: String
    private var includeDepth = 0
    private let engine: any TestEngine
    private let engineNames: Set<String>
    private let features: Set<String>
    private let readFile: (String) throws -> String
    private var variables: [String: String]
    private var sortMode = SortMode.nosort
    private var isSkipping = false
    private var nextConnection: String?
    private var labels: [String: String] = [:]
    private var loopDepth = 0
    /// Names that `$NAME` stands for too: those of loops, and with `control substitution on` all.
    private var loopVariables: [String] = []
    private var substitutesAll = false
    private(set) var hashThreshold = 0
    private var report = ScriptReport()
    /// The answer lines to write in place of the script's, by the line they begin on: what `--accept` needs.
    public private(set) var acceptedAnswers: [Int: (count: Int, lines: [String])] = [:]
    private let isAccepting: Bool

    /// - Parameters:
    ///   - file: the script's name, for messages and for the folder of `include`.
    ///   - engineNames: the names by which `onlyif` and `skipif` mean this engine.
    ///   - features: what `require` may ask for.
    ///   - variables: what `${NAME}` stands for.
    ///   - isAccepting: differing answers are collected in ``acceptedAnswers`` and are no failures.
    public init(
        file: String, engine: any TestEngine, engineNames: Set<String> = ["mlwh"], features: Set<String> = [],
        variables: [String: String] = [:], isAccepting: Bool = false,
        readFile: @escaping (String) throws -> String
    ) {
        self.file = file
        self.engine = engine
        self.engineNames = engineNames
        self.features = features
        self.variables = variables
        self.isAccepting = isAccepting
        self.readFile = readFile
    }

    /// Runs the script and says how it went. Never throws: what goes wrong is a failure in the report.
    public func run() -> ScriptReport {
        do {
            try run(ScriptParser.parse(readFile(file)))
        } catch is Stop {
        } catch {
            fail((error as? ScriptError)?.line ?? 0, "", "\(error)")
        }
        return report
    }

    private func run(_ records: [ScriptRecord]) throws {
        for record in records {
            guard record.onlyIf.isEmpty || record.onlyIf.contains(where: engineNames.contains) else { continue }
            if record.skipIf.contains(where: engineNames.contains) { continue }
            if case .skipping(let flag) = record.command { isSkipping = flag }
            if !isSkipping { try run(record) }
        }
    }

    private func run(_ record: ScriptRecord) throws {
        switch record.command {
        case .statement(let check): run(check, line: record.line)
        case .query(let check): run(check, line: record.line)
        case .sortMode(let mode): sortMode = mode
        case .hashThreshold(let count): hashThreshold = count
        case .halt: throw Stop()
        case .connection(let name): nextConnection = name == "default" ? nil : name
        case .restart: try engine.restart()
        case .include(let name): try include(substituted(name))
        case .require(let feature):
            if !features.contains(feature) {
                report.skipped = "requires \(feature)"
                throw Stop()
            }
        case .skipping: break
        case .substitution(let flag): substitutesAll = flag
        case .loop(let variable, let values, let body): try loop(variable, values, body)
        }
    }

    private func loop(_ variable: String, _ values: [String], _ body: [ScriptRecord]) throws {
        let outer = variables[variable]
        loopVariables.append(variable)
        loopDepth += 1
        defer {
            variables[variable] = outer
            loopVariables.removeLast()
            loopDepth -= 1
        }
        for value in values {
            variables[variable] = substituted(value)
            try run(body)
        }
    }

    private func include(_ name: String) throws {
        guard includeDepth < 16 else { throw ScriptError(line: 0, message: "includes are nested more than 16 deep") }
        let outer = file
        let path = name.hasPrefix("/") ? name : folder + name
        let records = try ScriptParser.parse(readFile(path))
        file = path
        includeDepth += 1
        defer {
            file = outer
            includeDepth -= 1
        }
        try run(records)
    }

    private var folder: String {
        file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    }

    // MARK: Statements

    private func run(_ check: StatementCheck, line: Int) {
        let sql = substituted(check.sql)
        switch (attempt(sql, check.connection), check.outcome) {
        case (.success, .success), (_, .any): report.passed += 1
        case (.success(let answer), .count(let expected)):
            let actual = answer.changedRows ?? answer.rows.count
            if actual == expected {
                report.passed += 1
            } else {
                fail(line, sql, "  expected \(expected) rows, got \(actual)")
            }
        case (.success, .failure): fail(line, sql, "  expected an error, and it succeeded")
        case (.failure(let error), .failure(let pattern)): checkError(error, pattern, line, sql)
        case (.failure(let error), _): fail(line, sql, "  error: \(error)")
        }
    }

    private func checkError(_ error: any Error, _ pattern: ErrorPattern, _ line: Int, _ sql: String) {
        if let wanted = substituted(pattern).mismatch(with: "\(error)") {
            fail(line, sql, "  expected the error: \(wanted)\n  actual error: \(error)")
        } else {
            report.passed += 1
        }
    }

    private func substituted(_ pattern: ErrorPattern) -> ErrorPattern {
        switch pattern {
        case .anything: .anything
        case .regex(let text): .regex(substituted(text))
        case .text(let text): .text(substituted(text))
        }
    }

    // MARK: Queries

    private func run(_ check: QueryCheck, line: Int) {
        let sql = substituted(check.sql)
        switch attempt(sql, check.connection) {
        case .failure(let error):
            if let pattern = check.failure {
                checkError(error, pattern, line, sql)
            } else {
                fail(line, sql, "  error: \(error)")
            }
        case .success(let answer):
            if check.failure != nil {
                fail(line, sql, "  expected an error, and it succeeded")
            } else {
                compare(answer, check, line, sql)
            }
        }
    }

    private func compare(_ answer: TestAnswer, _ check: QueryCheck, _ line: Int, _ sql: String) {
        var types = check.types
        if types.isEmpty { types = Array(repeating: "T", count: answer.columns.count) }
        guard types.count == answer.columns.count else {
            let rows = answer.rows.prefix(20).map { "    " + $0.map { $0 ?? "NULL" }.joined(separator: "\t") }
            return fail(line, sql, """
                  expected \(types.count) columns, got \(answer.columns.count): \
                \(answer.columns.joined(separator: ", "))\n
                """ + rows.joined(separator: "\n"))
        }
        let comparison = AnswerComparison(types: types, sortMode: check.sortMode ?? sortMode, rows: answer.rows)
        if let label = check.label {
            let digest = comparison.digest(.standard)
            if let other = labels[label], other != digest {
                return fail(line, sql, "  the answer differs from that of an earlier query labelled \(label)")
            }
            labels[label] = digest
        }
        if let expected = check.expected, let difference = comparison.difference(from: expected.map(substituted)) {
            // In a loop one block stands for many answers; an included script is rewritten by its own run.
            guard isAccepting, loopDepth == 0, includeDepth == 0 else { return fail(line, sql, difference) }
            acceptedAnswers[check.answerLine] =
                (expected.count, comparison.acceptedLines(threshold: hashThreshold))
        }
        report.passed += 1
    }

    // MARK: Both

    private func attempt(_ sql: String, _ name: String?) -> Result<TestAnswer, any Error> {
        let name = name ?? nextConnection
        nextConnection = nil
        return Result { try engine.connection(named: name).execute(sql) }
    }

    private func fail(_ line: Int, _ sql: String, _ detail: String) {
        report.failures.append(ScriptReport.Failure(file: file, line: line, sql: sql, detail: detail))
    }

    /// The text with every `${NAME}` of a known name, `$NAME` where that is allowed, and DuckDB's `__TEST_DIR__`,
    /// replaced.
    private func substituted(_ text: String) -> String {
        var text = text
        if text.contains("${") {
            for (name, value) in variables { text.replace("${\(name)}", with: value) }
        }
        if text.contains("$"), substitutesAll || !loopVariables.isEmpty { text = withoutBareNames(text) }
        if let folder = variables["TEST_DIR"], text.contains("__TEST_DIR__") {
            text.replace("__TEST_DIR__", with: folder)
        }
        return text
    }

    /// The text with `$NAME` replaced, the whole name only, and not behind another `$`, which quotes.
    private func withoutBareNames(_ text: String) -> String {
        let names = substitutesAll ? Set(variables.keys) : Set(loopVariables)
        var output = "", rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            let behind = rest[rest.index(after: dollar)...]
            let name = behind.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            output += rest[..<dollar]
            if behind.first == "$" {
                output += "$$"
                rest = behind.dropFirst()
                // What begins here is the text of a dollar quote, not a name.
                let quoted = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                output += quoted
                rest = rest[quoted.endIndex...]
            } else if let value = variables[String(name)], names.contains(String(name)) {
                output += value
                rest = behind[name.endIndex...]
            } else {
                output += "$"
                rest = behind
            }
        }
        return output + rest
    }
}
