import CZlib
import Testing
import WarehouseBasics
import WarehouseIngest
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The package's own inflate against zlib: the same bytes from what zlib deflated in any way, and the same verdict on
/// what was damaged.
@Suite struct InflateTests {
    /// SplitMix64.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
    }

    private static let factor = getenv("MLWH_LONG") == nil ? 1 : 50

    private func deflated(
        _ bytes: [UInt8], _ container: DeflateContainer, level: CInt, strategy: CInt, memoryLevel: CInt, window: CInt
    ) throws -> [UInt8] {
        var stream = z_stream()
        let windowBits = switch container {
        case .gzip: window + 16
        case .zlib: window
        case .raw: -window
        }
        let status = deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, memoryLevel, strategy, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        try #require(status == Z_OK)
        defer { deflateEnd(&stream) }
        var input = bytes
        return try input.withUnsafeMutableBufferPointer { input in
            try [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count))) + 64) { output, count in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = deflate(&stream, Z_FINISH)
                try #require(status == Z_STREAM_END)
                count = output.count - Int(stream.avail_out)
            }
        }
    }

    private func inflated(
        _ bytes: [UInt8], _ container: DeflateContainer, _ engine: InflateEngine, piece: Int = .max, limit: Int = 1 << 22
    ) throws -> [UInt8] {
        let kind: FileCompression = switch container {
        case .gzip: .gzip
        case .zlib: .deflate
        case .raw: .rawDeflate
        }
        return try drain(Decompression.open(
            MemorySource(bytes, pieceLimit: piece), kind, fileName: "f", sizeLimit: limit, engine: engine))
    }

    private func content(_ numbers: inout Numbers, _ size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 300)
        let kind = Int.random(in: 0..<6, using: &numbers)
        while bytes.count < size {
            switch kind {
            case 0: bytes.append(UInt8.random(in: 0...255, using: &numbers))
            case 1: bytes.append(contentsOf: "\(Int.random(in: 1...9999, using: &numbers)),3.5\r\n".utf8)
            case 2: bytes.append(contentsOf: repeatElement(UInt8.random(in: 65...68, using: &numbers), count: 400))
            case 3: bytes.append(UInt8.random(in: 0...3, using: &numbers) &* UInt8.random(in: 0...3, using: &numbers))
            case 4 where bytes.count > 40:
                // What came before, from near and far, with overlaps.
                let from = Int.random(in: max(0, bytes.count - 40_000)..<bytes.count, using: &numbers)
                for index in from..<from + Int.random(in: 1...300, using: &numbers) { bytes.append(bytes[index]) }
                bytes.append(UInt8.random(in: 0...255, using: &numbers))
            default:
                let period = (0..<Int.random(in: 1...12, using: &numbers)).map { _ in
                    UInt8.random(in: 0...255, using: &numbers)
                }
                for _ in 0..<Int.random(in: 1...60, using: &numbers) { bytes.append(contentsOf: period) }
            }
        }
        return bytes
    }

    private func anyDeflated(_ numbers: inout Numbers, _ bytes: [UInt8], _ container: DeflateContainer) throws -> [UInt8] {
        try deflated(
            bytes, container, level: CInt.random(in: 0...9, using: &numbers),
            strategy: CInt.random(in: 0...4, using: &numbers), memoryLevel: CInt.random(in: 1...9, using: &numbers),
            window: CInt.random(in: 9...15, using: &numbers))
    }

    @Test func readsWhatZlibDeflates() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var numbers = Numbers(state: seed)
        for turn in 0..<120 * InflateTests.factor {
            let container: DeflateContainer = [.gzip, .zlib, .raw][turn % 3]
            let bytes = content(&numbers, Int.random(in: 0...(turn % 10 == 0 ? 600_000 : 5000), using: &numbers))
            let packed = try anyDeflated(&numbers, bytes, container)
            let piece = turn % 4 == 0 && bytes.count < 10_000 ? 1 : turn % 4 == 1 ? 37 : Int.max
            #expect(try inflated(packed, container, .native, piece: piece) == bytes, "seed \(seed), turn \(turn)")
        }
    }

    @Test func refusesWhatZlibRefuses() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var numbers = Numbers(state: seed)
        for turn in 0..<60 * InflateTests.factor {
            let container: DeflateContainer = [.gzip, .zlib, .raw, .raw][turn % 4]
            let bytes = content(&numbers, Int.random(in: 1...3000, using: &numbers))
            let packed = try anyDeflated(&numbers, bytes, container)
            for change in 0..<25 {
                let damaged = damage(packed, &numbers)
                let expected = try? inflated(damaged, container, .zlib)
                let actual = try? inflated(damaged, container, .native, piece: change % 5 == 0 ? 11 : .max)
                #expect(actual == expected, "seed \(seed), turn \(turn), change \(change)")
            }
        }
    }

    /// Random bits as deflated data: mostly damaged blocks of every kind.
    @Test func randomBits() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var numbers = Numbers(state: seed)
        for turn in 0..<3000 * InflateTests.factor {
            var bits = (0..<Int.random(in: 1...200, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            // A last block with its own codes, half of the time.
            if turn % 2 == 0 { bits[0] = bits[0] & 0xF8 | 5 }
            let expected = try? inflated(bits, .raw, .zlib), actual = try? inflated(bits, .raw, .native)
            #expect(actual == expected, "seed \(seed), turn \(turn)")
        }
    }

    @Test func headersOfGzip() throws {
        let body = try deflated([65, 66], .raw, level: 6, strategy: 0, memoryLevel: 8, window: 15)
        let trailer = Array(try deflated([65, 66], .gzip, level: 6, strategy: 0, memoryLevel: 8, window: 15).suffix(8))
        for flags in UInt8.min...UInt8.max {
            var header: [UInt8] = [0x1F, 0x8B, 8, flags, 1, 2, 3, 4, 0, 3]
            if flags & 4 != 0 { header += [3, 0, 7, 0, 9] }
            if flags & 8 != 0 { header += Array("name".utf8) + [0] }
            if flags & 16 != 0 { header += Array("comment".utf8) + [0] }
            if flags & 2 != 0 {
                let check = crc32(0, header, UInt32(header.count))
                header += [UInt8(truncatingIfNeeded: check), UInt8(truncatingIfNeeded: check >> 8)]
            }
            let file = header + body + trailer
            let expected = try? inflated(file, .gzip, .zlib)
            #expect((try? inflated(file, .gzip, .native)) == expected, "flags \(flags)")
            #expect((expected != nil) == (flags & 0xE0 == 0))
        }
    }

    private func damage(_ packed: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
        var bytes = packed
        let place = Int.random(in: 0..<bytes.count, using: &numbers)
        switch Int.random(in: 0..<5, using: &numbers) {
        case 0: bytes.removeLast(bytes.count - place)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
        case 3: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        }
        return bytes
    }
}
