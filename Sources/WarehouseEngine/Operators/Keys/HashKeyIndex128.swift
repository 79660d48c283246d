import WarehouseBasics
import WarehouseColumns

/// Numbers codes of two words by open addressing; a slot holds the code and its number + 1.
final class HashKeyIndex128: KeyIndex {
    struct Slot {
        var first: UInt64
        var second: UInt64
        var id: Int32
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var slotBits: UInt64 = 8

    override init() { slots = HashKeyIndex128.makeSlots(8) }
    deinit { PageMemory.deallocate(slots, count: 1 << Int(slotBits)) }

    override var allocatedBytes: Int { (1 << Int(slotBits)) * MemoryLayout<Slot>.stride }

    private static func makeSlots(_ bits: UInt64) -> UnsafeMutablePointer<Slot> {
        let slots = PageMemory.allocate(Slot.self, count: 1 << Int(bits))
        slots.initialize(repeating: Slot(first: 0, second: 0, id: 0), count: 1 << Int(bits))
        return slots
    }

    @inline(__always)
    private static func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        KeyIndex.mix(first ^ KeyIndex.mix(second &+ 0xA076_1D64_78BD_642F))
    }

    override func insert(_ codes: KeyCodes, rows: Int, validity: UnsafePointer<UInt64>?,
                         into ids: UnsafeMutablePointer<Int32>, newRows: inout RowList) throws {
        try checkRoom(rows)
        try reserve(count + rows)
        let slots = slots, shift = 64 - slotBits, mask = (1 << Int(slotBits)) - 1
        let firsts = codes.first, seconds = codes.second
        var next = count
        for row in 0..<rows {
            if let validity, !ValidityWords.isValid(validity, row) { continue }
            let first = firsts[row], second = seconds[row]
            var index = Int(truncatingIfNeeded: HashKeyIndex128.hash(first, second) >> shift)
            while true {
                let slot = slots[index]
                if slot.id == 0 {
                    ids[row] = Int32(truncatingIfNeeded: next)
                    next &+= 1
                    slots[index] = Slot(first: first, second: second, id: Int32(truncatingIfNeeded: next))
                    newRows.append(row)
                    break
                }
                if slot.first == first, slot.second == second {
                    ids[row] = slot.id &- 1
                    break
                }
                index = (index &+ 1) & mask
            }
        }
        count = next
    }

    override func expect(_ codes: Int) throws { try reserve(codes) }

    override func find(_ codes: KeyCodes, rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        let slots = slots, shift = 64 - slotBits, mask = (1 << Int(slotBits)) - 1
        let firsts = codes.first, seconds = codes.second
        for row in 0..<rows {
            let first = firsts[row], second = seconds[row]
            var index = Int(truncatingIfNeeded: HashKeyIndex128.hash(first, second) >> shift)
            while slots[index].id != 0, slots[index].first != first || slots[index].second != second {
                index = (index &+ 1) & mask
            }
            ids[row] = slots[index].id &- 1
        }
    }

    private func reserve(_ wanted: Int) throws {
        guard wanted > (1 << Int(slotBits)) / 8 * 5 else { return }
        var bits = slotBits
        while wanted > (1 << Int(bits)) / 8 * 5 { bits += 1 }
        let grown = PageMemory.allocate(Slot.self, count: 1 << Int(bits)), slots = slots
        let shift = 64 - bits, mask = (1 << Int(bits)) - 1
        do {
            try Pieces.run(mask + 1, check) { range in
                (grown + range.lowerBound).initialize(repeating: Slot(first: 0, second: 0, id: 0), count: range.count)
            }
            try Pieces.run(1 << Int(slotBits), check) { range in
                for old in range where slots[old].id != 0 {
                    let slot = slots[old]
                    var index = Int(truncatingIfNeeded: HashKeyIndex128.hash(slot.first, slot.second) >> shift)
                    while grown[index].id != 0 { index = (index &+ 1) & mask }
                    grown[index] = slot
                }
            }
        } catch {
            PageMemory.deallocate(grown, count: 1 << Int(bits))
            throw error
        }
        PageMemory.deallocate(slots, count: 1 << Int(slotBits))
        self.slots = grown
        slotBits = bits
    }
}
