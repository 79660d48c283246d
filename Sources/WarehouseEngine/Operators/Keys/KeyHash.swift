import WarehouseColumns

/// Hashes of values by their content: equal values hash alike whatever their width, form or place.
enum KeyHash {
    @inline(__always)
    static func multiplyFold(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    /// Of the bytes of a string.
    @inline(__always)
    static func hash(_ view: StringView) -> UInt64 {
        let count = view.count
        let bytes = UnsafeRawPointer(view.bytes)
        var hash = UInt64(truncatingIfNeeded: count) ^ 0x2D35_8DCC_AA6C_78A5
        if count < 8 {
            var tail = UInt64(view.prefix)
            var index = 4
            while index < count {
                tail = tail << 8 | UInt64(view.bytes[index])
                index &+= 1
            }
            return multiplyFold(hash ^ tail, 0x8BB8_4B93_962E_ACC9)
        }
        var offset = 0
        while offset &+ 8 < count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            hash = multiplyFold(hash ^ word, 0x8BB8_4B93_962E_ACC9)
            offset &+= 8
        }
        let last = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return multiplyFold(hash ^ last, 0x4B33_A62E_D433_D4A3)
    }

    /// Of a double as grouping sees it: all NaNs are one, and -0.0 is 0.0.
    @inline(__always)
    static func canonicalBits(_ value: Double) -> UInt64 {
        value == 0 ? 0 : value == value ? value.bitPattern : Double.nan.bitPattern
    }
}
