import WarehouseBasics

/// Takes the secrets out of a statement's text, for histories, logs and messages.
public enum SecretMask {
    /// Properties whose values nobody may see again.
    static let names: Set<String> = [
        "PASSWORD", "AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN", "AZURE_SAS_TOKEN", "MASTER_KEY", "KMS_KEY_ID",
        "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2", "SECRET_STRING", "OAUTH_CLIENT_SECRET", "OAUTH_REFRESH_TOKEN",
        "API_KEY", "PRIVATE_KEY", "PASSPHRASE", "CREDENTIALS", "CREDENTIAL",
    ]

    /// `text` with `'***'` for each value of such a property, and for each later text that is not plainly another
    /// property's: the statement may be wrong, and the secret stand where none belongs. A text that cannot be cut into
    /// tokens is cut off where that begins.
    public static func mask(_ text: String) -> String {
        let (tokens, end) = tokens(of: text), bytes = Array(text.utf8)
        var result = "", copied = 0
        for place in places(among: tokens, of: text) {
            result += slice(bytes, copied, place.lowerBound) + "'***'"
            copied = place.upperBound
        }
        return result + slice(bytes, copied, end) + (end < bytes.count ? " …" : "")
    }

    /// Where secrets stand, in order: those of properties, and literals that another one, or a name beside them, says to
    /// be secrets.
    private static func places(among tokens: [Token], of text: String) -> [Range<Int>] {
        let plain = secrets(among: tokens).map { $0.start..<$0.end }
        guard SecretNames.mayOccur(in: text) else { return plain }
        let end = tokens.last?.end ?? 0, known = Set(plain.map(\.lowerBound))
        let others = SecretLiterals.places(in: text, beside: known)
            .filter { $0.upperBound <= end && !known.contains($0.lowerBound) }
        return others.isEmpty ? plain : (plain + others).sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Whether a list of variables shows no value of this one: its name is a secret's, or the value looks like one.
    public static func hides(variable name: String, value: String) -> Bool {
        SecretNames.hide(variable: name, value: value) || name.uppercased() == "PASS" || SecretText.holdsCredential(value)
            || SecretText.namesValue(Array(value.utf8)[...], isLoose: false)
    }

    /// Whether a secret begins at that byte.
    static func hides(at start: Int, in text: String) -> Bool {
        places(among: tokens(of: text).tokens, of: text).contains { $0.lowerBound == start }
    }

    /// An error of the statement `text` without the secrets that stand in that.
    public static func mask(_ error: WarehouseError, of text: String) -> WarehouseError {
        let tokens = tokens(of: text).tokens, starts = Set(places(among: tokens, of: text).map(\.lowerBound))
        guard !starts.isEmpty else { return error }
        var masked = error
        for token in tokens where starts.contains(token.start) && !token.text.isEmpty {
            // Of a short text only what a message quotes is certainly meant.
            let (found, shown) = token.text.utf8.count < 4 ? ("'\(token.text)'", "'***'") : (token.text, "***")
            masked.message = masked.message.replacing(found, with: shown)
            masked.hint = masked.hint?.replacing(found, with: shown)
        }
        return masked
    }

    /// What is no SQL, such as a message or a tag: its apostrophes need not be pairs, and nothing is cut off where no
    /// secret can be.
    public static func mask(prose text: String) -> String {
        !text.isEmpty && (mentionsSecrets(text) || SecretText.holdsCredential(text)) ? mask(text) : text
    }

    /// The tokens, and where they end: before the end of the text, when the rest cannot be cut into tokens.
    private static func tokens(of text: String) -> (tokens: [Token], end: Int) {
        var lexer = Lexer(text), tokens: [Token] = []
        while let token = try? lexer.next() {
            if token.kind == .end { return (tokens, lexer.bytes.count) }
            tokens.append(token)
        }
        return (tokens, tokens.last?.end ?? 0)
    }

    private static func secrets(among tokens: [Token]) -> [Token] {
        tokens.split { $0.kind == .semicolon }.flatMap { secrets(ofStatement: $0) }
    }

    private static func secrets(ofStatement tokens: ArraySlice<Token>) -> [Token] {
        let first = tokens.first { $0.kind != .word || !prefixes.contains($0.text) }?.text
        let texts = StatementTexts(tokens, first)
        var before: Token?, last: Token?, found: [Token] = []
        var isNear = false, credentials = Parentheses()
        var user: UserSecrets?
        for (index, token) in zip(tokens.indices, tokens) {
            let isAssigned = before?.kind == .word && (last?.text == "=" || last?.text == "=>")
            let property = isAssigned ? before?.text : nil
            let isSecret = property.map(names.contains) == true || before?.text == "IDENTIFIED" && last?.text == "BY"
            let opener = property ?? last?.text
            credentials.take(token, opensWith: opener.map(lists.contains) == true)
            let isDoubtful = credentials.isOpen ? property != "TYPE" : isNear && property == nil
            if token.kind == .word, names.contains(token.text) { isNear = true }
            let isInList = credentials.isOpen && isDoubtful && isAssigned
            let isOfUser = user?.take(token, next: index + 1 < tokens.endIndex ? tokens[index + 1] : nil) == true
            if isSecret && token.kind != .symbol || token.isText && (isDoubtful || holdsKey(token, of: property)) || isOfUser
                || isInList && (token.kind == .word || token.kind == .quotedName) || texts.hides(token) {
                found.append(token)
            }
            if token.kind == .word, token.text == "USER", let word = last?.text, usersVerbs.contains(word),
               first != "GRANT", first != "REVOKE" {
                user = UserSecrets()
            }
            (before, last) = (last, token)
        }
        return found
    }

    /// Whether a text is the value of a name that promises a secret, or looks like one.
    private static func holdsKey(_ token: Token, of property: String?) -> Bool {
        property.map { SecretNames.promise($0) && !UserSecrets.plain.contains($0) } == true || holdsKeys(url: token.text)
            || SecretText.holdsCredential(token.text)
    }

    /// Words before a statement that is only explained, or part of a block.
    private static let prefixes: Set<String> = ["EXPLAIN", "USING", "TEXT", "JSON", "TABULAR", "BEGIN"]

    /// Behind these USER is what a statement is about.
    private static let usersVerbs: Set<String> = ["CREATE", "REPLACE", "ALTER"]

    /// Properties whose values are lists of secrets.
    private static let lists: Set<String> = ["CREDENTIALS", "CREDENTIAL", "ENCRYPTION"]

    /// Whether the list of CREDENTIALS = (…) or ENCRYPTION = (…) is open.
    private struct Parentheses {
        private var depth = 0
        var isOpen: Bool { depth > 0 }

        mutating func take(_ token: Token, opensWith begins: Bool) {
            guard token.kind == .symbol else { return }
            if token.text == "(", begins || depth > 0 { depth += 1 }
            if token.text == ")", depth > 0 { depth -= 1 }
        }
    }

    /// Whether a URL names a user, and most often a password, before its host: `s3://key:secret@bucket/`, where the secret
    /// may hold a slash; or carries its own signature: `https://host/file?sig=…`.
    public static func holdsKeys(url: String) -> Bool {
        guard let start = url.firstRange(of: "://")?.upperBound else { return false }
        if let query = url[start...].firstIndex(of: "?"), case let words = url[query...].lowercased(),
           ["sig=", "signature=", "token="].contains(where: words.contains) { return true }
        let host = url[start...].prefix { $0 != "/" }
        return host.contains("@") || host.contains(":") && url[start...].contains("@")
    }

    /// A URL as messages show it: of one that names a user or carries its own signature only the scheme.
    public static func withoutKeys(url: String) -> String {
        guard holdsKeys(url: url), let scheme = url.firstRange(of: "://") else { return url }
        return "\(url[..<scheme.upperBound])***"
    }

    static func holdsSecret(_ text: String) -> Bool {
        let upper = text.uppercased()
        return names.contains(where: upper.contains)
    }

    private static func slice(_ bytes: [UInt8], _ start: Int, _ end: Int) -> String {
        String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }
}

extension SecretMask {
    /// Words that go with secrets.
    private static let marks = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "CREDENTIAL", "TOKEN", "ENCRYPTION", "API_KEY", "APIKEY", "ACCESS_KEY",
        "AWS_KEY", "MASTER_KEY", "KMS_KEY", "PRIVATE_KEY", "PUBLIC_KEY", "IDENTIFIED BY",
    ]

