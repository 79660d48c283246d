/// What stands behind `is`, and is named to `select` and `reject`.
enum JinjaTests {
    /// Tests whose argument may stand without parentheses.
    static let ofTwo: Set<String> = [
        "divisibleby", "sameas", "equalto", "eq", "ne", "in", "lt", "lessthan", "gt", "greaterthan", "le", "ge",
    ]

    static func holds(_ name: String, _ value: JinjaValue, _ other: JinjaValue?, line: Int) throws(JinjaError) -> Bool {
        let value = value.plain
        switch (name, value) {
        case ("defined", _): return true
        case ("undefined", _): return false
        case ("none", .none): return true
        case ("string", .string), ("mapping", .dict), ("iterable", .list), ("sequence", .list): return true
        case ("iterable", .dict), ("iterable", .string), ("sequence", .dict), ("sequence", .string): return true
        case ("number", .int), ("number", .double), ("integer", .int), ("float", .double), ("boolean", .bool): return true
        case ("true", .bool(let truth)): return truth
        case ("false", .bool(let truth)): return !truth
        case ("even", .int(let number)): return number % 2 == 0
        case ("odd", .int(let number)): return number % 2 != 0
        case ("lower", .string(let text)): return text == text.lowercased()
        case ("upper", .string(let text)): return text == text.uppercased()
        case ("callable", .function): return true
        case ("none", _), ("string", _), ("mapping", _), ("iterable", _), ("sequence", _), ("number", _), ("integer", _),
             ("float", _), ("boolean", _), ("true", _), ("false", _), ("even", _), ("odd", _), ("callable", _): return false
        default: break
        }
        let signs = [
            "sameas": "==", "equalto": "==", "eq": "==", "ne": "!=", "in": "in", "lt": "<", "lessthan": "<", "gt": ">",
            "greaterthan": ">", "le": "<=", "ge": ">=", "divisibleby": "%",
        ]
        guard let sign = signs[name], let other else { throw JinjaError(text: "the test 'is \(name)'", line: line) }
        let result = try JinjaOperators.apply(sign, value, other, line: line)
        return name == "divisibleby" ? !result.isTrue : result.isTrue
    }
}
