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
        var found = [UInt32](repeating: 0, count: rowCount)
        for partition in 0..<partitionCount {
            var start = starts[partition]
            for place in starts[partition]..<starts[partition + 1] {
                if place & 0xFFFF == 0 { try context.checkCancelled() }
                if place > start, !arePeers(place - 1, place) { start = place }
                found[place] = UInt32(truncatingIfNeeded: start)
            }
        }
        peers = found
        return found
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
