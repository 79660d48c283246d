/// Eight characters at a time as one word, the first in the lowest byte, each less "0": digits are then 0 to 9.
/// Words are loaded whole: text must be followed by seven readable bytes.
enum DigitWords {
    @inline(__always) static func word(_ start: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
    }

    @inline(__always) static func areDigits(_ word: UInt64) -> Bool {
        ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 == 0
    }

    @inline(__always) static func areDigits(_ a: UInt64, _ b: UInt64) -> Bool {
        (((a &+ 0x7676_7676_7676_7676) | a) | ((b &+ 0x7676_7676_7676_7676) | b)) & 0x8080_8080_8080_8080 == 0
    }

    /// The number that eight digits are.
    @inline(__always) static func eightDigits(_ digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ (digits >> 8)
        return ((pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
            &+ ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001) >> 32
    }

    /// Eight times the index of the first point among the eight characters; nil when there is none.
    @inline(__always) static func pointShift(_ word: UInt64) -> UInt64? {
        // "." less "0" is 0x1E. The lowest flag is exact, as that of every search for a zero byte.
        let sought = word ^ 0x1E1E_1E1E_1E1E_1E1E
        let flags = (sought &- 0x0101_0101_0101_0101) & ~sought & 0x8080_8080_8080_8080
        return flags == 0 ? nil : UInt64(truncatingIfNeeded: flags.trailingZeroBitCount & ~7)
    }
}
