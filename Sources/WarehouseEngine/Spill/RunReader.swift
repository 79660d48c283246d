import WarehouseBasics
import WarehouseColumns

/// The next row of a run: plain memory, since a merge compares it with those of other runs for every row.
struct RunCursor {
    /// Keys of the block, for comparison.
    let keys: UnsafeMutablePointer<RowComparator.Key>
    /// The row of the block that comes next.
    var place = 0
    var rowCount = 0

    @inline(__always) var isAtEnd: Bool { place == rowCount }
}

/// Reads one sorted run from disk, a block at a time.
final class RunReader {
    private let source: SpilledRows
    private let blocks: [SpillBlock]
    private let columns: [SortColumn]
    private let scratch: SpillScratch
    private var next = 0
    private(set) var rows: RowBuffer
    /// Where the run stands.
    let cursor: UnsafeMutablePointer<RunCursor>

    init(_ source: SpilledRows, _ blocks: [SpillBlock], _ columns: [SortColumn], _ scratch: SpillScratch) {
        self.source = source
        self.blocks = blocks
        self.columns = columns
        self.scratch = scratch
        rows = RowBuffer(source.types)
        cursor = .allocate(capacity: 1)
        cursor.initialize(to: RunCursor(keys: .allocate(capacity: max(1, columns.count))))
    }

    deinit {
        cursor.pointee.keys.deallocate()
        cursor.deallocate()
    }

    /// Goes to the next block; false when there is none.
    func advance() throws -> Bool {
        guard next < blocks.count else { return false }
        let loaded = RowBuffer(source.types)
        loaded.reserve(blocks[next].rowCount)
        try source.file.load(blocks[next], into: loaded, scratch)
        next += 1
        rows = loaded
        cursor.pointee.place = 0
        cursor.pointee.rowCount = loaded.rowCount
        let made = try RowComparator.keys(loaded, columns)
        for (index, key) in made.enumerated() { (cursor.pointee.keys + index).initialize(to: key) }
        return true
    }
}
