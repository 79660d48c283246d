import WarehouseColumns

/// Takes the escapes and doubled enclosures out of fields.
struct FieldText {
    private let enclosure: UInt8?
    private let escape: UInt8?
    private let unenclosedEscape: UInt8?

    init(_ format: CSVFormat) {
        enclosure = format.enclosure
        // An escape that is the enclosure itself is the doubling, which needs no escape.
        escape = format.escape == format.enclosure ? nil : format.escape
        unenclosedEscape = format.effectiveUnenclosedEscape == format.enclosure ? nil : format.effectiveUnenclosedEscape
    }

    /// Appends the text that a field with the flag `escaped` means.
    func append(_ bytes: UnsafePointer<UInt8>, count: Int, isEnclosed: Bool, to out: ByteBuffer) {
        let escape = isEnclosed ? self.escape : unenclosedEscape
        let target = out.reserve(count)
        var written = 0, index = 0
        while index < count {
            let byte = bytes[index]
            if byte == escape, index + 1 < count {
                target[written] = FieldText.meaning(bytes[index + 1])
                index += 2
            } else {
                target[written] = byte
                // Within an enclosure the enclosure comes only in pairs.
                index += isEnclosed && byte == enclosure && index + 1 < count && bytes[index + 1] == byte ? 2 : 1
            }
            written += 1
        }
        out.advance(written)
    }

    /// What the byte behind an escape stands for: the control characters of C by their letters, all else for itself.
    private static func meaning(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "0"): 0
        default: byte
        }
    }
}
