extension FloatText {
    /// Writes a finite value as C's `%.15e` does, `1.912000000000000e+02`: the form of a FLOAT within JSON. The count
    /// of bytes, at most `maximumLength`.
    public static func scientific(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
        var position = out
        if value.sign == .minus {
            position.pointee = UInt8(ascii: "-")
            position += 1
        }
        let (digits, exponent) = sixteenDigits(value.magnitude)
        IntegerText.writeDigits(digits, count: 16, to: position + 1)
        position[0] = position[1]
        position[1] = UInt8(ascii: ".")
        position[17] = UInt8(ascii: "e")
        let place = digits == 0 ? 0 : exponent + 15
        position[18] = place < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
        let magnitude = UInt64(abs(place))
        let width = magnitude < 100 ? 2 : 3
        IntegerText.writeDigits(magnitude, count: width, to: position + 19)
        return position - out + 19 + width
    }

    /// The value rounded to 16 significant digits, a tie to the even digit: digits × 10^exponent.
    private static func sixteenDigits(_ magnitude: Double) -> (digits: UInt64, exponent: Int) {
        let shortest = ShortestDouble(magnitude)
        guard shortest.digits != 0 else { return (0, 0) }
        var digits = shortest.digits
        var exponent = shortest.exponent
        while digits >= 10_000_000_000_000_000 {
            digits /= 10
            exponent += 1
        }
        while digits < 1_000_000_000_000_000 {
            digits *= 10
            exponent -= 1
        }
        // The shortest text lies within half a step of the Double, which may be many of these digits' steps.
        let significand = magnitude.significandBitPattern | (magnitude.exponentBitPattern == 0 ? 0 : 1 << 52)
        let binary = Int(max(1, magnitude.exponentBitPattern)) - 1075
        func order(_ twice: UInt64) -> Int {
            BigUnsigned.compare(
                BigUnsigned(twice), decimalExponent: exponent, significand: significand, binaryExponent: binary + 1)
        }
        func settle() { digits = nearest(digits, order) }
        settle()
        // Just below a power of ten a digit more is wanted than the rounded value shows.
        if digits < 1_000_000_000_000_000 || (digits == 1_000_000_000_000_000 && order(2 * digits) > 0) {
            digits *= 10
            exponent -= 1
            settle()
        }
        return digits == 10_000_000_000_000_000 ? (digits / 10, exponent + 1) : (digits, exponent)
    }

    /// Bisects for the digits whose midpoints enclose the value; `order(n)` compares n/2 with it.
    private static func nearest(_ estimate: UInt64, _ order: (UInt64) -> Int) -> UInt64 {
        func isBelow(_ digits: UInt64) -> Bool {
            let above = order(digits * 2 + 1)
            return above < 0 || (above == 0 && digits & 1 == 1)
        }
        var low = estimate, high = estimate, step: UInt64 = 1
        while low > 0, !isBelow(low - 1) {
            high = low - 1
            low -= min(low, step)
            step *= 2
        }
        if low == estimate {
            step = 1
            while isBelow(high) {
                low = high + 1
                high += step
                step *= 2
            }
        }
        while low < high {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
