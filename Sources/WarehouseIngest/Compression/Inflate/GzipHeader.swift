import CZlib

/// The header of a gzip member (RFC 1952, 2.3), read for what it says wrong: its content is not used.
struct GzipHeader {
    private var checksum: UInt = 0

    private static let textFlag: UInt8 = 1, checkFlag: UInt8 = 2, extraFlag: UInt8 = 4, nameFlag: UInt8 = 8
    private static let commentFlag: UInt8 = 16, reservedFlags: UInt8 = 0xE0

    mutating func read(_ input: BitInput) throws {
        checksum = 0
        guard try take(input) == 0x1F, try take(input) == 0x8B else { throw DeflateError("incorrect header check") }
        guard try take(input) == 8 else { throw DeflateError("unknown compression method") }
        let flags = try take(input)
        guard flags & GzipHeader.reservedFlags == 0 else { throw DeflateError("unknown header flags set") }
        // Time, hints of the writer and its system.
        for _ in 0..<6 { _ = try take(input) }
        if flags & GzipHeader.extraFlag != 0 {
            let low = try take(input), high = try take(input)
            for _ in 0..<Int(high) << 8 | Int(low) { _ = try take(input) }
        }
        if flags & GzipHeader.nameFlag != 0 { while try take(input) != 0 {} }
        if flags & GzipHeader.commentFlag != 0 { while try take(input) != 0 {} }
        guard flags & GzipHeader.checkFlag != 0 else { return }
        let expected = checksum & 0xFFFF
        let low = try input.requiredByte(), high = try input.requiredByte()
        guard UInt(high) << 8 | UInt(low) == expected else { throw DeflateError("header crc mismatch") }
    }

    private mutating func take(_ input: BitInput) throws -> UInt8 {
        var byte = try input.requiredByte()
        checksum = crc32(checksum, &byte, 1)
        return byte
    }
}
