/// Bytes as hexadecimal digits and back.
public enum HexText {
    /// Writes two lower-case digits.
    @inline(__always) static func put(_ byte: UInt8, _ out: inout UnsafeMutablePointer<UInt8>) {
        out[0] = digit(byte >> 4, uppercase: false)
        out[1] = digit(byte & 15, uppercase: false)
        out += 2
    }

    @inline(__always) private static func digit(_ value: UInt8, uppercase: Bool) -> UInt8 {
        value < 10 ? value &+ 48 : value &+ (uppercase ? 55 : 87)
    }

    /// Writes 2 × `count` digits.
    public static func write(
        _ bytes: UnsafePointer<UInt8>, count: Int, uppercase: Bool, to out: UnsafeMutablePointer<UInt8>
    ) {
        for index in 0..<count {
            out[index &* 2] = digit(bytes[index] >> 4, uppercase: uppercase)
            out[index &* 2 &+ 1] = digit(bytes[index] & 15, uppercase: uppercase)
        }
    }

    /// Reads `count` digits of either case into `count / 2` bytes; false when there is an odd one or another
    /// character.
    public static func parse(
        _ text: UnsafePointer<UInt8>, count: Int, to out: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard count & 1 == 0 else { return false }
        for index in 0..<count / 2 {
            let high = value(text[index &* 2]), low = value(text[index &* 2 &+ 1])
            guard high | low < 16 else { return false }
            out[index] = high << 4 | low
        }
        return true
    }

    @inline(__always) private static func value(_ digit: UInt8) -> UInt8 {
        if digit &- 48 <= 9 { return digit &- 48 }
        let letter = (digit | 0x20) &- 97
        return letter <= 5 ? letter &+ 10 : 255
    }

    /// Digits of a few bytes; for names and messages.
    public static func string(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> String {
        var digits: [UInt8] = []
        for byte in bytes {
            digits.append(digit(byte >> 4, uppercase: uppercase))
            digits.append(digit(byte & 15, uppercase: uppercase))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
