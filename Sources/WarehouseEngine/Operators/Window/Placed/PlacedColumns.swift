import WarehouseBasics
import WarehouseColumns

/// Columns of ordered rows by the rows' places: of each that is looked at a copy on disk, in blocks of its own, so that a
/// look at one column loads no other and few rows of wide texts do not cut the rest into small pieces. Blocks stay in
/// memory after they were looked at, those looked at last the longest, as far as `keptBytes` and the limit allow.
final class PlacedColumns {
    let rowCount: Int
    private let source: SpilledRows
    private let context: QueryContext
    private var columns: [Int: PlacedColumn] = [:]
    private var file: SpillFile?
    private let scratch = SpillScratch()
    /// All blocks in memory, and what they are read through.
    private let held: MemoryReservation
    private var loaded: [PlacedBlock] = []
    private var loadedBytes = 0
    /// Blocks in memory at most that no cursor stands in.
    private let keptBytes: Int
    private var clock = 0

    init(_ source: SpilledRows, _ context: QueryContext) {
        self.source = source
        self.context = context
        rowCount = source.rowCount
        held = MemoryReservation(context.memory)
        keptBytes = min(64 << 20, (context.memory.limitBytes ?? 1 << 30) / 4)
    }

    /// A cursor over a column, which is to be written before the cursor is used.
    func cursor(_ column: Int) -> PlacedCursor {
        let known = columns[column] ?? PlacedColumn(source.types[column])
        columns[column] = known
        return PlacedCursor(self, known)
    }

    // MARK: Writing

    /// Bytes written.
    var byteCount: Int { file?.byteCount ?? 0 }

    /// Writes the columns that have cursors.
    func write() throws {
        guard !columns.isEmpty else { return }
        guard let spill = context.spill else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let file = try spill.makeFile(), held = MemoryReservation(context.memory)
        self.file = file
        let blockBytes = max(1024, min(SpillSizes(context).blockBytes, keptBytes / columns.count))
        let writers = columns.map { ($0.key, PlacedColumnWriter($0.value, file, blockBytes: blockBytes, context)) }
        for block in source.stripes.joined() {
            try context.checkCancelled()
            let rows = try source.load(block, scratch)
            for (column, writer) in writers { try writer.add(rows.columns[column]) }
            try held.resize(to: writers.reduce(rows.allocatedBytes + scratch.byteCount) { $0 + $1.1.allocatedBytes })
        }
        for (_, writer) in writers { try writer.finish() }
    }

    // MARK: Looking

    /// The block of a column that holds a place, which stays while it is in use.
    fileprivate func use(_ column: PlacedColumn, _ place: Int) throws -> PlacedBlock {
        let index = column.block(of: place)
        let block = try column.loaded[index] ?? load(column, index)
        clock += 1
        block.lastUse = clock
        block.users += 1
        return block
    }

    private func load(_ column: PlacedColumn, _ index: Int) throws -> PlacedBlock {
        guard let file else { throw SpillFile.damaged }
        try context.checkCancelled()
        let block = column.blocks[index]
        // Texts have a view for each length.
        let expected = block.byteCount + block.rowCount * (column.type == .string ? 12 : 0)
        while loadedBytes + expected > keptBytes, dropBlock() {}
        try resize(held, to: loadedBytes + expected + max(scratch.byteCount, block.byteCount))
        let values = ColumnBuffer(column.type, capacity: max(1, block.rowCount), textBytes: 1)
        let rows = RowBuffer(columns: [values], rowCount: 0)
        try file.load(block, into: rows, scratch)
        // A list's is made anew for its elements.
        let made = PlacedBlock(column, index, rows.columns[0])
        column.loaded[index] = made
        loaded.append(made)
        loadedBytes += made.bytes
        try resize(held, to: loadedBytes + scratch.byteCount)
        return made
    }

    /// Drops the block that was not looked at for longest; false where all are in use.
    private func dropBlock() -> Bool {
        var oldest: Int?
        for (index, block) in loaded.enumerated()
        where block.users == 0 && oldest.map({ block.lastUse < loaded[$0].lastUse }) ?? true { oldest = index }
        guard let oldest else { return false }
        let block = loaded[oldest]
        loaded.swapAt(oldest, loaded.count - 1)
        loaded.removeLast()
        block.column.loaded[block.index] = nil
        loadedBytes -= block.bytes
        held.shrink(to: loadedBytes + scratch.byteCount)
        return true
    }

    /// Makes a reservation `bytes` large. Blocks that nobody stands in go first where there is no room.
    func resize(_ reservation: MemoryReservation, to bytes: Int) throws {
        while bytes > reservation.bytes, !context.memory.hasRoom(for: bytes - reservation.bytes), dropBlock() {}
        try reservation.resize(to: bytes)
    }
}

/// One column on disk.
private final class PlacedColumn {
    let type: PhysicalType
    private(set) var blocks: [SpillBlock] = []
    /// The place behind each block.
    private var ends: [Int] = []
    var loaded: [Int: PlacedBlock] = [:]

    init(_ type: PhysicalType) { self.type = type }

