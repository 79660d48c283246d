/// HyperLogLog with 256 registers: an estimate of distinct values some 6% off, which can be merged.
struct DistinctSketch: Hashable, Sendable {
    static let registerCount = 256
    private(set) var registers = [UInt8](repeating: 0, count: DistinctSketch.registerCount)

    init() {}
    init?(registers: [UInt8]) {
        guard registers.count == Self.registerCount, registers.allSatisfy({ $0 <= 57 }) else { return nil }
        self.registers = registers
    }

    /// Spreads the bits of a number.
    @inline(__always)
    static func hash(_ value: UInt64) -> UInt64 {
        var x = value &* 0x9E37_79B9_7F4A_7C15
        x ^= x &>> 32
        x = x &* 0xD6E8_FEB8_6659_FD93
        return x ^ (x &>> 32)
    }

    @inline(__always)
    static func insert(_ hash: UInt64, into registers: UnsafeMutablePointer<UInt8>) {
        let rank = UInt8(truncatingIfNeeded: ((hash &<< 8) | 0x80).leadingZeroBitCount &+ 1)
        let index = Int(hash &>> 56)
        if rank > registers[index] { registers[index] = rank }
    }

    /// Inserts numbers; equal neighbours are hashed once.
    mutating func insert<T: FixedWidthInteger>(_ values: UnsafePointer<T>, count: Int) {
        guard count > 0 else { return }
        registers.withUnsafeMutableBufferPointer { buffer in
            guard let target = buffer.baseAddress else { return }
            var previous = ~values[0]
            var start = 0
            while start < count {
                let end = min(start + 1024, count)
                let limit = DistinctSketch.hopeless(target)
                for index in start..<end {
                    let value = values[index]
                    if value != previous {
                        let hash = DistinctSketch.hash(UInt64(truncatingIfNeeded: value))
                        if hash &<< 8 <= limit { DistinctSketch.insert(hash, into: target) }
                        previous = value
                    }
                }
                start = end
            }
        }
    }

    /// Hashes whose bits behind the register's number are above this change no register: their rank is at most the
    /// least one. After a few thousand values that is nearly every hash, and the comparison spares its rank.
    private static func hopeless(_ registers: UnsafePointer<UInt8>) -> UInt64 {
        var least: UInt8 = 255
        for index in 0..<registerCount { least = min(least, registers[index]) }
        // Rank r is r - 1 leading zeros: more than `least` of them, less one, are below 2^(64 - least).
        return least == 0 ? .max : (1 << (64 - UInt64(least))) &- 1
    }

    mutating func insert(hash: UInt64) {
        registers.withUnsafeMutableBufferPointer { buffer in
            if let target = buffer.baseAddress { DistinctSketch.insert(hash, into: target) }
        }
    }

    mutating func merge(_ other: DistinctSketch) {
        for index in 0..<Self.registerCount { registers[index] = max(registers[index], other.registers[index]) }
    }

    /// The estimated number of distinct values.
    var estimate: Int {
        var sum = 0.0, zeros = 0
        for rank in registers {
            sum += 1 / Double(UInt64(1) << UInt64(min(rank, 62)))
            if rank == 0 { zeros += 1 }
        }
        let m = Double(Self.registerCount)
        let raw = 0.7213 / (1 + 1.079 / m) * m * m / sum
        if raw <= 2.5 * m, zeros > 0 {
            // Linear counting, with the logarithm as a sum: m ln(m / zeros) = m (H(m) - H(zeros)), nearly.
            var logarithm = 0.0
            for k in zeros..<Self.registerCount { logarithm += 1 / (Double(k) + 0.5) }
            return Int((m * logarithm).rounded())
        }
        return Int(min(raw, 1e18).rounded())
    }
}
