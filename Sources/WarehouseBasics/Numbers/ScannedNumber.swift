/// The parts of a decimal number in text: `[+-]digits[.digits][e[+-]digits]` with white space around it.
struct ScannedNumber {
    /// All digits as one integer when there are at most 19 significant ones, else meaningless.
    var mantissa: UInt64
    /// More than 19 significant digits.
    var isLong: Bool
    var isNegative: Bool
    /// The value is digits × 10^exponent; clamped far beyond any that a text of a number of bytes could balance.
    var exponent: Int
    var integerStart: UnsafePointer<UInt8>
    var integerCount: Int
    var fractionStart: UnsafePointer<UInt8>
    var fractionCount: Int

    /// Reads all of `count` bytes; nil when they are no number.
    @inline(__always) init?(_ start: UnsafePointer<UInt8>, count: Int) {
        var position = start
        var end = start + count
        while position < end, ByteScanner.isSpace(position.pointee) { position += 1 }
        while end > position, ByteScanner.isSpace((end - 1).pointee) { end -= 1 }
        isNegative = false
        if position < end, position.pointee == UInt8(ascii: "-") || position.pointee == UInt8(ascii: "+") {
            isNegative = position.pointee == UInt8(ascii: "-")
            position += 1
        }
        mantissa = 0
        integerStart = position
        ScannedNumber.readDigits(&position, end, &mantissa)
        integerCount = position - integerStart
        fractionStart = position
        fractionCount = 0
        if position < end, position.pointee == UInt8(ascii: ".") {
            position += 1
            fractionStart = position
            ScannedNumber.readDigits(&position, end, &mantissa)
            fractionCount = position - fractionStart
        }
        let digitCount = integerCount &+ fractionCount
        guard digitCount > 0 else { return nil }
        exponent = 0 &- fractionCount
        isLong = false
        if position < end {
            guard let written = ScannedNumber.readExponent(position, end) else { return nil }
            exponent &+= written
        }
        if digitCount > 19 { isLong = digitCount &- leadingZeroCount() > 19 }
    }

    /// Reads digits onto `value`, eight at a time; wraps past 19 of them.
    @inline(__always) static func readDigits(
        _ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ value: inout UInt64
    ) {
        while end - position >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            let digits = word ^ 0x3030_3030_3030_3030
            guard ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0 else { break }
            value = value &* 100_000_000 &+ eightDigits(digits)
            position += 8
        }
        while position < end, position.pointee &- 48 <= 9 {
            value = value &* 10 &+ UInt64(position.pointee &- 48)
            position += 1
        }
    }

    /// Eight digits 0 to 9, the first in the lowest byte, as a number.
    @inline(__always) static func eightDigits(_ digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ (digits >> 8)
        return ((pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
            &+ ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001) >> 32
    }

    /// `e[+-]digits` up to the end; nil when there is something else. Clamped to ±2^40.
    private static func readExponent(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int? {
        var position = start
        guard position.pointee | 0x20 == UInt8(ascii: "e") else { return nil }
        position += 1
        var isNegative = false
        if position < end, position.pointee == UInt8(ascii: "-") || position.pointee == UInt8(ascii: "+") {
            isNegative = position.pointee == UInt8(ascii: "-")
            position += 1
        }
        guard position < end else { return nil }
        var value = 0
        while position < end {
            let digit = position.pointee &- 48
            guard digit <= 9 else { return nil }
            value = min(value &* 10 &+ Int(digit), 1 << 40)
            position += 1
        }
        return isNegative ? -value : value
    }

    private func leadingZeroCount() -> Int {
        var count = 0
        while count < integerCount &+ fractionCount, digit(count) == 0 { count &+= 1 }
        return count
    }

    var digitCount: Int { integerCount &+ fractionCount }

    /// The digit at an index counted over integer and fraction.
    @inline(__always) func digit(_ index: Int) -> UInt8 {
        (index < integerCount ? integerStart[index] : fractionStart[index &- integerCount]) &- 48
    }

    /// Index of the first digit that is not zero; `digitCount` when all are.
    var firstSignificant: Int { leadingZeroCount() }
}
