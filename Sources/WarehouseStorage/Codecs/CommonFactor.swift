/// The greatest common divisor of a chunk's differences: nanosecond ticks of whole seconds shrink by a billion.
enum CommonFactor {
    /// Divides all words by their greatest common divisor and gives it; 1 where they are all zero.
    static func divideOut<Word: PackedWord>(_ words: UnsafeMutablePointer<Word>, count: Int) -> UInt64 {
        var factor: UInt64 = 0
        // Most chunks show within a few values that there is no common factor.
        for index in 0..<min(count, 64) {
            factor = greatestCommonDivisor(factor, UInt64(words[index]))
            if factor == 1 { return 1 }
        }
        var index = min(count, 64)
        if factor == 0 {
            while index < count, words[index] == 0 { index += 1 }
            guard index < count else { return 1 }
            factor = UInt64(words[index])
        }
        var divider = ExactDivider(factor)
        while index < count {
            if !divider.divides(UInt64(words[index])) {
                factor = greatestCommonDivisor(factor, UInt64(words[index]))
                if factor == 1 { return 1 }
                divider = ExactDivider(factor)
            }
            index += 1
        }
        guard factor > 1 else { return 1 }
        for index in 0..<count { words[index] = Word(truncatingIfNeeded: divider.quotient(UInt64(words[index]))) }
        return factor
    }

    /// The greatest common divisor of all `values[i] - low`; 1 as soon as it cannot bring `range` below 2^64, or where
    /// it passes 64 bits.
    static func ofDifferences(_ values: UnsafePointer<Int128>, count: Int, low: Int128, range: UInt128) -> UInt64 {
        var factor: UInt128 = 0
        for index in 0..<count {
            var other = UInt128(bitPattern: values[index] &- low)
            while other != 0 { (factor, other) = (other, factor % other) }
            if factor != 0, range / factor > UInt128(UInt64.max) { return 1 }
        }
        return factor == 0 || factor > UInt128(UInt64.max) ? 1 : UInt64(factor)
    }

    private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return x
    }
}

/// Division without dividing, where it leaves no rest: multiplication by the inverse modulo 2^64.
private struct ExactDivider {
    private let inverse: UInt64
    private let shift: UInt64
    private let limit: UInt64

    /// `divisor` is not 0.
    init(_ divisor: UInt64) {
        shift = UInt64(divisor.trailingZeroBitCount)
        let odd = divisor >> shift
        // Newton: each step doubles the number of right bits, from 3.
        var inverse = odd
        for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
        self.inverse = inverse
        limit = UInt64.max / odd
    }

    @inline(__always)
    func divides(_ value: UInt64) -> Bool {
        let shifted = value &>> shift
        return shifted &<< shift == value && shifted &* inverse <= limit
    }

    @inline(__always)
    func quotient(_ value: UInt64) -> UInt64 { (value &>> shift) &* inverse }
}
