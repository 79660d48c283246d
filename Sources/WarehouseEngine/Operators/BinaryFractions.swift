import WarehouseColumns

/// Doubles of a dictionary that are whole multiples of 1/256 and near zero, such as ratings in halves. Sums of a
/// billion of them are exact in doubles as in integers, in whatever order they are added: so a word takes a count and a
/// sum, and a row adds both at once.
struct BinaryFractions: ~Copyable {
    /// Rows that one word can take: the count has 20 bits, the sum of numbers of 23 bits the other 44.
    static let maximumRows = 1 << 20 - 1
    /// Up to so many rows of less than 2^22 units each, sums stay below 2^53.
    static let exactRows = 1 << 30
    private static let countBits: UInt64 = 20
    private static let unit = 256.0
    /// Added to each value, so that none is negative.
    private static let bias: Int64 = 1 << 22

    private var dictionary: Vector?
    private var isExact = false
    private var table = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

    deinit { table.deallocate() }

    /// By code, what a row adds to its word. Valid until the next dictionary is taken.
    var addends: UnsafePointer<UInt64> { UnsafePointer(table) }

    /// Looks at a dictionary, once: whether all its entries are such numbers. Then `addends` are those of its codes.
    mutating func take(_ dictionary: Vector) -> Bool {
        if self.dictionary === dictionary { return isExact }
        self.dictionary = dictionary
        isExact = false
        guard dictionary.count <= 1024 else { return false }
        // Codes of a damaged file may lie past the last entry, below the next power of two.
        let size = dictionary.count.nextPowerOfTwo
        table.deallocate()
        table = .allocate(capacity: size)
        table.initialize(repeating: UInt64(BinaryFractions.bias) << BinaryFractions.countBits | 1, count: size)
        for code in 0..<dictionary.count {
            let scaled = dictionary.doubles[code] * BinaryFractions.unit
            guard abs(scaled) < Double(BinaryFractions.bias), scaled == scaled.rounded(.towardZero) else { return false }
            table[code] = UInt64(Int64(scaled) + BinaryFractions.bias) << BinaryFractions.countBits | 1
        }
        isExact = true
        return true
    }

    /// The sum, as a double, and the count that a word holds.
    static func unpacked(_ word: UInt64) -> DenseSum {
        let count = Int64(word & (1 << countBits - 1))
        let units = Int64(word >> countBits) - count * bias
        return DenseSum(bits: (Double(units) / unit).bitPattern, count: count)
    }
}
