import WarehouseBasics
import WarehouseColumns

/// COUNT(DISTINCT x) of groups, where x is an integer of a known range: a hash table whose slots hold 64 neighbouring
/// values of one group as bits. Values that come close together share slots, and rows that repeat the group's last
/// value are passed over. Films by tag, 11.7 million pairs: 40 MB instead of 1,500, 90 ms instead of 600.
final class DistinctBitsAggregator: Aggregator {
    /// So that the number of a word of bits fits 32.
    static let maximumSpan = Int64(1) << 37

    private struct Slot {
        /// Group in the high half, number of the word in the low one.
        var key: UInt64
        /// 0: a free slot.
        var bits: UInt64
    }
    private var slots: UnsafeMutablePointer<Slot>
    private var slotBits: UInt64 = 8
    private var used = 0
    /// Each group's last value: its distance from `low`, plus 1.
    private var last = StateArray<UInt64>(empty: 0)
    private let low: Int64
    private let span: UInt64
    /// Of the values.
    private let type: PhysicalType
    private let resultType: PhysicalType

    init(low: Int64, span: UInt64, type: PhysicalType, resultType: PhysicalType) {
        self.type = type
        self.low = low
        self.span = span
        self.resultType = resultType
        slots = DistinctBitsAggregator.makeSlots(8)
    }

    deinit { slots.deallocate() }

    private static func makeSlots(_ bits: UInt64) -> UnsafeMutablePointer<Slot> {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: 1 << Int(bits))
        slots.initialize(repeating: Slot(key: 0, bits: 0), count: 1 << Int(bits))
        return slots
    }

    override var allocatedBytes: Int { last.allocatedBytes + (1 << Int(slotBits)) * MemoryLayout<Slot>.stride }
    override func reserve(groups: Int) { last.grow(to: groups) }

    override func pushRows(_ body: @escaping (Batch) throws -> Void) throws {
        try IntegerRows.push(type, check: { [self] in try checkCancelled() }, body) { put in
            for index in 0..<(1 << Int(slotBits)) where slots[index].bits != 0 {
                var bits = slots[index].bits
                while bits != 0 {
                    let place = (slots[index].key & 0xFFFF_FFFF) << 6 | UInt64(bits.trailingZeroBitCount)
                    try put(low &+ Int64(bitPattern: place), Int32(truncatingIfNeeded: slots[index].key >> 32))
                    bits &= bits - 1
                }
            }
        }
    }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vector = flat(arguments, 0)
        reserve(slots: used + rows)
        let isInside = vector.physicalType == .int32 ? add(vector.int32s, vector.validity, rows, groups)
            : add(vector.int64s, vector.validity, rows, groups)
        guard isInside else { throw KeyEncoder.outOfRange }
    }

    private func add<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ validity: UnsafePointer<UInt64>?,
                                           _ rows: Int, _ groups: GroupAssignment) -> Bool {
        let last = last.states, low = low, span = span
        let table = Table(slots, slotBits)
        var worst: UInt64 = 0, used = used
        groups.forEachRow(rows) { group, row in
            if let validity, !ValidityWords.isValid(validity, row) { return }
            let place = UInt64(bitPattern: Int64(truncatingIfNeeded: values[row]) &- low)
            if last[group] == place &+ 1 { return }
            last[group] = place &+ 1
            worst = max(worst, place)
            used &+= table.add(UInt64(truncatingIfNeeded: group) &<< 32 | (place &>> 6) & 0xFFFF_FFFF, 1 &<< (place & 63))
        }
        self.used = used
        return worst <= span
    }

    /// The slots, in registers.
    private struct Table {
        let slots: UnsafeMutablePointer<Slot>
        let shift: UInt64
        let mask: Int

        init(_ slots: UnsafeMutablePointer<Slot>, _ bits: UInt64) {
            self.slots = slots
            shift = 64 - bits
            mask = (1 << Int(bits)) - 1
        }

        /// Sets bits of a word; gives 1 when the word is new.
        @inline(__always)
        func add(_ key: UInt64, _ bits: UInt64) -> Int {
            var index = Int(truncatingIfNeeded: KeyIndex.mix(key) &>> shift)
            while slots[index].bits != 0 {
                if slots[index].key == key {
                    slots[index].bits |= bits
                    return 0
                }
                index = (index &+ 1) & mask
            }
            slots[index] = Slot(key: key, bits: bits)
            return 1
        }
    }

    /// Keeps the table at most 5/8 full.
    private func reserve(slots wanted: Int) {
        guard wanted > (1 << Int(slotBits)) / 8 * 5 else { return }
        var bits = slotBits
        while wanted > (1 << Int(bits)) / 8 * 5 { bits += 1 }
        let grown = DistinctBitsAggregator.makeSlots(bits)
        let table = Table(grown, bits)
        for old in 0..<(1 << Int(slotBits)) where slots[old].bits != 0 { _ = table.add(slots[old].key, slots[old].bits) }
        slots.deallocate()
        slots = grown
        slotBits = bits
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? DistinctBitsAggregator, count > 0 else { return }
        let highest = Int(UnsafeBufferPointer(start: from, count: count).max() ?? 0)
        var targets = [Int32](repeating: -1, count: highest + 1)
        for index in 0..<count { targets[Int(from[index])] = to[index] }
        targets.withUnsafeBufferPointer { targets in
            for index in 0..<(1 << Int(other.slotBits)) where other.slots[index].bits != 0 {
                let slot = other.slots[index], group = Int(truncatingIfNeeded: slot.key >> 32)
                guard group < targets.count, targets[group] >= 0 else { continue }
                reserve(slots: used + 1)
                used += Table(slots, slotBits).add(UInt64(targets[group]) << 32 | slot.key & 0xFFFF_FFFF, slot.bits)
            }
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        var counts = [Int](repeating: 0, count: groups)
        for index in 0..<(1 << Int(slotBits)) where slots[index].bits != 0 {
            counts[Int(truncatingIfNeeded: slots[index].key >> 32)] += slots[index].bits.nonzeroBitCount
        }
        return try AggregateResult.integers(groups, resultType) { Int128(counts[$0]) }
    }
}
