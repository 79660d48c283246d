/// NUMBER(precision, scale) as text. A NUMBER is an integer of 10^-scale; excess digits of a text are rounded half
/// away from zero.
public enum DecimalText {
    /// Reads a decimal number, plain or with an exponent, white space around it allowed, as NUMBER(precision,
    /// scale). `outOfRange` when it needs more than `precision` digits after rounding.
    public static func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, precision: Int, scale: Int, into result: inout Int128
    ) -> NumberStatus {
        precondition(precision <= 38)
        guard let number = ScannedNumber(bytes, count: count) else { return .notRecognized }
        let shift = number.exponent &+ scale
        guard !number.isLong else { return parseLong(number, precision, scale, &result) }
        guard let magnitude = shifted(UInt128(number.mantissa), by: shift),
              magnitude < UInt128(PowersOfTen.table[precision]) else { return .outOfRange }
        result = number.isNegative ? 0 &- Int128(magnitude) : Int128(magnitude)
        return .ok
    }

    /// As `parse` into `Int128`, for a precision of at most 18.
    public static func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, precision: Int, scale: Int, into result: inout Int64
    ) -> NumberStatus {
        precondition(precision <= 18)
        if let number = ScannedNumber(bytes, count: count), !number.isLong {
            let shift = number.exponent &+ scale
            let limit = UInt64(bitPattern: PowersOfTen.narrowTable[precision])
            var magnitude = number.mantissa
            if shift > 0 {
                if shift > 18, magnitude != 0 { return .outOfRange }
                let factor = magnitude == 0 ? 1 : UInt64(bitPattern: PowersOfTen.narrowTable[shift])
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: factor)
                if overflow { return .outOfRange }
                magnitude = product
            } else if shift < 0 {
                magnitude = shift < -18 ? roundedFar(magnitude, by: shift) : rounded(magnitude, dropping: 0 &- shift)
            }
            guard magnitude < limit else { return .outOfRange }
            let value = Int64(bitPattern: magnitude)
            result = number.isNegative ? 0 &- value : value
            return .ok
        }
        var wide: Int128 = 0
        let status = parse(bytes, count: count, precision: precision, scale: scale, into: &wide)
        if status == .ok { result = Int64(truncatingIfNeeded: wide) }
        return status
    }

    /// Drops 1 to 18 digits.
    @inline(__always) private static func rounded(_ magnitude: UInt64, dropping digits: Int) -> UInt64 {
        let divisor = UInt64(bitPattern: PowersOfTen.narrowTable[digits])
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: divisor)
        return remainder >= divisor &- remainder ? quotient &+ 1 : quotient
    }

    /// Drops 19 digits or more of at most 20.
    private static func roundedFar(_ magnitude: UInt64, by shift: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: shifted(UInt128(magnitude), by: shift) ?? 0)
    }

    /// magnitude × 10^shift, rounded half up; nil past 38 digits. `magnitude` has at most 38 digits.
    static func shifted(_ magnitude: UInt128, by shift: Int) -> UInt128? {
        if shift == 0 || magnitude == 0 { return magnitude }
        if shift > 0 {
            guard shift <= 38 else { return nil }
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: UInt128(PowersOfTen.table[shift]))
            return overflow ? nil : product
        }
        guard shift >= -38 else { return 0 }
        let divisor = UInt128(PowersOfTen.table[0 &- shift])
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: divisor)
        return remainder >= divisor - remainder ? quotient + 1 : quotient
    }

    /// More than 19 significant digits: keeps 38, and rounds by the digit behind the last one wanted.
    private static func parseLong(
        _ number: ScannedNumber, _ precision: Int, _ scale: Int, _ result: inout Int128
    ) -> NumberStatus {
        let first = number.firstSignificant
        let kept = min(38, number.digitCount - first)
        var mantissa: UInt128 = 0
        for index in first..<first + kept { mantissa = mantissa &* 10 &+ UInt128(number.digit(index)) }
        let droppedCount = number.digitCount - first - kept
        let shift = number.exponent + droppedCount + scale
        var magnitude: UInt128
        if shift == 0, droppedCount > 0 {
            magnitude = mantissa + (number.digit(first + kept) >= 5 ? 1 : 0)
        } else {
            guard shift <= 0 || droppedCount == 0, let value = shifted(mantissa, by: shift) else { return .outOfRange }
            magnitude = value
        }
        guard magnitude < UInt128(PowersOfTen.table[precision]) else { return .outOfRange }
        result = number.isNegative ? 0 - Int128(magnitude) : Int128(magnitude)
        return .ok
    }

    /// Digits behind the point that the text writes, and digits in all that it needs: the type of a literal such
    /// as `1.50` (precision 3, scale 2). Nil when it is no number or needs more than 38 digits.
    public static func naturalType(_ bytes: UnsafePointer<UInt8>, count: Int) -> (precision: Int, scale: Int)? {
        guard let number = ScannedNumber(bytes, count: count) else { return nil }
        let scale = max(0, 0 - number.exponent)
        let significant = max(1, number.digitCount - number.firstSignificant)
        let precision = max(significant + max(0, number.exponent), scale)
        return precision <= 38 && scale <= 37 ? (max(1, precision), scale) : nil
    }

    // MARK: Writing

    /// The longest text of a NUMBER: sign, a leading zero, point and 39 digits.
    public static let maximumLength = 42

    /// Writes `unscaled` × 10^-scale with exactly `scale` digits behind the point; the count of bytes, at most
    /// `maximumLength`. `scale` is 0 to 38.
    public static func write(_ unscaled: Int128, scale: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if scale == 0 { return IntegerText.write(unscaled, to: out) }
        if let narrow = Int64(exactly: unscaled), scale <= 18 { return write(narrow, scale: scale, to: out) }
        var position = out
        if unscaled < 0 {
            position.pointee = UInt8(ascii: "-")
            position += 1
        }
        let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(
            dividingBy: UInt128(PowersOfTen.table[scale]))
        position += IntegerText.writeMagnitude(whole, to: position)
        position.pointee = UInt8(ascii: ".")
        position += 1
        var rest = fraction
        var left = scale
        while left > 18 {
            let (quotient, low) = rest.quotientAndRemainder(dividingBy: UInt128(PowersOfTen.table[18]))
            left -= 18
            IntegerText.writeDigits(UInt64(truncatingIfNeeded: low), count: 18, to: position + left)
            rest = quotient
        }
        IntegerText.writeDigits(UInt64(truncatingIfNeeded: rest), count: left, to: position)
        return position - out &+ scale
    }

    /// As the `Int128` form; `scale` is 0 to 18.
    public static func write(_ unscaled: Int64, scale: Int, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if scale == 0 { return IntegerText.write(unscaled, to: out) }
        var position = out
        if unscaled < 0 {
            position.pointee = UInt8(ascii: "-")
            position += 1
        }
        let unit = UInt64(bitPattern: PowersOfTen.narrowTable[scale])
        let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: unit)
        position += IntegerText.write(whole, to: position)
        position.pointee = UInt8(ascii: ".")
        position += 1
        IntegerText.writeDigits(fraction, count: scale, to: position)
        return position - out &+ scale
    }

    /// Appends a NUMBER's text.
    public static func append(_ unscaled: Int128, scale: Int, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: maximumLength) { buffer in
            let count = write(unscaled, scale: scale, to: buffer.baseAddress!)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// A NUMBER's text; for constants and messages.
    public static func string(_ unscaled: Int128, scale: Int) -> String {
        var bytes: [UInt8] = []
        append(unscaled, scale: scale, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a NUMBER; nil when the text is none or does not fit.
    public static func parse(_ text: String, precision: Int, scale: Int) -> Int128? {
        var value: Int128 = 0
        let status = TimestampText.withBytes(text) {
            parse($0, count: $1, precision: precision, scale: scale, into: &value)
        }
        return status == .ok ? value : nil
    }
}
