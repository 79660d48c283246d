import WarehouseBasics
import WarehouseColumns

/// Writes rows in blocks of about `blockBytes` bytes; for one thread.
final class SpillWriter {
    private let file: SpillFile
    private let buffer = ByteBuffer()
    /// Those of `add` are in the file only after `finish`.
    private(set) var blocks: [SpillBlock] = []
    /// Blocks that are in the file.
    private var writtenCount = 0
    private static let gatheredBytes = 1 << 20

    init(_ file: SpillFile) { self.file = file }

    /// Writes flat vectors as one block.
    func write(_ vectors: [Vector], rows: Int) throws {
        try add(vectors, rows: rows)
        try finish()
    }

    /// Makes a block of flat vectors. Many small ones go to the file together.
    func add(_ vectors: [Vector], rows: Int) throws {
        guard rows > 0 else { return }
        let start = buffer.count
        SpillCodec.encode(vectors, rows: rows, into: buffer)
        let bytes = UnsafeRawBufferPointer(rebasing: buffer.rawBytes[start...])
        blocks.append(SpillBlock(offset: start, byteCount: bytes.count, rowCount: rows, checksum: Hash64.bytes(bytes)))
        if buffer.count >= Self.gatheredBytes { try finish() }
    }

    /// Brings the blocks that were added to the file.
    func finish() throws {
        guard writtenCount < blocks.count else { return }
        let offset = try file.append(buffer.rawBytes)
        for index in writtenCount..<blocks.count { blocks[index].offset += offset }
        writtenCount = blocks.count
        buffer.removeAll()
    }

    /// Writes rows of a buffer, all if none are named, in blocks of about `blockBytes` bytes.
    func write(_ rows: RowBuffer, _ range: Range<Int>? = nil, blockBytes: Int, context: QueryContext) throws {
        let size = SpillWriter.blockRows(rows, blockBytes), range = range ?? 0..<rows.rowCount
        let batch = rows.makeBatch()
        var start = range.lowerBound
        while start < range.upperBound {
            try context.checkCancelled()
            let count = min(size, range.upperBound - start)
            rows.show(batch, from: start, count: count)
            try write(batch.vectors, rows: count)
            start += count
        }
    }

    /// How many rows of such a width make a block.
    static func blockRows(_ rows: RowBuffer, _ blockBytes: Int) -> Int {
        let width = max(1, rows.contentBytes / max(1, rows.rowCount))
        return max(1, min(Vector.standardCapacity, blockBytes / width))
    }
}

extension SpillFile {
    /// Appends a block's rows to `rows`, through a buffer that the caller keeps.
    func load(_ block: SpillBlock, into rows: RowBuffer, _ scratch: SpillScratch) throws {
        let bytes = scratch.reserve(block.byteCount)
        try read(block.offset, into: bytes, count: block.byteCount)
        let raw = UnsafeRawBufferPointer(start: bytes, count: block.byteCount)
        guard Hash64.bytes(raw) == block.checksum else { throw SpillFile.damaged }
        try rows.append(encoded: raw, rows: block.rowCount)
    }
}

/// Memory that blocks are read into.
final class SpillScratch {
    private var memory: UnsafeMutableRawPointer
    private var capacity = 4096

    init() { memory = .allocate(byteCount: capacity, alignment: 16) }
    deinit { memory.deallocate() }

    /// Bytes held.
    var byteCount: Int { capacity }

    func reserve(_ bytes: Int) -> UnsafeMutableRawPointer {
        if bytes > capacity {
            memory.deallocate()
            capacity = bytes
            memory = .allocate(byteCount: bytes, alignment: 16)
        }
        return memory
    }
}

/// A relation on disk, by stripes.
struct SpilledRows {
    let file: SpillFile
    let types: [PhysicalType]
    var stripes: [[SpillBlock]]

    var rowCount: Int { stripes.reduce(0) { $0 + $1.rowCount } }
    var byteCount: Int { stripes.reduce(0) { $0 + $1.byteCount } }
}

