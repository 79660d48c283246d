/// XXH64 (Yann Collet, https://xxhash.com) over bytes, for checksums and hash tables, and mixers for integers.
public enum Hash64 {
    @usableFromInline static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    @usableFromInline static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    @usableFromInline static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    @usableFromInline static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    @usableFromInline static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// XXH64 of `count` bytes.
    public static func bytes(_ start: UnsafeRawPointer, count: Int, seed: UInt64 = 0) -> UInt64 {
        var position = start
        let end = start + count
        var hash: UInt64
        if count >= 32 {
            var lanes = Lanes(seed: seed)
            while end - position >= 32 {
                lanes.take(position)
                position += 32
            }
            hash = lanes.merged
        } else {
            hash = seed &+ prime5
        }
        return finish(hash &+ UInt64(count), position, end)
    }

    /// XXH64 of a buffer, which may be empty.
    public static func bytes(_ buffer: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        if let base = buffer.baseAddress { return bytes(base, count: buffer.count, seed: seed) }
        // An empty buffer may have no address; any valid one will do for zero bytes.
        return withUnsafeBytes(of: seed) { bytes($0.baseAddress!, count: 0, seed: seed) }
    }

    /// XXH64 of an array.
    public static func bytes(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
        bytes.withUnsafeBytes { Hash64.bytes($0, seed: seed) }
    }

    @inline(__always) static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value << bits | value >> (64 &- bits)
    }

    @inline(__always) static func load(_ position: UnsafeRawPointer) -> UInt64 {
        UInt64(littleEndian: position.loadUnaligned(as: UInt64.self))
    }

    @inline(__always) static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotate(lane &+ word &* prime2, 31) &* prime1
    }

    /// The state between stripes of 32 bytes. Numbers of their own, not a vector: without instructions that multiply
    /// 64-bit lanes, each would go from and to its lane at every step.
    struct Lanes: Sendable {
        private var a, b, c, d: UInt64

        init(seed: UInt64) {
            a = seed &+ prime1 &+ prime2
            b = seed &+ prime2
            c = seed
            d = seed &- prime1
        }

        /// Takes the 32 bytes at `position`.
        @inline(__always) mutating func take(_ position: UnsafeRawPointer) {
            a = round(a, load(position))
            b = round(b, load(position + 8))
            c = round(c, load(position + 16))
            d = round(d, load(position + 24))
        }

        var merged: UInt64 {
            var hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            hash = (hash ^ round(0, a)) &* prime1 &+ prime4
            hash = (hash ^ round(0, b)) &* prime1 &+ prime4
            hash = (hash ^ round(0, c)) &* prime1 &+ prime4
            return (hash ^ round(0, d)) &* prime1 &+ prime4
        }
    }

    /// Folds in the last bytes, fewer than 32, and spreads the bits.
    static func finish(_ start: UInt64, _ first: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64 {
        var hash = start
        var position = first
        while end - position >= 8 {
            hash = rotate(hash ^ round(0, load(position)), 27) &* prime1 &+ prime4
            position += 8
        }
        if end - position >= 4 {
            let word = UInt64(UInt32(littleEndian: position.loadUnaligned(as: UInt32.self)))
            hash = rotate(hash ^ word &* prime1, 23) &* prime2 &+ prime3
            position += 4
        }
        while position < end {
            hash = rotate(hash ^ UInt64(position.load(as: UInt8.self)) &* prime5, 11) &* prime1
            position += 1
        }
        hash = (hash ^ hash >> 33) &* prime2
        hash = (hash ^ hash >> 29) &* prime3
        return hash ^ hash >> 32
    }

    // MARK: Integers

    /// A bijection that spreads every input bit over all output bits (the finalizer of MurmurHash3).
    @inlinable @inline(__always) public static func mix(_ value: UInt64) -> UInt64 {
        var hash = value
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }

    /// `mix` of the bit pattern.
    @inlinable @inline(__always) public static func mix(_ value: Int64) -> UInt64 {
        mix(UInt64(bitPattern: value))
    }

    /// Equal to `mix` of an `Int64` when the value fits in one, so that widths may differ between two sides of a
    /// join.
    @inlinable public static func mix(_ value: Int128) -> UInt64 {
        let low = UInt64(truncatingIfNeeded: value)
        let high = Int64(truncatingIfNeeded: value >> 64)
        let isNarrow = high == Int64(bitPattern: low) >> 63
        return isNarrow ? mix(low) : combine(mix(low), UInt64(bitPattern: high))
    }

    /// Equal for all values that SQL holds equal: 0 and -0 alike, every NaN alike.
    @inlinable public static func mix(_ value: Double) -> UInt64 {
        if value == 0 { return mix(UInt64(0)) }
        return mix(value.isNaN ? 0x7FF8_0000_0000_0000 : value.bitPattern)
    }

    /// The hash of a row from that of its columns so far and the next one's.
    @inlinable @inline(__always) public static func combine(_ hash: UInt64, _ next: UInt64) -> UInt64 {
        mix(hash &* 31 &+ next &+ 0x9E37_79B9_7F4A_7C15)
    }
}
