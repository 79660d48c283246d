/// Variables as YAML writes a map of plain values on one line: `{since: 2020-01-01, 'least': 3}`, `since: 2020-01-01`.
enum VariableText {
    /// nil where it is anything else: lists, maps within, text after a quote.
    static func pairs(_ text: String) -> [(name: String, value: String)]? {
        var rest = trimmed(text)
        if rest.first == "{" {
            guard rest.last == "}", rest.count > 1 else { return nil }
            rest = trimmed(String(rest.dropFirst().dropLast()))
            if rest.isEmpty { return [] }
        }
        var pairs: [(name: String, value: String)] = []
        for part in divided(rest) {
            guard let colon = colon(in: part), let name = plain(part[..<colon]), !name.isEmpty,
                  let value = plain(part[part.index(after: colon)...]), !value.isEmpty else { return nil }
            pairs.append((name, value))
        }
        return pairs.isEmpty ? nil : pairs
    }

    /// At the commas that stand in no quotes.
    private static func divided(_ text: String) -> [String] {
        var parts = [""]
        var quote: Character?
        for character in text {
            if let open = quote { if character == open { quote = nil } }
            else if character == "'" || character == "\"" { quote = character }
            else if character == "," {
                parts.append("")
                continue
            }
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    /// The first colon behind the name: at its end, or before a space.
    private static func colon(in part: String) -> String.Index? {
        part.indices.first { index in
            guard part[index] == ":" else { return false }
            let next = part.index(after: index)
            return next == part.endIndex || part[next] == " " || part[next] == "\"" || part[next] == "'"
        }
    }

    /// Without spaces around it and quotes; nil where it is no plain text.
    private static func plain(_ text: Substring) -> String? {
        let text = trimmed(String(text))
        if let quote = text.first, quote == "'" || quote == "\"" {
            let inner = text.dropFirst().dropLast()
            guard text.count > 1, text.last == quote, !inner.contains(quote) else { return nil }
            return String(inner)
        }
        return text.contains(where: { "{}[]\n".contains($0) }) ? nil : text
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
