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
    public static func find(
        _ needle: UnsafePointer<UInt8>, count needleCount: Int, in haystack: UnsafePointer<UInt8>, count: Int
    ) -> Int {
        guard needleCount > 1 else {
            guard needleCount == 1 else { return 0 }
            guard count > 0, let found = memchr(haystack, Int32(needle[0]), count) else { return -1 }
            return UnsafeRawPointer(found) - UnsafeRawPointer(haystack)
        }
        return scan(needle, needleCount, haystack, count, firstFold: 0, lastFold: 0) {
            memcmp(haystack + $0, needle, needleCount) == 0
        }
    }

    /// As `find`, taking ASCII letters of the haystack for their lower-case forms; those of the needle are lower
    /// case.
    public static func findFoldingASCII(
        _ needle: UnsafePointer<UInt8>, count needleCount: Int, in haystack: UnsafePointer<UInt8>, count: Int
    ) -> Int {
        guard needleCount > 0 else { return 0 }
        return scan(
            needle, needleCount, haystack, count, firstFold: foldBit(needle[0]),
            lastFold: foldBit(needle[needleCount - 1])
        ) { place in
            for index in 0..<needleCount {
                let byte = haystack[place &+ index]
                let folded = byte &- 65 < 26 ? byte | 0x20 : byte
                if folded != needle[index] { return false }
            }
            return true
        }
    }

    /// What to set in a byte of the haystack before comparing it with a lower-case letter.
    private static func foldBit(_ byte: UInt8) -> UInt8 { byte &- 97 < 26 ? 0x20 : 0 }

    /// The first place where the needle's first and last byte stand, compared at many places at a time, and
    /// `isMatch` holds.
    @inline(__always) private static func scan(
        _ needle: UnsafePointer<UInt8>, _ needleCount: Int, _ haystack: UnsafePointer<UInt8>, _ count: Int,
        firstFold: UInt8, lastFold: UInt8, _ isMatch: (Int) -> Bool
    ) -> Int {
        let places = count - needleCount + 1
        var index = 0
        let first = needle[0], last = needle[needleCount - 1]
        let raw = UnsafeRawPointer(haystack)
        #if arch(x86_64)
        let firstLanes = lanes(first), lastLanes = lanes(last)
        let firstFolds = lanes(firstFold), lastFolds = lanes(lastFold)
        while index < places, places >= 16 {
            // The last places once more, rather than one by one.
            index = min(index, places - 16)
            let head = raw.loadUnaligned(fromByteOffset: index, as: __m128i.self)
            let tail = raw.loadUnaligned(fromByteOffset: index + needleCount - 1, as: __m128i.self)
            let both = _mm_and_si128(
                _mm_cmpeq_epi8(_mm_or_si128(head, firstFolds), firstLanes),
                _mm_cmpeq_epi8(_mm_or_si128(tail, lastFolds), lastLanes))
            var mask = UInt32(bitPattern: _mm_movemask_epi8(both))
            while mask != 0 {
                let place = index + mask.trailingZeroBitCount
                if isMatch(place) { return place }
                mask &= mask &- 1
            }
            index += 16
        }
        #else
        let ones: UInt64 = 0x0101_0101_0101_0101
        let firstLanes = UInt64(first) &* ones, lastLanes = UInt64(last) &* ones
        let firstFolds = UInt64(firstFold) &* ones, lastFolds = UInt64(lastFold) &* ones
        while index + 8 <= places {
            let head = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let tail = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index + needleCount - 1, as: UInt64.self))
            // Zero bytes where both agree; a few more may be marked above a true one, which `isMatch` sorts out.
            let differing = ((head | firstFolds) ^ firstLanes) | ((tail | lastFolds) ^ lastLanes)
            var mask = (differing &- ones) & ~differing & (ones << 7)
            while mask != 0 {
                let place = index + (mask.trailingZeroBitCount >> 3)
                if isMatch(place) { return place }
                mask &= mask &- 1
            }
            index += 8
        }
        #endif
        while index < places {
            if haystack[index] | firstFold == first, haystack[index + needleCount - 1] | lastFold == last,
               isMatch(index) { return index }
            index += 1
        }
        return -1
    }

    #if arch(x86_64)
    @inline(__always) private static func lanes(_ byte: UInt8) -> __m128i { _mm_set1_epi8(CChar(bitPattern: byte)) }
    #endif
}
