import WarehouseBasics
import WarehouseColumns

/// Tokens of a text: the longest runs without a delimiter. Without delimiters the whole text is one.
struct TokenReader {
    private let text: StringView
    private let delimiters: StringView
    private var position = 0

    init(_ text: StringView, delimiters: StringView) {
        self.text = text
        self.delimiters = delimiters
    }

    private func isDelimiter(at place: Int, _ length: Int) -> Bool {
        ByteSearch.find(text.bytes + place, count: length, in: delimiters.bytes, count: delimiters.count) >= 0
    }

    mutating func next() -> StringView? {
        var start = -1
        while position < text.count {
            let length = min(UTF8Text.scalar(text.bytes + position, remaining: text.count - position).length,
                             text.count - position)
            let isDelimiter = isDelimiter(at: position, length)
            if isDelimiter, start >= 0 { break }
            if !isDelimiter, start < 0 { start = position }
            position += length
        }
        return start < 0 ? nil : text.slice(start, position - start)
    }
}

/// STRTOK(text, delimiters, number): the token, NULL past the last.
final class TokenKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), delimiters = Argument<StringView>(inputs[1])
        let numbers = Argument<Int64>(inputs[2]), out = output.strings
        output.takeOwners(of: inputs[0])
        var meter = LoopMeter()
        try output.forEachValid(count) { row in
            guard numbers[row] >= 1 else {
                throw WarehouseError(.invalidValue, "Invalid parameter value: \(numbers[row]). Reason: STRTOK's part "
                    + "number must be positive")
            }
            var reader = TokenReader(texts[row], delimiters: delimiters[row])
            var left = numbers[row]
            var token = reader.next()
            while left > 1, token != nil {
                try meter.step()
                token = reader.next()
                left -= 1
            }
            if let token {
                out[row] = token
            } else {
                out[row] = .empty
                output.setNull(row)
            }
        }
    }
}

/// PARSE_URL: the parts of an address as an OBJECT.
enum AddressParts {
    /// False (NULL) never; with `isPermissive` a text that is no address gives an object with its `error`.
    static func write(_ text: StringView, isPermissive: Bool, _ builder: VariantBuilder) throws -> Bool {
        let bytes = text.buffer
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
            guard isPermissive else {
                throw WarehouseError(.urlNotRecognized, "Error parsing URL: scheme not specified")
            }
            try builder.beginObject()
            builder.key("error")
            builder.string("scheme not specified")
            try builder.endObject()
            return true
        }
        var rest = text.slice(colon + 1, text.count - colon - 1)
        let fragment = cut(&rest, UInt8(ascii: "#")), query = cut(&rest, UInt8(ascii: "?"))
        var host: StringView?, port: StringView?
        if rest.count >= 2, rest.bytes[0] == UInt8(ascii: "/"), rest.bytes[1] == UInt8(ascii: "/") {
            var authority = rest.slice(2, rest.count - 2)
            let path = cut(&authority, UInt8(ascii: "/"))
            port = cutPort(&authority)
            host = authority
            rest = path ?? .empty
        }
        try builder.beginObject()
        for (key, part) in [("fragment", fragment), ("host", host), ("path", rest), ("port", port), ("query", query),
                            ("scheme", text.slice(0, colon))] {
            builder.key(key)
            if let part { builder.string(part) } else { builder.null() }
        }
        builder.key("parameters")
        try writeParameters(query, builder)
        try builder.endObject()
        return true
    }

    /// What stands behind the last colon of an authority, where that is neither the user's nor within brackets.
    private static func cutPort(_ authority: inout StringView) -> StringView? {
        let bytes = authority.buffer
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
              !bytes[colon...].contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "]") }) else { return nil }
        let port = authority.slice(colon + 1, authority.count - colon - 1)
        authority = authority.slice(0, colon)
        return port
    }

    /// Ends `text` before the first `mark` and returns what stood behind it.
    private static func cut(_ text: inout StringView, _ mark: UInt8) -> StringView? {
        guard let place = text.buffer.firstIndex(of: mark) else { return nil }
        let behind = text.slice(place + 1, text.count - place - 1)
        text = text.slice(0, place)
        return behind
    }

    private static func writeParameters(_ query: StringView?, _ builder: VariantBuilder) throws {
        guard var rest = query else { return builder.null() }
        try builder.beginObject()
        while true {
            let next = cut(&rest, UInt8(ascii: "&"))
            let value = cut(&rest, UInt8(ascii: "="))
            builder.key(rest)
            builder.string(value ?? .empty)
            guard let next else { break }
            rest = next
        }
        try builder.endObject(.lastWins)
    }
}