    private static func mentionsSecrets(_ text: String) -> Bool {
        let upper = text.uppercased()
        return marks.contains { upper.contains($0) } || upper.contains("USER") || upper.contains("SET")
    }

    /// Whether statements may hold a secret, and are better not kept. Rather too often where a literal stands: who finds a
    /// statement forgotten types it again, who finds a password remembered cannot take it back. A name of a column, a table
    /// or an alias is no secret without a literal, whatever it is called.
    public static func mayHoldSecret(_ text: String) -> Bool {
        SecretText.holdsCredential(text) || isOfUser(text) || SecretLiterals.areIn(text) || masksLiterals(text)
    }

    /// Whether a command of the prompt, or of a shell, may hold a secret.
    public static func mayHoldSecret(command text: String) -> Bool {
        SecretText.namesValue(Array(text.utf8)[...], isLoose: true) || SecretText.givesUser(text) || mayHoldSecret(text)
    }

    /// Whether it makes or changes a user and holds some text, as the word before a password may be misspelled.
    private static func isOfUser(_ text: String) -> Bool {
        let upper = text.uppercased()
        guard upper.contains("USER"), upper.contains(where: { $0 == "'" || $0 == "\"" || $0 == "$" }) else { return false }
        let words = upper.split { !$0.isLetter && $0 != "_" }
        return zip(words, words.dropFirst()).contains { $1 == "USER" && usersVerbs.contains(String($0)) }
    }

