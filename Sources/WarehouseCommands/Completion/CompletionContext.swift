import WarehouseSQL

/// What may stand at a place of a statement, as far as the words around it tell.
struct CompletionContext: Equatable {
    enum Wanted: Equatable {
        /// The first word of a statement.
        case statement
        /// A table or view, behind the names before its last dot.
        case relation([String])
        /// A column, function or keyword; or what follows `name.`.
        case expression([String])
        case stage, fileFormat, database, schema([String]), role, warehouse, user, function, sequence
        /// A parameter of sessions; in a string behind LIKE too.
        case parameter
        /// What USE takes.
        case place
        /// One of these words.
        case words([String])
        /// A path of this machine, with what stands before it, such as `file://`.
        case file(prefix: String)
        case nothing
    }

    /// A table that the statement names.
    struct Relation: Equatable {
        var name: [String]
        var alias: String?
    }

    var wanted: Wanted
    /// The begun word as it is typed, and its UTF-8 offsets.
    var word: String
    var range: Range<Int>
    var relations: [Relation] = []
    /// Names of WITH.
    var commonTables: [String] = []
    /// Whether it is a query, or holds one.
    var isQuery = false
    /// Names of parameters stand alone there.
    var isUnset = false
    /// The place is within a string that nothing closes yet.
    var isInString = false
    /// Whether keywords are better offered in small letters.
    var prefersLowerCase = false

    /// Looks at the statement around `offset`.
    init(_ text: String, at offset: Int) {
        let all = SourceTokens.of(text)
        word = ""
        range = offset..<offset
        // The statement that the place is in.
        let first = all.lastIndex { $0.kind == .semicolon && $0.range.upperBound <= offset }.map { $0 + 1 } ?? 0
        let last = all[first...].firstIndex { $0.kind == .semicolon && $0.range.lowerBound >= offset } ?? all.count
        let bytes = Array(text.utf8)
        let statement = all[first..<last].filter {
            $0.kind != .comment || $0.isOpen || $0.range.contains(offset) || CompletionContext.goesOn($0, bytes, offset)
        }
        var before = statement.filter { $0.range.lowerBound < offset }
        let words = statement.filter { $0.kind == .word && SQLWords.isKeyword($0.text) && $0.range.upperBound != offset }
        prefersLowerCase = words.contains { bytes[$0.range.lowerBound] > 96 }
        wanted = .nothing
        if takeString(before, text, offset) { return }
        if let open = before.last, open.range.upperBound >= offset {
            guard take(open, text, offset) else { return }
            if open.kind == .word || open.kind == .stage || open.kind == .quotedName { before.removeLast() }
            if open.kind == .stage {
                wanted = .stage
                return
            }
        }
        isQuery = words.contains { $0.text == "SELECT" }
        isUnset = words.contains { $0.text == "UNSET" }
        // A name that is being typed is no alias yet.
        relations = CompletionContext.relations(statement.filter {
            $0.range.upperBound != offset && !$0.range.contains(offset) || $0.range.lowerBound == offset
        })
        commonTables = CompletionContext.commonTables(statement)
        wanted = CompletionContext.wanted(before)
    }

    /// Whether what is typed at the end of a comment is still part of it: to the end of the line, unlike `/* */`.
    private static func goesOn(_ comment: SourceTokens.Token, _ bytes: [UInt8], _ offset: Int) -> Bool {
        comment.range.upperBound == offset && !bytes[comment.range.lowerBound...].starts(with: [0x2F, 0x2A])
            && bytes[offset - 1] != 10
    }

    /// Takes a string that is a stage's path or the name of a file format; false for all others.
    private mutating func takeString(_ before: [SourceTokens.Token], _ text: String, _ offset: Int) -> Bool {
        guard let open = before.last, open.kind == .string, open.isOpen, open.range.upperBound >= offset else { return false }
        let typed = String(decoding: Array(text.utf8)[open.range.lowerBound..<offset], as: UTF8.self)
        let words = before.dropLast().suffix(2).map(\.text)
        let isParameter = words == ["PARAMETERS", "LIKE"]
        let isName = isParameter || words == ["FORMAT_NAME", "="]
        guard typed.hasPrefix("'@") || typed.hasPrefix("'") && isName else { return false }
        wanted = typed.hasPrefix("'@") ? .stage : isParameter ? .parameter : .fileFormat
        (word, range, isInString) = (String(typed.dropFirst()), open.range.lowerBound + 1..<offset, true)
        return true
    }

