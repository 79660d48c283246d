/// Decimal to Double, exactly rounded, in 64- and 128-bit arithmetic: Clinger's fast path and the algorithm of
/// Eisel and Lemire ("Number Parsing at a Gigabyte per Second", 2021).
enum EiselLemire {
    /// 10^0 to 10^22: the powers a Double holds exactly; never freed.
    nonisolated(unsafe) static let exactPowers: UnsafePointer<Double> = {
        let table = UnsafeMutablePointer<Double>.allocate(capacity: 23)
        var value = 1.0
        for exponent in 0...22 {
            (table + exponent).initialize(to: value)
            value *= 10
        }
        return UnsafePointer(table)
    }()

    /// mantissa × 10^exponent exactly rounded; nil in the very few cases that 128 bits cannot decide. Infinity on
    /// overflow.
    @inline(__always) static func double(_ mantissa: UInt64, exponent: Int) -> Double? {
        if let value = clinger(mantissa, exponent, exactPowers) { return value }
        return general(mantissa, exponent)
    }

    /// The fast path: both numbers are Doubles exactly, and one operation rounds.
    @inline(__always) static func clinger(
        _ mantissa: UInt64, _ exponent: Int, _ exactPowers: UnsafePointer<Double>
    ) -> Double? {
        guard mantissa < 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let value = Double(Int64(bitPattern: mantissa))
        return exponent < 0 ? value / exactPowers[0 &- exponent] : value * exactPowers[exponent]
    }

    static func general(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        compute(mantissa, exponent, PowersOfFive.table, isDoubtAccepted: false)
    }

    /// As `general`, but in doubt one of the Doubles next to the value.
    static func approximate(_ mantissa: UInt64, _ exponent: Int) -> Double {
        compute(mantissa, exponent, PowersOfFive.table, isDoubtAccepted: true) ?? 0
    }

    @inline(__always) static func compute(
        _ mantissa: UInt64, _ exponent: Int, _ powersOfFive: UnsafePointer<UInt64>, isDoubtAccepted: Bool
    ) -> Double? {
        guard mantissa != 0, exponent >= -342 else { return 0 }
        guard exponent <= 308 else { return .infinity }
        let leadingZeros = mantissa.leadingZeroBitCount
        let normalized = mantissa << UInt64(leadingZeros)
        let power = PowersOfFive.significand(exponent, powersOfFive)
        var product = normalized.multipliedFullWidth(by: power.high)
        if product.high & 0x1FF == 0x1FF {
            let second = normalized.multipliedFullWidth(by: power.low)
            let (low, carry) = product.low.addingReportingOverflow(second.high)
            product = (product.high &+ (carry ? 1 : 0), low)
        }
        if product.low == .max, exponent < -27 || exponent > 55, !isDoubtAccepted { return nil }
        let upperBit = Int(product.high >> 63)
        let shift = UInt64(upperBit &+ 9)
        var significand = product.high >> shift
        var binary = ((217_706 &* exponent) >> 16) &+ 63 &+ upperBit &- leadingZeros &+ 1023
        if binary <= 0 { return subnormal(significand, binary) }
        if product.low <= 1, exponent >= -4, exponent <= 23, significand & 3 == 1,
           significand << shift == product.high {
            // Exactly half way: round to even by not rounding up.
            significand &= ~1
        }
        significand = (significand &+ (significand & 1)) >> 1
        if significand >= 1 << 53 {
            significand = 1 << 52
            binary &+= 1
        }
        guard binary < 0x7FF else { return .infinity }
        return Double(bitPattern: significand & ~(1 << 52) | UInt64(binary) << 52)
    }

    private static func subnormal(_ significand: UInt64, _ binary: Int) -> Double {
        let shift = 1 &- binary
        guard shift < 64 else { return 0 }
        var significand = significand >> UInt64(shift)
        significand = (significand &+ (significand & 1)) >> 1
        // Rounding up to 2^52 makes the smallest normal number, whose exponent field is that very bit.
        return Double(bitPattern: significand)
    }
}
