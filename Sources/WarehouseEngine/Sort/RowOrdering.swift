import WarehouseBasics
import WarehouseColumns

/// Finds the order of rows: by keys, ties by row number. The order is unique, so it does not matter how many threads
/// find it.
enum RowOrdering {
    /// Below this many rows one thread sorts.
    static let parallelAbove = 100_000

    /// Row numbers in order. Fails when there are more than 2^31 rows.
    static func order(_ rows: RowBuffer, by keys: [SortColumn], context: QueryContext) throws -> RowOrder {
        try context.checkCancelled()
        return try order(rows, by: keys, threads: context.threads, MemoryReservation(context.memory),
                         check: { try context.checkCancelled() })
    }

    /// As above, without account where no reservation is given. `check` ends it by throwing.
    static func order(_ rows: RowBuffer, by keys: [SortColumn], threads: Int,
                      _ reservation: MemoryReservation? = nil, check: @escaping () throws -> Void = {}) throws -> RowOrder {
        let count = rows.rowCount
        guard count < Int(Int32.max) else {
            throw WarehouseError(.limitExceeded, "More than \(Int32.max) rows to sort.")
        }
        let sorter = CodeSorter(codes: SortCodes(rows, keys), comparator: try RowComparator(rows, keys), check: check)
        if count > parallelAbove {
            try reservation?.resize(to: SortPartitions.bytes(rows: count, threads: threads))
            if let order = try SortPartitions(rows, sorter, threads: threads).order() {
                return try finished(order, count, reservation)
            }
        }
        try reservation?.resize(to: count * (2 * MemoryLayout<SortEntry>.stride + MemoryLayout<Int32>.stride))
        return try finished(try merged(rows, sorter, threads: threads), count, reservation)
    }

    private static func finished(_ order: UnsafeMutablePointer<Int32>, _ count: Int,
                                 _ reservation: MemoryReservation?) throws -> RowOrder {
        try reservation?.resize(to: count * MemoryLayout<Int32>.stride)
        return RowOrder(order, count: count, reservation)
    }

    private static func failure(of check: () throws -> Void) -> (any Error)? {
        do {
            try check()
            return nil
        } catch {
            return error
        }
    }

    /// Sorts a part for each thread, and merges them.
    private static func merged(_ rows: RowBuffer, _ sorter: CodeSorter, threads: Int) throws
        -> UnsafeMutablePointer<Int32> {
        let count = rows.rowCount
        let scratch = CodeSorter.Scratch(capacity: count)
        let pieces = count > parallelAbove ? min(threads, 16) : 1
        let bounds = (0...pieces).map { count / pieces * $0 + min($0, count % pieces) }
        try TaskPool.run(stripes: pieces, threads: threads) { piece in
            let start = bounds[piece], size = bounds[piece + 1] - start
            try Pieces.run(size, sorter.check) { range in
                sorter.codes.write(scratch.entries + start + range.lowerBound, rows, from: start + range.lowerBound,
                                   count: range.count)
            }
            try sorter.sort(scratch.entries + start, scratch.spare + start, size)
        }
        var result = scratch.entries
        if pieces > 1 {
            let open = sorter.codes.isExact ? nil : sorter.codes.firstOpenKey
            try SortMerge(scratch.entries, scratch.spare, bounds, sorter.comparator, firstOpenKey: open)
                .run(threads: threads, check: sorter.check)
            result = scratch.spare
        }
        let order = PageMemory.allocate(Int32.self, count: count)
        for place in 0..<count {
            if place & 0xF_FFFF == 0xF_FFFF, let stopped = failure(of: sorter.check) {
                PageMemory.deallocate(order, count: count)
                throw stopped
            }
            order[place] = Int32(bitPattern: result[place].row)
        }
        return order
    }
}
