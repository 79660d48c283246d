/// Jinja's filters, and methods of its values.
enum JinjaFilters {
    static func apply(
        _ name: String, to value: JinjaValue, _ arguments: [JinjaValue], line: Int
    ) throws(JinjaError) -> JinjaValue {
        let text = value.text
        switch (name, value) {
        case ("upper", _): return .string(text.uppercased())
        case ("lower", _): return .string(text.lowercased())
        case ("trim", _): return .string(text.trimmingSpaces)
        case ("string", _), ("safe", _), ("as_text", _): return .string(text)
        case ("int", _): return .int(Int(text) ?? 0)
        case ("as_native", _), ("as_bool", _), ("as_number", _): return value
        case ("capitalize", _): return .string(text.prefix(1).uppercased() + text.dropFirst().lowercased())
        case ("replace", _) where arguments.count == 2:
            return .string(replaced(text, arguments[0].text, by: arguments[1].text))
        case ("list", .list): return value
        case ("list", .dict(let members)): return .list(members.map { .string($0.key) })
        case ("length", .list(let elements)), ("count", .list(let elements)): return .int(elements.count)
        case ("length", _): return .int(text.count)
        case ("first", .list(let elements)): return elements.first ?? .none
        case ("last", .list(let elements)): return elements.last ?? .none
        case ("join", .list(let elements)):
            var pieces: [SQLPiece] = []
            for (index, element) in elements.enumerated() {
                if index > 0 { pieces.add(arguments.first?.text ?? "") }
                pieces.add(element.pieces)
            }
            if let text = pieces.plainText { return .string(text) }
            return .pieces(pieces)
        case ("sort", .list(let elements)): return .list(elements.sorted { $0.text < $1.text })
        case ("reverse", .list(let elements)): return .list(elements.reversed())
        case ("unique", .list(let elements)):
            var seen: [JinjaValue] = []
            for element in elements where !seen.contains(where: { $0.equals(element) }) { seen.append(element) }
            return .list(seen)
        default: throw JinjaError(text: "the filter '\(name)'", line: line)
        }
    }

    private static func replaced(_ text: String, _ old: String, by new: String) -> String {
        guard !old.isEmpty else { return text }
        var result = "", rest = Substring(text)
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    static func method(
        _ name: String, of object: JinjaValue, _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> JinjaValue {
        switch (name, object) {
        case ("items", .dict(let members)): return .list(members.map { .list([.string($0.key), $0.value]) })
        case ("keys", .dict(let members)): return .list(members.map { .string($0.key) })
        case ("values", .dict(let members)): return .list(members.map(\.value))
        case ("get", .dict): return object[arguments.positional.first?.text ?? ""] ?? arguments[1, "default"] ?? .none
        case ("split", .string(let text)):
            let divider = arguments.positional.first?.text ?? " "
            var parts: [JinjaValue] = [], rest = Substring(text)
            while !divider.isEmpty, let range = rest.firstRange(of: divider) {
                parts.append(.string(String(rest[..<range.lowerBound])))
                rest = rest[range.upperBound...]
            }
            return .list(parts + [.string(String(rest))])
        case ("strip", .string(let text)): return .string(text.trimmingSpaces)
        case ("startswith", .string(let text)): return .bool(text.hasPrefix(arguments.positional.first?.text ?? ""))
        case ("endswith", .string(let text)): return .bool(text.hasSuffix(arguments.positional.first?.text ?? ""))
        case ("join", .string(let text)):
            return try apply("join", to: arguments.positional.first ?? .list([]), [.string(text)], line: line)
        case ("upper", .string), ("lower", .string), ("replace", .string), ("capitalize", .string):
            return try apply(name, to: object, arguments.positional, line: line)
        case (_, .pieces): throw JinjaError(text: "'.\(name)' of a relation", line: line)
        default: throw JinjaError(text: "'.\(name)(…)'", line: line)
        }
    }

    /// A list with an element more, a dictionary with those of another.
    static func grown(
        _ object: JinjaValue, _ method: String, _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> JinjaValue {
        switch (object, arguments.positional.first) {
        case (.list(let elements), let element?) where method == "append" && elements.count < 100_000:
            return .list(elements + [element])
        case (.dict(let members), .dict(let more)?) where method == "update":
            return .dict(members.filter { member in !more.contains { $0.key == member.key } } + more)
        default: throw JinjaError(text: "'.\(method)(…)'", line: line)
        }
    }
}
