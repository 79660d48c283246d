/// Texts as Python changes them.
enum JinjaTexts {
    static func replaced(_ text: String, _ old: String, by new: String) -> String {
        guard !old.isEmpty else { return text }
        var result = "", rest = Substring(text)
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    /// Without white space, or the characters given, at both ends, or at one.
    static func stripped(_ text: String, _ characters: String? = nil, left: Bool = true, right: Bool = true) -> String {
        let isDropped = { (character: Character) in characters?.contains(character) ?? character.isWhitespace }
        var rest = Substring(text)
        if left { rest = rest.drop(while: isDropped) }
        if right { while let last = rest.last, isDropped(last) { rest.removeLast() } }
        return String(rest)
    }

    /// With the first character of each word in upper case, the others in lower case.
    static func titled(_ text: String, isOfWord: (Character) -> Bool) -> String {
        var result = "", isInner = false
        for character in text {
            result += isInner ? character.lowercased() : character.uppercased()
            isInner = isOfWord(character)
        }
        return result
    }

    /// `'%s of %d'` with values; nil where they are not as many, or where another format is wanted.
    static func formatted(_ text: String, _ values: [JinjaValue]) -> String? {
        var result = "", rest = values[...], position = text.startIndex
        while position < text.endIndex {
            let character = text[position]
            position = text.index(after: position)
            guard character == "%", position < text.endIndex else { result.append(character); continue }
            let kind = text[position]
            position = text.index(after: position)
            if kind == "%" { result.append("%"); continue }
            guard kind == "s" || kind == "d", let value = rest.popFirst() else { return nil }
            result += value.text
        }
        return rest.isEmpty ? result : nil
    }

    /// `'{} of {name}'` with values; nil where one is missing, or where braces do not go together.
    static func filled(_ text: String, _ arguments: JinjaArguments) -> String? {
        var result = "", next = 0, rest = Substring(text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            let isOpen = rest[brace] == "{"
            result += rest[..<brace]
            rest = rest[rest.index(after: brace)...]
            if rest.first == (isOpen ? "{" : "}") {
                result.append(rest.removeFirst())
                continue
            }
            guard isOpen, let close = rest.firstIndex(of: "}") else { return nil }
            let name = String(rest[..<close])
            let place = name.isEmpty ? next : Int(name)
            if name.isEmpty { next += 1 }
            guard let value = place.map({ arguments.positional.indices.contains($0) ? arguments.positional[$0] : nil })
                ?? arguments.named.first(where: { $0.name == name })?.value else { return nil }
            result += value.text
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The lines without their ends; a last end begins no line.
    static func lines(_ text: String) -> [String] {
        guard let last = text.last else { return [] }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        return last.isNewline ? lines.dropLast() : lines
    }

    /// At least so many characters, with zeros behind the sign.
    static func zeroFilled(_ text: String, _ width: Int) -> String {
        let sign = text.first.map { $0 == "-" || $0 == "+" } ?? false ? String(text.prefix(1)) : ""
        return sign + String(repeating: "0", count: max(0, width - text.count)) + text.dropFirst(sign.count)
    }

    static func parts(_ text: String, _ divider: String?, limit: Int) -> [String] {
        guard let divider, !divider.isEmpty else {
            return words(text, limit: limit)
        }
        var parts: [String] = [], rest = Substring(text)
        while parts.count < limit, let range = rest.firstRange(of: divider) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }

    /// What white space divides, the last with all that follows.
    private static func words(_ text: String, limit: Int) -> [String] {
        var words: [String] = [], rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty, words.count < limit {
            words.append(String(rest.prefix { !$0.isWhitespace }))
            rest = rest.drop { !$0.isWhitespace }.drop(while: \.isWhitespace)
        }
        return rest.isEmpty ? words : words + [String(rest)]
    }
}

/// Values as JSON, with Python's spaces and in ASCII, as its `json.dumps` writes them.
enum JinjaJSON {
    static func text(_ value: JinjaValue) -> String {
        switch value.plain {
        case .none: "null"
        case .bool(let truth): truth ? "true" : "false"
        case .int, .double: value.text
        case .list(let elements): "[" + elements.map(text).joined(separator: ", ") + "]"
        case .dict(let members): "{" + members.map { "\(quoted($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
        case .string, .pieces, .function: quoted(value.text)
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case " "..."~": result.unicodeScalars.append(scalar)
            default: for unit in String(scalar).utf16 { result += "\\u" + hexadecimal(unit) }
            }
        }
        return result + "\""
    }

    private static func hexadecimal(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
