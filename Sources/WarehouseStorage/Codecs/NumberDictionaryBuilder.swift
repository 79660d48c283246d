import WarehouseColumns

/// Collects the distinct 64-bit patterns of a segment's column in order of appearance, like
/// `StringDictionaryBuilder`.
final class NumberDictionaryBuilder {
    static let maximumEntries = 1 << 16

    private(set) var isOpen = true
    private(set) var entries: [UInt64] = []
    private var slots = [Int32](repeating: 0, count: 256)

    /// Codes of a chunk's patterns; false when the dictionary gave up.
    func encode(_ patterns: UnsafePointer<Int64>, count: Int, into codes: UnsafeMutablePointer<Int64>) -> Bool {
        guard isOpen else { return false }
        let before = entries.count
        // Codes must stay well below the size of what they stand for, dictionary included.
        let limit = min(Self.maximumEntries, before + max(16, count / 8))
        var row = 0
        while row < count {
            // All values that are known already; then one new entry.
            row = encodeKnown(patterns, from: row, count, into: codes)
            guard row < count else { break }
            insert(UInt64(bitPattern: patterns[row]))
            if entries.count > limit {
                close(keeping: before)
                return false
            }
        }
        return true
    }

    /// Writes codes from row `start` up to the first unknown pattern; gives its row.
    private func encodeKnown(_ patterns: UnsafePointer<Int64>, from start: Int, _ count: Int,
                             into codes: UnsafeMutablePointer<Int64>) -> Int {
        slots.withUnsafeBufferPointer { slots in
            entries.withUnsafeBufferPointer { entries in
                let mask = slots.count - 1
                for row in start..<count {
                    let pattern = UInt64(bitPattern: patterns[row])
                    var slot = Int(truncatingIfNeeded: DistinctSketch.hash(pattern)) & mask
                    while true {
                        let entry = Int(slots[slot] &- 1)
                        if entry < 0 { return row }
                        if entries[entry] == pattern {
                            codes[row] = Int64(entry)
                            break
                        }
                        slot = (slot &+ 1) & mask
                    }
                }
                return count
            }
        }
    }

    /// Gives up: forgets the entries behind the first `count`, and no later chunk uses the dictionary.
    func close(keeping count: Int) {
        entries.removeSubrange(count...)
        isOpen = false
        slots = []
    }

    /// Adds a pattern that is not there.
    private func insert(_ pattern: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: DistinctSketch.hash(pattern)) & mask
        while slots[slot] != 0 { slot = (slot &+ 1) & mask }
        entries.append(pattern)
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
    }

    private func grow() {
        var grown = [Int32](repeating: 0, count: slots.count * 4)
        let mask = grown.count - 1
        for (entry, pattern) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: DistinctSketch.hash(pattern)) & mask
            while grown[slot] != 0 { slot = (slot + 1) & mask }
            grown[slot] = Int32(entry + 1)
        }
        slots = grown
    }
}
