#if arch(x86_64)
import _Builtin_intrinsics.intel.sse2
#endif

/// Finds any of up to five bytes, 64 places at a time.
struct ByteMask {
    #if arch(x86_64)
    private let first: __m128i
    private let second: __m128i
    private let third: __m128i
    private let fourth: __m128i
    private let fifth: __m128i
    #else
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64
    private let fifth: UInt64
    #endif

    /// Fewer than five bytes are repeated; there must be one at least.
    init(_ needles: [UInt8]) {
        func lanes(_ index: Int) -> UInt8 { index < needles.count ? needles[index] : needles[0] }
        #if arch(x86_64)
        first = _mm_set1_epi8(Int8(bitPattern: lanes(0)))
        second = _mm_set1_epi8(Int8(bitPattern: lanes(1)))
        third = _mm_set1_epi8(Int8(bitPattern: lanes(2)))
        fourth = _mm_set1_epi8(Int8(bitPattern: lanes(3)))
        fifth = _mm_set1_epi8(Int8(bitPattern: lanes(4)))
        #else
        first = UInt64(lanes(0)) &* 0x0101_0101_0101_0101
        second = UInt64(lanes(1)) &* 0x0101_0101_0101_0101
        third = UInt64(lanes(2)) &* 0x0101_0101_0101_0101
        fourth = UInt64(lanes(3)) &* 0x0101_0101_0101_0101
        fifth = UInt64(lanes(4)) &* 0x0101_0101_0101_0101
        #endif
    }

    /// Bit i is set when byte i of the 64 at `bytes` is one of those sought.
    @inline(__always) func bits(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        #if arch(x86_64)
        return lane(bytes) | lane(bytes + 16) << 16 | lane(bytes + 32) << 32 | lane(bytes + 48) << 48
        #else
        var result: UInt64 = 0
        for index in 0..<8 { result |= lane(bytes + index &* 8) << UInt64(index &* 8) }
        return result
        #endif
    }

    #if arch(x86_64)
    @inline(__always) private func lane(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        let chunk = UnsafeRawPointer(bytes).loadUnaligned(as: __m128i.self)
        let low = _mm_or_si128(_mm_cmpeq_epi8(chunk, first), _mm_cmpeq_epi8(chunk, second))
        let high = _mm_or_si128(_mm_cmpeq_epi8(chunk, third), _mm_cmpeq_epi8(chunk, fourth))
        let found = _mm_or_si128(_mm_or_si128(low, high), _mm_cmpeq_epi8(chunk, fifth))
        return UInt64(UInt32(bitPattern: _mm_movemask_epi8(found)))
    }
    #else
    @inline(__always) private func lane(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        let chunk = UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
        let found = zeros(chunk ^ first) | zeros(chunk ^ second) | zeros(chunk ^ third) | zeros(chunk ^ fourth)
            | zeros(chunk ^ fifth)
        // Gathers the top bits of the eight bytes into one byte.
        return ((found >> 7) &* 0x0102_0408_1020_4080) >> 56
    }

    /// The top bit of every byte that is zero, exactly.
    @inline(__always) private func zeros(_ word: UInt64) -> UInt64 {
        let low = (word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F
        return ~(low | word | 0x7F7F_7F7F_7F7F_7F7F)
    }
    #endif
}
