/// An expression of Jinja.
indirect enum JinjaExpression {
    case constant(JinjaValue)
    case name(String)
    case list([JinjaExpression])
    case dict([(JinjaExpression, JinjaExpression)])
    case attribute(JinjaExpression, String)
    case index(JinjaExpression, JinjaExpression)
    case call(JinjaExpression, [JinjaExpression], [(name: String, value: JinjaExpression)])
    /// `list[1:]`.
    case slice(JinjaExpression, JinjaExpression?, JinjaExpression?)
    case filter(JinjaExpression, String, [JinjaExpression], [(name: String, value: JinjaExpression)])
    case unary(String, JinjaExpression)
    case binary(String, JinjaExpression, JinjaExpression)
    /// `x is defined`, `x is divisibleby(2)`.
    case test(JinjaExpression, String, JinjaExpression?, isNegated: Bool)
    case conditional(JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?)

    /// Whether it is `is_incremental()`, and nothing else.
    var isIncremental: Bool {
        guard case .call(.name("is_incremental"), let arguments, let named) = self else { return false }
        return arguments.isEmpty && named.isEmpty
    }
}

/// Tokens to an expression, by Jinja's precedence.
struct JinjaExpressionParser {
    private let tokens: [JinjaToken]
    private var position = 0
    private let line: Int
    private var depth = 0

    init(_ tokens: [JinjaToken], line: Int) {
        self.tokens = tokens
        self.line = line
    }

    var isAtEnd: Bool { position >= tokens.count }

    static func parse(_ tokens: [JinjaToken], line: Int) throws(JinjaError) -> JinjaExpression {
        var parser = JinjaExpressionParser(tokens, line: line)
        let expression = try parser.expression()
        guard parser.isAtEnd else { throw parser.error("it goes on after its end") }
        return expression
    }

    /// An expression, or several with commas between them, which are a list.
    static func parseList(_ tokens: [JinjaToken], line: Int) throws(JinjaError) -> JinjaExpression {
        var parser = JinjaExpressionParser(tokens, line: line)
        var list = [try parser.expression()]
        var isList = false
        while parser.take(",") {
            isList = true
            if !parser.isAtEnd { list.append(try parser.expression()) }
        }
        guard parser.isAtEnd else { throw parser.error("it goes on after its end") }
        return isList ? .list(list) : list[0]
    }

    private func error(_ text: String) -> JinjaError {
        JinjaError(text: "this is no expression that is understood: \(text)", line: line)
    }

    private var next: JinjaToken? { position < tokens.count ? tokens[position] : nil }

    mutating func take(_ symbol: String) -> Bool {
        guard next == .symbol(symbol) else { return false }
        position += 1
        return true
    }
    mutating func take(word: String) -> Bool {
        guard next == .name(word) else { return false }
        position += 1
        return true
    }
    private mutating func expect(_ symbol: String) throws(JinjaError) {
        guard take(symbol) else { throw error("'\(symbol)' was expected") }
    }
    mutating func name() throws(JinjaError) -> String {
        guard case .name(let name)? = next else { throw error("a name was expected") }
        position += 1
        return name
    }

