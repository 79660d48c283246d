/// FLOAT as text, exactly rounded in both directions.
public enum FloatText {
    /// Reads a decimal number, `inf`, `infinity` or `nan` (any case, with a sign, white space around it), rounded
    /// to the nearest Double, ties to even. `outOfRange` for a finite text beyond the largest Double.
    public static func parse(
        _ bytes: UnsafePointer<UInt8>, count: Int, into result: inout Double
    ) -> NumberStatus {
        guard let number = ScannedNumber(bytes, count: count) else { return parseName(bytes, count, &result) }
        let magnitude: Double
        if number.isLong {
            magnitude = parseLong(number)
        } else {
            magnitude = EiselLemire.double(number.mantissa, exponent: number.exponent)
                ?? exact(number, estimate: EiselLemire.approximate(number.mantissa, number.exponent))
        }
        result = number.isNegative ? -magnitude : magnitude
        return magnitude.isInfinite ? .outOfRange : .ok
    }

    /// As the byte form; nil when the text is no FLOAT.
    public static func parse(_ text: String) -> Double? {
        var value = 0.0
        let status = TimestampText.withBytes(text) { parse($0, count: $1, into: &value) }
        return status == .ok ? value : nil
    }

    private static func parseName(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ result: inout Double
    ) -> NumberStatus {
        var scanner = ByteScanner.trimmed(bytes, count: count)
        let isNegative = scanner.peek == UInt8(ascii: "-")
        if isNegative || scanner.peek == UInt8(ascii: "+") { scanner.position += 1 }
        func isName(_ name: StaticString) -> Bool {
            guard scanner.remaining == name.utf8CodeUnitCount else { return false }
            for index in 0..<scanner.remaining where scanner.position[index] | 0x20 != name.utf8Start[index] {
                return false
            }
            return true
        }
        if isName("nan") {
            result = .nan
        } else if isName("inf") || isName("infinity") {
            result = isNegative ? -.infinity : .infinity
        } else {
            return .notRecognized
        }
        return .ok
    }

    /// More than 19 significant digits: the first 19 bound the value from both sides; when both bounds round alike,
    /// that is the answer.
    private static func parseLong(_ number: ScannedNumber) -> Double {
        let first = number.firstSignificant
        var mantissa: UInt64 = 0
        for index in first..<first + 19 { mantissa = mantissa &* 10 &+ UInt64(number.digit(index)) }
        let exponent = number.exponent + number.digitCount - first - 19
        let low = EiselLemire.general(mantissa, exponent)
        if let low, low == EiselLemire.general(mantissa + 1, exponent) { return low }
        return exact(number, estimate: low ?? EiselLemire.approximate(mantissa, exponent))
    }

    /// Digits beyond which only "not all zero" can matter: a Double's midpoints have at most 767.
    private static let maximumDigits = 800

    /// Decides by comparing with the midpoints between neighbouring Doubles in exact arithmetic, walking from
    /// `estimate`, which is at most a few steps off.
    private static func exact(_ number: ScannedNumber, estimate: Double) -> Double {
        let first = number.firstSignificant
        let significant = number.digitCount - first
        let kept = min(significant, maximumDigits)
        var digits = BigUnsigned(0)
        for index in first..<first + kept { digits.multiply(by: 10, adding: UInt32(number.digit(index))) }
        var exponent = number.exponent + significant - kept
        if kept < significant, (first + kept..<number.digitCount).contains(where: { number.digit($0) != 0 }) {
            digits.multiply(by: 10, adding: 1)
            exponent -= 1
        }
        guard exponent + kept > -400 else { return 0 }
        guard exponent + kept < 400 else { return .infinity }
        var value = estimate.isInfinite ? .greatestFiniteMagnitude : estimate
        while true {
            let above = compareWithMidpoint(above: value, digits, exponent)
            let isOdd = value.significandBitPattern & 1 == 1
            if above > 0 || (above == 0 && isOdd) {
                value = value.nextUp
                if value.isInfinite { return value }
                continue
            }
            guard value > 0 else { return value }
            let below = compareWithMidpoint(above: value.nextDown, digits, exponent)
            if below < 0 || (below == 0 && isOdd) {
                value = value.nextDown
                continue
            }
            return value
        }
    }

    /// Compares digits × 10^exponent with the midpoint between a Double (not negative) and the next one.
    static func compareWithMidpoint(above value: Double, _ digits: BigUnsigned, _ exponent: Int) -> Int {
        let significand = value.significandBitPattern | (value.exponentBitPattern == 0 ? 0 : 1 << 52)
        let binary = Int(max(1, value.exponentBitPattern)) - 1075
        return BigUnsigned.compare(
            digits, decimalExponent: exponent, significand: significand * 2 + 1, binaryExponent: binary - 1)
    }
}
