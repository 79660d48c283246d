/// One bit a row, 1 = not null; 64 rows a word, row 0 in the lowest bit of word 0. Absent (nil in a vector) when
/// no row is null. Bits past the row count are unspecified.
public struct Validity: ~Copyable {
    public private(set) var words: UnsafeMutablePointer<UInt64>
    public private(set) var wordCapacity: Int

    /// All rows valid.
    public init(rowCapacity: Int) {
        wordCapacity = max(1, (rowCapacity + 63) >> 6)
        words = .allocate(capacity: wordCapacity)
        words.initialize(repeating: .max, count: wordCapacity)
    }

    deinit { words.deallocate() }

    /// Grows to hold `rowCapacity` rows; new rows are valid.
    public mutating func reserve(rowCapacity: Int) {
        let needed = (rowCapacity + 63) >> 6
        guard needed > wordCapacity else { return }
        let capacity = max(needed, wordCapacity * 2)
        let grown = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        grown.initialize(from: words, count: wordCapacity)
        (grown + wordCapacity).initialize(repeating: .max, count: capacity - wordCapacity)
        words.deallocate()
        words = grown
        wordCapacity = capacity
    }
}

/// Kernels on validity words.
public enum ValidityWords {
    @inlinable @inline(__always)
    public static func isValid(_ words: UnsafePointer<UInt64>, _ row: Int) -> Bool {
        words[row >> 6] >> UInt64(row & 63) & 1 != 0
    }
    @inlinable @inline(__always)
    public static func setNull(_ words: UnsafeMutablePointer<UInt64>, _ row: Int) {
        words[row >> 6] &= ~(1 << UInt64(row & 63))
    }
    @inlinable @inline(__always)
    public static func setValid(_ words: UnsafeMutablePointer<UInt64>, _ row: Int) {
        words[row >> 6] |= 1 << UInt64(row & 63)
    }

    /// Nulls among the first `count` rows.
    public static func nullCount(_ words: UnsafePointer<UInt64>, count: Int) -> Int {
        var valid = 0
        for index in 0..<(count >> 6) { valid &+= words[index].nonzeroBitCount }
        let rest = count & 63
        if rest > 0 { valid &+= (words[count >> 6] & ((1 << UInt64(rest)) - 1)).nonzeroBitCount }
        return count - valid
    }

    /// Copies `count` bits from bit `sourceStart` of `source` to bit `targetStart` of `target`.
    public static func copy(
        _ source: UnsafePointer<UInt64>, from sourceStart: Int,
        to target: UnsafeMutablePointer<UInt64>, at targetStart: Int, count: Int
    ) {
        var done = 0
        while done < count {
            let targetBit = (targetStart + done) & 63
            let take = min(64 - targetBit, count - done)
            let sourceIndex = (sourceStart + done) >> 6, sourceBit = UInt64((sourceStart + done) & 63)
            var bits = source[sourceIndex] >> sourceBit
            if sourceBit != 0, 64 - Int(sourceBit) < take { bits |= source[sourceIndex + 1] << (64 - sourceBit) }
            let mask: UInt64 = take == 64 ? .max : ((1 << UInt64(take)) - 1)
            let word = (targetStart + done) >> 6
            target[word] = (target[word] & ~(mask << UInt64(targetBit))) | ((bits & mask) << UInt64(targetBit))
            done += take
        }
    }
}
