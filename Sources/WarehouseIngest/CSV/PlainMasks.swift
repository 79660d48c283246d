#if arch(x86_64)
import _Builtin_intrinsics.intel.sse2
#endif

/// Where fields and lines end in text that holds no other special bytes, 64 places at a time.
struct PlainMasks {
    private let delimiter: ByteLanes
    private let lineFeed = ByteLanes(10)
    private let carriageReturn = ByteLanes(13)
    private let enclosure: ByteLanes
    private let escape: ByteLanes

    private let hasOthers: Bool

    init(delimiter: UInt8, enclosure: UInt8?, escape: UInt8?) {
        self.delimiter = ByteLanes(delimiter)
        hasOthers = enclosure != nil || escape != nil
        self.enclosure = ByteLanes(enclosure ?? escape ?? 0)
        self.escape = ByteLanes(escape ?? enclosure ?? 0)
    }

    /// Bit i is set when byte i of the 64 at `bytes` is a delimiter, a line feed, a carriage return; nil when any of
    /// them is an enclosure or an escape.
    @inline(__always) func bits(
        _ bytes: UnsafePointer<UInt8>
    ) -> (delimiters: UInt64, lineFeeds: UInt64, carriageReturns: UInt64)? {
        if hasOthers, ByteLanes.holdsAny(bytes, enclosure, escape) { return nil }
        return (delimiter.bits(bytes), lineFeed.bits(bytes), carriageReturn.bits(bytes))
    }

    /// How many bits are set in each of two words.
    @inline(__always) static func counts(_ a: UInt64, _ b: UInt64) -> (Int, Int) {
        #if arch(x86_64)
        // Both at once: not every processor of this architecture counts bits by itself.
        let words = _mm_set_epi64x(Int64(bitPattern: b), Int64(bitPattern: a))
        let odd = _mm_set1_epi8(0x55), low = _mm_set1_epi8(0x33), nibble = _mm_set1_epi8(0x0F)
        let pairs = _mm_sub_epi8(words, _mm_and_si128(_mm_srli_epi64(words, 1), odd))
        let nibbles = _mm_add_epi8(_mm_and_si128(pairs, low), _mm_and_si128(_mm_srli_epi64(pairs, 2), low))
        let bytes = _mm_and_si128(_mm_add_epi8(nibbles, _mm_srli_epi64(nibbles, 4)), nibble)
        let sums = _mm_sad_epu8(bytes, _mm_setzero_si128())
        return (Int(_mm_cvtsi128_si64(sums)), Int(_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums))))
        #else
        return (a.nonzeroBitCount, b.nonzeroBitCount)
        #endif
    }
}

/// One byte in all lanes of a register.
struct ByteLanes {
    #if arch(x86_64)
    private let lanes: __m128i

    init(_ byte: UInt8) { lanes = _mm_set1_epi8(Int8(bitPattern: byte)) }

    @inline(__always) func bits(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        bits16(bytes) | bits16(bytes + 16) << 16 | bits16(bytes + 32) << 32 | bits16(bytes + 48) << 48
    }

    @inline(__always) private func bits16(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(UInt32(bitPattern: _mm_movemask_epi8(equal(bytes))))
    }

    @inline(__always) private func equal(_ bytes: UnsafePointer<UInt8>) -> __m128i {
        _mm_cmpeq_epi8(UnsafeRawPointer(bytes).loadUnaligned(as: __m128i.self), lanes)
    }

    /// Whether any of 64 bytes is one of two.
    @inline(__always) static func holdsAny(
        _ bytes: UnsafePointer<UInt8>, _ a: ByteLanes, _ b: ByteLanes
    ) -> Bool {
        let low = _mm_or_si128(any16(bytes, a, b), any16(bytes + 16, a, b))
        let high = _mm_or_si128(any16(bytes + 32, a, b), any16(bytes + 48, a, b))
        return _mm_movemask_epi8(_mm_or_si128(low, high)) != 0
    }

    @inline(__always) private static func any16(
        _ bytes: UnsafePointer<UInt8>, _ a: ByteLanes, _ b: ByteLanes
    ) -> __m128i {
        _mm_or_si128(a.equal(bytes), b.equal(bytes))
    }
    #else
    private let lanes: UInt64

    init(_ byte: UInt8) { lanes = UInt64(byte) &* 0x0101_0101_0101_0101 }

    @inline(__always) func bits(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        var result: UInt64 = 0
        for index in 0..<8 {
            // Gathers the top bits of the eight bytes into one byte.
            let word = equal(bytes + index &* 8)
            result |= ((word >> 7) &* 0x0102_0408_1020_4080) >> 56 << UInt64(index &* 8)
        }
        return result
    }

    /// The top bit of every byte of eight that is equal, exactly.
    @inline(__always) private func equal(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        let word = UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)) ^ lanes
        let low = (word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F
        return ~(low | word | 0x7F7F_7F7F_7F7F_7F7F)
    }

    @inline(__always) static func holdsAny(
        _ bytes: UnsafePointer<UInt8>, _ a: ByteLanes, _ b: ByteLanes
    ) -> Bool {
        var found: UInt64 = 0
        for index in 0..<8 {
            let word = bytes + index &* 8
            found |= a.equal(word) | b.equal(word)
        }
        return found != 0
    }
    #endif
}
