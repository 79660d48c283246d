#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
#if arch(x86_64)
import _Builtin_intrinsics.intel.sse2
#endif

/// Finds bytes in bytes: LIKE '%x%', POSITION, CONTAINS, REPLACE, SPLIT.
public enum ByteSearch {
    /// Offset of the first occurrence of `needle` in `haystack`, or -1. An empty needle is found at 0.
    ///
    /// Compares the needle's first and last byte at many places at a time, and the rest where both agree.
    public static func find(
        _ needle: UnsafePointer<UInt8>, count needleCount: Int, in haystack: UnsafePointer<UInt8>, count: Int
    ) -> Int {
        guard needleCount > 1 else {
            guard needleCount == 1 else { return 0 }
            guard count > 0, let found = memchr(haystack, Int32(needle[0]), count) else { return -1 }
            return UnsafeRawPointer(found) - UnsafeRawPointer(haystack)
        }
        let places = count - needleCount + 1
        var index = 0
        let first = needle[0], last = needle[needleCount - 1]
        let raw = UnsafeRawPointer(haystack)
        #if arch(x86_64)
        let firstLanes = _mm_set1_epi8(CChar(bitPattern: first)), lastLanes = _mm_set1_epi8(CChar(bitPattern: last))
        while index + 16 <= places {
            let head = _mm_cmpeq_epi8(raw.loadUnaligned(fromByteOffset: index, as: __m128i.self), firstLanes)
            let tail = _mm_cmpeq_epi8(
                raw.loadUnaligned(fromByteOffset: index + needleCount - 1, as: __m128i.self), lastLanes)
            var mask = UInt32(bitPattern: _mm_movemask_epi8(_mm_and_si128(head, tail)))
            while mask != 0 {
                let place = index + mask.trailingZeroBitCount
                if memcmp(haystack + place, needle, needleCount) == 0 { return place }
                mask &= mask &- 1
            }
            index += 16
        }
        #else
        let ones: UInt64 = 0x0101_0101_0101_0101
        let firstLanes = UInt64(first) &* ones, lastLanes = UInt64(last) &* ones
        while index + 8 <= places {
            let head = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let tail = UInt64(littleEndian: raw.loadUnaligned(
                fromByteOffset: index + needleCount - 1, as: UInt64.self))
            // Zero bytes where both agree; a few more may be marked above a true one, and memcmp sorts them out.
            let differing = (head ^ firstLanes) | (tail ^ lastLanes)
            var mask = (differing &- ones) & ~differing & (ones << 7)
            while mask != 0 {
                let place = index + (mask.trailingZeroBitCount >> 3)
                if memcmp(haystack + place, needle, needleCount) == 0 { return place }
                mask &= mask &- 1
            }
            index += 8
        }
        #endif
        while index < places {
            if haystack[index] == first, haystack[index + needleCount - 1] == last,
               memcmp(haystack + index, needle, needleCount) == 0 { return index }
            index += 1
        }
        return -1
    }
}