    mutating func expression() throws(JinjaError) -> JinjaExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 100 else { throw error("it nests too deep") }
        let value = try disjunction()
        guard take(word: "if") else { return value }
        let condition = try disjunction()
        let otherwise: JinjaExpression? = take(word: "else") ? try expression() : nil
        return .conditional(condition, then: value, otherwise: otherwise)
    }

    private mutating func disjunction() throws(JinjaError) -> JinjaExpression {
        var left = try conjunction()
        while take(word: "or") { left = .binary("or", left, try conjunction()) }
        return left
    }
    private mutating func conjunction() throws(JinjaError) -> JinjaExpression {
        var left = try negation()
        while take(word: "and") { left = .binary("and", left, try negation()) }
        return left
    }
    private mutating func negation() throws(JinjaError) -> JinjaExpression {
        var count = 0
        while take(word: "not") { count += 1 }
        let value = try comparison()
        return count % 2 == 1 ? .unary("not", value) : value
    }
    private mutating func comparison() throws(JinjaError) -> JinjaExpression {
        var left = try sum()
        while true {
            if case .symbol(let symbol)? = next, ["==", "!=", "<", ">", "<=", ">="].contains(symbol) {
                position += 1
                left = .binary(symbol, left, try sum())
            } else if take(word: "in") {
                left = .binary("in", left, try sum())
            } else if next == .name("not"), position + 1 < tokens.count, tokens[position + 1] == .name("in") {
                position += 2
                left = .unary("not", .binary("in", left, try sum()))
            } else if take(word: "is") {
                let isNegated = take(word: "not")
                let test = try name()
                var argument: JinjaExpression?
                if take("(") { argument = try arguments().0.first }
                else if JinjaTests.ofTwo.contains(test) { argument = try sum() }
                left = .test(left, test, argument, isNegated: isNegated)
            } else {
                return left
            }
        }
    }
    private mutating func sum() throws(JinjaError) -> JinjaExpression {
        var left = try product()
        while case .symbol(let symbol)? = next, ["+", "-", "~"].contains(symbol) {
            position += 1
            left = .binary(symbol, left, try product())
        }
        return left
    }
    private mutating func product() throws(JinjaError) -> JinjaExpression {
        var left = try unary()
        while case .symbol(let symbol)? = next, ["*", "/", "//", "%", "**"].contains(symbol) {
            position += 1
            left = .binary(symbol, left, try unary())
        }
        return left
    }
    private mutating func unary() throws(JinjaError) -> JinjaExpression {
        if take("-") { return .unary("-", try postfix()) }
        return try postfix()
    }

    private mutating func postfix() throws(JinjaError) -> JinjaExpression {
        var value = try primary()
        while true {
            if take(".") {
                value = .attribute(value, try name())
            } else if take("[") {
                let start: JinjaExpression? = next == .symbol(":") ? nil : try expression()
                if take(":") {
                    let end: JinjaExpression? = next == .symbol("]") ? nil : try expression()
                    value = .slice(value, start, end)
                } else if let start {
                    value = .index(value, start)
                }
                try expect("]")
            } else if take("(") {
                let (arguments, named) = try self.arguments()
                value = .call(value, arguments, named)
            } else if take("|") {
                let filter = try name()
                let (positional, named) = take("(") ? try arguments() : ([], [])
                value = .filter(value, filter, positional, named)
            } else {
                return value
            }
        }
    }

    private mutating func arguments() throws(JinjaError) -> ([JinjaExpression], [(name: String, value: JinjaExpression)]) {
        var positional: [JinjaExpression] = [], named: [(name: String, value: JinjaExpression)] = []
        while !take(")") {
            if case .name(let name)? = next, position + 1 < tokens.count, tokens[position + 1] == .symbol("=") {
                position += 2
                named.append((name, try expression()))
            } else {
                positional.append(try expression())
            }
            if !take(",") {
                try expect(")")
                break
            }
        }
        return (positional, named)
    }

    private mutating func primary() throws(JinjaError) -> JinjaExpression {
        guard let token = next else { throw error("it ends too soon") }
        position += 1
        switch token {
        case .int(let value): return .constant(.int(value))
        case .double(let value): return .constant(.double(value))
        case .string(let text):
            var all = text
            while case .string(let more)? = next { all += more; position += 1 }
            return .constant(.string(all))
        case .name(let word):
            switch word {
            case "true", "True": return .constant(.bool(true))
            case "false", "False": return .constant(.bool(false))
            case "none", "None": return .constant(.none)
            default: return .name(word)
            }
        case .symbol("("):
            let (list, hasComma) = try elements(")")
            return list.count == 1 && !hasComma ? list[0] : .list(list)
        case .symbol("["): return .list(try elements("]").0)
        case .symbol("{"):
            var members: [(JinjaExpression, JinjaExpression)] = []
            while !take("}") {
                let key = try expression()
                try expect(":")
                members.append((key, try expression()))
                if !take(",") { try expect("}"); break }
            }
            return .dict(members)
        case .symbol(let symbol): throw error("'\(symbol)' was not expected")
        }
    }

    private mutating func elements(_ close: String) throws(JinjaError) -> ([JinjaExpression], hasComma: Bool) {
        var list: [JinjaExpression] = []
        var hasComma = false
        while !take(close) {
            list.append(try expression())
            guard take(",") else {
                try expect(close)
                break
            }
            hasComma = true
        }
        return (list, hasComma)
    }
}