    func setBlocks(_ written: [SpillBlock]) {
        blocks = written
        var count = 0
        ends = written.map { block in
            count += block.rowCount
            return count
        }
    }

    func places(ofBlock index: Int) -> Range<Int> { (ends[index] - blocks[index].rowCount)..<ends[index] }

    func block(of place: Int) -> Int {
        var low = 0, high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A block of a column in memory.
private final class PlacedBlock {
    let column: PlacedColumn
    let index: Int
    let places: Range<Int>
    let values: ColumnBuffer
    let bytes: Int
    /// Cursors that stand in it.
    var users = 0
    var lastUse = 0

    init(_ column: PlacedColumn, _ index: Int, _ values: ColumnBuffer) {
        self.column = column
        self.index = index
        self.values = values
        places = column.places(ofBlock: index)
        bytes = values.allocatedBytes
    }
}

/// Gathers the values of a column into blocks.
private final class PlacedColumnWriter {
    private let column: PlacedColumn
    private let writer: SpillWriter
    private let blockBytes: Int
    private let context: QueryContext
    private var pending: ColumnBuffer?
    private var pendingBytes = 0

    init(_ column: PlacedColumn, _ file: SpillFile, blockBytes: Int, _ context: QueryContext) {
        self.column = column
        self.blockBytes = blockBytes
        self.context = context
        writer = SpillWriter(file)
    }

    var allocatedBytes: Int { pending?.allocatedBytes ?? 0 }

    func add(_ values: ColumnBuffer) throws {
        let bytes = values.contentBytes
        // Lists of one type do not go behind empty ones of none.
        if pendingBytes + bytes > blockBytes || column.type == .list { try flush() }
        let target = pending ?? ColumnBuffer(column.type, elementType: values.child?.physicalType, textBytes: 1024)
        target.append(values)
        pending = target
        pendingBytes += bytes
    }

    private func flush() throws {
        guard let pending else { return }
        try writer.write(RowBuffer(columns: [pending], rowCount: pending.count), blockBytes: blockBytes, context: context)
        self.pending = nil
        pendingBytes = 0
    }

    func finish() throws {
        try flush()
        column.setBlocks(writer.blocks)
    }
}

/// Looks at one place of a column after another, with the block where it stands in memory.
final class PlacedCursor {
    private let columns: PlacedColumns
    private let column: PlacedColumn
    private var block: PlacedBlock?
    /// Those of the block.
    private(set) var places = 0..<0
    /// Shows rows of the block.
    private var shown: Vector?

    fileprivate init(_ columns: PlacedColumns, _ column: PlacedColumn) {
        self.columns = columns
        self.column = column
    }

    deinit { block?.users -= 1 }

    var type: PhysicalType { column.type }

    /// The block's values; nil where the cursor stands nowhere.
    var values: ColumnBuffer? { block?.values }

    /// The block that holds a place, and the row there.
    @inline(__always)
    func seek(_ place: Int) throws -> (values: ColumnBuffer, row: Int) {
        if let block, places.contains(place) { return (block.values, place - places.lowerBound) }
        return try load(place)
    }

    private func load(_ place: Int) throws -> (values: ColumnBuffer, row: Int) {
        // The block before may go first.
        leave()
        let found = try columns.use(column, place)
        block = found
        places = found.places
        return (found.values, place - places.lowerBound)
    }

    /// Stands nowhere, so that the block may go.
    func leave() {
        block?.users -= 1
        (block, shown, places) = (nil, nil, 0..<0)
    }

    /// Some of the block's rows, until the next call.
    func show(_ wanted: Range<Int>) throws -> Vector {
        let (values, row) = try seek(wanted.lowerBound)
        let vector = shown ?? Vector(type, capacity: 1)
        shown = vector
        values.fill(vector, from: row, count: wanted.count)
        return vector
    }

    /// Calls `body` with the values at some places, block by block.
    func forEach(_ wanted: Range<Int>, _ body: (ColumnBuffer, Range<Int>) throws -> Void) throws {
        var place = wanted.lowerBound
        while place < wanted.upperBound {
            let (values, row) = try seek(place)
            let count = min(wanted.upperBound, places.upperBound) - place
            try body(values, row..<(row + count))
            place += count
        }
    }
}

/// Two cursors for places whose ends both move on: one stands where they begin, the other behind the border of that block.
/// One alone would load both blocks for each row while its places lie across a border.
final class PlacedSpan {
    let first: PlacedCursor
    let rest: PlacedCursor

    init(_ source: PlacedSource, _ column: Int) {
        first = source.cursor(column)
        rest = source.cursor(column)
    }

    func forEach(_ wanted: Range<Int>, _ body: (ColumnBuffer, Range<Int>) throws -> Void) throws {
        guard !wanted.isEmpty else { return }
        _ = try first.seek(wanted.lowerBound)
        let border = min(wanted.upperBound, first.places.upperBound)
        try first.forEach(wanted.lowerBound..<border, body)
        try rest.forEach(border..<wanted.upperBound, body)
    }

    /// The cursor for a place of places that begin where `first` stands.
    @inline(__always)
    func cursor(for place: Int) -> PlacedCursor { place < first.places.upperBound ? first : rest }
}