    /// Takes the token that the place is in or directly behind; false when that settles what is wanted.
    private mutating func take(_ token: SourceTokens.Token, _ text: String, _ offset: Int) -> Bool {
        let typed = String(decoding: Array(text.utf8)[token.range.lowerBound..<offset], as: UTF8.self)
        let isBehind = token.range.upperBound == offset && !token.isOpen
        switch token.kind {
        case .word, .quotedName:
            // Directly behind a closing quote nothing is begun.
            if token.kind == .quotedName, isBehind { return true }
            (word, range) = (typed, token.range.lowerBound..<offset)
            return true
        case .stage:
            (word, range) = (typed, token.range.lowerBound..<offset)
            wanted = .stage
            return !typed.contains("/")
        case .fileURL:
            (word, range) = (typed, token.range.lowerBound..<offset)
            wanted = .file(prefix: "file://")
            return false
        case .string where !isBehind && typed.lowercased().hasPrefix("'file://"):
            (word, range) = (typed, token.range.lowerBound..<offset)
            wanted = .file(prefix: "'file://")
            return false
        case .string, .comment, .number, .variable: return isBehind && token.kind != .comment
        case .symbol, .semicolon: return true
        }
    }

    // MARK: What the words before say

    private static func wanted(_ tokens: [SourceTokens.Token]) -> Wanted {
        var tokens = tokens[...], qualifiers: [String] = []
        while tokens.last?.text == ".", tokens.last?.kind == .symbol, tokens.count > 1 {
            let name = tokens[tokens.endIndex - 2]
            guard name.kind == .word || name.kind == .quotedName else { return .nothing }
            qualifiers.insert(name.text, at: 0)
            tokens = tokens.dropLast(2)
        }
        guard let last = tokens.last else { return qualifiers.isEmpty ? .statement : .expression(qualifiers) }
        let words = tokens.map { $0.kind == .word ? $0.text : $0.kind == .symbol ? $0.text : "" }
        if last.kind == .word, let object = object(last.text, words, qualifiers) { return object }
        if last.text == "=", words.dropLast().last == "FORMAT_NAME" { return .fileFormat }
        if inParameterList(words) { return .parameter }
        if inRelationList(words) { return .relation(qualifiers) }
        return .expression(qualifiers)
    }

    /// What a keyword asks for right behind it.
    private static func object(_ word: String, _ words: [String], _ qualifiers: [String]) -> Wanted? {
        let first = words.first ?? "", before = words.dropLast().last
        let makes = first == "CREATE"
        switch word {
        case "FROM", "JOIN", "UPDATE", "CLONE": return .relation(qualifiers)
        case "INTO": return .relation(qualifiers)
        case "TABLE", "VIEW": return makes ? .nothing : .relation(qualifiers)
        case "EXISTS" where before == "IF" && (words.contains("TABLE") || words.contains("VIEW")):
            return .relation(qualifiers)
        case "STAGE": return makes ? .nothing : .stage
        case "FORMAT" where before == "FILE": return makes ? .nothing : .fileFormat
        case "DATABASE": return makes ? .nothing : .database
        case "SCHEMA": return makes ? .nothing : .schema(qualifiers)
        case "ROLE": return makes ? .nothing : .role
        case "WAREHOUSE": return makes ? .nothing : .warehouse
        case "USER": return makes ? .nothing : .user
        case "FUNCTION": return makes ? .nothing : .function
        case "SEQUENCE": return makes ? .nothing : .sequence
        case "GROUP", "ORDER", "PARTITION", "CLUSTER": return qualifiers.isEmpty ? .words(["BY"]) : nil
        case "OR" where makes && words.count == 2: return .words(["REPLACE"])
        case "REPLACE" where makes && before == "OR": return .words(ObjectWords.made)
        case "TEMPORARY", "TEMP", "TRANSIENT", "SECURE", "RECURSIVE": return makes ? .words(ObjectWords.made) : nil
        case "SHOW", "TERSE": return first == "SHOW" ? .words(ObjectWords.shown) : nil
        case "CREATE" where words.count == 1: return .words(["OR REPLACE"] + ObjectWords.made)
        case "ALTER" where words.count == 1: return .words(["SESSION", "ACCOUNT"] + ObjectWords.kinds)
        case "DROP" where words.count == 1: return .words(ObjectWords.kinds)
        case "UNDROP" where words.count == 1: return .words(["TABLE", "SCHEMA", "DATABASE"])
        case "PARAMETERS" where first == "SHOW": return .words(["LIKE", "IN"])
        case "USE": return .place
        case "TRUNCATE", "DESC", "DESCRIBE": return .relation(qualifiers)
        case "IN" where first == "SHOW": return .place
        default: return nil
        }
    }

