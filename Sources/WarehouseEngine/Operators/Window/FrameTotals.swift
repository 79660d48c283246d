/// Sums of FLOAT, and how many values they are of, for aligned blocks of a partition's places, so that nothing is ever
/// subtracted. A frame is added from its first place to its last, whole blocks at once, in memory and on disk.
struct FrameTotals {
    struct Total {
        var sum = 0.0
        var count = 0
    }
    static let smallRows = 128
    private static let ratio = 64
    private var small: [Total] = []
    private var large: [Total] = []

    /// Places of the partition that whole blocks stand for.
    var placeCount: Int { small.count * Self.smallRows }
    var allocatedBytes: Int { (small.capacity + large.capacity) * MemoryLayout<Total>.stride }

    mutating func removeAll() {
        small.removeAll(keepingCapacity: true)
        large.removeAll(keepingCapacity: true)
    }

    /// The next small block's.
    mutating func append(_ total: Total) {
        small.append(total)
        guard small.count.isMultiple(of: Self.ratio) else { return }
        var whole = Total()
        for part in small.suffix(Self.ratio) {
            whole.sum += part.sum
            whole.count += part.count
        }
        large.append(whole)
    }

    /// The total of a frame whose whole blocks are there; `add` adds the rows of some places.
    @inline(__always)
    func total(_ frame: Range<Int>, add: (Range<Int>, inout Total) throws -> Void) rethrows -> Total {
        var total = Total()
        let first = (frame.lowerBound + Self.smallRows - 1) / Self.smallRows, end = frame.upperBound / Self.smallRows
        guard first < end else {
            try add(frame, &total)
            return total
        }
        try add(frame.lowerBound..<first * Self.smallRows, &total)
        var block = first
        while block < end {
            let isLarge = block.isMultiple(of: Self.ratio) && block + Self.ratio <= end
            let part = isLarge ? large[block / Self.ratio] : small[block]
            total.sum += part.sum
            total.count += part.count
            block += isLarge ? Self.ratio : 1
        }
        try add(end * Self.smallRows..<frame.upperBound, &total)
        return total
    }
}
