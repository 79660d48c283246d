import WarehouseBasics
import WarehouseColumns

/// The rows of a window in partition order: places `0 ..< rowCount`, each a row; partitions and peers are ranges of
/// places.
final class WindowPartitions {
    let rows: RowBuffer
    let order: RowOrder
    /// First place of each partition, and the number of rows behind the last.
    private(set) var starts: [Int] = []
    private let comparator: RowComparator
    private let isOrdered: Bool
    private var peers: [UInt32]?

    init(_ rows: RowBuffer, partition: [Int], fields: [KeyField], order keys: [SortColumn],
         context: QueryContext) throws {
        self.rows = rows
        comparator = try RowComparator(rows, keys)
        isOrdered = !keys.isEmpty
        let (numbers, count) = try WindowPartitions.numberPartitions(rows, partition, fields, context)
        let all = RowBuffer(columns: rows.columns + [numbers], rowCount: rows.rowCount)
        let leading = partition.isEmpty ? [] : [SortColumn(column: rows.columns.count)]
        order = try RowOrdering.order(all, by: leading + keys, context: context)
        // Partitions are ordered by number, so their sizes tell where they begin.
        var sizes = [Int](repeating: 0, count: count + 1)
        let ids = numbers.int32s
        try Pieces.run(rows.rowCount, { try context.checkCancelled() }) { range in
            for row in range { sizes[Int(ids[row]) + 1] += 1 }
        }
        for partition in 0..<count { sizes[partition + 1] += sizes[partition] }
        starts = sizes
    }

    /// A column with the number of each row's partition, in the order partitions first appear, and how many there are.
    private static func numberPartitions(_ rows: RowBuffer, _ partition: [Int], _ fields: [KeyField],
                                         _ context: QueryContext) throws -> (ColumnBuffer, Int) {
        var partitions = rows.rowCount > 0 ? 1 : 0
        let numbers = ColumnBuffer(.int32, capacity: max(1, rows.rowCount))
        numbers.reserve(rows.rowCount)
        if partition.isEmpty {
            numbers.int32s.update(repeating: 0, count: rows.rowCount)
        } else {
            let table = try GroupTable(fields, expectedRows: rows.rowCount, keepsKeys: false,
                                       denseBytes: context.memory.denseTableBytes,
                                       check: { try context.checkCancelled() })
            let batch = rows.makeBatch()
            var start = 0
            while start < rows.rowCount {
                try context.checkCancelled()
                let count = min(Vector.standardCapacity, rows.rowCount - start)
                rows.show(batch, from: start, count: count)
                try table.insert(partition.map { batch.vectors[$0] }, rows: count, into: numbers.int32s + start)
                start += count
            }
            partitions = table.count
        }
        numbers.commit(rows.rowCount)
        return (numbers, partitions)
    }

    var rowCount: Int { rows.rowCount }
    var partitionCount: Int { starts.count - 1 }

    /// Whether the rows at two neighbouring places of a partition are peers.
    private func arePeers(_ place: Int, _ next: Int) -> Bool {
        !isOrdered || comparator.compare(order[place], order[next]) == 0
    }

    /// For each place the first place of its peers. Without ORDER BY a whole partition are peers.
    func peerStarts(_ context: QueryContext) throws -> [UInt32] {
        if let peers { return peers }
        let chunk = WindowPartitions.chunkRows, chunks = (rowCount + chunk - 1) / chunk
        var firstStarts = [Int](repeating: 0, count: chunks), lastStarts = firstStarts
        let found = try [UInt32](unsafeUninitializedCapacity: rowCount) { found, initialized in
            let starts = found.baseAddress
            try firstStarts.withUnsafeMutableBufferPointer { firsts in
                try lastStarts.withUnsafeMutableBufferPointer { lasts in
                    let firsts = firsts, lasts = lasts
                    try TaskPool.run(stripes: chunks, threads: context.threads) { index in
                        try context.checkCancelled()
                        guard let starts else { return }
                        let places = index * chunk..<min(rowCount, (index + 1) * chunk)
                        (firsts[index], lasts[index]) = findPeers(places, starts)
                    }
                }
            }
            // Peers that reach into a chunk began in one before it.
            var start = 0
            for index in 0..<chunks {
                starts.map { $0 + index * chunk }?.initialize(repeating: UInt32(truncatingIfNeeded: start),
                                                              count: firstStarts[index] - index * chunk)
                if lastStarts[index] >= 0 { start = lastStarts[index] }
            }
            initialized = rowCount
        }
        peers = found
        return found
    }

    private static let chunkRows = 1 << 16

    /// Writes where peers begin, from the first place on that begins some. Gives that place, the chunk's end where there is
    /// none, and the last such place, or -1.
    private func findPeers(_ places: Range<Int>, _ found: UnsafeMutablePointer<UInt32>) -> (Int, Int) {
        // The last partition that begins at or before the first place; empty ones there are not.
        var low = 0, high = partitionCount
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= places.lowerBound { low = middle } else { high = middle }
        }
        var next = starts[low] == places.lowerBound ? low : low + 1
        var first = places.upperBound, start = -1
        for place in places {
            if place == starts[next] {
                next += 1
                start = place
            } else if !arePeers(place - 1, place) {
                start = place
            }
            guard start >= 0 else { continue }
            if first == places.upperBound { first = place }
            found[place] = UInt32(truncatingIfNeeded: start)
        }
        return (first, start)
    }

    /// As above, where they have been asked for before.
    var knownPeerStarts: [UInt32] { peers ?? [] }

    /// Calls `body` for each partition with its range of places; several at a time.
    func forEachPartition(_ context: QueryContext, _ body: (Range<Int>) throws -> Void) throws {
        // Partitions are handed out in groups of about as many rows.
        var groups: [Range<Int>] = []
        var first = 0
        for partition in 0..<partitionCount
        where starts[partition + 1] - starts[first] >= 32_768 || partition == partitionCount - 1 {
            groups.append(first..<(partition + 1))
            first = partition + 1
        }
        try TaskPool.run(stripes: groups.count, threads: context.threads) { group in
            try context.checkCancelled()
            for partition in groups[group] { try body(starts[partition]..<starts[partition + 1]) }
        }
    }
}
