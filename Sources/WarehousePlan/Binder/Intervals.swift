import WarehouseBasics

/// INTERVAL literals: `'1 year, 3 days'`, `'1' DAY`, `'1-2' YEAR TO MONTH`. Each component is added in turn.
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
        guard let amount = Int(trimmed) else {
            guard unit.contains(" TO ") else { throw invalid(text) }
            throw WarehouseError(.unsupported, "Unsupported feature 'INTERVAL \(unit)'.")
        }
        return [(amount, try DateTimePart.resolve(unit))]
    }

    private static func invalid(_ text: String) -> WarehouseError {
        WarehouseError(.invalidValue, "Invalid interval '\(text)'",
                       hint: "Write INTERVAL '1 year, 2 months, 3 days'.")
    }
}
