import WarehouseBasics
import WarehouseColumns

/// BINARY as text and back.
public enum BinaryText {
    private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Appends the text of the bytes; UTF8 repairs what is not valid.
    public static func append(_ view: StringView, _ style: BinaryTextFormat, to out: ByteBuffer) {
        switch style {
        case .hex:
            HexText.write(view.bytes, count: view.count, uppercase: true, to: out.reserve(view.count * 2))
            out.advance(view.count * 2)
        case .base64: appendBase64(view, to: out)
        case .utf8:
            if UTF8Text.isValid(view.bytes, count: view.count) { return out.append(view) }
            var repaired: [UInt8] = []
            UTF8Text.appendRepaired(view.bytes, count: view.count, to: &repaired)
            out.append(repaired)
        }
    }

    private static func appendBase64(_ view: StringView, to out: ByteBuffer) {
        let bytes = view.bytes, count = view.count
        let target = out.reserve((count + 2) / 3 * 4)
        var written = 0
        base64Digits.withUnsafeBufferPointer { digits in
            var index = 0
            while index < count {
                let left = count - index
                let group = Int(bytes[index]) << 16 | (left > 1 ? Int(bytes[index + 1]) << 8 : 0)
                    | (left > 2 ? Int(bytes[index + 2]) : 0)
                target[written] = digits[group >> 18]
                target[written + 1] = digits[group >> 12 & 63]
                target[written + 2] = left > 1 ? digits[group >> 6 & 63] : UInt8(ascii: "=")
                target[written + 3] = left > 2 ? digits[group & 63] : UInt8(ascii: "=")
                written += 4
                index += 3
            }
        }
        out.advance(written)
    }

    /// Appends the bytes that a text of BINARY means; false, with nothing appended, when it is none.
    public static func parse(
        _ text: UnsafePointer<UInt8>, count: Int, _ format: BinaryTextFormat, to out: ByteBuffer
    ) -> Bool {
        switch format {
        case .hex:
            guard HexText.parse(text, count: count, to: out.reserve(count / 2 + 1)) else { return false }
            out.advance(count / 2)
        case .base64: return parseBase64(text, count, out)
        case .utf8: out.append(text, count: count)
        }
        return true
    }

    private static func parseBase64(_ text: UnsafePointer<UInt8>, _ count: Int, _ out: ByteBuffer) -> Bool {
        guard count % 4 == 0 else { return false }
        let start = out.count
        var index = 0
        while index < count {
            let isLast = index + 4 == count
            let padding = isLast ? (text[index + 3] != 61 ? 0 : text[index + 2] != 61 ? 1 : 2) : 0
            var group: UInt32 = 0
            for place in 0..<4 {
                let value = place >= 4 - padding ? 0 : digit(text[index + place])
                guard value < 64 else {
                    out.truncate(to: start)
                    return false
                }
                group = group << 6 | UInt32(value)
            }
            for place in 0..<(3 - padding) { out.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - place * 8))) }
            index += 4
        }
        return true
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: 255
        }
    }
}
