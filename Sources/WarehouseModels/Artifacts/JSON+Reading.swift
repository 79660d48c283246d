import WarehouseBasics

extension JSON {
    /// Reads a text that is one JSON value (RFC 8259). Throws with the byte where it goes wrong.
    init(parsing text: String) throws(WarehouseError) {
        var reader = JSONReader(bytes: Array(text.utf8))
        self = try reader.document()
    }

    /// The member of an object; null when it has none, or is no object.
    subscript(name: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members.last { $0.0 == name }?.1 ?? .null
    }

    /// The members of an object, else none.
    var members: [(String, JSON)] { if case .object(let members) = self { members } else { [] } }
    /// The elements of an array, else none.
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    /// The text of a string, nil of anything else.
    var string: String? { if case .string(let text) = self { text } else { nil } }
}

private struct JSONReader {
    private static let maximumDepth = 200

    let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(WarehouseError) -> JSON {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error("the end was expected") }
        return value
    }

    private func error(_ what: String) -> WarehouseError {
        WarehouseError(.model, "This is no JSON: \(what) at byte \(position).")
    }

    private mutating func skipSpace() {
        while position < bytes.count, [9, 10, 13, 32].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for index in 0..<count where bytes[position + index] != word.utf8Start[index] { return false }
        position += count
        return true
    }

    private mutating func value() throws(WarehouseError) -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JSONReader.maximumDepth else { throw error("values nest too deep") }
        skipSpace()
        guard position < bytes.count else { throw error("a value was expected") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        default:
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            if take("null") { return .null }
            return try number()
        }
    }

    private mutating func object() throws(WarehouseError) -> JSON {
        position += 1
        var members: [(String, JSON)] = []
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw error("a name was expected") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw error("':' was expected") }
            members.append((name, try value()))
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("',' or '}' was expected") }
        return .object(members)
    }

    private mutating func array() throws(WarehouseError) -> JSON {
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            elements.append(try value())
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("',' or ']' was expected") }
        return .array(elements)
    }

    private mutating func number() throws(WarehouseError) -> JSON {
        let start = position
        while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else {
            position = start
            throw error("a value was expected")
        }
        return .number(number)
    }

    private mutating func string() throws(WarehouseError) -> String {
        position += 1
        var result: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0..<32: throw error("a control character stands in a string")
            default: result.append(byte)
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escape(into result: inout [UInt8]) throws(WarehouseError) {
        guard position < bytes.count else { throw error("a string is not closed") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "u"):
            var unit = try hex()
            if (0xD800..<0xDC00).contains(unit), take("\\u") {
                let low = try hex()
                guard (0xDC00..<0xE000).contains(low) else { throw error("half of a character is missing") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("half of a character is missing") }
            result += Array(String(Character(scalar)).utf8)
        default: throw error("'\\' is followed by no escape")
        }
    }

    private mutating func hex() throws(WarehouseError) -> UInt32 {
        guard bytes.count - position >= 4,
              let value = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw error("four hexadecimal digits were expected") }
        position += 4
        return value
    }
}
