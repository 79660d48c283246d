/// The texts of SET and EXECUTE IMMEDIATE, which may be statements themselves, or parts of one: what is a secret is seen
/// only in all of them together.
struct StatementTexts {
    private let hidesTexts: Bool
    /// Where the only value of a suspect variable begins: it may be a name, where quotes were forgotten.
    private let only: Int?

    init(_ tokens: ArraySlice<Token>, _ first: String?) {
        let set = StatementTexts.set(tokens, first)
        hidesTexts = set.isSuspect || StatementTexts.isSuspect(executed: tokens)
        only = set.only
    }

    func hides(_ token: Token) -> Bool {
        hidesTexts && (token.isText || token.kind == .quotedName) || token.start == only
    }

    private static func set(_ tokens: ArraySlice<Token>, _ first: String?) -> (isSuspect: Bool, only: Int?) {
        guard first == "SET" else { return (false, nil) }
        let left = tokens.prefix { !["=", "=>", ":=", "=="].contains($0.text) || $0.kind != .symbol }
        let values = tokens[left.endIndex...].dropFirst()
        let texts = tokens.filter(\.isText).map(\.text)
        let isNamed = left.contains { $0.isName && mayNameSecret($0.text.uppercased()) }
        let isSuspect = isNamed || (texts.count > 1 ? texts + [texts.joined()] : texts)
            .contains { SecretMask.mayHoldSecret(command: $0) }
        return (isSuspect, isNamed && values.count == 1 ? values.first?.start : nil)
    }

    private static func isSuspect(executed tokens: ArraySlice<Token>) -> Bool {
        let start = zip(tokens.indices, zip(tokens, tokens.dropFirst())).first {
            $1.0.kind == .word && $1.0.text == "EXECUTE" && $1.1.kind == .word && $1.1.text == "IMMEDIATE"
        }
        guard let start = start?.0 else { return false }
        let rest = tokens[(start + 2)...]
        // What is put together of pieces cannot be read.
        guard let text = rest.first, text.isText, rest.dropFirst().first?.text != "||", rest.filter(\.isText).count == 1 else {
            return true
        }
        return SecretMask.holdsSecret(text.text) || SecretMask.mask(text.text) != text.text
    }

    /// Whether a variable of that name may hold a secret.
    private static func mayNameSecret(_ variable: String) -> Bool {
        ["PASS", "PWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"].contains(where: variable.contains)
            || variable.split { !$0.isLetter }.contains { $0.hasPrefix("PW") || $0.hasSuffix("PW") }
    }
}

extension Token {
    /// Whether it is a literal that holds a text or bytes.
    var isText: Bool { kind == .string || kind == .binary }
    /// Whether it is a word, a quoted name or a variable.
    var isName: Bool { kind == .word || kind == .quotedName || kind == .variable }
}
