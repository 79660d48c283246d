import WarehouseBasics
import WarehouseColumns

/// Finds the order of rows: by keys, ties by row number. The order is unique, so it does not matter how many threads
/// find it.
enum RowOrdering {
    /// Below this many rows one thread sorts.
    static let parallelAbove = 100_000

    /// Row numbers in order. Fails when there are more than 2^31 rows.
    static func order(_ rows: RowBuffer, by keys: [SortColumn], context: QueryContext) throws -> RowOrder {
        let reservation = MemoryReservation(context.memory)
        try reservation.resize(to: 2 * rows.rowCount * MemoryLayout<SortEntry>.stride)
        try context.checkCancelled()
        return try order(rows, by: keys, threads: context.threads, reservation)
    }

    /// As above, without account.
    static func order(_ rows: RowBuffer, by keys: [SortColumn], threads: Int,
                      _ reservation: MemoryReservation? = nil) throws -> RowOrder {
        let count = rows.rowCount
        guard count < Int(Int32.max) else {
            throw WarehouseError(.limitExceeded, "More than \(Int32.max) rows to sort.")
        }
        let codes = SortCodes(rows, keys)
        let comparator = try RowComparator(rows, keys)
        let entries = UnsafeMutablePointer<SortEntry>.allocate(capacity: max(1, count))
        let spare = UnsafeMutablePointer<SortEntry>.allocate(capacity: max(1, count))
        let pieces = count > parallelAbove ? min(threads, 16) : 1
        let bounds = (0...pieces).map { count / pieces * $0 + min($0, count % pieces) }
        do {
            try TaskPool.run(stripes: pieces, threads: threads) { piece in
                let start = bounds[piece], size = bounds[piece + 1] - start
                codes.write(entries + start, rows, from: start, count: size)
                SortEntries.radixSort(entries + start, spare + start, size)
                if !codes.isExact { settleTies(entries + start, spare + start, size, comparator, codes.firstOpenKey) }
            }
            guard pieces > 1 else {
                spare.deallocate()
                return RowOrder(entries, count: count, reservation)
            }
            let merge = SortMerge(entries, spare, bounds, comparator, firstOpenKey: codes.isExact ? nil
                : codes.firstOpenKey)
            try merge.run(threads: threads)
        } catch {
            entries.deallocate()
            spare.deallocate()
            throw error
        }
        entries.deallocate()
        return RowOrder(spare, count: count, reservation)
    }

    /// Sorts runs of equal codes by comparison.
    private static func settleTies(_ entries: UnsafeMutablePointer<SortEntry>, _ spare: UnsafeMutablePointer<SortEntry>,
                                   _ count: Int, _ comparator: RowComparator, _ firstOpenKey: Int) {
        var start = 0
        while start < count {
            var end = start + 1
            while end < count, entries[end].code == entries[start].code { end += 1 }
            if end - start > 1 {
                SortEntries.mergeSort(entries + start, spare + start, end - start) {
                    comparator.compare($0, $1, from: firstOpenKey)
                }
            }
            start = end
        }
    }
}

/// Row numbers in order.
final class RowOrder {
    let entries: UnsafeMutablePointer<SortEntry>
    let count: Int
    private let reservation: MemoryReservation?

    init(_ entries: UnsafeMutablePointer<SortEntry>, count: Int, _ reservation: MemoryReservation?) {
        self.entries = entries
        self.count = count
        self.reservation = reservation
    }

    deinit { entries.deallocate() }

    @inline(__always)
    subscript(_ place: Int) -> Int { Int(entries[place].row) }
}

/// Merges sorted pieces, in parallel by ranges of the result.
private struct SortMerge {
    let source: UnsafeMutablePointer<SortEntry>
    let target: UnsafeMutablePointer<SortEntry>
    let bounds: [Int]
    let comparator: RowComparator
    /// Where comparison begins for equal codes; nil when equal codes mean equal keys.
    let firstOpenKey: Int?

    init(_ source: UnsafeMutablePointer<SortEntry>, _ target: UnsafeMutablePointer<SortEntry>, _ bounds: [Int],
         _ comparator: RowComparator, firstOpenKey: Int?) {
        self.source = source
        self.target = target
        self.bounds = bounds
        self.comparator = comparator
        self.firstOpenKey = firstOpenKey
    }

    @inline(__always)
    private func precedes(_ a: SortEntry, _ b: SortEntry) -> Bool {
        if a.code != b.code { return a.code < b.code }
        if let firstOpenKey {
            let order = comparator.compare(Int(a.row), Int(b.row), from: firstOpenKey)
            if order != 0 { return order < 0 }
        }
        return a.row < b.row
    }

    func run(threads: Int) throws {
        let pieces = bounds.count - 1
        // Cuts of every piece at the quantiles of the first.
        var cuts: [[Int]] = [Array(bounds.dropLast())]
        for part in 1..<pieces {
            let pivot = source[bounds[0] + (bounds[1] - bounds[0]) / pieces * part]
            cuts.append((0..<pieces).map { lowerBound(pivot, bounds[$0], bounds[$0 + 1]) })
        }
        cuts.append(Array(bounds.dropFirst()))
        var starts = [0]
        for part in 0..<pieces {
            starts.append(starts[part] + (0..<pieces).reduce(0) { $0 + cuts[part + 1][$1] - cuts[part][$1] })
        }
        try TaskPool.run(stripes: pieces, threads: threads) { part in
            merge(cuts[part], cuts[part + 1], into: target + starts[part])
        }
    }

    private func lowerBound(_ pivot: SortEntry, _ start: Int, _ end: Int) -> Int {
        var low = start, high = end
        while low < high {
            let middle = (low + high) / 2
            if precedes(source[middle], pivot) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func merge(_ from: [Int], _ to: [Int], into target: UnsafeMutablePointer<SortEntry>) {
        var heads = (0..<from.count).filter { from[$0] < to[$0] }.map { (next: from[$0], end: to[$0]) }
        var place = 0
        while heads.count > 1 {
            var best = 0
            for index in 1..<heads.count where precedes(source[heads[index].next], source[heads[best].next]) {
                best = index
            }
            target[place] = source[heads[best].next]
            place += 1
            heads[best].next += 1
            if heads[best].next == heads[best].end { heads.remove(at: best) }
        }
        if let last = heads.first { (target + place).update(from: source + last.next, count: last.end - last.next) }
    }
}
