/// Whole numbers as decimal text, in words of up to eight bytes that are stored little-endian.
enum DecimalDigits {
    /// The digits of `value`, which is below 100,000,000, with the first digit in the lowest byte.
    @inline(__always)
    static func word(_ value: UInt32) -> (bytes: UInt64, count: Int) {
        let padded = eightDigits(value)
        // The leading zeros lie in the lowest bytes; one digit always stays.
        let zeros = min((padded & 0x0F0F_0F0F_0F0F_0F0F).trailingZeroBitCount &>> 3, 7)
        return (padded &>> UInt64(zeros &* 8), 8 &- zeros)
    }

    /// `value`, which is below 100,000,000, as eight digits with leading zeros.
    @inline(__always)
    static func eightDigits(_ value: UInt32) -> UInt64 {
        let high = UInt64(value / 10_000)
        let low = UInt64(value % 10_000)
        // Two, then four, then eight lanes: each step splits a lane's number into its halves.
        let pair = high | (low &<< 32)
        let hundreds = ((pair &* 10_486) &>> 20) & 0x0000_007F_0000_007F
        let quads = hundreds | ((pair &- hundreds &* 100) &<< 16)
        let tens = ((quads &* 103) &>> 10) & 0x000F_000F_000F_000F
        return (tens | ((quads &- tens &* 10) &<< 8)) | 0x3030_3030_3030_3030
    }

    /// Stores `value`, which is below 10^16, at `out` and gives the place after it. Up to 16 bytes are overwritten.
    @inline(__always)
    static func store(_ value: Int, at out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
        if value < 100_000_000 {
            let digits = word(UInt32(truncatingIfNeeded: value))
            out.storeBytes(of: digits.bytes.littleEndian, as: UInt64.self)
            return out + digits.count
        }
        let high = value / 100_000_000
        let digits = word(UInt32(truncatingIfNeeded: high))
        out.storeBytes(of: digits.bytes.littleEndian, as: UInt64.self)
        let low = UInt32(truncatingIfNeeded: value &- high &* 100_000_000)
        (out + digits.count).storeBytes(of: eightDigits(low).littleEndian, as: UInt64.self)
        return out + digits.count + 8
    }
}