    /// Whether `mask` would hide a value of a statement that may have secrets of its own.
    private static func masksLiterals(_ text: String) -> Bool {
        var (tokens, end) = tokens(of: text)
        let bytes = Array(text.utf8)
        // A literal that nothing closes hides nothing less than one that is whole.
        let rest = bytes[end...].drop(while: Byte.isSpace)
        if let first = rest.first, first == Byte.quote || first == Byte.dollar || first == Byte.doubleQuote {
            tokens.append(Token(kind: .string, text: slice(bytes, rest.startIndex, bytes.count), start: rest.startIndex,
                                end: bytes.count, line: 1, column: 1))
        }
        return tokens.split { $0.kind == .semicolon }.contains { statement in
            let words = statement.prefix(8).filter { $0.kind == .word && !prefixes.contains($0.text) }.map(\.text)
            if SecretLiterals.isQuery(words.first) || words.first == "EXECUTE" && !mentionsSecrets(text) { return false }
            if words.first == "CREATE" || words.first == "ALTER", ownSecrets.isDisjoint(with: words),
               !plainKinds.isDisjoint(with: words) { return false }
            return !secrets(ofStatement: statement).isEmpty
        }
    }

    /// Kinds of objects that have secrets, and others that have none.
    private static let ownSecrets: Set<String> = ["USER", "STAGE", "SECRET", "INTEGRATION", "CONNECTION"]
    private static let plainKinds: Set<String> = [
        "TABLE", "VIEW", "SCHEMA", "DATABASE", "FUNCTION", "PROCEDURE", "SEQUENCE", "TASK", "WAREHOUSE", "ROLE", "TAG", "POLICY",
    ]
}
