import WarehouseBasics

/// Delimiters, enclosures and escapes as file formats write them: characters, the escape sequences `\t`, `\n`, `\r`,
/// `\\`, …, octal `\174`, hexadecimal `0x7c` and `\x7c`.
enum DelimiterText {
    static func bytes(_ text: String) -> [UInt8] {
        let source = Array(text.utf8)
        if source.count > 2, source.count % 2 == 0, source[0] == UInt8(ascii: "0"), source[1] | 0x20 == UInt8(ascii: "x"),
           source[2...].allSatisfy({ digit($0, 16) != nil }) {
            return utf8(stride(from: 2, to: source.count, by: 2).map { number(source[$0..<$0 + 2], 16) })
        }
        // A string literal has made characters of \xC2\xA2: where such characters are the bytes of others, those are meant.
        let scalars = text.unicodeScalars
        if scalars.allSatisfy({ $0.value <= 0xFF }), scalars.contains(where: { $0.value >= 0x80 }) {
            let narrow = scalars.map { UInt8(truncatingIfNeeded: $0.value) }
            if String(validating: narrow, as: UTF8.self) != nil { return narrow }
        }
        var result: [UInt8] = [], index = 0, hasCodes = false
        while index < source.count {
            guard source[index] == UInt8(ascii: "\\"), index + 1 < source.count else {
                result.append(source[index])
                index += 1
                continue
            }
            let next = source[index + 1]
            if next == UInt8(ascii: "x"), index + 3 < source.count, digit(source[index + 2], 16) != nil,
               digit(source[index + 3], 16) != nil {
                result.append(number(source[index + 2..<index + 4], 16))
                hasCodes = true
                index += 4
            } else if index + 3 < source.count, next <= UInt8(ascii: "3"),
                      source[index + 1..<index + 4].allSatisfy({ digit($0, 8) != nil }) {
                result.append(number(source[index + 1..<index + 4], 8))
                hasCodes = true
                index += 4
            } else {
                if let meaning = meaning(next) { result.append(meaning) } else { result += [source[index], next] }
                index += 2
            }
        }
        return hasCodes ? utf8(result) : result
    }

    /// Bytes that are no UTF-8 are characters by their numbers: 0xA2 is ¢.
    private static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        if String(validating: bytes, as: UTF8.self) != nil { return bytes }
        return bytes.flatMap { Array(String(Character(Unicode.Scalar($0))).utf8) }
    }

    private static func digit(_ byte: UInt8, _ base: UInt8) -> UInt8? {
        let value: UInt8
        switch byte {
        case 48...57: value = byte - 48
        case 65...70: value = byte - 55
        case 97...102: value = byte - 87
        default: return nil
        }
        return value < base ? value : nil
    }

    private static func number(_ digits: ArraySlice<UInt8>, _ base: UInt8) -> UInt8 {
        digits.reduce(0) { $0 &* base &+ (digit($1, base) ?? 0) }
    }

    private static func meaning(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "0"): 0
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): byte
        default: nil
        }
    }
}
