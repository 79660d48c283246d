import WarehouseBasics

/// Takes the secrets out of a statement's text, for histories, logs and messages.
public enum SecretMask {
    /// Properties whose values nobody may see again.
    static let names: Set<String> = [
        "PASSWORD", "AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN", "AZURE_SAS_TOKEN", "MASTER_KEY", "KMS_KEY_ID",
        "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2", "SECRET_STRING", "OAUTH_CLIENT_SECRET", "OAUTH_REFRESH_TOKEN",
        "API_KEY", "PRIVATE_KEY", "PASSPHRASE", "CREDENTIALS",
    ]

    /// `text` with `'***'` for each value of such a property, and for each later text that is not plainly another
    /// property's: the statement may be wrong, and the secret stand where none belongs. A text that cannot be cut into
    /// tokens is cut off where that begins.
    public static func mask(_ text: String) -> String {
        var lexer = Lexer(text)
        var result = ""
        var copied = 0
        var last: [Token] = []
        var isNear = false, credentials = Parentheses()
        // A text that is to be run as a statement may hold such a property itself; of a user every text may be a password,
        // but for what is plainly something else.
        var first: String?, isOfUser = false
        while true {
            let token: Token
            do {
                token = try lexer.next()
            } catch {
                return result + slice(lexer, copied, last.last?.end ?? 0) + " …"
            }
            if token.kind == .end { return result + slice(lexer, copied, lexer.bytes.count) }
            let isAssigned = last.count == 2 && last[0].kind == .word && (last[1].text == "=" || last[1].text == "=>")
            let property = isAssigned ? last[0].text : nil
            let isSecret = property.map(names.contains) == true || last.map(\.text) == ["IDENTIFIED", "BY"]
            credentials.take(token, opensWith: property == "CREDENTIALS" || property == "ENCRYPTION")
            let isPlain = property.map { isOfUser ? plainOfUsers.contains($0) : credentials.isOpen ? $0 == "TYPE" : true }
            let isDoubtful = (isNear || isOfUser || credentials.isOpen) && isPlain != true
            if token.kind == .word, names.contains(token.text) { isNear = true }
            if token.kind == .word, token.text == "USER", let word = last.last?.text, usersVerbs.contains(word) {
                isOfUser = first == "CREATE" || first == "ALTER"
            }
            first = first ?? token.text
            let isStatement = token.kind == .string
                && (first == "EXECUTE" && (holdsSecret(token.text) || mask(token.text) != token.text)
                    || first == "SET" && (holdsSecret(token.text) || property.map(mayNameSecret) == true))
            let isURL = token.kind == .string && holdsKeys(url: token.text)
            if isSecret && token.kind != .symbol || token.kind == .string && isDoubtful || isStatement || isURL {
                result += slice(lexer, copied, token.start) + "'***'"
                copied = token.end
            }
            last = [last.last, token].compactMap { $0 }
        }
    }

    /// Behind these USER is what a statement is about.
    private static let usersVerbs: Set<String> = ["CREATE", "REPLACE", "ALTER"]

    /// Properties of users whose values are texts, and no secrets.
    private static let plainOfUsers: Set<String> = [
        "LOGIN_NAME", "DISPLAY_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "EMAIL", "COMMENT", "TYPE", "DEFAULT_ROLE",
        "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_SECONDARY_ROLES", "TIMEZONE", "NETWORK_POLICY",
    ]

    /// Whether a variable of that name may hold a secret.
    private static func mayNameSecret(_ variable: String) -> Bool {
        variable == "PW" || ["PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"].contains(where: variable.contains)
    }

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

    private static func holdsSecret(_ text: String) -> Bool {
        let upper = text.uppercased()
        return names.contains(where: upper.contains)
    }

    private static func slice(_ lexer: Lexer, _ start: Int, _ end: Int) -> String {
        String(decoding: lexer.bytes[start..<max(start, end)], as: UTF8.self)
    }
}

extension SecretMask {
    /// Marks of what may be a secret, wherever they stand. Rather too many: who finds a statement forgotten types it
    /// again, who finds a password remembered cannot take it back.
    private static let marks = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "CREDENTIAL", "TOKEN", "ENCRYPTION", "API_KEY", "APIKEY", "ACCESS_KEY",
        "AWS_KEY", "MASTER_KEY", "KMS_KEY", "PRIVATE_KEY", "PUBLIC_KEY", "-----BEGIN", "SIGNATURE=", "SIG=", "IDENTIFIED BY",
    ]

    /// Whether a text may hold a secret, and is better not kept.
    public static func mayHoldSecret(_ text: String) -> Bool {
        let upper = text.uppercased()
        return marks.contains { upper.contains($0) } || holdsAWSKey(Array(text.utf8)) || isOfUser(upper) || namesUser(text)
    }

    /// Whether it makes or changes a user and holds some text: the word before a password may be misspelled.
    private static func isOfUser(_ upper: String) -> Bool {
        guard upper.contains("USER"), upper.contains(where: { $0 == "'" || $0 == "\"" || $0 == "$" }) else { return false }
        let words = upper.split { !$0.isLetter && $0 != "_" }
        return zip(words, words.dropFirst()).contains { $1 == "USER" && usersVerbs.contains(String($0)) }
    }

    /// Whether a URL in it has a user before its host.
    private static func namesUser(_ text: String) -> Bool {
        text.split { "'\" ()".contains($0) }.contains { holdsKeys(url: String($0)) }
    }

    /// An id of a key of AWS: AKIA or ASIA, and 16 more capitals or digits.
    private static func holdsAWSKey(_ bytes: [UInt8]) -> Bool {
        var run = 0
        for (index, byte) in bytes.enumerated() {
            run = (0x41...0x5A).contains(byte) || Byte.isDigit(byte) ? run + 1 : 0
            guard run >= 20 else { continue }
            let start = bytes[index - 19..<index - 15]
            if start.elementsEqual([0x41, 0x4B, 0x49, 0x41]) || start.elementsEqual([0x41, 0x53, 0x49, 0x41]) { return true }
        }
        return false
    }
}
