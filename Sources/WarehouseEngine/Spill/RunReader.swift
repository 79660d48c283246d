import WarehouseBasics
import WarehouseColumns

/// Reads one sorted run from disk, a block at a time.
final class RunReader {
    private let source: SpilledRows
    private let blocks: [SpillBlock]
    private let columns: [SortColumn]
    private let scratch: SpillScratch
    private var next = 0
    private(set) var rows: RowBuffer
    /// Keys of the block, for comparison.
    let keys: UnsafeMutablePointer<RowComparator.Key>
    private var keyCount = 0
    /// The row of the block that comes next.
    var place = 0

    init(_ source: SpilledRows, _ blocks: [SpillBlock], _ columns: [SortColumn], _ scratch: SpillScratch) {
        self.source = source
        self.blocks = blocks
        self.columns = columns
        self.scratch = scratch
        rows = RowBuffer(source.types)
        keys = .allocate(capacity: max(1, columns.count))
    }

    deinit { keys.deallocate() }

    @inline(__always) var isAtEnd: Bool { place == rows.rowCount }

    /// Goes to the next block; false when there is none.
    func advance() throws -> Bool {
        guard next < blocks.count else { return false }
        let loaded = RowBuffer(source.types)
        loaded.reserve(blocks[next].rowCount)
        try source.file.load(blocks[next], into: loaded, scratch)
        next += 1
        rows = loaded
        place = 0
        let made = try RowComparator.keys(loaded, columns)
        for (index, key) in made.enumerated() { (keys + index).initialize(to: key) }
        return true
    }
}
