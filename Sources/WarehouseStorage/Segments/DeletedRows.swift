/// Which rows of a segment are deleted: one bit a row, 1 = deleted. Never changes.
public final class DeletedRows: Sendable {
    /// How many.
    public let count: Int
    private let words: [UInt64]

    init(words: [UInt64]) {
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// Rows behind the last word are not deleted.
    @inline(__always)
    public func isDeleted(_ row: Int) -> Bool {
        row >> 6 < words.count && words[row >> 6] >> UInt64(row & 63) & 1 != 0
    }

    /// Lends the words, row 0 in the lowest bit of word 0: at least one for every 64 rows of the segment.
    public func withWords<R, E: Error>(_ body: (UnsafeBufferPointer<UInt64>) throws(E) -> R) throws(E) -> R {
        try words.withUnsafeBufferPointer(body)
    }

    /// The deleted rows, ascending.
    var rows: [Int64] {
        var rows: [Int64] = []
        rows.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(Int64(index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        return rows
    }

    /// These rows and those of `before`, of a segment of `rowCount` rows. Rows outside it are ignored; nil: none.
    static func adding(_ rows: [Int64], to before: DeletedRows?, rowCount: Int) -> DeletedRows? {
        var words = before?.words ?? []
        let needed = (rowCount + 63) / 64
        if words.count < needed { words += [UInt64](repeating: 0, count: needed - words.count) }
        for row in rows where row >= 0 && row < Int64(rowCount) { words[Int(row >> 6)] |= 1 << UInt64(row & 63) }
        let made = DeletedRows(words: words)
        return made.count == 0 ? nil : made
    }
}