    /// Whether a parameter's name is next: behind SET or UNSET of a session, the account or a user, or a comma there.
    private static func inParameterList(_ words: [String]) -> Bool {
        guard words.first == "ALTER", words.count > 2, ["SESSION", "ACCOUNT", "USER"].contains(words[1]),
              let last = words.last else { return false }
        return last == "SET" || last == "UNSET" || last == "," && (words.contains("SET") || words.contains("UNSET"))
    }

    /// Whether the last word is a comma in a list of FROM.
    private static func inRelationList(_ words: [String]) -> Bool {
        guard words.last == "," else { return false }
        var depth = 0
        for word in words.dropLast().reversed() {
            if word == ")" { depth += 1 }
            if word == "(" {
                if depth == 0 { return false }
                depth -= 1
            }
            guard depth == 0 else { continue }
            if word == "FROM" { return true }
            if ["SELECT", "WHERE", "BY", "HAVING", "QUALIFY", "SET", "VALUES", "ON", "USING", "WITH", "LIMIT"].contains(word) {
                return false
            }
        }
        return false
    }

    // MARK: Names in the statement

    /// Tables behind FROM, JOIN, INTO, UPDATE and USING, with their aliases.
    private static func relations(_ tokens: [SourceTokens.Token]) -> [Relation] {
        var found: [Relation] = [], index = 0
        let openers: Set<String> = ["FROM", "JOIN", "INTO", "UPDATE", "USING", "TABLE"]
        let enders: Set<String> = ["WHERE", "ON", "GROUP", "ORDER", "SELECT", "SET"]
        var isInList = false
        while index < tokens.count, found.count < 64 {
            let token = tokens[index]
            index += 1
            if token.kind == .word, openers.contains(token.text) {
                isInList = token.text == "FROM" || isInList
            } else if token.text == ",", token.kind == .symbol, isInList {
                // The next table of a list.
            } else {
                if token.kind == .word, enders.contains(token.text) { isInList = false }
                continue
            }
            guard var relation = name(tokens, &index) else { continue }
            relation.alias = alias(tokens, &index)
            found.append(relation)
        }
        return found
    }

    private static func name(_ tokens: [SourceTokens.Token], _ index: inout Int) -> Relation? {
        var parts: [String] = []
        while index < tokens.count, isName(tokens[index]) {
            parts.append(tokens[index].text)
            index += 1
            guard index < tokens.count, tokens[index].text == ".", tokens[index].kind == .symbol else { break }
            index += 1
        }
        return parts.isEmpty ? nil : Relation(name: parts)
    }

    private static func alias(_ tokens: [SourceTokens.Token], _ index: inout Int) -> String? {
        var place = index
        if place < tokens.count, tokens[place].kind == .word, tokens[place].text == "AS" { place += 1 }
        guard place < tokens.count, isName(tokens[place]) else { return nil }
        index = place + 1
        return tokens[place].text
    }

    private static func isName(_ token: SourceTokens.Token) -> Bool {
        token.kind == .quotedName || token.kind == .word && !SQLWords.isReserved(token.text)
    }

    /// `name AS (` of WITH.
    private static func commonTables(_ tokens: [SourceTokens.Token]) -> [String] {
        guard tokens.first?.text == "WITH" || tokens.contains(where: { $0.text == "WITH" }) else { return [] }
        return tokens.indices.dropLast(2).compactMap { index in
            isName(tokens[index]) && tokens[index + 1].text == "AS" && tokens[index + 2].text == "(" ? tokens[index].text : nil
        }
    }
}
