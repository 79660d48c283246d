import WarehouseSQL
import WarehouseTerminal

/// A command of the prompt itself: `\name argument …`.
struct MetaCommand: Equatable {
    /// With its backslash.
    var name: String
    var arguments: [String]
    /// All behind the name, as typed.
    var rest: String

    /// A line that is such a command; nil for SQL. `exit` and `quit` are commands too.
    init?(_ line: String) {
        let trimmed = line.drop(while: \.isWhitespace)
        if !trimmed.hasPrefix("\\") {
            let word = trimmed.dropLast { $0.isWhitespace || $0 == ";" }.uppercased()
            guard word == "EXIT" || word == "QUIT" else { return nil }
            self.init(name: "\\q")
            return
        }
        guard !trimmed.dropLast(while: \.isWhitespace).contains("\n") else { return nil }
        let end = trimmed.firstIndex { $0.isWhitespace || $0 == ";" } ?? trimmed.endIndex
        self.init(name: String(trimmed[..<end]))
        var typed = String(trimmed[end...])
        if trimmed.hasPrefix("\\!") {
            name = "\\!"
            typed = String(trimmed.dropFirst(2))
        }
        rest = typed.drop(while: \.isWhitespace).dropLast(while: \.isWhitespace).description
        arguments = MetaCommand.words(rest)
    }

    private init(name: String) {
        self.name = name
        arguments = []
        rest = ""
    }

