/// Blocks of 1024 values of `width` bits (0…64) in 64-bit words: 16 lanes × 64 rows, else like `BitPacking32`.
/// A block takes 16 × width words.
enum BitPacking64 {
    static let blockRows = 1024

    static func byteCount(width: Int) -> Int { 128 * width }

    /// Packs the low `width` bits of 1024 values.
    static func pack(_ source: UnsafePointer<UInt64>, width: Int, into target: UnsafeMutablePointer<UInt64>) {
        guard width > 0 else { return }
        target.update(repeating: 0, count: 16 * width)
        let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) &- 1
        for row in 0..<64 {
            let bit = row &* width
            let shift = UInt64(truncatingIfNeeded: bit & 63)
            let low = target + (bit >> 6) &* 16, from = source + row &* 16
            for lane in 0..<16 { low[lane] |= (from[lane] & mask) &<< shift }
            if Int(shift) &+ width > 64 {
                let high = low + 16
                for lane in 0..<16 { high[lane] = (from[lane] & mask) &>> (64 &- shift) }
            }
        }
    }

    /// Unpacks 1024 values, each plus `base` (wrapping).
    static func unpack(_ source: UnsafePointer<UInt64>, width: Int, adding base: UInt64,
                       into target: UnsafeMutablePointer<UInt64>) {
        if width == 0 { return target.update(repeating: base, count: blockRows) }
        if width == 64 {
            for index in 0..<blockRows { target[index] = source[index] &+ base }
            return
        }
        let mask: UInt64 = (1 << UInt64(width)) &- 1
        for row in 0..<64 {
            let bit = row &* width
            let shift = UInt64(truncatingIfNeeded: bit & 63)
            let low = source + (bit >> 6) &* 16, to = target + row &* 16
            if Int(shift) &+ width <= 64 {
                for lane in 0..<16 { to[lane] = ((low[lane] &>> shift) & mask) &+ base }
            } else {
                let high = low + 16, rest = 64 &- shift
                for lane in 0..<16 { to[lane] = (((low[lane] &>> shift) | (high[lane] &<< rest)) & mask) &+ base }
            }
        }
    }
}
