import WarehouseBasics
import WarehouseColumns

/// Where the last partition and the last peers of a slice end, which may lie far behind it. One serves all functions: each
/// asks for the same of every slice.
final class PlacedScout {
    private let rowCount: Int
    /// Of the partitions' numbers; nil: there is one partition.
    private let numbers: PlacedCursor?
    private let keys: [PlacedKey]
    /// Those that were found last.
    private var partition = 0..<0, peers = 0..<0

    init(_ source: PlacedSource, order: [SortColumn], numberColumn: Int?) {
        rowCount = source.columns.rowCount
        numbers = numberColumn.map { source.cursor($0) }
        keys = order.map { PlacedKey(source, $0) }
    }

    /// The place behind the partition of the row at `place`; quick where places come ascending.
    func partitionEnd(_ place: Int) throws -> Int {
        if partition.contains(place) { return partition.upperBound }
        guard let numbers else {
            partition = 0..<rowCount
            return rowCount
        }
        let (first, row) = try numbers.seek(place)
        let number = first.int32s[row]
        var next = place + 1
        while next < rowCount {
            let (block, row) = try numbers.seek(next)
            guard block.int32s[row] == number else { break }
            next = block.int32s[block.count - 1] == number ? numbers.places.upperBound : next + 1
        }
        partition = place..<next
        return next
    }

    /// The place behind the row's peers.
    func peerEnd(_ place: Int) throws -> Int {
        if peers.contains(place) { return peers.upperBound }
        let end = try partitionEnd(place)
        var next = keys.isEmpty ? end : place + 1
        while next < end {
            var arePeers = true
            for key in keys where arePeers { arePeers = try key.isSame(next) }
            guard arePeers else { break }
            next += 1
        }
        peers = place..<next
        return next
    }

    /// Keeps no block.
    func leave() { for key in keys { key.leave() } }
}

/// A column of the order.
private final class PlacedKey {
    private let cursor: PlacedCursor
    private var column: SortColumn
    /// Of the block where the cursor stands.
    private var comparator: (places: Range<Int>, comparator: RowComparator)?

    init(_ source: PlacedSource, _ column: SortColumn) {
        cursor = source.cursor(column.column)
        self.column = column
        self.column.column = 0
    }

    /// Whether the row at a place has the value of that before.
    func isSame(_ place: Int) throws -> Bool {
        let (values, row) = try cursor.seek(place - 1), places = cursor.places
        guard !places.contains(place) else {
            if let comparator, comparator.places == places { return comparator.comparator.compare(row, row + 1) == 0 }
            let made = try comparator(values)
            comparator = (places, made)
            return made.compare(row, row + 1) == 0
        }
        comparator = nil
        let both = values.slice(row..<(row + 1)), (behind, next) = try cursor.seek(place)
        both.append(behind.slice(next..<(next + 1)))
        return try comparator(both).compare(0, 1) == 0
    }

    func leave() { comparator = nil }

    private func comparator(_ values: ColumnBuffer) throws -> RowComparator {
        try RowComparator(RowBuffer(columns: [values], rowCount: values.count), [column])
    }
}