    /// Words divided by white space or `;`; quotes keep them together.
    private static func words(_ text: String) -> [String] {
        var words: [String] = [], word: String?, quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace || character == ";" {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// What `\?` says of a command, and what its argument is.
    struct Description {
        enum Argument { case none, format, switching, file, folder, relation, setting, statement, command, place }
        var names: [String]
        var usage: String
        var about: String
        var argument: Argument = .none
    }

    /// In the groups and order of `\?`.
    static let groups: [(title: String, commands: [Description])] = [
        ("General", [
            Description(names: ["\\?", "\\help"], usage: "\\? [COMMAND]", about: "this list, or one command", argument: .command),
            Description(names: ["\\h"], usage: "\\h [STATEMENT]", about: "statements, the syntax of one, or functions by name",
                        argument: .statement),
            Description(names: ["\\q"], usage: "\\q", about: "leave (also: exit, quit, ^D)"),
            Description(names: ["\\timing"], usage: "\\timing [on|off]", about: "print how long statements take",
                        argument: .switching),
            Description(names: ["\\set"], usage: "\\set [NAME [VALUE]]", about: "show or change settings", argument: .setting),
            Description(names: ["\\unset"], usage: "\\unset NAME", about: "a setting as it was", argument: .setting),
        ]),
        ("Statements", [
            Description(names: ["\\g"], usage: "\\g [FILE or |COMMAND]", about: "run what is typed, or the last statement again",
                        argument: .file),
            Description(names: ["\\watch"], usage: "\\watch [SECONDS]", about: "as \\g, again and again until ^C (2)"),
            Description(names: ["\\e"], usage: "\\e [FILE]", about: "edit what is typed, or the last statement, in $EDITOR",
                        argument: .file),
            Description(names: ["\\p"], usage: "\\p", about: "print what is typed, or the last statement"),
            Description(names: ["\\r"], usage: "\\r", about: "drop what is typed"),
            Description(names: ["\\s"], usage: "\\s [TEXT]", about: "statements run before, or those that hold a text"),
            Description(names: ["\\i"], usage: "\\i FILE", about: "run a script", argument: .file),
        ]),
        ("Results", [
            Description(names: ["\\format"], usage: "\\format [NAME]", about: "table, csv, json, jsonl or markdown",
                        argument: .format),
            Description(names: ["\\x"], usage: "\\x [on|off|auto]", about: "a line a column; auto: where rows are too wide",
                        argument: .switching),
            Description(names: ["\\o"], usage: "\\o [FILE or |COMMAND]", about: "results go there; without: to the screen",
                        argument: .file),
            Description(names: ["\\pager"], usage: "\\pager [on|off|COMMAND]", about: "show what is larger than the screen by it",
                        argument: .switching),
            Description(names: ["\\echo"], usage: "\\echo TEXT", about: "print a text"),
        ]),
        ("Objects (names may hold * and ?; with + behind the command all that is known)", [
            Description(names: ["\\d"], usage: "\\d [NAME]", about: "tables and views; a table's columns", argument: .relation),
            Description(names: ["\\dt"], usage: "\\dt [NAME]", about: "tables", argument: .relation),
            Description(names: ["\\dv"], usage: "\\dv [NAME]", about: "views", argument: .relation),
            Description(names: ["\\df"], usage: "\\df [NAME]", about: "functions of users; with a name the system's too"),
            Description(names: ["\\ds"], usage: "\\ds [NAME]", about: "sequences"),
            Description(names: ["\\dstages"], usage: "\\dstages [NAME]", about: "stages"),
            Description(names: ["\\dformats"], usage: "\\dformats [NAME]", about: "file formats"),
            Description(names: ["\\dn"], usage: "\\dn [NAME]", about: "schemas"),
            Description(names: ["\\l"], usage: "\\l [NAME]", about: "databases"),
            Description(names: ["\\du"], usage: "\\du [NAME]", about: "users"),
            Description(names: ["\\dg"], usage: "\\dg [NAME]", about: "roles"),
        ]),
        ("Place", [
            Description(names: ["\\c"], usage: "\\c [DATABASE[.SCHEMA]]", about: "where names resolve", argument: .place),
            Description(names: ["\\conninfo"], usage: "\\conninfo", about: "warehouse, user, role, place and versions"),
            Description(names: ["\\cd"], usage: "\\cd [DIR]", about: "the folder of relative file names", argument: .folder),
            Description(names: ["\\!"], usage: "\\! COMMAND", about: "a command of the shell"),
        ]),
    ]

    static let all = groups.flatMap(\.commands)

    static func description(of name: String) -> Description? {
        // `\dt+` is `\dt`, telling more.
        let plain = name.hasPrefix("\\d") && name.hasSuffix("+") ? String(name.dropLast()) : name
        return all.first { $0.names.contains(plain) }
    }

    /// Whether there is such a command.
    var isKnown: Bool { MetaCommand.description(of: name) != nil }

    // MARK: Completion

    /// What may stand at the end of `line`, which is up to `offset` of the text.
    static func completions(_ line: String, at offset: Int, names: any CompletionNames) -> Completions {
        let begun = line.split(omittingEmptySubsequences: false) { $0.isWhitespace }.last.map(String.init) ?? ""
        let range = offset - begun.utf8.count..<offset
        guard line.contains(where: \.isWhitespace) else {
            return Completions(range: range, all.flatMap(\.names).filter { $0.hasPrefix(begun) }.sorted().map { Completion($0) })
        }
        let name = line.prefix { !$0.isWhitespace }
        guard let description = description(of: String(name)) else { return Completions(range: range, []) }
        return Completions(range: range, candidates(description.argument, begun, names))
    }

    private static func candidates(
        _ argument: Description.Argument, _ begun: String, _ names: any CompletionNames
    ) -> [Completion] {
        func among(_ words: [String]) -> [Completion] {
            words.filter { $0.lowercased().hasPrefix(begun.lowercased()) }.map { Completion($0) }
        }
        switch argument {
        case .none: return []
        case .format: return among(OutputFormat.allCases.map(\.rawValue))
        case .switching: return among(["on", "off", "auto"])
        case .setting: return among(PromptSetting.allCases.map(\.rawValue))
        case .command: return among(all.flatMap(\.names))
        case .statement: return among(SQLWords.statements + names.functions())
        case .file, .folder:
            return FileNames.beginning(with: begun).filter { argument == .file || $0.hasSuffix("/") }.map {
                Completion($0, label: FileNames.last($0), ending: $0.hasSuffix("/") ? "" : " ")
            }
        case .relation, .place:
            // Names are offered in the case of what is typed.
            let words = argument == .relation ? "DESC TABLE " : "USE SCHEMA "
            let sql = (begun == begun.lowercased() ? words.lowercased() : words) + begun
            let found = SQLCompleter(names: names).completions(sql, at: sql.utf8.count)
            return found.candidates.map { item in
                // The begun word is the whole name here, with its qualifiers.
                let head = String(decoding: Array(sql.utf8)[..<found.range.lowerBound], as: UTF8.self)
                return Completion(String(head.dropFirst(11)) + item.text, label: item.label, ending: item.ending)
            }
        }
    }
}

extension StringProtocol {
    /// Without the characters at the end that fulfil a condition.
    func dropLast(while condition: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, condition(self[index(before: end)]) { end = index(before: end) }
        return self[..<end]
    }
}
