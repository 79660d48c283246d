/// One row to sort: the leading bits of its keys, and its number.
struct SortEntry {
    var code: UInt64
    var row: UInt32
}

/// Sorts entries by code, ties by row, where rows come ascending at first.
enum SortEntries {
    /// Stable least-significant-digit radix sort; digits that all entries share are skipped. `spare` has room for as
    /// many. The result is in `entries`.
    static func radixSort(_ entries: UnsafeMutablePointer<SortEntry>, _ spare: UnsafeMutablePointer<SortEntry>,
                          _ count: Int, _ check: () throws -> Void) rethrows {
        guard count > 1 else { return }
        if count < 64 { return insertionSort(entries, count) }
        var any: UInt64 = 0, all: UInt64 = .max
        for index in 0..<count {
            any |= entries[index].code
            all &= entries[index].code
        }
        let differing = any ^ all
        var source = entries, target = spare
        var shift: UInt64 = 0
        var counts = [Int](repeating: 0, count: 2048)
        while shift < 64 {
            let mask: UInt64 = 0x7FF
            if differing >> shift & mask != 0 {
                try counts.withUnsafeMutableBufferPointer { slots in
                    try scatter(source, target, count, shift, mask, slots, check)
                }
                swap(&source, &target)
            }
            shift += 11
        }
        if source != entries { entries.update(from: source, count: count) }
    }

    private static func scatter(_ source: UnsafePointer<SortEntry>, _ target: UnsafeMutablePointer<SortEntry>,
                                _ count: Int, _ shift: UInt64, _ mask: UInt64,
                                _ slots: UnsafeMutableBufferPointer<Int>, _ check: () throws -> Void) rethrows {
        slots.update(repeating: 0)
        for index in 0..<count { slots[Int(truncatingIfNeeded: source[index].code &>> shift & mask)] &+= 1 }
        var sum = 0
        for slot in slots.indices {
            let size = slots[slot]
            slots[slot] = sum
            sum &+= size
        }
        var start = 0
        while start < count {
            try check()
            let end = min(count, start + Pieces.rows)
            for index in start..<end {
                let slot = Int(truncatingIfNeeded: source[index].code &>> shift & mask)
                target[slots[slot]] = source[index]
                slots[slot] &+= 1
            }
            start = end
        }
    }

    private static func insertionSort(_ entries: UnsafeMutablePointer<SortEntry>, _ count: Int) {
        for index in 1..<count {
            let entry = entries[index]
            var place = index
            while place > 0, entries[place - 1].code > entry.code {
                entries[place] = entries[place - 1]
                place -= 1
            }
            entries[place] = entry
        }
    }

    /// Stable merge sort by a comparison of rows, for entries whose codes are equal. `check` ends it by throwing.
    static func mergeSort(_ entries: UnsafeMutablePointer<SortEntry>, _ spare: UnsafeMutablePointer<SortEntry>,
                          _ count: Int, _ check: () throws -> Void, _ compare: (Int, Int) -> Int) throws {
        guard count > 1 else { return }
        if count >= 4096 { try check() }
        if count <= 16 {
            for index in 1..<count {
                let entry = entries[index]
                var place = index
                while place > 0, compare(Int(entries[place - 1].row), Int(entry.row)) > 0 {
                    entries[place] = entries[place - 1]
                    place -= 1
                }
                entries[place] = entry
            }
            return
        }
        let half = count / 2
        try mergeSort(entries, spare, half, check, compare)
        try mergeSort(entries + half, spare, count - half, check, compare)
        if compare(Int(entries[half - 1].row), Int(entries[half].row)) <= 0 { return }
        spare.update(from: entries, count: half)
        var left = 0, right = half, place = 0
        while left < half, right < count {
            if place & 0xFFF == 0xFFF { try check() }
            if compare(Int(spare[left].row), Int(entries[right].row)) <= 0 {
                entries[place] = spare[left]
                left += 1
            } else {
                entries[place] = entries[right]
                right += 1
            }
            place += 1
        }
        while left < half {
            entries[place] = spare[left]
            left += 1
            place += 1
        }
    }
}
