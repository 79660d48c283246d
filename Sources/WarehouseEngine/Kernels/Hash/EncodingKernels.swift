import WarehouseBasics
import WarehouseColumns

/// How bytes are written as text.
enum ByteEncoding: Sendable {
    case hex, base64, utf8

    /// `HEX`, `BASE64` or `UTF-8`, in any case.
    init(named name: String) throws {
        switch Identifiers.folded(name) {
        case "HEX": self = .hex
        case "BASE64": self = .base64
        case "UTF-8", "UTF8": self = .utf8
        default:
            throw WarehouseError(.invalidValue, "Invalid binary format '\(name)'.", hint: "Use HEX, BASE64 or UTF-8.")
        }
    }
}

/// Bytes as text.
final class EncodeKernel: ScalarKernel {
    private let encoding: ByteEncoding
    private let uppercase: Bool

    init(_ encoding: ByteEncoding, uppercase: Bool = true) {
        self.encoding = encoding
        self.uppercase = uppercase
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<StringView>(inputs[0]), out = output.strings, arena = output.arena
        if encoding == .utf8 { output.takeOwners(of: inputs[0]) }
        try output.forEachValid(count) { row in
            let value = values[row]
            switch encoding {
            case .hex:
                let text = arena.allocate(value.count * 2)
                HexEncoding.write(value, uppercase: uppercase, to: text)
                out[row] = StringView(text, count: value.count * 2)
            case .base64: out[row] = arena.copy(Base64.encoded(value))
            case .utf8:
                guard UTF8Text.isValid(value.bytes, count: value.count) else {
                    throw WarehouseError(.invalidUTF8, "Invalid UTF8 detected in a BINARY value.")
                }
                out[row] = value
            }
        }
    }
}

/// Text as bytes; a text that is not so encoded is an error, or NULL for TRY_ functions.
final class DecodeKernel: ScalarKernel {
    private let encoding: ByteEncoding
    /// Whether the result is VARCHAR and must be UTF-8.
    private let isText: Bool
    private let isTry: Bool
    private let alphabet: Base64Alphabet

    init(_ encoding: ByteEncoding, isText: Bool, isTry: Bool, alphabet: Base64Alphabet = .standard) {
        self.encoding = encoding
        self.isText = isText
        self.isTry = isTry
        self.alphabet = alphabet
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<StringView>(inputs[0]), out = output.strings, arena = output.arena
        if encoding == .utf8 { output.takeOwners(of: inputs[0]) }
        try output.forEachValid(count) { row in
            if let bytes = decoded(values[row], arena), !isText || UTF8Text.isValid(bytes.bytes, count: bytes.count) {
                out[row] = bytes
                return
            }
            guard isTry else {
                throw WarehouseError(.invalidValue, "The following string is not a legal \(encoding)-encoded value: "
                    + "'\(TextParseKernel.shown(values[row]))'")
            }
            out[row] = .empty
            output.setNull(row)
        }
    }

    private func decoded(_ text: StringView, _ arena: ByteArena) -> StringView? {
        switch encoding {
        case .utf8: return text
        case .base64: return Base64.decoded(alphabet.standardized(text, arena)).map { arena.copy($0) }
        case .hex:
            let bytes = arena.allocate(text.count / 2 + 1)
            guard HexText.parse(text.bytes, count: text.count, to: bytes) else { return nil }
            return StringView(bytes, count: text.count / 2)
        }
    }
}

/// Base64 of RFC 4648 with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ value: StringView) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity((value.count + 2) / 3 * 4)
        var index = 0
        while index < value.count {
            let rest = value.count - index
            let word = UInt32(value.bytes[index]) << 16 | (rest > 1 ? UInt32(value.bytes[index + 1]) << 8 : 0)
                | (rest > 2 ? UInt32(value.bytes[index + 2]) : 0)
            result.append(alphabet[Int(word >> 18 & 63)])
            result.append(alphabet[Int(word >> 12 & 63)])
            result.append(rest > 1 ? alphabet[Int(word >> 6 & 63)] : 61)
            result.append(rest > 2 ? alphabet[Int(word & 63)] : 61)
            index += 3
        }
        return result
    }

    /// Nil when the text is no Base64.
    static func decoded(_ text: StringView) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        for start in stride(from: 0, to: text.count, by: 4) {
            let isLast = start + 4 == text.count
            let padding = isLast ? (text.bytes[start + 3] == 61 ? (text.bytes[start + 2] == 61 ? 2 : 1) : 0) : 0
            var word: UInt32 = 0
            for index in 0..<4 {
                let digit = index >= 4 - padding ? 0 : value(text.bytes[start + index])
                guard digit < 64 else { return nil }
                word = word << 6 | UInt32(digit)
            }
            result.append(UInt8(truncatingIfNeeded: word >> 16))
            if padding < 2 { result.append(UInt8(truncatingIfNeeded: word >> 8)) }
            if padding < 1 { result.append(UInt8(truncatingIfNeeded: word)) }
        }
        return result
    }

    private static func value(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 65...90: byte - 65
        case 97...122: byte - 71
        case 48...57: byte + 4
        case 43: 62
        case 47: 63
        default: 255
        }
    }
}

/// Base64 whose last two digits and padding may be other characters.
struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet(plus: 43, slash: 47, padding: 61)
    private let plus: UInt8
    private let slash: UInt8
    private let padding: UInt8

    private init(plus: UInt8, slash: UInt8, padding: UInt8) {
        self.plus = plus
        self.slash = slash
        self.padding = padding
    }

    /// Of three ASCII characters.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard bytes.count == 3 else { throw WarehouseError(.internalFault, "An alphabet of \(bytes.count) characters.") }
        self.init(plus: bytes[0], slash: bytes[1], padding: bytes[2])
    }

    private var isStandard: Bool { plus == 43 && slash == 47 && padding == 61 }

    /// A newline after each `lineLength` characters but the last; 0: none.
    func encoded(_ value: StringView, lineLength: Int) -> [UInt8] {
        var text = Base64.encoded(value)
        if !isStandard { text = text.map { $0 == 43 ? plus : $0 == 47 ? slash : $0 == 61 ? padding : $0 } }
        guard lineLength > 0, text.count > lineLength else { return text }
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count + text.count / lineLength)
        for (index, character) in text.enumerated() {
            if index > 0, index % lineLength == 0 { lines.append(10) }
            lines.append(character)
        }
        return lines
    }

    /// The text in the usual alphabet, without line ends. A character that this alphabet lacks becomes none of Base64.
    func standardized(_ text: StringView, _ arena: ByteArena) -> StringView {
        let hasLines = text.buffer.contains { $0 == 10 || $0 == 13 }
        guard !isStandard || hasLines else { return text }
        return arena.copy(text.buffer.filter { $0 != 10 && $0 != 13 }.map { byte in
            byte == plus ? 43 : byte == slash ? 47 : byte == padding ? 61
                : byte == 43 || byte == 47 || byte == 61 ? 0 : byte
        })
    }
}
