/// A natural number of any size, for the few texts of Doubles that need exact arithmetic.
struct BigUnsigned {
    /// Lowest first; no zero at the end.
    private var limbs: [UInt32] = []

    init(_ value: UInt64) {
        limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        trim()
    }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }

    /// self × factor + addend.
    mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
        var carry = UInt64(addend)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
    }

    mutating func multiplyByPowerOfFive(_ exponent: Int) {
        var rest = exponent
        while rest >= 13 {
            multiply(by: 1_220_703_125)
            rest -= 13
        }
        var factor: UInt32 = 1
        for _ in 0..<rest { factor *= 5 }
        if factor > 1 { multiply(by: factor) }
    }

    mutating func shiftLeft(_ bits: Int) {
        guard !limbs.isEmpty, bits > 0 else { return }
        let small = UInt32(bits % 32)
        if small > 0 { multiply(by: 1 << small) }
        limbs.insert(contentsOf: repeatElement(0, count: bits / 32), at: 0)
    }

    /// -1, 0 or 1 as self is below, equal to or above `other`.
    func compare(_ other: BigUnsigned) -> Int {
        if limbs.count != other.limbs.count { return limbs.count < other.limbs.count ? -1 : 1 }
        for index in limbs.indices.reversed() where limbs[index] != other.limbs[index] {
            return limbs[index] < other.limbs[index] ? -1 : 1
        }
        return 0
    }

    /// Compares digits × 10^decimalExponent with significand × 2^binaryExponent.
    static func compare(
        _ digits: BigUnsigned, decimalExponent: Int, significand: UInt64, binaryExponent: Int
    ) -> Int {
        var left = digits
        var right = BigUnsigned(significand)
        if decimalExponent >= 0 {
            left.multiplyByPowerOfFive(decimalExponent)
        } else {
            right.multiplyByPowerOfFive(-decimalExponent)
        }
        let twos = decimalExponent - binaryExponent
        if twos >= 0 { left.shiftLeft(twos) } else { right.shiftLeft(-twos) }
        return left.compare(right)
    }
}
