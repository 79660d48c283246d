/// Doubles that are decimals of few digits, as integers n with value = n / 10^e. Division rounds correctly, so every
/// double that was read from such a decimal comes back bit for bit; what does not is an exception.
enum DecimalDoubles {
    static let maximumExponent = 15
    static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]
    /// Integers up to here are exact as doubles.
    static let limit = 9_007_199_254_740_992.0

    /// n of one value, nil where it does not come back exactly.
    @inline(__always)
    static func scaled(_ value: Double, _ power: Double) -> Int64? {
        let product = (value * power).rounded(.toNearestOrEven)
        guard product.magnitude < limit else { return nil }
        // By way of the integer, which has no -0.
        let integer = Int64(product)
        return (Double(integer) / power).bitPattern == value.bitPattern ? integer : nil
    }

    /// The exponent that serves a sample of the values; nil where more than a few would be exceptions.
    static func exponent(_ patterns: UnsafePointer<Int64>, count: Int) -> Int? {
        let stride = max(1, count / 128)
        var needed = 0, misses = 0, tried = 0
        var row = 0
        while row < count {
            let value = Double(bitPattern: UInt64(bitPattern: patterns[row]))
            tried += 1
            if let own = (0...maximumExponent).first(where: { scaled(value, powers[$0]) != nil }) {
                needed = max(needed, own)
            } else {
                misses += 1
            }
            row += stride
        }
        return misses * 20 > tried ? nil : needed
    }

    /// Fills `integers` and lists the exceptions (whose integer repeats the one before). False when they are more
    /// than one in 32.
    static func encode(_ patterns: UnsafePointer<Int64>, count: Int, exponent: Int,
                       into integers: UnsafeMutablePointer<Int64>, exceptions: inout [Int32]) -> Bool {
        let power = powers[exponent], limit = 8 + count / 32
        var previous: Int64 = 0
        exceptions.removeAll(keepingCapacity: true)
        for row in 0..<count {
            let value = Double(bitPattern: UInt64(bitPattern: patterns[row]))
            if let integer = scaled(value, power) {
                previous = integer
            } else {
                exceptions.append(Int32(row))
                if exceptions.count > limit { return false }
            }
            integers[row] = previous
        }
        return true
    }

    /// Turns integers into doubles in place.
    static func decode(_ integers: UnsafeMutableRawPointer, count: Int, exponent: Int) {
        let from = integers.assumingMemoryBound(to: Int64.self), to = integers.assumingMemoryBound(to: Double.self)
        if exponent == 0 {
            for row in 0..<count { to[row] = Double(from[row]) }
            return
        }
        let power = powers[exponent]
        for row in 0..<count { to[row] = Double(from[row]) / power }
    }
}
