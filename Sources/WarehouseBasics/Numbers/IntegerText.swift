/// Integers as decimal text, from and to raw bytes.
public enum IntegerText {
    /// Reads `[+-]digits`, nothing around it. `outOfRange` past `Int64`.
    public static func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, into result: inout Int64
    ) -> NumberStatus {
        var position = bytes
        let end = bytes + count
        var isNegative = false
        if count > 0, position.pointee == UInt8(ascii: "-") || position.pointee == UInt8(ascii: "+") {
            isNegative = position.pointee == UInt8(ascii: "-")
            position += 1
        }
        var first = position
        var magnitude: UInt64 = 0
        ScannedNumber.readDigits(&position, end, &magnitude)
        guard position == end, position > first else { return .notRecognized }
        if end - first > 19 {
            while first < end, first.pointee == 48 { first += 1 }
            // 19 digits fit in 64 bits, 20 may have wrapped; Int64 has no more than 19.
            if end - first > 19 { return .outOfRange }
        }
        if isNegative {
            guard magnitude <= 1 << 63 else { return .outOfRange }
            result = Int64(bitPattern: 0 &- magnitude)
        } else {
            guard magnitude < 1 << 63 else { return .outOfRange }
            result = Int64(bitPattern: magnitude)
        }
        return .ok
    }

    /// As the byte form; nil when the text is no `Int64`.
    public static func parse(_ text: String) -> Int64? {
        var value: Int64 = 0
        let status = TimestampText.withBytes(text) { parse($0, count: $1, into: &value) }
        return status == .ok ? value : nil
    }

    /// The longest text of an `Int64`.
    public static let maximumLength = 20
    /// The longest text of an `Int128`.
    public static let maximumLength128 = 40

    /// Writes a number and returns the count of bytes, at most `maximumLength`.
    public static func write(_ value: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
        guard value < 0 else { return write(UInt64(bitPattern: value), to: out) }
        out[0] = UInt8(ascii: "-")
        return write(value.magnitude, to: out + 1) &+ 1
    }

    /// Writes a magnitude and returns the count of bytes, at most `maximumLength`.
    public static func write(_ value: UInt64, to out: UnsafeMutablePointer<UInt8>) -> Int {
        let count = digitCount(value)
        writeDigits(value, count: count, to: out)
        return count
    }

    /// Writes a number and returns the count of bytes, at most `maximumLength128`.
    public static func write(_ value: Int128, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if let narrow = Int64(exactly: value) { return write(narrow, to: out) }
        var position = out
        if value < 0 {
            position.pointee = UInt8(ascii: "-")
            position += 1
        }
        return writeMagnitude(value.magnitude, to: position) &+ (position - out)
    }

    /// Writes a magnitude and returns the count of bytes, at most 39.
    static func writeMagnitude(_ value: UInt128, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if value <= UInt128(UInt64.max) { return write(UInt64(truncatingIfNeeded: value), to: out) }
        let chunk: UInt128 = 1_000_000_000_000_000_000
        let (high, low) = value.quotientAndRemainder(dividingBy: chunk)
        let count = writeMagnitude(high, to: out)
        writeDigits(UInt64(truncatingIfNeeded: low), count: 18, to: out + count)
        return count &+ 18
    }

    /// Writes exactly `count` digits, with leading zeros when the value has fewer.
    @inline(__always) static func writeDigits(_ value: UInt64, count: Int, to out: UnsafeMutablePointer<UInt8>) {
        var rest = value
        var index = count
        while index >= 2 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            index &-= 2
            let tens = UInt8(truncatingIfNeeded: (pair &* 103) >> 10)
            out[index] = tens &+ 48
            out[index &+ 1] = UInt8(truncatingIfNeeded: pair) &- tens &* 10 &+ 48
            rest = quotient
        }
        if index == 1 { out[0] = UInt8(truncatingIfNeeded: rest % 10) &+ 48 }
    }

    /// 1 for 0 to 9, up to 20.
    @inline(__always) static func digitCount(_ value: UInt64) -> Int {
        var rest = value
        var count = 1
        while rest >= 10_000 {
            rest /= 10_000
            count &+= 4
        }
        return rest < 10 ? count : rest < 100 ? count &+ 1 : rest < 1000 ? count &+ 2 : count &+ 3
    }
}
