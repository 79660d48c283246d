/// How a word of 32 bits takes a count and a sum of numbers that are small multiples of a power of two, such as ratings
/// in halves: a row adds to both at once, and 130,000 keys have their words in half a megabyte.
///
/// From its top, a word is a flag, a count, and a sum of what numbers lie above `low`, in units of `1 << shift`. A key
/// that never came has a word of 0. The flag is set from a key's first row until the count is full: then the carry
/// takes the flag away. So one look at the flag finds both what is new and what is full.
struct TallyFormat {
    let low: Int64
    private let high: Int64
    private let shift: Int64
    /// Bits of the count, and of the sum.
    private let countBits: Int
    private let sumBits: Int

    static let flag: UInt32 = 1 << 31
    /// With as many bits a number, a word takes 256 rows.
    static let maximumBits = 15

    /// Nil when numbers of `low ... high`, all of them `low` and multiples of `grain` (a power of two, or 0 for one
    /// number only), take too many bits.
    init?(low: Int64, high: Int64, grain: Int64) {
        self.low = low
        self.high = high
        shift = grain == 0 ? 0 : Int64(grain.trailingZeroBitCount)
        let bits = Int64.bitWidth - ((high - low) >> shift).leadingZeroBitCount
        guard bits <= TallyFormat.maximumBits else { return nil }
        countBits = (31 - bits) / 2
        sumBits = 31 - countBits
    }

    /// Of numbers that `values` have or that this takes.
    func widened(to values: ExactValues.Range) -> TallyFormat? {
        let least = min(low, values.low)
        let differences = (low - least) | (values.low - least) | values.grain | (high > low ? 1 << shift : 0)
        return TallyFormat(low: least, high: max(high, values.high), grain: differences & -differences)
    }

    /// Whether it takes all of `values`.
    func takes(_ values: ExactValues.Range) -> Bool {
        values.low >= low && values.high <= high && (values.grain | (values.low - low)) & ((1 << shift) - 1) == 0
    }

    /// What a row of this number adds to its key's word.
    func addend(_ value: Int64) -> UInt32 { 1 << UInt32(sumBits) | UInt32(truncatingIfNeeded: (value - low) >> shift) }

    /// The rows of a word that is full.
    var fullCount: Int64 { 1 << Int64(countBits) }

    func count(of word: UInt32) -> Int64 { Int64((word & ~TallyFormat.flag) >> UInt32(sumBits)) }

    /// The sum of `count` numbers that a word holds.
    func sum(of word: UInt32, count: Int64) -> Int64 {
        Int64(word & (1 << UInt32(sumBits) - 1)) << shift + low * count
    }
}
