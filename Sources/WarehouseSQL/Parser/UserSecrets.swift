/// What may be a password in CREATE USER and ALTER USER: every value that is not plainly another property's, as the
/// property may be misspelled, and `=` or quotes forgotten.
struct UserSecrets {
    private enum Place { case name, property, value, listOfNames }

    private var place = Place.name
    private var property = ""
    private var depth = 0
    /// Whether a value stood without `=`: what follows may be anything.
    private var isBroken = false

    /// Whether a token behind the word USER may be a secret. Tokens come one after the other.
    mutating func take(_ token: Token, next: Token?) -> Bool {
        if token.kind == .symbol {
            take(symbol: token.text)
            return false
        }
        switch place {
        case .name:
            // The name of what is made: `IF NOT EXISTS u`, `IDENTIFIER($u)`.
            if token.kind != .word || !["IF", "NOT", "EXISTS", "IDENTIFIER"].contains(token.text) { place = .property }
            return token.isText
        case .listOfNames: return token.isText
        case .property: return take(property: token, next: next)
        case .value: return take(value: token, next: next)
        }
    }

    private mutating func take(symbol: String) {
        switch symbol {
        case "(": depth += 1
        case ")":
            depth = max(depth - 1, 0)
            if depth == 0, place == .value { place = .property }
        case "," where depth == 0 && place == .value: place = .property
        case "=" where place == .listOfNames:
            property = ""
            place = .value
        default: break
        }
    }

    private mutating func take(property token: Token, next: Token?) -> Bool {
        guard token.isName else { return token.isText || isBroken }
        if token.kind == .word, UserSecrets.beforeNames.contains(token.text) {
            place = .listOfNames
            return false
        }
        if token.kind == .word, UserSecrets.keywords.contains(token.text) { return false }
        if next?.text == ".", !isBroken { return false }
        let isAssigned = next.map { $0.kind == .symbol && ($0.text == "=" || $0.text == "=>") } == true
        let isKnown = SecretMask.names.contains(token.text) || UserSecrets.plain.contains(token.text)
            || token.text == "IDENTIFIED"
        guard isAssigned || isKnown || !isBroken && next?.isText == true else {
            isBroken = true
            return true
        }
        property = token.text
        place = .value
        return false
    }

    private mutating func take(value token: Token, next: Token?) -> Bool {
        if token.kind == .word, depth == 0 {
            if token.text == "BY", property == "IDENTIFIED" { return false }
            if token.text == "POLICY" {
                place = .listOfNames
                return false
            }
        }
        // Names may have parts: `DEFAULT_NAMESPACE = d.s`.
        if depth == 0, next?.text != "." { place = .property }
        if UserSecrets.plain.contains(property) { return false }
        return token.kind != .word || !["TRUE", "FALSE", "NULL"].contains(token.text)
    }

    /// Properties whose values are no secrets.
    static let plain: Set<String> = [
        "LOGIN_NAME", "DISPLAY_NAME", "FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "EMAIL", "COMMENT", "TYPE", "DEFAULT_ROLE",
        "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE", "DEFAULT_SECONDARY_ROLES", "TIMEZONE", "NETWORK_POLICY", "DISABLED",
        "MUST_CHANGE_PASSWORD", "DAYS_TO_EXPIRY", "MINS_TO_UNLOCK", "MINS_TO_BYPASS_MFA", "DISABLE_MFA",
    ]

    /// Behind these come names alone.
    private static let beforeNames: Set<String> = ["RENAME", "UNSET", "ABORT", "ADD", "REMOVE", "POLICY"]

    /// Words that stand before properties.
    private static let keywords: Set<String> = ["SET", "WITH", "TAG", "AUTHENTICATION", "SESSION", "RESET"]
}
