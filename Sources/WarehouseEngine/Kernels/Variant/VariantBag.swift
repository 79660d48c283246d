import WarehouseColumns

/// How often values occur. It is made of arrays of plain values, which go back to the system at once: a dictionary of a
/// million entries took a tenth of a second to free.
struct VariantBag {
    private var values: [VariantView] = []
    private var hashes: [UInt64] = []
    private var counts: [Int] = []
    /// 1 + the place of a value, by its hash; 0: free. A power of two, half of them free at least.
    private var slots: [Int32]

    /// Room for `capacity` distinct values; more of them make it grow.
    init(capacity: Int) {
        slots = Array(repeating: 0, count: VariantBag.slotCount(for: capacity))
        values.reserveCapacity(capacity)
        hashes.reserveCapacity(capacity)
        counts.reserveCapacity(capacity)
    }

    init(_ values: [VariantView]) throws {
        self.init(capacity: values.count)
        var meter = LoopMeter()
        for value in values {
            try meter.step()
            add(value)
        }
    }

    private static func slotCount(for capacity: Int) -> Int {
        1 << (Int.bitWidth - max(4, 2 * capacity - 1).leadingZeroBitCount)
    }

    /// Adds one; gives whether it is the first of its kind.
    @discardableResult
    mutating func add(_ value: VariantView) -> Bool {
        let hash = value.hash(), slot = slot(of: value, hash)
        if slots[slot] != 0 {
            counts[Int(slots[slot]) - 1] += 1
            return false
        }
        values.append(value)
        hashes.append(hash)
        counts.append(1)
        slots[slot] = Int32(values.count)
        if 2 * values.count > slots.count { enlarge() }
        return true
    }

    private mutating func enlarge() {
        slots = Array(repeating: 0, count: 2 * slots.count)
        let mask = slots.count - 1
        for (place, hash) in hashes.enumerated() {
            var slot = VariantBag.first(hash, mask)
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(place + 1)
        }
    }

    /// How often the value was added.
    func count(_ value: VariantView) -> Int {
        let place = Int(slots[slot(of: value, value.hash())]) - 1
        return place < 0 ? 0 : counts[place]
    }

    /// Whether the value was ever added.
    func contains(_ value: VariantView) -> Bool { slots[slot(of: value, value.hash())] != 0 }

    /// Takes one away; false when there is none.
    mutating func remove(_ value: VariantView) -> Bool {
        let place = Int(slots[slot(of: value, value.hash())]) - 1
        guard place >= 0, counts[place] > 0 else { return false }
        counts[place] -= 1
        return true
    }

    private static func first(_ hash: UInt64, _ mask: Int) -> Int { Int(truncatingIfNeeded: hash ^ hash >> 32) & mask }

    /// Where the value is, else the free slot where it would be.
    private func slot(of value: VariantView, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = VariantBag.first(hash, mask)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if hashes[place] == hash, VariantView.compare(values[place], value) == 0 { break }
            slot = (slot + 1) & mask
        }
        return slot
    }
}
