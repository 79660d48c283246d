import Synchronization
import WarehouseBasics
import WarehouseColumns

/// Numbers the rows of one expression over all its evaluators.
final class RowCounter: Sendable {
    private let next = Atomic<Int>(0)

    /// The number of the first of `count` rows.
    func take(_ count: Int) -> Int { next.add(count, ordering: .relaxed).oldValue }
}

/// SplitMix64: small, and good enough for sampling.
struct SplitMix {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Hash64.mix(state)
    }
}

/// RANDOM([seed]): a 64-bit integer for each row, by the seed and the row's number.
final class RandomKernel: ScalarKernel {
    private let seed: UInt64
    private let counter: RowCounter

    init(seed: UInt64, counter: RowCounter) {
        self.seed = seed
        self.counter = counter
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.int64s, first = counter.take(count)
        for row in 0..<count {
            let number = UInt64(truncatingIfNeeded: first &+ row &+ 1)
            out[row] = Int64(bitPattern: Hash64.mix(seed &+ number &* 0x9E37_79B9_7F4A_7C15))
        }
    }
}

/// UUID_STRING(): a random UUID (version 4) for each row.
final class UUIDKernel: ScalarKernel {
    private var generator: SplitMix

    override init() {
        var system = SystemRandomNumberGenerator()
        generator = SplitMix(seed: system.next())
        super.init()
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.strings, arena = output.arena
        for row in 0..<count {
            let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
            let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
            let text = arena.allocate(36)
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    text[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index & 15) * 4) & 15)
                text[position] = digit + (digit < 10 ? 48 : 87)
                position += 1
            }
            out[row] = StringView(text, count: 36)
        }
    }
}

/// SEQ1 to SEQ8: 0, 1, 2, … for the rows of an expression. Past the largest integer of so many bytes it goes on at 0,
/// or, signed, at the least one.
final class SequenceKernel: ScalarKernel {
    /// Bits of a 64-bit integer above the sequence's own.
    private let spareBits: Int64
    private let isSigned: Bool
    private let counter: RowCounter

    init(bytes: Int, isSigned: Bool, counter: RowCounter) {
        self.counter = counter
        self.isSigned = isSigned
        spareBits = Int64(64 - bytes * 8)
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.int64s, first = counter.take(count)
        for row in 0..<count {
            let shifted = Int64(first &+ row) << spareBits
            let unsigned = UInt64(bitPattern: shifted) >> UInt64(spareBits)
            out[row] = isSigned ? shifted >> spareBits : Int64(truncatingIfNeeded: unsigned)
        }
    }
}
