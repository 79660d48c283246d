/// Methods of texts, lists and dictionaries that change nothing.
enum JinjaMethods {
    static func call(
        _ name: String, of given: JinjaValue, _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> JinjaValue {
        let object = given.plain, first = arguments.positional.first
        switch object {
        case .dict(let members):
            switch name {
            case "items": return .list(members.map { .list([.string($0.key), $0.value]) })
            case "keys": return .list(members.map { .string($0.key) })
            case "values": return .list(members.map(\.value))
            case "get": return object[first?.text ?? ""] ?? arguments[1, "default"] ?? .none
            case "copy": return object
            default: break
            }
        case .list(let elements):
            switch name {
            case "copy": return object
            case "count": if let first { return .int(elements.count { $0.equals(first) }) }
            case "index":
                if let first, let index = elements.firstIndex(where: { $0.equals(first) }) { return .int(index) }
                throw JinjaError(text: "'.index(…)' of what is not in the list", line: line)
            case "union", "intersection", "difference":
                guard case .list(let others)? = first else { break }
                let isOther = { (element: JinjaValue) in others.contains { $0.equals(element) } }
                if name == "union" {
                    return .list(elements + others.filter { other in !elements.contains { $0.equals(other) } })
                }
                return .list(elements.filter { isOther($0) == (name == "intersection") })
            default: break
            }
        case .string(let text): if let result = try method(name, text, arguments, line: line) { return result }
        case .pieces(let pieces) where pieces.count == 1 && ["include", "render", "quote"].contains(name): return object
        case .pieces: throw JinjaError(text: "'.\(name)' of a relation", line: line)
        default: break
        }
        throw JinjaError(text: "'.\(name)(…)'", line: line)
    }

    private static func method(
        _ name: String, _ text: String, _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> JinjaValue? {
        let first = arguments.positional.first.flatMap { argument -> String? in
            if case .none = argument { nil } else { argument.text }
        }
        var options: [String] = []
        if let first { options = [first] }
        if case .list(let elements)? = arguments.positional.first { options = elements.map(\.text) }
        switch name {
        case "split":
            var limit = Int.max
            if case .int(let given)? = arguments[1, "maxsplit"], given >= 0 { limit = given }
            return .list(JinjaTexts.parts(text, first, limit: limit).map { .string($0) })
        case "splitlines": return .list(JinjaTexts.lines(text).map { .string($0) })
        case "strip": return .string(JinjaTexts.stripped(text, first))
        case "lstrip": return .string(JinjaTexts.stripped(text, first, right: false))
        case "rstrip": return .string(JinjaTexts.stripped(text, first, left: false))
        case "startswith": return .bool(options.contains { text.hasPrefix($0) })
        case "endswith": return .bool(options.contains { text.hasSuffix($0) })
        case "isdigit", "isnumeric", "isdecimal": return .bool(!text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber })
        case "isalpha": return .bool(!text.isEmpty && text.allSatisfy(\.isLetter))
        case "isalnum": return .bool(!text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber })
        case "isupper": return .bool(text == text.uppercased() && text != text.lowercased())
        case "islower": return .bool(text == text.lowercased() && text != text.uppercased())
        case "find", "count":
            guard let first, !first.isEmpty else { return nil }
            if name == "count" { return .int(JinjaTexts.parts(text, first, limit: .max).count - 1) }
            return .int(text.firstRange(of: first).map { text.distance(from: text.startIndex, to: $0.lowerBound) } ?? -1)
        case "title": return .string(JinjaTexts.titled(text) { $0.isLetter })
        case "format": return JinjaTexts.filled(text, arguments).map { .string($0) }
        case "zfill":
            guard case .int(let width)? = arguments.positional.first, width < 10_000 else { return nil }
            return .string(JinjaTexts.zeroFilled(text, width))
        case "join":
            return try JinjaFilters.apply(
                "join", to: arguments.positional.first ?? .list([]), JinjaArguments(positional: [.string(text)], named: []),
                line: line)
        case "upper", "lower", "replace", "capitalize":
            return try JinjaFilters.apply(name, to: .string(text), arguments, line: line)
        default: return nil
        }
    }
}