extension [SpillBlock] {
    var rowCount: Int { reduce(0) { $0 + $1.rowCount } }
    var byteCount: Int { reduce(0) { $0 + $1.byteCount } }

    /// The blocks in order, in groups of at most `bytes` bytes (or one block), `rowBytes` a row counted besides.
    func grouped(upTo bytes: Int, rowBytes: Int) -> [[SpillBlock]] {
        var groups: [[SpillBlock]] = [], size = 0
        for block in self {
            let more = block.byteCount + block.rowCount * rowBytes
            if groups.isEmpty || size + more > bytes {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(block)
            size += more
        }
        return groups
    }
}

/// Reads rows from disk.
final class SpilledSource: PhysicalOperator {
    private let rows: SpilledRows
    /// The columns put out; nil: all.
    private let places: [Int]?
    var outputTypes: [PhysicalType] { places?.map { rows.types[$0] } ?? rows.types }

    init(_ rows: SpilledRows, places: [Int]? = nil) {
        self.rows = rows
        self.places = places
    }

    func prepare(_ context: QueryContext) throws -> Int { rows.stripes.count }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        guard let places else {
            try rows.push(rows.stripes[stripe], columns: rows.types.count, into: consumer, context: context)
            return
        }
        let picked = Batch()
        try rows.push(rows.stripes[stripe], columns: rows.types.count, into: ClosureConsumer { batch in
            picked.vectors = places.map { batch.vectors[$0] }
            picked.rowCount = batch.rowCount
            return try consumer.consume(picked)
        }, context: context)
    }
}

extension SpilledRows {
    /// Pushes the first `columns` columns of blocks; false when the consumer wants no more.
    @discardableResult
    func push(_ blocks: [SpillBlock], columns: Int, into consumer: any BatchConsumer, context: QueryContext) throws -> Bool {
        let scratch = SpillScratch()
        // Small blocks, such as those of many partitions, go on together.
        for group in blocks.grouped(upTo: SpillSizes(context).blockBytes, rowBytes: 0) {
            try context.checkCancelled()
            let loaded = RowBuffer(types)
            loaded.reserve(group.rowCount)
            for block in group { try file.load(block, into: loaded, scratch) }
            let shown = columns == types.count ? loaded
                : RowBuffer(columns: Array(loaded.columns.prefix(columns)), rowCount: loaded.rowCount)
            if try !shown.push(into: consumer, context: context) { return false }
        }
        return true
    }

    /// The rows of a block in no more memory than they take.
    func load(_ block: SpillBlock, _ scratch: SpillScratch) throws -> RowBuffer {
        let columns = types.map { ColumnBuffer($0, capacity: max(1, block.rowCount), textBytes: 1) }
        let rows = RowBuffer(columns: columns, rowCount: 0)
        try file.load(block, into: rows, scratch)
        return rows
    }

    /// All rows of blocks in memory, counted by `reservation`.
    func load(_ blocks: [SpillBlock], _ reservation: MemoryReservation, context: QueryContext) throws -> RowBuffer {
        let rows = RowBuffer(types), scratch = SpillScratch()
        rows.reserve(blocks.rowCount)
        for block in blocks {
            try context.checkCancelled()
            try file.load(block, into: rows, scratch)
            try reservation.grow(to: rows.allocatedBytes)
        }
        return rows
    }
}

extension SpilledRows {
    /// Rows of memory brought to disk in their order, after all; the parts then are empty. nil: there is no disk.
    static func written(_ parts: [RowBuffer], types: [PhysicalType], _ context: QueryContext) throws -> SpilledRows? {
        guard let spill = context.spill else { return nil }
        let file = try spill.makeFile(), size = SortOperator.stripeRows
        var stripes: [[SpillBlock]] = []
        for rows in parts {
            for start in stride(from: 0, to: rows.rowCount, by: size) {
                let writer = SpillWriter(file)
                try writer.write(rows, start..<min(rows.rowCount, start + size), blockBytes: SpillSizes(context).blockBytes,
                                 context: context)
                stripes.append(writer.blocks)
            }
            rows.removeAll()
        }
        return SpilledRows(file: file, types: types, stripes: stripes)
    }
}
