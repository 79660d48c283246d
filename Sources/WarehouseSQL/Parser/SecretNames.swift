/// Which names promise a secret: those that end in a word for one, so that `db_password` is one, and neither
/// `password_resets` nor `token_count` is.
public enum SecretNames {
    private static let ends = [
        "PASSWORD", "PASSWD", "PASSPHRASE", "PASSCODE", "PWD", "SECRET", "CREDENTIAL", "CREDENTIALS", "TOKEN", "APIKEY",
        "ACCESSKEY", "SECRETKEY", "PRIVATEKEY", "MASTERKEY",
    ]

    /// What a KEY has before it that is not everybody's.
    private static let kindsOfKeys = [
        "API", "ACCESS", "AWS", "MASTER", "KMS", "PRIVATE", "PUBLIC", "SECRET", "SIGNING", "ENCRYPTION", "AUTH", "SAS", "SHARED",
    ]

    /// What may stand behind without another meaning.
    private static let tails: Set<String> = ["ID", "STRING", "VALUE", "TEXT", "HASH", "PLAIN", "BASE64"]

    /// Whether what is assigned to such a name is a secret: `AWS_SECRET_KEY`, `apiToken`, `RSA_PUBLIC_KEY_2`, `x-api-key`.
    public static func promise(_ name: some StringProtocol) -> Bool {
        // Most names are read no further.
        guard name.utf8.count >= 2 else { return false }
        var parts = SecretNames.parts(of: name)
        while let last = parts.last, last.allSatisfy({ $0.isNumber }) || tails.contains(String(last)) { parts.removeLast() }
        guard var last = parts.popLast() else { return false }
        while last.last?.isNumber == true { last.removeLast() }
        if last == "KEY" || last == "KEYS" {
            guard let kind = parts.last else { return false }
            return kindsOfKeys.contains { kind.hasSuffix($0) }
        }
        return ends.contains { last.hasSuffix($0) } || last == "PW" || last == "PASS" && !parts.isEmpty
    }

    /// Whether a text has some part of such a name: most have none, and are looked at no further.
    static func mayOccur(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.indices.contains { index in
                beginnings.contains { word in
                    index + word.count <= bytes.count
                        && zip(bytes[index..<index + word.count], word).allSatisfy { $0 | 0x20 == $1 }
                }
            }
        }
    }

    private static let beginnings = ["pass", "pw", "secret", "credential", "token", "key", "authorization", "identified",
                                     "encryption"].map { Array($0.utf8) }

    private static func parts(of name: some StringProtocol) -> [Substring] {
        name.uppercased().split { !$0.isLetter && !$0.isNumber }
    }

    /// Whether a column of such a name has secrets itself: not what belongs to one, as a `token_id` or `password_hash` does.
    static func areSecret(_ name: String) -> Bool {
        promise(name) && parts(of: name).last { !$0.allSatisfy(\.isNumber) }.map { tails.contains(String($0)) } == false
    }

    /// Whether a literal says what another one is, as keys of settings do: `'db_password'`, `'Password of the shop'`. Here the
    /// word may stand anywhere, as nobody knows how the keys are put together; a secret or token among other words is one of a
    /// title.
    static func areNamed(by literal: String) -> Bool {
        let isTitle = literal.contains(where: \.isWhitespace)
        if !isTitle, promise(literal) { return true }
        var before: Substring = ""
        for part in parts(of: literal) where !isTitle || part != "SECRET" && part != "TOKEN" {
            if ends.contains(String(part)) || part == "PW" { return true }
            if part == "KEY", kindsOfKeys.contains(String(before)) { return true }
            before = part
        }
        return false
    }

    /// Whether a variable of such a name and value is better not written down: here a word for a secret may stand anywhere
    /// in the name, unless the value is a number or truth (`token_count`: 5).
    public static func hide(variable name: String, value: String) -> Bool {
        if promise(name) { return true }
        guard Double(value) == nil, !["true", "false", "null", ""].contains(value.lowercased()) else { return false }
        return name.split { !$0.isLetter && !$0.isNumber }.contains { promise($0) }
            || ["API_KEY", "PRIVATE_KEY", "ACCESS_KEY"].contains(where: name.uppercased().contains)
    }
}
