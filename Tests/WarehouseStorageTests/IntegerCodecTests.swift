import Testing
import WarehouseColumns
@testable import WarehouseStorage

@Suite struct IntegerCodecTests {
    /// Sequences that each form of the codec was made for, and those that it was not.
    static func sequence(_ shape: Int, _ count: Int, _ random: inout SeededRandom) -> [Int64] {
        var value: Int64 = Int64(random.below(1000))
        let word = Int64(bitPattern: random.next())
        return (0..<count).map { index in
            switch shape {
            case 0: return word
            case 1: return Int64(index) * 3 - 7
            case 2: return Int64(random.below(16))
            case 3: return Int64(random.below(1 << 20)) - (1 << 19)
            case 4: return Int64(bitPattern: random.next())
            case 5: return random.chance(2) ? Int64.min : Int64.max
            case 6:
                // Ascending within runs of a user, then back to the start.
                value = random.chance(140) ? Int64(random.below(50)) : value + Int64(random.below(200))
                return value
            case 7:
                if random.chance(40) { value += Int64(random.below(5)) }
                return value
            case 8: return Int64(random.below(100_000)) * 1_000_000_000 + 500
            case 9: return random.chance(100) ? Int64(bitPattern: random.next()) : Int64(random.below(4))
            case 10: return -Int64(index) * 5
            case 11: return Int64(bitPattern: random.next()) >> Int64(random.below(64))
            case 12: return Int64(index / 300)
            case 13: return Int64(Int32.max) + Int64(random.below(3)) - 1
            case 14: return index % 1128 == 0 ? 0 : Int64(index % 1128)
            default:
                // Few places far apart, anything near them: 32 bits, then more.
                let place = Int64(random.below(20)) * (shape == 15 ? 97_000_001 : 1 << 50)
                return place + Int64(random.below(700))
            }
        }
    }
    static let shapes = 0..<17
    static let counts = [0, 1, 2, 3, 63, 255, 256, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 5000]

    static func load(_ sink: ByteSink, count: Int, as target: PhysicalType) throws -> IntegerDecoder {
        let decoder = IntegerDecoder(target)
        try decoder.load(sink.bytes, expected: count)
        return decoder
    }

    @Test(arguments: shapes) func int64ComeBack(_ shape: Int) throws {
        var random = SeededRandom(UInt64(shape) + 1)
        let encoder = IntegerEncoder()
        let output = UnsafeMutableRawPointer.allocate(byteCount: 16 * 8192, alignment: 16)
        defer { output.deallocate() }
        for count in Self.counts {
            let values = Self.sequence(shape, count, &random)
            let sink = ByteSink()
            values.withUnsafeBufferPointer { source in
                if let start = source.baseAddress { encoder.encode(start, count: count, into: sink) }
            }
            if count == 0 { continue }
            let decoder = try Self.load(sink, count: count, as: .int64)
            try decoder.decode(0, count, into: output)
            let found = Array(UnsafeBufferPointer(start: output.assumingMemoryBound(to: Int64.self), count: count))
            #expect(found == values, "shape \(shape), \(count) values")
            // Windows anywhere.
            for _ in 0..<6 {
                let start = random.below(count), rows = random.below(count - start) + 1
                try decoder.decode(start, rows, into: output)
                let window = UnsafeBufferPointer(start: output.assumingMemoryBound(to: Int64.self), count: rows)
                #expect(Array(window) == Array(values[start..<(start + rows)]), "shape \(shape), window at \(start)")
            }
            let wide = try Self.load(sink, count: count, as: .int128)
            try wide.decode(0, count, into: output)
            let wideFound = UnsafeBufferPointer(start: output.assumingMemoryBound(to: Int128.self), count: count)
            #expect(wideFound.map { Int64($0) } == values, "shape \(shape), \(count) values as int128")
            if let low = values.min(), let high = values.max(), low >= Int32.min, high <= Int32.max {
                let narrow = try Self.load(sink, count: count, as: .int32)
                try narrow.decode(0, count, into: output)
                let narrowFound = UnsafeBufferPointer(start: output.assumingMemoryBound(to: Int32.self), count: count)
                #expect(narrowFound.map { Int64($0) } == values, "shape \(shape), \(count) values as int32")
            }
        }
    }

