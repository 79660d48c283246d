#if arch(x86_64)
import _Builtin_intrinsics.intel.sse2
#endif

/// Reads whole numbers of one to sixteen digits, all lengths in the same few steps: the text is taken right-aligned into
/// sixteen lanes, those before it made zero, and neighbours are joined to numbers of two, four, and eight digits
/// (Daniel Lemire and Wojciech Muła, "Number parsing at a gigabyte per second", and Muła's "SIMD-ized parsing of unsigned
/// numbers"). By lengths and 64-bit words instead it was 55 instructions a field and a
/// branch that lengths make hard to guess; so it is 46.
///
/// Texts must be preceded by as many readable bytes as make sixteen with them, and followed by seven.
struct DigitLanes: ~Copyable {
    static let longest = 16

    #if arch(x86_64)
    /// Sixteen bytes with all bits set between sixteen zero bytes each.
    private let masks: UnsafeMutableRawPointer

    init() {
        masks = .allocate(byteCount: 48, alignment: 16)
        masks.initializeMemory(as: UInt8.self, repeating: 0, count: 48)
        (masks + 16).initializeMemory(as: UInt8.self, repeating: 0xFF, count: 16)
    }

    deinit { masks.deallocate() }

    /// Valid as long as this is.
    var reader: Reader { Reader(masks: UnsafeRawPointer(masks)) }

    struct Reader {
        fileprivate let masks: UnsafeRawPointer
        private let nothing = _mm_setzero_si128()
        private let zeros = _mm_set1_epi8(0x30)
        private let nines = _mm_set1_epi8(9)
        /// "." less "0".
        private let point = _mm_set1_epi8(0x1E)
        private let firsts = _mm_set1_epi16(0x00FF)
        private let tens = _mm_set1_epi16(10)
        private let hundreds = _mm_set1_epi32(1 << 16 | 100)
        private let tenThousands = _mm_set1_epi32(1 << 16 | 10_000)

        fileprivate init(masks: UnsafeRawPointer) { self.masks = masks }

        /// The number that the `length` characters (1 to 16) before `end` are; nil when some is no digit.
        @inline(__always) func number(_ end: UnsafeRawPointer, _ length: Int) -> UInt64? {
            number(_mm_and_si128(_mm_xor_si128(end16(end), zeros), last(length)))
        }

        /// The digits of the `length` characters (1 to 16) before `end`, and how many of them stand behind a point among
        /// them; nil when there is anything else, or a point at either end.
        @inline(__always) func decimal(_ end: UnsafeRawPointer, _ length: Int) -> (digits: UInt64, fraction: Int)? {
            let text = _mm_and_si128(_mm_xor_si128(end16(end), zeros), last(length))
            let points = UInt32(bitPattern: _mm_movemask_epi8(_mm_cmpeq_epi8(text, point)))
            if points == 0 { return number(text).map { ($0, 0) } }
            let place = points.trailingZeroBitCount
            guard points & (points &- 1) == 0, place < 15, place > 16 &- length else { return nil }
            // Up to the point each lane takes the character before its own.
            let before = _mm_xor_si128(end16(end - 1), zeros), upTo = (masks + (31 &- place)).loadUnaligned(as: __m128i.self)
            let joined = _mm_or_si128(_mm_and_si128(before, upTo), _mm_andnot_si128(upTo, text))
            return number(_mm_and_si128(joined, last(length &- 1))).map { ($0, 15 &- place) }
        }

        @inline(__always) private func end16(_ end: UnsafeRawPointer) -> __m128i {
            (end - 16).loadUnaligned(as: __m128i.self)
        }

        /// All bits of the last `length` lanes.
        @inline(__always) private func last(_ length: Int) -> __m128i {
            (masks + length).loadUnaligned(as: __m128i.self)
        }

        @inline(__always) private func number(_ digits: __m128i) -> UInt64? {
            guard _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_subs_epu8(digits, nines), nothing)) == 0xFFFF else { return nil }
            let pairs = _mm_add_epi16(_mm_mullo_epi16(_mm_and_si128(digits, firsts), tens), _mm_srli_epi16(digits, 8))
            let quads = _mm_madd_epi16(pairs, hundreds)
            let eights = _mm_madd_epi16(_mm_packs_epi32(quads, quads), tenThousands)
            let halves = UInt64(bitPattern: Int64(_mm_cvtsi128_si64(eights)))
            return (halves & 0xFFFF_FFFF) &* 100_000_000 &+ (halves >> 32)
        }
    }
    #else
    init() {}

    var reader: Reader { Reader() }

    struct Reader {
        @inline(__always) func number(_ end: UnsafeRawPointer, _ length: Int) -> UInt64? {
            let start = end - length
            let first = DigitWords.word(start), bits = UInt64(truncatingIfNeeded: length &* 8)
            if length <= 8 {
                let digits = first &<< (64 &- bits)
                return DigitWords.areDigits(digits) ? DigitWords.eightDigits(digits) : nil
            }
            let high = first &<< (128 &- bits), low = DigitWords.word(end - 8)
            guard DigitWords.areDigits(high, low) else { return nil }
            return DigitWords.eightDigits(high) &* 100_000_000 &+ DigitWords.eightDigits(low)
        }

        @inline(__always) func decimal(_ end: UnsafeRawPointer, _ length: Int) -> (digits: UInt64, fraction: Int)? {
            let start = end - length
            var value: UInt64 = 0, fraction = -1
            for index in 0..<length {
                let byte = start.load(fromByteOffset: index, as: UInt8.self)
                if byte == UInt8(ascii: "."), fraction < 0, index > 0, index < length &- 1 {
                    fraction = length &- 1 &- index
                } else {
                    guard byte &- 48 <= 9 else { return nil }
                    value = value &* 10 &+ UInt64(byte &- 48)
                }
            }
            return (value, max(0, fraction))
        }
    }
    #endif
}
