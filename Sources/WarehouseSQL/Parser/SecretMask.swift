import WarehouseBasics

/// Takes the secrets out of a statement's text, for histories, logs and messages.
public enum SecretMask {
    /// Properties whose values nobody may see again.
    static let names: Set<String> = [
        "PASSWORD", "AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN", "AZURE_SAS_TOKEN", "MASTER_KEY", "KMS_KEY_ID",
        "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2", "SECRET_STRING", "OAUTH_CLIENT_SECRET", "OAUTH_REFRESH_TOKEN",
        "API_KEY", "PRIVATE_KEY", "PASSPHRASE",
    ]

    /// `text` with `'***'` for each value of such a property. A text that cannot be cut into tokens is cut off where
    /// that begins, for the rest might hold a secret.
    public static func mask(_ text: String) -> String {
        var lexer = Lexer(text)
        var result = ""
        var copied = 0
        var last: [Token] = []
        while true {
            let token: Token
            do {
                token = try lexer.next()
            } catch {
                return result + slice(lexer, copied, last.last?.end ?? 0) + " …"
            }
            if token.kind == .end { return result + slice(lexer, copied, lexer.bytes.count) }
            if last.count == 2, names.contains(last[0].text), last[1].text == "=" || last[1].text == "=>" {
                result += slice(lexer, copied, token.start) + "'***'"
                copied = token.end
            }
            last = [last.last, token].compactMap { $0 }
        }
    }

    private static func slice(_ lexer: Lexer, _ start: Int, _ end: Int) -> String {
        String(decoding: lexer.bytes[start..<max(start, end)], as: UTF8.self)
    }
}
