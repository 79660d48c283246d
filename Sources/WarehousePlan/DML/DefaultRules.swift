import WarehouseSQL

/// What a DEFAULT may not hold. It is computed with the rights and beside the variables of whoever inserts, and its
/// value goes to a table of somebody else's: it must not read on that one's behalf.
public enum DefaultRules {
    /// What of that an expression holds, in words; nil: nothing.
    public static func refusal(of expression: Expression) -> String? {
        var walk = SyntaxWalk()
        var found: String?
        walk.visit = { part in if let words = words(for: part) { found = found ?? words } }
        walk.walk(expression)
        return found
    }

    private static let query = "a subquery", variable = "a session variable", parameter = "a bind parameter"

    private static func words(for part: Expression) -> String? {
        switch part.kind {
        case .subquery, .exists, .inSubquery, .quantified: return query
        case .patternMatch(let match):
            if case .subquery = match.patterns { return query }
            return nil
        case .variable, .identifier(.variable): return variable
        case .parameter, .identifier(.parameter): return parameter
        case .function(let call):
            if case .computed(.variable) = call.name.kind { return variable }
            if case .computed(.parameter) = call.name.kind { return parameter }
            let takesQuery = call.arguments.contains { if case .query = $0 { true } else { false } }
            return takesQuery ? query : call.simpleName == "GETVARIABLE" ? variable : nil
        default: return nil
        }
    }
}
