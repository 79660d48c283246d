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
        var previous = ~patterns[0], code: Int64 = 0
        for row in 0..<count {
            if patterns[row] != previous {
                previous = patterns[row]
                code = find(UInt64(bitPattern: previous))
                if entries.count > limit {
                    entries.removeSubrange(before...)
                    isOpen = false
                    slots = []
                    return false
                }
            }
            codes[row] = code
        }
        return true
    }

    /// Gives up: forgets the entries behind the first `count`, and no later chunk uses the dictionary.
    func close(keeping count: Int) {
        entries.removeSubrange(count...)
        isOpen = false
        slots = []
    }

    private func find(_ pattern: UInt64) -> Int64 {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: DistinctSketch.hash(pattern)) & mask
        while slots[slot] != 0 {
            let entry = Int(slots[slot] &- 1)
            if entries[entry] == pattern { return Int64(entry) }
            slot = (slot &+ 1) & mask
        }
        entries.append(pattern)
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return Int64(entries.count - 1)
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
