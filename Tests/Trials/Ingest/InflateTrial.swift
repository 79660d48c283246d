import CZlib
import WarehouseBasics
import WarehouseIngest

/// The package's own inflate against zlib: the same bytes from what zlib deflated in any way, and the same verdict on
/// what was damaged.
public enum InflateTrial {
    struct Failure: Error {}

    /// What zlib deflates, whole and damaged, and random bits; a case by its seed.
    public static func run(first: UInt64, count: Int, lanes: Int) -> TrialReport {
        Lanes.run(first, count, lanes: lanes) { seed, report in
            var random = SeededRandom(seed)
            do {
                switch seed % 4 {
                case 0: try whole(seed, &random, &report)
                case 1: try damaged(seed, &random, &report)
                default: bits(seed, &random, &report)
                }
            } catch {
                report.fail("seed \(seed): \(error)")
            }
        }
    }

    private static func whole(_ seed: UInt64, _ random: inout SeededRandom, _ report: inout TrialReport) throws {
        let container = random.pick([DeflateContainer.gzip, .zlib, .raw])
        let bytes = content(&random, random.below(random.chance(10) ? 600_000 : 5000))
        let packed = try anyDeflated(&random, bytes, container)
        let piece = bytes.count < 10_000 ? random.pick([1, 37, Int.max]) : Int.max
        report.effective += 1
        report.check(try inflated(packed, container, .native, piece: piece) == bytes, "seed \(seed): other bytes")
    }

    private static func damaged(_ seed: UInt64, _ random: inout SeededRandom, _ report: inout TrialReport) throws {
        let container = random.pick([DeflateContainer.gzip, .zlib, .raw, .raw])
        let packed = try anyDeflated(&random, content(&random, 1 + random.below(3000)), container)
        for change in 0..<10 {
            let damaged = damage(packed, &random)
            let expected = try? inflated(damaged, container, .zlib)
            let actual = try? inflated(damaged, container, .native, piece: change % 5 == 0 ? 11 : .max)
            report.check(actual == expected, "seed \(seed), change \(change): another verdict")
        }
    }

    /// Random bits as deflated data: mostly damaged blocks of every kind.
    private static func bits(_ seed: UInt64, _ random: inout SeededRandom, _ report: inout TrialReport) {
        var bits = (0..<(1 + random.below(200))).map { _ in UInt8(random.below(256)) }
        // A last block with its own codes, half of the time.
        if random.chance(50) { bits[0] = bits[0] & 0xF8 | 5 }
        let expected = try? inflated(bits, .raw, .zlib), actual = try? inflated(bits, .raw, .native)
        report.check(actual == expected, "seed \(seed): another verdict on random bits")
    }

    public static func deflated(
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
        guard status == Z_OK else { throw Failure() }
        defer { deflateEnd(&stream) }
        var input = bytes
        return try input.withUnsafeMutableBufferPointer { input in
            try [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count))) + 64) { output, count in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = deflate(&stream, Z_FINISH)
                guard status == Z_STREAM_END else { throw Failure() }
                count = output.count - Int(stream.avail_out)
            }
        }
    }

    public static func inflated(
        _ bytes: [UInt8], _ container: DeflateContainer, _ engine: InflateEngine, piece: Int = .max, limit: Int = 1 << 22
    ) throws -> [UInt8] {
        let kind: FileCompression = switch container {
        case .gzip: .gzip
        case .zlib: .deflate
        case .raw: .rawDeflate
        }
        var limits = LoadLimits()
        limits.decompressedBytes = limit
        return try LoadedText.drain(Decompression.open(
            MemorySource(bytes, pieceLimit: piece), kind, fileName: "f", limits: limits, engine: engine))
    }

    private static func content(_ numbers: inout SeededRandom, _ size: Int) -> [UInt8] {
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

    private static func anyDeflated(_ numbers: inout SeededRandom, _ bytes: [UInt8], _ container: DeflateContainer) throws -> [UInt8] {
        try deflated(
            bytes, container, level: CInt.random(in: 0...9, using: &numbers),
            strategy: CInt.random(in: 0...4, using: &numbers), memoryLevel: CInt.random(in: 1...9, using: &numbers),
            window: CInt.random(in: 9...15, using: &numbers))
    }

    private static func damage(_ packed: [UInt8], _ numbers: inout SeededRandom) -> [UInt8] {
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
