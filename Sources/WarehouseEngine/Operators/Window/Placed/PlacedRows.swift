import WarehouseBasics
import WarehouseColumns

/// Ordered rows on disk by their places. A block that several look at is in memory once.
final class PlacedRows {
    private struct Loaded { weak var buffer: RowBuffer? }

    private let source: SpilledRows
    private let blocks: [SpillBlock]
    /// The place behind each block.
    private let ends: [Int]
    private var loaded: [Int: Loaded] = [:]
    private let scratch = SpillScratch()
    private let held: MemoryReservation
    private let context: QueryContext

    init(_ source: SpilledRows, _ context: QueryContext) {
        self.source = source
        self.context = context
        blocks = source.stripes.flatMap { $0 }
        var count = 0
        ends = blocks.map { block in
            count += block.rowCount
            return count
        }
        held = MemoryReservation(context.memory)
    }

    var rowCount: Int { ends.last ?? 0 }

    /// The block that holds a place, and its places.
    func load(_ place: Int) throws -> (RowBuffer, Range<Int>) {
        var low = 0, high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= place { low = middle + 1 } else { high = middle }
        }
        let places = (ends[low] - blocks[low].rowCount)..<ends[low]
        if let buffer = loaded[low]?.buffer { return (buffer, places) }
        try context.checkCancelled()
        let columns = source.types.map { ColumnBuffer($0, capacity: max(1, blocks[low].rowCount), textBytes: 1024) }
        let buffer = RowBuffer(columns: columns, rowCount: 0)
        try source.file.load(blocks[low], into: buffer, scratch)
        loaded = loaded.filter { $0.value.buffer != nil }
        loaded[low] = Loaded(buffer: buffer)
        try held.resize(to: loaded.values.reduce(0) { $0 + ($1.buffer?.allocatedBytes ?? 0) })
        return (buffer, places)
    }
}

/// Looks at one place after another.
final class PlacedCursor {
    private let rows: PlacedRows
    private(set) var buffer: RowBuffer?
    /// Those of `buffer`.
    private(set) var places = 0..<0

    init(_ rows: PlacedRows) { self.rows = rows }

    /// The block that holds a place, and the row there.
    @inline(__always)
    func seek(_ place: Int) throws -> (rows: RowBuffer, row: Int) {
        if let buffer, places.contains(place) { return (buffer, place - places.lowerBound) }
        return try load(place)
    }

    private func load(_ place: Int) throws -> (rows: RowBuffer, row: Int) {
        // The block before may go first.
        buffer = nil
        let (loaded, range) = try rows.load(place)
        buffer = loaded
        places = range
        return (loaded, place - range.lowerBound)
    }

    /// Calls `body` with the rows of some places, block by block.
    func forEach(_ wanted: Range<Int>, _ body: (RowBuffer, Range<Int>) throws -> Void) throws {
        var place = wanted.lowerBound
        while place < wanted.upperBound {
            let (rows, row) = try seek(place)
            let count = min(wanted.upperBound, places.upperBound) - place
            try body(rows, row..<(row + count))
            place += count
        }
    }
}

/// Where partitions and peers end. Each function has its own: functions go over a slice one after another, and a shared one
/// would go back and forth between its first partition and its last.
final class PlacedScout {
    private let rows: PlacedRows
    private let order: [SortColumn]
    private let numberColumn: Int?
    private let partitions: PlacedCursor
    private let peers: PlacedCursor
    /// Those that were found last.
    private var partition = 0..<0, peerGroup = 0..<0
    private var comparator: (places: Range<Int>, comparator: RowComparator)?

    init(_ rows: PlacedRows, order: [SortColumn], numberColumn: Int?) {
        self.rows = rows
        self.order = order
        self.numberColumn = numberColumn
        partitions = PlacedCursor(rows)
        peers = PlacedCursor(rows)
    }

    /// The place behind the partition of the row at `place`; quick where places come ascending.
    func partitionEnd(_ place: Int) throws -> Int {
        if partition.contains(place) { return partition.upperBound }
        guard let numberColumn else {
            partition = 0..<rows.rowCount
            return rows.rowCount
        }
        let (first, row) = try partitions.seek(place)
        let number = first.columns[numberColumn].int32s[row]
        var next = place + 1
        while next < rows.rowCount {
            let (block, row) = try partitions.seek(next)
            let numbers = block.columns[numberColumn].int32s
            guard numbers[row] == number else { break }
            next = numbers[block.rowCount - 1] == number ? partitions.places.upperBound : next + 1
        }
        partition = place..<next
        return next
    }

    /// The place behind the row's peers.
    func peerEnd(_ place: Int) throws -> Int {
        if peerGroup.contains(place) { return peerGroup.upperBound }
        let end = try partitionEnd(place)
        var next = order.isEmpty ? end : place + 1
        while next < end, try arePeers(next) { next += 1 }
        peerGroup = place..<next
        return next
    }

    /// Whether the row at a place is a peer of that before.
    private func arePeers(_ place: Int) throws -> Bool {
        let (before, row) = try peers.seek(place - 1)
        if peers.places.contains(place) {
            if let comparator, comparator.places == peers.places {
                return comparator.comparator.compare(row, row + 1) == 0
            }
            let made = try RowComparator(before, order)
            comparator = (peers.places, made)
            return made.compare(row, row + 1) == 0
        }
        comparator = nil
        let columns = before.columns.map { $0.slice(row..<(row + 1)) }
        let (behind, next) = try peers.seek(place)
        for (column, other) in zip(columns, behind.columns) { column.append(other.slice(next..<(next + 1))) }
        return try RowComparator(RowBuffer(columns: columns, rowCount: 2), order).compare(0, 1) == 0
    }
}
