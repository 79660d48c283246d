import WarehouseBasics

/// INTERVAL literals: `'1 year, 3 days'`, `'1' DAY`, `'1-2' YEAR TO MONTH`, `'1 02:03:04.5' DAY TO SECOND`. Each component
/// is added in turn.
enum Intervals {
    static func add(_ text: String, unit: String?, to value: BoundExpression, negated: Bool,
                    _ factory: ExpressionFactory) throws -> BoundExpression {
        var result = value
        if value.type.isText {
            result = try factory.implicit(value, to: factory.session.timestampType)
        }
        for component in try components(text, unit: unit) {
            let amount = negated ? -component.amount : component.amount
            result = try factory.call("DATEADD",
                [DateParts.constant(component.part), .constant(.integer(amount)), result])
        }
        return result
    }

    static func components(_ text: String, unit: String?) throws -> [(amount: Int, part: DateTimePart)] {
        if let unit { return try qualified(text, unit) }
        return try text.split(separator: ",").flatMap { piece -> [(amount: Int, part: DateTimePart)] in
            let words = piece.split(separator: " ").map(String.init)
            var found: [(amount: Int, part: DateTimePart)] = []
            var index = 0
            while index < words.count {
                guard let amount = Int(words[index]) else { throw invalid(text) }
                guard index + 1 < words.count else {
                    found.append((amount, .second))
                    break
                }
                found.append((amount, try DateTimePart.resolve(words[index + 1])))
                index += 2
            }
            guard !found.isEmpty else { throw invalid(text) }
            return found
        }
    }

    private static func qualified(_ text: String, _ unit: String) throws -> [(amount: Int, part: DateTimePart)] {
        let trimmed = text.split(separator: " ").joined(separator: " ")
        if unit == "YEAR TO MONTH" {
            let (sign, digits) = signed(trimmed)
            let parts = digits.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let years = number(parts[0]), let months = number(parts[1], below: 12) else {
                throw invalid(text)
            }
            return [(sign * years, .year), (sign * months, .month)]
        }
        if let fields = clockFields(unit) {
            guard let found = clock(trimmed, fields) else { throw invalid(text) }
            return found
        }
        guard let amount = Int(trimmed) else { throw invalid(text) }
        return [(amount, try DateTimePart.resolve(unit))]
    }

    /// The fields of a span of days and times, `DAY TO SECOND`, and of seconds alone, which may have a fraction.
    private static func clockFields(_ unit: String) -> ArraySlice<DateTimePart>? {
        let names = unit.split(separator: " ").filter { $0 != "TO" }.map { $0.hasSuffix("S") ? $0.dropLast() : $0 }
        let all: [DateTimePart] = [.day, .hour, .minute, .second], known = ["DAY", "HOUR", "MINUTE", "SECOND"]
        guard let first = names.first.flatMap({ known.firstIndex(of: String($0)) }),
              let last = names.last.flatMap({ known.firstIndex(of: String($0)) }), first <= last,
              names.count > 1 || last == 3 else { return nil }
        return all[first...last]
    }

    private static func signed(_ text: String) -> (sign: Int, digits: Substring) {
        text.hasPrefix("-") ? (-1, text.dropFirst()) : (1, text.hasPrefix("+") ? text.dropFirst() : text[...])
    }

    /// Digits alone; of a field behind the first one, less than make one of the field before it.
    private static func number(_ text: Substring, below limit: Int = .max) -> Int? {
        guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(text), number < limit else { return nil }
        return number
    }

    /// How many of a field make one of the field before it.
    private static func limit(of part: DateTimePart) -> Int { part == .hour ? 24 : 60 }

    /// `[+|-][d] [hh]:[mm]:[ss][.fraction]` of exactly these fields; nil when it is another.
    private static func clock(_ text: String, _ fields: ArraySlice<DateTimePart>) -> [(amount: Int, part: DateTimePart)]? {
        let (sign, digits) = signed(text)
        let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, let whole = halves.first else { return nil }
        let words = whole.split(separator: " ", omittingEmptySubsequences: false)
        // Days stand before a blank, what is between colons behind it.
        let hasDays = fields.first == .day && fields.count > 1
        guard words.count == (hasDays ? 2 : 1), !hasDays || !words[0].contains(":") else { return nil }
        let numbers = words.flatMap { $0.split(separator: ":", omittingEmptySubsequences: false) }
        guard numbers.count == fields.count else { return nil }
        var result: [(amount: Int, part: DateTimePart)] = []
        for (text, part) in zip(numbers, fields) {
            guard let amount = number(text, below: part == fields.first ? .max : limit(of: part)) else { return nil }
            result.append((sign * amount, part))
        }
        guard halves.count == 2 else { return result }
        let fraction = halves[1].prefix(9)
        guard fields.last == .second, halves[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
              let nanoseconds = Int(fraction + String(repeating: "0", count: 9 - fraction.utf8.count)) else { return nil }
        return result + [(sign * nanoseconds, .nanosecond)]
    }

    private static func invalid(_ text: String) -> WarehouseError {
        WarehouseError(.invalidValue, "Invalid interval '\(text)'",
                       hint: "Write INTERVAL '1 year, 2 months, 3 days'.")
    }
}
