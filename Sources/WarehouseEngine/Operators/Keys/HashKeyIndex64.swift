import WarehouseBasics
import WarehouseColumns

/// Numbers 64-bit codes by open addressing with linear probing; a slot holds the code and its number + 1.
final class HashKeyIndex64: KeyIndex {
    struct Slot {
        var code: UInt64
        var id: Int32
    }

    private var slots: UnsafeMutablePointer<Slot>
    private var slotBits: UInt64

    init(expected: Int = 0) {
        slotBits = UInt64(max(8, (max(1, expected) * 2 - 1).bitWidth - (max(1, expected) * 2 - 1).leadingZeroBitCount))
        slots = HashKeyIndex64.makeSlots(slotBits)
    }

    deinit { PageMemory.deallocate(slots, count: 1 << Int(slotBits)) }

    private static func makeSlots(_ bits: UInt64) -> UnsafeMutablePointer<Slot> {
        let slots = PageMemory.allocate(Slot.self, count: 1 << Int(bits))
        slots.initialize(repeating: Slot(code: 0, id: 0), count: 1 << Int(bits))
        return slots
    }

    override var allocatedBytes: Int { (1 << Int(slotBits)) * MemoryLayout<Slot>.stride }

    override func insert(_ codes: KeyCodes, rows: Int, validity: UnsafePointer<UInt64>?,
                         into ids: UnsafeMutablePointer<Int32>, newRows: inout RowList) throws {
        try checkRoom(rows)
        try reserve(count + rows)
        let slots = slots, shift = 64 - slotBits, mask = (1 << Int(slotBits)) - 1, codes = codes.first
        var next = count
        for row in 0..<rows {
            if let validity, !ValidityWords.isValid(validity, row) { continue }
            let code = codes[row]
            var index = Int(truncatingIfNeeded: KeyIndex.mix(code) >> shift)
            while true {
                let slot = slots[index]
                if slot.id == 0 {
                    ids[row] = Int32(truncatingIfNeeded: next)
                    next &+= 1
                    slots[index] = Slot(code: code, id: Int32(truncatingIfNeeded: next))
                    newRows.append(row)
                    break
                }
                if slot.code == code {
                    ids[row] = slot.id &- 1
                    break
                }
                index = (index &+ 1) & mask
            }
        }
        count = next
    }

    override func find(_ codes: KeyCodes, rows: Int, into ids: UnsafeMutablePointer<Int32>) {
        let slots = slots, shift = 64 - slotBits, mask = (1 << Int(slotBits)) - 1, codes = codes.first
        for row in 0..<rows {
            let code = codes[row]
            var index = Int(truncatingIfNeeded: KeyIndex.mix(code) >> shift)
            while slots[index].id != 0, slots[index].code != code { index = (index &+ 1) & mask }
            ids[row] = slots[index].id &- 1
        }
    }

    /// Keeps the table at most 5/8 full.
    private func reserve(_ wanted: Int) throws {
        guard wanted > (1 << Int(slotBits)) / 8 * 5 else { return }
        var bits = slotBits
        while wanted > (1 << Int(bits)) / 8 * 5 { bits += 1 }
        let grown = PageMemory.allocate(Slot.self, count: 1 << Int(bits)), slots = slots
        let shift = 64 - bits, mask = (1 << Int(bits)) - 1
        do {
            try Pieces.run(mask + 1, check) { range in
                (grown + range.lowerBound).initialize(repeating: Slot(code: 0, id: 0), count: range.count)
            }
            try Pieces.run(1 << Int(slotBits), check) { range in
                for old in range where slots[old].id != 0 {
                    var index = Int(truncatingIfNeeded: KeyIndex.mix(slots[old].code) >> shift)
                    while grown[index].id != 0 { index = (index &+ 1) & mask }
                    grown[index] = slots[old]
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
