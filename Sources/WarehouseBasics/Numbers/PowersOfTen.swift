/// 10^0 to 10^38.
public enum PowersOfTen {
    /// 39 values; never freed. Hoist it out of loops.
    public nonisolated(unsafe) static let table: UnsafePointer<Int128> = {
        let table = UnsafeMutablePointer<Int128>.allocate(capacity: 39)
        var value: Int128 = 1
        for exponent in 0...38 {
            (table + exponent).initialize(to: value)
            if exponent < 38 { value *= 10 }
        }
        return UnsafePointer(table)
    }()

    /// 10^0 to 10^18; never freed. Hoist it out of loops.
    public nonisolated(unsafe) static let narrowTable: UnsafePointer<Int64> = {
        let table = UnsafeMutablePointer<Int64>.allocate(capacity: 19)
        for exponent in 0...18 { (table + exponent).initialize(to: Int64(PowersOfTen.table[exponent])) }
        return UnsafePointer(table)
    }()

    /// 10^exponent, exponent 0 to 38.
    @inlinable public static func int128(_ exponent: Int) -> Int128 {
        precondition(exponent >= 0 && exponent <= 38)
        return table[exponent]
    }

    /// 10^exponent, exponent 0 to 18.
    @inlinable public static func int64(_ exponent: Int) -> Int64 {
        precondition(exponent >= 0 && exponent <= 18)
        return narrowTable[exponent]
    }

    /// Decimal digits of a magnitude: 1 for 0 to 9, 38 for 10^37, 39 for the largest.
    public static func digitCount(_ magnitude: UInt128) -> Int {
        // log10(2) as 1233/4096 is exact enough up to 128 bits, being at most one too large.
        let bits = 128 - magnitude.leadingZeroBitCount
        let guess = (bits * 1233) >> 12
        if guess == 0 { return magnitude >= 10 ? 2 : 1 }
        return magnitude >= UInt128(table[guess]) ? guess + 1 : guess
    }
}
