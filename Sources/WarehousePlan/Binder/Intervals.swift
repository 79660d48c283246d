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
            let isNegative = trimmed.hasPrefix("-")
            let parts = trimmed.drop { $0 == "-" || $0 == "+" }.split(separator: "-").map(String.init)
            guard parts.count == 2, let years = Int(parts[0]), let months = Int(parts[1]) else { throw invalid(text) }
            return [(isNegative ? -years : years, .year), (isNegative ? -months : months, .month)]
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

    /// `[+|-][d] [hh]:[mm]:[ss][.fraction]` of exactly these fields; nil when it is another.
    private static func clock(_ text: String, _ fields: ArraySlice<DateTimePart>) -> [(amount: Int, part: DateTimePart)]? {
        let sign = text.hasPrefix("-") ? -1 : 1
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, let whole = halves.first else { return nil }
        let words = whole.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == (fields.first == .day && fields.count > 1 ? 2 : 1) else { return nil }
        let numbers = words.flatMap { $0.split(separator: ":", omittingEmptySubsequences: false) }
        guard numbers.count == fields.count else { return nil }
        var result: [(amount: Int, part: DateTimePart)] = []
        for (number, part) in zip(numbers, fields) {
            guard number.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let amount = Int(number) else { return nil }
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
