#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A stretch of a compressed file.
struct MemberRegion {
    /// Where it begins in the file.
    let offset: Int
    let bytes: [UInt8]

    var end: Int { offset + bytes.count }
}

/// Regions that follow each other, for one job to read in.
struct MemberRegions {
    let regions: [MemberRegion]

    /// Method, flags, time, hints of the writer and its system: what a header has at least.
    private static let headerBytes = 10
    private static let unknownSystem: UInt8 = 255, lastSystem: UInt8 = 13

    /// The first place from `offset` on, in the first region, that looks like the header of a member. Compressed bytes
    /// may look so too: only who comes there from the member before knows.
    func candidate(from offset: Int) -> Int? {
        guard let first = regions.first else { return nil }
        return first.bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = offset - first.offset
            while index >= 0, index < bytes.count, let found = memchr(base + index, 0x1F, bytes.count - index) {
                index = UnsafeRawPointer(found) - base
                if isHeader(at: index, bytes) { return first.offset + index }
                index += 1
            }
            return nil
        }
    }

    private func isHeader(at index: Int, _ first: UnsafeRawBufferPointer) -> Bool {
        if index + 1 < first.count, first[index + 1] != 0x8B { return false }
        var header = [UInt8](repeating: 0, count: MemberRegions.headerBytes)
        var filled = 0
        var offset = regions[0].offset + index
        for region in regions where filled < header.count && offset < region.end {
            let from = offset - region.offset, count = min(header.count - filled, region.bytes.count - from)
            for place in 0..<count { header[filled + place] = region.bytes[from + place] }
            filled += count
            offset += count
        }
        let hints = header[8], system = header[9]
        return filled == header.count && header[1] == 0x8B && header[2] == 8 && header[3] & 0xE0 == 0
            && (hints == 0 || hints == 2 || hints == 4)
            && (system <= MemberRegions.lastSystem || system == MemberRegions.unknownSystem)
    }
}

/// Regions read forward.
final class RegionSource: ByteSource {
    private let regions: [MemberRegion]
    private var index = 0
    private var offset: Int
    private(set) var bytesConsumed = 0

    /// Begins at `offset` of the file, in the first region.
    init(_ regions: MemberRegions, from offset: Int) {
        self.regions = regions.regions
        self.offset = offset
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while index < regions.count, offset >= regions[index].end { index += 1 }
        guard index < regions.count else { return 0 }
        let region = regions[index], from = offset - region.offset
        let count = min(buffer.count, region.bytes.count - from)
        region.bytes.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + count]))
        }
        offset += count
        bytesConsumed += count
        return count
    }
}
