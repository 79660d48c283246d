/// What CURRENT_AVAILABLE_ROLES and CURRENT_SECONDARY_ROLES say.
public struct SessionRoles: Hashable, Sendable {
    /// Roles granted to the user, and those that these inherit.
    public var available: [String]
    /// Secondary roles in force: those granted to the user directly.
    public var secondary: [String]
    /// What was asked for: ALL, names, or nothing.
    public var secondaryChoice: String

    public init(available: [String], secondary: [String], secondaryChoice: String) {
        self.available = available
        self.secondary = secondary
        self.secondaryChoice = secondaryChoice
    }

    /// `["PUBLIC","ANALYST"]` with a space after each comma, as Snowflake prints it.
    var availableText: String {
        available.isEmpty ? "[]" : "[ " + available.map(Self.quoted).joined(separator: ", ") + " ]"
    }

    /// `{"roles":"R1,R2","value":"ALL"}`
    var secondaryText: String {
        "{\"roles\":\(Self.quoted(secondary.joined(separator: ","))),\"value\":\(Self.quoted(secondaryChoice))}"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
