/// Jinja's filters.
enum JinjaFilters {
    static func apply(
        _ name: String, to given: JinjaValue, _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> JinjaValue {
        let value = given.plain
        switch value {
        case .list(let elements): if let result = try list(name, elements, arguments, line: line) { return result }
        case .dict(let members): if let result = dictionary(name, members) { return result }
        case .string where ["map", "select", "reject", "list", "unique", "sort", "first", "last", "reverse", "join", "random"]
            .contains(name):
            let letters = JinjaValue.list(value.text.map { .string(String($0)) })
            let result = try apply(name, to: letters, arguments, line: line)
            if name == "reverse", case .list(let turned) = result { return .string(turned.map(\.text).joined()) }
            return result
        case .pieces:
            // Of relations only their place in SQL is known.
            guard ["as_text", "safe", "string"].contains(name) else {
                throw JinjaError(text: "the filter '\(name)' of a relation", line: line)
            }
            return value
        default: break
        }
        if let result = number(name, value, arguments) { return result }
        if let result = text(name, value, arguments) { return result }
        throw JinjaError(text: "the filter '\(name)'", line: line)
    }

    private static func dictionary(_ name: String, _ members: [JinjaMember]) -> JinjaValue? {
        switch name {
        case "list": .list(members.map { .string($0.key) })
        case "items": .list(members.map { .list([.string($0.key), $0.value]) })
        case "dictsort":
            .list(members.sorted { $0.key.lowercased() < $1.key.lowercased() }.map { .list([.string($0.key), $0.value]) })
        case "length", "count": .int(members.count)
        default: nil
        }
    }

    private static func number(_ name: String, _ value: JinjaValue, _ arguments: JinjaArguments) -> JinjaValue? {
        switch (name, value) {
        case ("int", .double(let number)) where abs(number) < 9e18: return .int(Int(number))
        case ("int", .bool(let truth)): return .int(truth ? 1 : 0)
        case ("int", _):
            let text = value.text.trimmingSpaces
            if let number = Int(text) { return .int(number) }
            if let number = Double(text), abs(number) < 9e18 { return .int(Int(number)) }
            return arguments[0, "default"] ?? .int(0)
        case ("float", _): return Double(value.text.trimmingSpaces).map { .double($0) } ?? arguments[0, "default"] ?? .double(0)
        case ("abs", .int(let number)) where number != Int.min: return .int(abs(number))
        case ("abs", .double(let number)): return .double(abs(number))
        case ("round", .int(let number)): return .double(Double(number))
        case ("round", .double(let number)):
            guard case .int(let digits) = arguments[0, "precision"] ?? .int(0), abs(digits) < 16 else { return nil }
            let scale = (0..<abs(digits)).reduce(1.0) { power, _ in power * 10 }
            let scaled = digits < 0 ? number / scale : number * scale
            let method = arguments[1, "method"]?.text ?? "common"
            let rounded = scaled.rounded(method == "ceil" ? .up : method == "floor" ? .down : .toNearestOrEven)
            return .double(digits < 0 ? rounded * scale : rounded / scale)
        case ("as_native", _), ("as_bool", _), ("as_number", _): return value
        case ("tojson", _): return .string(JinjaJSON.text(value))
        default: return nil
        }
    }

    private static func text(_ name: String, _ value: JinjaValue, _ arguments: JinjaArguments) -> JinjaValue? {
        let text = value.text
        switch name {
        case "upper": return .string(text.uppercased())
        case "lower": return .string(text.lowercased())
        case "trim": return .string(JinjaTexts.stripped(text, arguments[0, "chars"]?.text))
        case "string", "safe", "as_text", "forceescape": return .string(text)
        case "capitalize": return .string(text.prefix(1).uppercased() + text.dropFirst().lowercased())
        case "title": return .string(JinjaTexts.titled(text) { !$0.isWhitespace && !"-({[<".contains($0) })
        case "replace":
            guard let old = arguments[0, "old"], let new = arguments[1, "new"] else { return nil }
            return .string(JinjaTexts.replaced(text, old.text, by: new.text))
        case "length", "count": if case .string = value { return .int(text.count) } else { return nil }
        case "wordcount": return .int(text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }).count)
        case "indent":
            var width = 4
            if case .int(let given)? = arguments[0, "width"], (0...200).contains(given) { width = given }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
                (index == 0 && arguments[1, "first"]?.isTrue != true) || line.isEmpty ? String(line)
                    : String(repeating: " ", count: width) + line
            }
            return .string(lines.joined(separator: "\n"))
        case "format": return JinjaTexts.formatted(text, arguments.positional).map { .string($0) }
        default: return nil
        }
    }

    private static func list(
        _ name: String, _ elements: [JinjaValue], _ arguments: JinjaArguments, line: Int
    ) throws(JinjaError) -> JinjaValue? {
        switch name {
        case "list", "as_native": return .list(elements)
        case "length", "count": return .int(elements.count)
        case "first": return elements.first ?? JinjaValue.none
        case "last": return elements.last ?? JinjaValue.none
        case "reverse": return .list(elements.reversed())
        case "join":
            var pieces: [SQLPiece] = []
            for (index, element) in try attributes(elements, arguments[1, "attribute"], line: line).enumerated() {
                if index > 0 { pieces.add(arguments[0, "d"]?.text ?? "") }
                pieces.add(element.pieces)
            }
            return JinjaValue.pieces(pieces).plain
        case "unique":
            var seen: [JinjaValue] = [], kept: [JinjaValue] = []
            let keys = try attributes(elements, arguments[1, "attribute"], line: line)
            for (element, key) in zip(elements, keys) {
                let key = folded(key, arguments[0, "case_sensitive"]?.isTrue == true)
                if !seen.contains(where: { $0.equals(key) }) {
                    seen.append(key)
                    kept.append(element)
                }
            }
            return .list(kept)
        case "sort", "min", "max":
            let place = name == "sort" ? 2 : 1
            let isCased = arguments[place - 1, "case_sensitive"]?.isTrue == true
            let keys = try attributes(elements, arguments[place, "attribute"], line: line).map { folded($0, isCased) }
            guard let order = JinjaOperators.order(keys) else {
                throw JinjaError(text: "the filter '\(name)' of values of several kinds", line: line)
            }
            let sorted = order.map { elements[$0] }
            if name != "sort" { return (name == "min" ? sorted.first : sorted.last) ?? JinjaValue.none }
            return .list(arguments[0, "reverse"]?.isTrue == true ? sorted.reversed() : sorted)
        case "sum":
            var total = arguments[1, "start"] ?? .int(0)
            for element in try attributes(elements, arguments[0, "attribute"], line: line) {
                total = try JinjaOperators.apply("+", total, element, line: line)
            }
            return total
        case "map":
            if let attribute = arguments.named.first(where: { $0.name == "attribute" })?.value {
                return .list(try attributes(elements, attribute, line: line))
            }
            guard let filter = arguments.positional.first?.text else { return nil }
            let rest = JinjaArguments(positional: Array(arguments.positional.dropFirst()), named: arguments.named)
            var mapped: [JinjaValue] = []
            for element in elements { mapped.append(try apply(filter, to: element, rest, line: line)) }
            return .list(mapped)
        case "select", "reject", "selectattr", "rejectattr":
            let isOfAttribute = name.hasSuffix("attr")
            let keys = try isOfAttribute ? attributes(elements, arguments.positional.first, line: line) : elements
            let rest = arguments.positional.dropFirst(isOfAttribute ? 1 : 0)
            var kept: [JinjaValue] = []
            for (element, key) in zip(elements, keys) {
                let holds = try rest.first.map(\.text).map { test throws(JinjaError) in
                    try JinjaTests.holds(test, key, rest.dropFirst().first, line: line)
                } ?? key.isTrue
                if holds == name.hasPrefix("select") { kept.append(element) }
            }
            return .list(kept)
        case "batch":
            guard case .int(let size)? = arguments[0, "linecount"], size > 0 else { return nil }
            return .list(stride(from: 0, to: elements.count, by: size).map {
                .list(Array(elements[$0..<min($0 + size, elements.count)]))
            })
        default: return nil
        }
    }

    private static func folded(_ value: JinjaValue, _ isCased: Bool) -> JinjaValue {
        if case .string(let text) = value.plain, !isCased { return .string(text.lowercased()) }
        return value.plain
    }

    /// The elements' members of that name, `a.b` those of members; the elements where none is named.
    private static func attributes(_ elements: [JinjaValue], _ name: JinjaValue?, line: Int) throws(JinjaError) -> [JinjaValue] {
        guard let name, name.isTrue else { return elements }
        var values: [JinjaValue] = []
        for element in elements {
            var value = element
            for part in name.text.split(separator: ".") {
                if case .list(let inner) = value, let index = Int(part), inner.indices.contains(index) {
                    value = inner[index]
                } else if let member = value[String(part)] {
                    value = member
                } else {
                    throw JinjaError(text: "an element has no '\(part)'", line: line)
                }
            }
            values.append(value)
        }
        return values
    }
}
