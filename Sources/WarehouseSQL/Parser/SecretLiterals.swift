import WarehouseBasics

/// Finds statements whose literals may be secrets: where one names what another is, or a column, table or alias is called a
/// secret. A name alone, without any literal, is none.
struct SecretLiterals {
    private let bytes: [UInt8]
    private let tokens: ArraySlice<SourceTokens.Token>

    /// Whether a text, which may be wrong and end within a literal, has such a one; or a literal or comment within which a
    /// secret is named.
    static func areIn(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return SourceTokens.of(text).split { $0.kind == .semicolon }.contains { SecretLiterals(bytes: bytes, tokens: $0).holdAny }
    }

    /// The literals that may be secrets. `known`: where those begin that are secrets anyway: where these explain a name, the
    /// literals beside them are none.
    static func places(in text: String, beside known: Set<Int>) -> [Range<Int>] {
        let bytes = Array(text.utf8)
        return SourceTokens.of(text).split { $0.kind == .semicolon }.flatMap { tokens -> [Range<Int>] in
            let statement = SecretLiterals(bytes: bytes, tokens: tokens)
            guard statement.holdAny else { return [] }
            let literals = tokens.filter { $0.kind == .string && !$0.isOpen }
            var naming = literals.filter { SecretNames.areNamed(by: String(decoding: statement.content($0), as: UTF8.self)) }
            // A secret may look like the name of one.
            if literals.count > 1, naming.count == literals.count { naming = [literals[0]] }
            let explained = naming.isEmpty && literals.contains { known.contains($0.range.lowerBound) }
            return literals.filter {
                SecretText.namesValue(statement.content($0), isLoose: false) || !explained && !naming.contains($0)
            }.map(\.range)
        }
    }

    private var holdAny: Bool { nameAny || giveAny }

    /// Whether something beside a literal says that it may be a secret. Which literal belongs to which name is not asked: pairs
    /// of arguments, lists of columns and of values, branches and conditions are too many ways to write one.
    private var nameAny: Bool {
        let literals = tokens.filter { $0.kind == .string }
        guard !literals.isEmpty else { return false }
        if literals.count > 1, literals.contains(where: {
            SecretNames.areNamed(by: String(decoding: content($0), as: UTF8.self))
        }) { return true }
        return tokens.contains {
            ($0.kind == .word || $0.kind == .quotedName) && !UserSecrets.plain.contains($0.text) && SecretNames.areSecret($0.text)
        }
    }

    /// Whether a name is given a value, which need not be a literal; or a literal or comment has both.
    private var giveAny: Bool {
        let isInsert = tokens.contains { $0.kind == .word && $0.text == "INSERT" }
        var isNamed = false
        for (index, token) in zip(tokens.indices, tokens) {
            switch token.kind {
            case .comment:
                if SecretText.namesValue(bytes[token.range], isLoose: true) { return true }
            case .string:
                if isNamed && isInsert || SecretText.namesValue(content(token), isLoose: false) || names(index) { return true }
            case .word, .quotedName:
                if token.isOpen, SecretText.namesValue(content(token), isLoose: false) { return true }
                if token.kind == .word, SecretLiterals.lists.contains(token.text), opensList(index) { return true }
                guard token.text == "IDENTIFIED" || SecretNames.promise(token.text),
                      !UserSecrets.plain.contains(token.text) else { continue }
                if isFollowed(index) { return true }
                isNamed = true
            default: break
            }
        }
        return false
    }

    private static let lists: Set<String> = ["CREDENTIALS", "CREDENTIAL", "ENCRYPTION"]

    /// A literal without what encloses it.
    private func content(_ token: SourceTokens.Token) -> ArraySlice<UInt8> {
        let all = bytes[token.range], mark = all.first == Byte.dollar ? 2 : 1
        return token.isOpen ? all.dropFirst(mark) : all.dropFirst(mark).dropLast(mark)
    }

    /// Whether a literal is given such a name: `'x' AS password`, `'x' = password`.
    private func names(_ index: Int) -> Bool {
        var rest = tokens[(index + 1)...]
        if let next = rest.first, next.kind == .word && next.text == "AS" || next.kind == .symbol && next.text == "=" {
            rest = rest.dropFirst()
        }
        guard let name = rest.first, name.kind == .word || name.kind == .quotedName else { return false }
        return SecretNames.promise(name.text)
    }

    /// Whether a list of secrets begins here, and has a text that is not its kind: `ENCRYPTION = (TYPE = 'AWS_SSE_S3')`.
    private func opensList(_ index: Int) -> Bool {
        var rest = tokens[(index + 1)...]
        if rest.first?.text == "=" { rest = rest.dropFirst() }
        guard rest.first?.text == "(" || rest.first?.kind == .string else { return false }
        var words: [String] = []
        for token in rest {
            if token.kind == .symbol, token.text == ")" { return false }
            if token.kind == .string, words.last != "TYPE" { return true }
            if token.kind == .word { words.append(token.text) }
        }
        return false
    }

    /// Between a name and its value.
    private static let between: Set<String> = ["LIKE", "ILIKE", "RLIKE", "REGEXP", "NOT", "IN", "IS", "BY", "ANY", "BETWEEN"]
    private static let assignments: Set<String> = ["=", "=>", ":=", "=="]
    private static let comparisons: Set<String> = ["!=", "<>", "<", ">", "<=", ">=", "(", ")", "||", "[", "]", "+", "-"]

    /// Whether a value stands behind the name at `index`.
    private func isFollowed(_ index: Int) -> Bool {
        let name = tokens[index].text
        var place = index + 1, isAssigned = name == "IDENTIFIED"
        while place < tokens.endIndex {
            let token = tokens[place]
            let next = place + 1 < tokens.endIndex ? tokens[place + 1] : nil
            place += 1
            switch token.kind {
            case .comment: continue
            case .string: return true
            case .number: return isAssigned
            case .symbol where SecretLiterals.assignments.contains(token.text): isAssigned = true
            case .symbol where SecretLiterals.comparisons.contains(token.text): continue
            // A type.
            case .symbol where token.text == "::": place += 1
            case .word where SecretLiterals.between.contains(token.text): continue
            case .word:
                guard isAssigned, next?.text != "." else { return false }
                // A function of texts.
                if next?.text == "(" { continue }
                return takesWords(name) && !SQLWords.isReserved(token.text)
            default: return false
            }
        }
        return false
    }

    /// Whether a word without quotes may be the secret: of a query it is a column, unless the name is no column's.
    private func takesWords(_ name: String) -> Bool {
        name == "IDENTIFIED" || !SecretLiterals.isQuery(tokens.first { $0.kind == .word }?.text)
            || name != "PASSWORD" && SecretMask.names.contains(name)
    }

    /// Whether a statement that begins so only reads or changes rows.
    static func isQuery(_ first: String?) -> Bool {
        ["SELECT", "WITH", "VALUES", "SHOW", "DESC", "DESCRIBE", "DELETE", "UPDATE", "MERGE", "INSERT", "TRUNCATE", "DROP"]
            .contains(first)
    }
}
