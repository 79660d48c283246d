/// Arithmetic on NUMBERs held as integers of 10^-scale. Rounding is half away from zero; nil is an overflow past 38
/// digits.
public enum DecimalArithmetic {
    /// Largest magnitude of a NUMBER: 38 nines.
    public static let maximum: Int128 = 99_999_999_999_999_999_999_999_999_999_999_999_999

    /// Whether a value has at most `precision` (1 to 38) digits.
    @inlinable public static func fits(_ value: Int128, precision: Int) -> Bool {
        value.magnitude < UInt128(PowersOfTen.table[precision])
    }

    /// `value` of one scale in another.
    public static func rescale(_ value: Int128, from: Int, to: Int) -> Int128? {
        if from == to { return value }
        guard let magnitude = DecimalText.shifted(value.magnitude, by: to - from), magnitude <= maximum.magnitude
        else { return nil }
        return value < 0 ? 0 - Int128(magnitude) : Int128(magnitude)
    }

    /// As `rescale` on `Int64`; nil when the result leaves `Int64`.
    public static func rescale(_ value: Int64, from: Int, to: Int) -> Int64? {
        if from == to { return value }
        if to > from {
            guard to - from <= 18 else { return value == 0 ? 0 : nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: PowersOfTen.narrowTable[to - from])
            return overflow ? nil : product
        }
        guard from - to <= 18 else { return rescale(Int128(value), from: from, to: to).map { Int64($0) } }
        return divideRounded(value, by: PowersOfTen.narrowTable[from - to])
    }

    /// value / divisor rounded half away from zero; `divisor` is positive.
    @inlinable public static func divideRounded(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        let rest = remainder.magnitude
        guard rest >= divisor.magnitude &- rest else { return quotient }
        return value < 0 ? quotient &- 1 : quotient &+ 1
    }

    /// a × b, with the last `dropping` digits of the product rounded away.
    public static func multiply(_ a: Int128, _ b: Int128, dropping digits: Int = 0) -> Int128? {
        let isNegative = (a < 0) != (b < 0)
        let (product, overflow) = a.magnitude.multipliedReportingOverflow(by: b.magnitude)
        if !overflow {
            guard let magnitude = DecimalText.shifted(product, by: -digits) else { return nil }
            return signed(magnitude, isNegative)
        }
        guard digits > 0, digits <= 38 else { return nil }
        let wide = a.magnitude.multipliedFullWidth(by: b.magnitude)
        return divide(wide, by: UInt128(PowersOfTen.table[digits]), isNegative)
    }

    /// a × 10^shift / b; `b` is not 0 and `shift` is 0 to 76. This is division of NUMBERs: with scales s1 and s2
    /// and a result scale s, shift is s - s1 + s2.
    public static func divide(_ a: Int128, by b: Int128, shift: Int) -> Int128? {
        let isNegative = (a < 0) != (b < 0)
        let (low, high) = (min(shift, 38), max(0, shift - 38))
        let wide = a.magnitude.multipliedFullWidth(by: UInt128(PowersOfTen.table[low]))
        guard high > 0 else { return divide(wide, by: b.magnitude, isNegative) }
        // Past 38 places the dividend only stays below 256 bits, and the quotient below 38 digits, when `a` is small.
        guard wide.high == 0 else { return nil }
        let wider = wide.low.multipliedFullWidth(by: UInt128(PowersOfTen.table[high]))
        return divide(wider, by: b.magnitude, isNegative)
    }

    private static func divide(
        _ dividend: (high: UInt128, low: UInt128), by divisor: UInt128, _ isNegative: Bool
    ) -> Int128? {
        guard dividend.high < divisor else { return nil }
        let (quotient, remainder) = dividend.high == 0
            ? narrowDivide(dividend.low, divisor) : divisor.dividingFullWidth(dividend)
        let isUp = remainder >= divisor - remainder
        let (rounded, overflow) = quotient.addingReportingOverflow(isUp ? 1 : 0)
        return overflow ? nil : signed(rounded, isNegative)
    }

    /// 128-bit division, on 64 bits when both fit.
    @inline(__always) private static func narrowDivide(
        _ a: UInt128, _ b: UInt128
    ) -> (quotient: UInt128, remainder: UInt128) {
        guard let x = UInt64(exactly: a), let y = UInt64(exactly: b) else {
            return a.quotientAndRemainder(dividingBy: b)
        }
        let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
        return (UInt128(quotient), UInt128(remainder))
    }

    @inline(__always) private static func signed(_ magnitude: UInt128, _ isNegative: Bool) -> Int128? {
        guard magnitude <= maximum.magnitude else { return nil }
        return isNegative ? 0 - Int128(magnitude) : Int128(magnitude)
    }

    // MARK: Double

    /// The Double nearest to unscaled × 10^-scale; scale 0 to 38.
    public static func double(_ unscaled: Int128, scale: Int) -> Double {
        let magnitude = unscaled.magnitude
        if magnitude < 1 << 53, scale <= 22 {
            // Both are exact, so the one rounding of the division is the right one.
            return Double(Int64(truncatingIfNeeded: unscaled)) / EiselLemire.exactPowers[scale]
        }
        if scale == 0 { return Double(unscaled) }
        var value = 0.0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: DecimalText.maximumLength) { buffer in
            let count = DecimalText.write(unscaled, scale: scale, to: buffer.baseAddress!)
            _ = FloatText.parse(UnsafePointer(buffer.baseAddress!), count: count, into: &value)
        }
        return value
    }

    /// A Double as NUMBER(precision, scale), rounded from its exact binary value. `notRecognized` for NaN and
    /// infinities, `outOfRange` past `precision` digits.
    public static func number(
        _ value: Double, precision: Int, scale: Int, into result: inout Int128
    ) -> NumberStatus {
        guard value.isFinite else { return .notRecognized }
        guard value != 0 else {
            result = 0
            return .ok
        }
        let significand = UInt128(value.significandBitPattern | (value.isNormal ? 1 << 52 : 0))
        let exponent = value.isNormal ? Int(value.exponentBitPattern) - 1075 : -1074
        let product = significand.multipliedFullWidth(by: UInt128(PowersOfTen.table[scale]))
        guard let magnitude = shift(product, by: exponent), magnitude < UInt128(PowersOfTen.table[precision])
        else { return .outOfRange }
        result = value < 0 ? 0 - Int128(magnitude) : Int128(magnitude)
        return .ok
    }

    /// value × 2^exponent rounded half up; nil past 128 bits.
    private static func shift(_ value: (high: UInt128, low: UInt128), by exponent: Int) -> UInt128? {
        if exponent >= 0 {
            guard value.high == 0, exponent <= value.low.leadingZeroBitCount else { return nil }
            return value.low << UInt128(exponent)
        }
        let down = -exponent
        guard down <= 255 else { return 0 }
        // Shift so that one bit below the point is left, then round by it.
        let keep = down - 1
        let shifted: (high: UInt128, low: UInt128) = keep >= 128
            ? (0, value.high >> UInt128(keep - 128))
            : keep == 0 ? value : (value.high >> UInt128(keep),
                value.low >> UInt128(keep) | value.high << UInt128(128 - keep))
        let half = shifted.low & 1
        guard shifted.high <= 1 else { return nil }
        let (sum, overflow) = (shifted.low >> 1 | shifted.high << 127).addingReportingOverflow(half)
        return overflow ? nil : sum
    }
}
