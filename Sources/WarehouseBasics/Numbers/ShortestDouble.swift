/// The shortest decimal that reads back as a given Double, by Raffaello Giulietti's Schubfach ("The Schubfach way to
/// render doubles", 2020).
struct ShortestDouble {
    /// The value is digits × 10^exponent; no trailing zeros unless digits is 0.
    var digits: UInt64
    var exponent: Int

    /// Of a finite Double's magnitude.
    init(_ value: Double) {
        let fraction = value.significandBitPattern
        let field = Int(value.exponentBitPattern)
        let significand = field == 0 ? fraction : fraction | 1 << 52
        let binary = field == 0 ? -1074 : field - 1075
        if significand == 0 {
            (digits, exponent) = (0, 0)
            return
        }
        if binary <= 0, binary > -53, significand & ((1 << UInt64(-binary)) - 1) == 0 {
            (digits, exponent) = (significand >> UInt64(-binary), 0)
        } else {
            (digits, exponent) = ShortestDouble.search(significand, binary, isPowerOfTwo: fraction == 0 && field > 1)
        }
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
    }

    /// `isPowerOfTwo`: the neighbour below is only half as far as the one above.
    private static func search(
        _ significand: UInt64, _ binary: Int, isPowerOfTwo: Bool
    ) -> (digits: UInt64, exponent: Int) {
        let isOdd = significand & 1
        let decimal = (binary &* 1_262_611 &- (isPowerOfTwo ? 524_031 : 0)) >> 22
        let shift = UInt64(binary &+ (((0 &- decimal) &* 1_741_647) >> 19) &+ 1)
        let power = PowersOfFive.ceiling(0 &- decimal)
        let lowEnd = roundToOdd(power, (4 &* significand &- 2 &+ (isPowerOfTwo ? 1 : 0)) << shift)
        let value = roundToOdd(power, 4 &* significand << shift)
        let highEnd = roundToOdd(power, (4 &* significand &+ 2) << shift)
        // The ends themselves read back as this Double only when its significand is even.
        let lower = lowEnd &+ isOdd
        let upper = highEnd &- isOdd
        let whole = value >> 2
        if whole >= 10 {
            let tens = whole / 10
            let isLowInside = lower <= 40 &* tens
            let isHighInside = 40 &* tens &+ 40 <= upper
            if isLowInside != isHighInside { return (tens &+ (isHighInside ? 1 : 0), decimal &+ 1) }
        }
        let isLowInside = lower <= 4 &* whole
        let isHighInside = 4 &* whole &+ 4 <= upper
        if isLowInside != isHighInside { return (whole &+ (isHighInside ? 1 : 0), decimal) }
        let middle = 4 &* whole &+ 2
        let isUp = value > middle || (value == middle && whole & 1 == 1)
        return (whole &+ (isUp ? 1 : 0), decimal)
    }

    /// The high 64 bits of power × factor / 2^128, the lowest bit set when anything was cut.
    @inline(__always) private static func roundToOdd(_ power: (high: UInt64, low: UInt64), _ factor: UInt64) -> UInt64 {
        let low = power.low.multipliedFullWidth(by: factor)
        let high = power.high.multipliedFullWidth(by: factor)
        let (middle, carry) = high.low.addingReportingOverflow(low.high)
        return (high.high &+ (carry ? 1 : 0)) | (middle > 1 ? 1 : 0)
    }
}
