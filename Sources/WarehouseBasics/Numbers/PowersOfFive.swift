/// 128 significant bits of every power of ten that a Double can meet (a factor 5^q with its factor 2^q left out).
enum PowersOfFive {
    static let lowest = -342
    static let highest = 324

    /// High and low halves of each significand, from 10^-342 on; never freed.
    nonisolated(unsafe) static let table: UnsafePointer<UInt64> = {
        let table = UnsafeMutablePointer<UInt64>.allocate(capacity: words.count)
        table.initialize(from: words, count: words.count)
        return UnsafePointer(table)
    }()

    /// The significand of 10^exponent, whose highest bit is set; cut to 128 bits (see the table's script).
    @inline(__always) static func significand(
        _ exponent: Int, _ table: UnsafePointer<UInt64> = PowersOfFive.table
    ) -> (high: UInt64, low: UInt64) {
        let index = (exponent &- lowest) &* 2
        return (table[index], table[index &+ 1])
    }

    /// As `significand`, rounded up where it is not exact.
    @inline(__always) static func ceiling(_ exponent: Int) -> (high: UInt64, low: UInt64) {
        let (high, low) = significand(exponent)
        // 5^55 is the last power of 128 bits; the table's reciprocals down to 10^-27 are rounded up already.
        if exponent >= -27, exponent <= 55 { return (high, low) }
        return low == .max ? (high &+ 1, 0) : (high, low &+ 1)
    }
}