    @Test(arguments: 0..<8) func int128ComeBack(_ shape: Int) throws {
        var random = SeededRandom(UInt64(shape) + 100)
        let encoder = IntegerEncoder()
        let output = UnsafeMutablePointer<Int128>.allocate(capacity: 8192)
        defer { output.deallocate() }
        for count in Self.counts where count > 0 {
            let values: [Int128] = (0..<count).map { index in
                let high = Int128(Int64(bitPattern: random.next()))
                switch shape {
                case 0: return high << 64 | Int128(random.next())
                case 1: return random.chance(2) ? Int128.min : Int128.max
                case 2: return (Int128(1) << 100) + Int128(index)
                case 3: return (Int128(random.below(1_000_000)) * 1_000_000_000 << 16) | 32_768
                case 4: return Int128(random.below(7)) * (Int128(1) << 90)
                case 5: return high * 10_000_000_000
                case 6: return index % 100 == 0 ? Int128(10).power(37) : Int128(index)
                default: return high >> Int128(random.below(64))
                }
            }
            let sink = ByteSink()
            values.withUnsafeBufferPointer { source in
                if let start = source.baseAddress { encoder.encode(start, count: count, into: sink) }
            }
            let decoder = try Self.load(sink, count: count, as: .int128)
            try decoder.decode(0, count, into: output)
            #expect(Array(UnsafeBufferPointer(start: output, count: count)) == values, "shape \(shape), \(count)")
        }
    }

    @Test func theFittingFormIsChosen() {
        func size(_ values: [Int64]) -> Int {
            let sink = ByteSink()
            values.withUnsafeBufferPointer { source in
                if let start = source.baseAddress { IntegerEncoder().encode(start, count: values.count, into: sink) }
            }
            return sink.count
        }
        let count = 65_536
        var random = SeededRandom(5)
        #expect(size([Int64](repeating: 1 << 60, count: count)) == 32)
        // One entry of the block table for each 1024 values, and no bits.
        #expect(size((0..<count).map { Int64($0) * 17 }) < 2000)
        #expect(size((0..<count).map { _ in Int64(random.below(10)) }) < count / 2 + 2000)
        #expect(size((0..<count).map { Int64($0 / 144) }) < 3000)
        #expect(size((0..<count).map { _ in 1_600_000_000_000_000_000 + Int64(random.below(4)) * 1_000_000_000 })
            < count / 4 + 2000)
        // A few outliers do not widen the rest.
        #expect(size((0..<count).map { $0 % 500 == 0 ? 1 << 50 : Int64(random.below(8)) }) < count / 2)
    }

    @Test func damagedChunksAreErrorsOrNumbers() throws {
        var random = SeededRandom(77)
        let output = UnsafeMutableRawPointer.allocate(byteCount: 16 * 4096, alignment: 16)
        defer { output.deallocate() }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
        defer { memory.deallocate() }
        for shape in Self.shapes {
            let values = Self.sequence(shape, 3000, &random)
            let sink = ByteSink()
            values.withUnsafeBufferPointer { source in
                if let start = source.baseAddress { IntegerEncoder().encode(start, count: 3000, into: sink) }
            }
            for trial in 0..<60 {
                memory.copyBytes(from: sink.bytes)
                var length = sink.count
                if trial % 4 == 0 {
                    length = random.below(sink.count)
                } else {
                    // Most of the structure is at the beginning.
                    let at = random.below(trial % 2 == 0 ? min(sink.count, 120) : sink.count)
                    memory[at] ^= 1 << UInt8(random.below(8))
                }
                let target: PhysicalType = [.int32, .int64, .int128, .bool][trial % 4]
                let decoder = IntegerDecoder(target)
                do {
                    try decoder.load(UnsafeRawBufferPointer(rebasing: memory[0..<length]), expected: 3000)
                    try decoder.decode(0, 3000, into: output)
                    try decoder.decode(1500, 700, into: output)
                } catch {}
            }
        }
    }
}

extension Int128 {
    func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { result, _ in result * self } }
}
