/// Draws an index with a chance in proportion to its weight, in constant time (Walker's alias method, built as Vose
/// does).
final class AliasTable: Sendable {
    /// Per column: the share of the column that is its own, of 2^32, above the index that owns the rest.
    private let columns: FixedTable<UInt64>

    /// - Parameter weights: at least one, none negative, not all zero.
    init(weights: [Double]) {
        let count = weights.count
        let total = weights.reduce(0, +)
        var shares = weights.map { $0 / total * Double(count) }
        var small = shares.indices.filter { shares[$0] < 1 }
        var large = shares.indices.filter { shares[$0] >= 1 }
        columns = FixedTable(repeating: 0, count: count)
        while let low = small.popLast() {
            guard let high = large.popLast() else {
                columns[low] = Self.column(share: 1, alias: low)
                continue
            }
            columns[low] = Self.column(share: shares[low], alias: high)
            shares[high] -= 1 - shares[low]
            if shares[high] < 1 { small.append(high) } else { large.append(high) }
        }
        for index in large { columns[index] = Self.column(share: 1, alias: index) }
    }

    private static func column(share: Double, alias: Int) -> UInt64 {
        let threshold = UInt64(min(max(share, 0) * 0x1p32, 0x1p32 - 1))
        return threshold << 32 | UInt64(alias)
    }

    @inline(__always)
    func draw(_ random: inout DeterministicRandom) -> Int {
        let bits = random.next()
        let column = Int(truncatingIfNeeded: ((bits &>> 32) &* UInt64(truncatingIfNeeded: columns.count)) &>> 32)
        let entry = columns.pointer[column]
        let isOwn = (bits & 0xFFFF_FFFF) < (entry &>> 32)
        return isOwn ? column : Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
    }
}
