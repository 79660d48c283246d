import WarehouseBasics
import WarehouseColumns

/// A UUID that follows from a namespace and a name (version 5 of RFC 4122): by their SHA-1.
enum NamedUUID {
    static func text(_ space: StringView, _ name: StringView) throws -> [UInt8] {
        let digits = space.buffer.filter { $0 != UInt8(ascii: "-") }
        var bytes = [UInt8](repeating: 0, count: 16)
        let isValid = digits.withUnsafeBufferPointer { digits in
            bytes.withUnsafeMutableBufferPointer { bytes in
                guard digits.count == 32, let from = digits.baseAddress, let to = bytes.baseAddress else { return false }
                return HexText.parse(from, count: 32, to: to)
            }
        }
        guard isValid else {
            throw WarehouseError(.invalidValue, "'\(TextParseKernel.shown(space))' is not a UUID.")
        }
        bytes += name.buffer
        var digest = Array(SHA.digest(.sha1, bytes).prefix(16))
        digest[6] = digest[6] & 0x0F | 0x50
        digest[8] = digest[8] & 0x3F | 0x80
        let letters = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in digest.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text += [letters[Int(byte >> 4)], letters[Int(byte & 15)]]
        }
        return text
    }
}
