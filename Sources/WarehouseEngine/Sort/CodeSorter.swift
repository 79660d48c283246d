import WarehouseBasics
import WarehouseColumns

/// Sorts rows by their codes, and those of equal codes by comparison where codes do not hold the keys wholly.
struct CodeSorter {
    let codes: SortCodes
    let comparator: RowComparator
    /// Throws when nobody wants the rows any more.
    var check: () throws -> Void = {}

    /// Memory to sort up to `capacity` rows in.
    final class Scratch {
        let entries: UnsafeMutablePointer<SortEntry>
        let spare: UnsafeMutablePointer<SortEntry>

        private let capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            entries = PageMemory.allocate(SortEntry.self, count: capacity)
            spare = PageMemory.allocate(SortEntry.self, count: capacity)
        }

        deinit {
            PageMemory.deallocate(entries, count: capacity)
            PageMemory.deallocate(spare, count: capacity)
        }
    }

    /// Sorts `count` entries, whose rows are ascending; `spare` has room for as many.
    func sort(_ entries: UnsafeMutablePointer<SortEntry>, _ spare: UnsafeMutablePointer<SortEntry>, _ count: Int) throws {
        try check()
        try SortEntries.radixSort(entries, spare, count, check)
        if !codes.isExact { try settleTies(entries, spare, count) }
    }

    /// Sorts `count` rows, ascending at first, by the codes beside them, which are left as they are.
    func sort(_ values: UnsafePointer<UInt64>, _ rows: UnsafeMutablePointer<Int32>, _ count: Int, _ scratch: Scratch)
        throws {
        guard count > 1 else { return }
        if codes.isExact, isAscending(values, count) { return }
        for index in 0..<count {
            scratch.entries[index] = SortEntry(code: values[index], row: UInt32(bitPattern: rows[index]))
        }
        try sort(scratch.entries, scratch.spare, count)
        for index in 0..<count { rows[index] = Int32(bitPattern: scratch.entries[index].row) }
    }

    private func isAscending(_ values: UnsafePointer<UInt64>, _ count: Int) -> Bool {
        for index in 1..<count where values[index - 1] > values[index] { return false }
        return true
    }

    /// Sorts runs of equal codes by comparison.
    private func settleTies(_ entries: UnsafeMutablePointer<SortEntry>, _ spare: UnsafeMutablePointer<SortEntry>,
                            _ count: Int) throws {
        var start = 0
        while start < count {
            var end = start + 1
            while end < count, entries[end].code == entries[start].code { end += 1 }
            if end - start > 1 {
                try SortEntries.mergeSort(entries + start, spare + start, end - start, check) {
                    comparator.compare($0, $1, from: codes.firstOpenKey)
                }
            }
            start = end
        }
    }
}
