extension FloatText {
    /// The longest text of either form.
    public static let maximumLength = 32

    /// Writes the shortest text that reads back as the same Double; the count of bytes, at most `maximumLength`.
    /// Plain from 1e-5 up to 1e17 (`0.1`, `4`, `123456789`), else with an exponent (`1e+20`, `2.5e-07`); a whole
    /// number has no point. Not finite: `NaN`, `inf`, `-inf`. What is finite is a JSON number.
    public static func write(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
        var position = out
        if writeSpecial(value, &position) { return position - out }
        let shortest = ShortestDouble(value)
        put(shortest.digits, shortest.exponent, lowest: -5, highest: 16, &position)
        return position - out
    }

    /// Writes a FLOAT to the precision that Snowflake documents for it; the count of bytes, at most `maximumLength`.
    ///
    /// The value is rounded to 15 significant digits, trailing zeros dropped; with an exponent of at least two
    /// digits below 1e-4 or from 1e15 on. `0.1 + 0.2` is `0.3`, a third `0.333333333333333`, 123456789 itself, 1e20
    /// `1e+20`.
    public static func sql(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
        write(value, digits: sqlDigits, to: out)
    }

    /// Writes a FLOAT as CAST to VARCHAR shows it: as `sql`, but with nine digits behind the point, or ten in all
    /// below 1. `TO_VARCHAR(LOG(3, 4))` is `1.261859507` on its page.
    public static func cast(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
        let whole = value.magnitude < 1 ? 1 : value.magnitude < 1e6 ? IntegerText.digitCount(UInt64(value.magnitude)) : 7
        return write(value, digits: min(sqlDigits, whole + 9), to: out)
    }

    private static func write(_ value: Double, digits: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
        var position = out
        if writeSpecial(value, &position) { return position - out }
        let (digits, exponent) = rounded(value, to: digits)
        put(digits, exponent, lowest: -4, highest: 14, &position)
        return position - out
    }

    /// Appends the shortest text.
    public static func append(_ value: Double, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maximumLength) { buffer in
            let count = write(value, to: buffer.baseAddress!)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Appends the text of 15 digits.
    public static func appendSQL(_ value: Double, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maximumLength) { buffer in
            let count = sql(value, to: buffer.baseAddress!)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The shortest text; for constants and messages.
    public static func string(_ value: Double) -> String {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of 15 digits; for constants and messages.
    public static func sqlString(_ value: Double) -> String {
        var bytes: [UInt8] = []
        appendSQL(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Significant digits of the SQL form.
    private static let sqlDigits = 15

    /// NaN and infinities whole; of other values the sign.
    private static func writeSpecial(_ value: Double, _ out: inout UnsafeMutablePointer<UInt8>) -> Bool {
        if value.isNaN {
            putText("NaN", &out)
            return true
        }
        if value.sign == .minus {
            out.pointee = UInt8(ascii: "-")
            out += 1
        }
        guard value.isInfinite else { return false }
        putText("inf", &out)
        return true
    }

    private static func putText(_ text: StaticString, _ out: inout UnsafeMutablePointer<UInt8>) {
        out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        out += text.utf8CodeUnitCount
    }

    /// The magnitude rounded to at most `kept` significant digits, without trailing zeros.
    private static func rounded(_ value: Double, to kept: Int) -> (digits: UInt64, exponent: Int) {
        let shortest = ShortestDouble(value)
        let excess = IntegerText.digitCount(shortest.digits) - kept
        guard excess > 0 else { return (shortest.digits, shortest.exponent) }
        let divisor = UInt64(bitPattern: PowersOfTen.narrowTable[excess])
        var (digits, remainder) = shortest.digits.quotientAndRemainder(dividingBy: divisor)
        var isUp = remainder * 2 > divisor
        if remainder * 2 == divisor {
            // The shortest text ends in the very middle; the Double itself need not.
            let significand = value.significandBitPattern | (value.exponentBitPattern == 0 ? 0 : 1 << 52)
            let order = BigUnsigned.compare(
                BigUnsigned(shortest.digits), decimalExponent: shortest.exponent, significand: significand,
                binaryExponent: Int(max(1, value.exponentBitPattern)) - 1075)
            isUp = order < 0 || (order == 0 && digits & 1 == 1)
        }
        if isUp { digits += 1 }
        var exponent = shortest.exponent + excess
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        return (digits, exponent)
    }

    /// Digits × 10^exponent: plain while the first digit's place is `lowest` to `highest`, else with an exponent.
    private static func put(
        _ digits: UInt64, _ exponent: Int, lowest: Int, highest: Int, _ out: inout UnsafeMutablePointer<UInt8>
    ) {
        let count = IntegerText.digitCount(digits)
        let place = digits == 0 ? 0 : exponent + count - 1
        if place < lowest || place > highest {
            putScientific(digits, count, place, &out)
        } else if exponent >= 0 {
            IntegerText.writeDigits(digits, count: count, to: out)
            out += count
            for _ in 0..<exponent { putByte(48, &out) }
        } else if place >= 0 {
            // Writes the digits one byte late, then moves the whole part down over the gap.
            IntegerText.writeDigits(digits, count: count, to: out + 1)
            let whole = place + 1
            for index in 0..<whole { out[index] = out[index + 1] }
            out[whole] = UInt8(ascii: ".")
            out += count + 1
        } else {
            putText("0.", &out)
            for _ in 0..<(-place - 1) { putByte(48, &out) }
            IntegerText.writeDigits(digits, count: count, to: out)
            out += count
        }
    }

    @inline(__always) private static func putByte(_ byte: UInt8, _ out: inout UnsafeMutablePointer<UInt8>) {
        out.pointee = byte
        out += 1
    }

    private static func putScientific(
        _ digits: UInt64, _ count: Int, _ place: Int, _ out: inout UnsafeMutablePointer<UInt8>
    ) {
        IntegerText.writeDigits(digits, count: count, to: out + 1)
        out[0] = out[1]
        if count > 1 {
            out[1] = UInt8(ascii: ".")
            out += count + 1
        } else {
            out += 1
        }
        putByte(UInt8(ascii: "e"), &out)
        putByte(place < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"), &out)
        let magnitude = UInt64(abs(place))
        let width = magnitude < 100 ? 2 : 3
        IntegerText.writeDigits(magnitude, count: width, to: out)
        out += width
    }
}
