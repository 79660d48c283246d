/// Jinja's operators on values.
enum JinjaOperators {
    static func apply(_ symbol: String, _ a: JinjaValue, _ b: JinjaValue, line: Int) throws(JinjaError) -> JinjaValue {
        switch symbol {
        case "==": return .bool(a.equals(b))
        case "!=": return .bool(!a.equals(b))
        case "~": return joined(a, b)
        case "in": return .bool(try contains(b, a, line: line))
        case "+":
            switch (a, b) {
            case (.list(let first), .list(let second)): return .list(first + second)
            case (.string, _), (.pieces, _): return joined(a, b)
            default: break
            }
        case "<", ">", "<=", ">=":
            if case .string(let first) = a.plain, case .string(let second) = b.plain {
                let isBelow = bytes(first, second), isAbove = bytes(second, first)
                return .bool(symbol == "<" ? isBelow : symbol == ">" ? isAbove : symbol == "<=" ? !isAbove : !isBelow)
            }
        case "%":
            if case .string(let text) = a.plain {
                var values = [b]
                if case .list(let elements) = b { values = elements }
                if let text = JinjaTexts.formatted(text, values) { return .string(text) }
            }
        case "*":
            if case .string(let text) = a.plain, case .int(let count) = b, (0...10_000).contains(count), text.utf8.count <= 1000 {
                return .string(String(repeating: text, count: count))
            }
        case "**":
            if case .int(let base) = a, case .int(let power) = b, (0...64).contains(power) {
                var result = JinjaValue.int(1)
                for _ in 0..<power { result = try numbers("*", result, .int(base), line: line) }
                return result
            }
        default: break
        }
        return try numbers(symbol, a, b, line: line)
    }

    private static func bytes(_ a: String, _ b: String) -> Bool { a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) }

    /// Places of values in their order; nil where numbers and texts are among them.
    static func order(_ keys: [JinjaValue]) -> [Int]? {
        let places = Array(keys.indices)
        let texts = keys.compactMap { key -> String? in if case .string(let text) = key { text } else { nil } }
        if texts.count == keys.count { return places.sorted { bytes(texts[$0], texts[$1]) || texts[$0] == texts[$1] && $0 < $1 } }
        let numbers = keys.compactMap { number($0) }
        guard numbers.count == keys.count else { return nil }
        return places.sorted { numbers[$0] < numbers[$1] || numbers[$0] == numbers[$1] && $0 < $1 }
    }

    private static func joined(_ a: JinjaValue, _ b: JinjaValue) -> JinjaValue {
        var pieces = a.pieces
        pieces.add(b.pieces)
        if let text = pieces.plainText { return .string(text) }
        return .pieces(pieces)
    }

    private static func contains(_ object: JinjaValue, _ value: JinjaValue, line: Int) throws(JinjaError) -> Bool {
        switch object {
        case .list(let elements): return elements.contains { $0.equals(value) }
        case .dict(let members): return members.contains { $0.key == value.text }
        case .string(let text): return value.text.isEmpty || text.firstRange(of: value.text) != nil
        default: throw JinjaError(text: "in of what is no list", line: line)
        }
    }

    private static func numbers(
        _ symbol: String, _ a: JinjaValue, _ b: JinjaValue, line: Int
    ) throws(JinjaError) -> JinjaValue {
        let fault = JinjaError(text: "\(symbol) of what are no numbers", line: line)
        if case .int(let x) = a, case .int(let y) = b {
            let result: (partialValue: Int, overflow: Bool)
            switch symbol {
            case "+": result = x.addingReportingOverflow(y)
            case "-": result = x.subtractingReportingOverflow(y)
            case "*": result = x.multipliedReportingOverflow(by: y)
            case "//", "%":
                guard y != 0, !(x == .min && y == -1) else { throw fault }
                let (quotient, rest) = x.quotientAndRemainder(dividingBy: y)
                let isBelow = rest != 0 && (rest < 0) != (y < 0)
                return .int(symbol == "%" ? (isBelow ? rest + y : rest) : (isBelow ? quotient - 1 : quotient))
            case "<": return .bool(x < y)
            case ">": return .bool(x > y)
            case "<=": return .bool(x <= y)
            case ">=": return .bool(x >= y)
            default: return try floats(symbol, Double(x), Double(y), fault)
            }
            guard !result.overflow else { throw fault }
            return .int(result.partialValue)
        }
        guard let x = number(a), let y = number(b) else { throw fault }
        return try floats(symbol, x, y, fault)
    }

    private static func number(_ value: JinjaValue) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    private static func floats(
        _ symbol: String, _ x: Double, _ y: Double, _ fault: JinjaError
    ) throws(JinjaError) -> JinjaValue {
        switch symbol {
        case "+": return .double(x + y)
        case "-": return .double(x - y)
        case "*": return .double(x * y)
        case "/":
            guard y != 0 else { throw fault }
            return .double(x / y)
        case "<": return .bool(x < y)
        case ">": return .bool(x > y)
        case "<=": return .bool(x <= y)
        case ">=": return .bool(x >= y)
        default: throw fault
        }
    }
}
