import WarehouseBasics
import WarehouseColumns

/// Appends any number of rows to one table with bounded memory: cuts chunks, which a `SegmentPipeline` encodes and
/// writes while the caller makes more. Used from one thread at a time.
public final class TableAppender {
    private let transaction: WriteTransaction
    private let table: ObjectID
    private let columns: [StoredColumn]
    private var buffers: [ColumnBuffer]
    /// Bytes of strings and elements in `buffers`, roughly.
    private var pendingBytes = 0
    private let pipeline: SegmentPipeline
    private var isFinished = false

    /// Rows appended so far.
    public private(set) var rowCount = 0

    init(_ transaction: WriteTransaction, _ table: ObjectID, columns: [StoredColumn], bufferBytes: Int? = nil) {
        self.transaction = transaction
        self.table = table
        self.columns = columns
        buffers = columns.map { $0.makeBuffer() }
        pipeline = SegmentPipeline(transaction, columns, bufferBytes: bufferBytes)
    }

    deinit { if !isFinished { pipeline.abandon() } }

    private var pendingRows: Int { buffers.first?.count ?? 0 }

    /// Bytes of one chunk of such columns, what texts and lists hold not counted.
    public static func chunkBytes(_ columns: [StoredColumn]) -> Int {
        columns.reduce(0) { $0 + $1.type.widestPhysicalType.stride } * SegmentFormat.chunkRows
    }

    /// Appends a batch: a vector for every column, of any form and of the column's physical type (integers of any
    /// width). Copies what it keeps. Errors of writing may show at a later call.
    public func append(_ batch: Batch) throws(WarehouseError) {
        try checkShape(batch)
        var start = 0
        while start < batch.rowCount {
            let end = start + min(batch.rowCount - start, SegmentFormat.chunkRows - pendingRows, 4096)
            for (buffer, vector) in zip(buffers, batch.vectors) { append(vector, start..<end, to: buffer) }
            try didAppend(end - start)
            start = end
        }
    }

    private func checkShape(_ batch: Batch) throws(WarehouseError) {
        let suits = batch.vectors.count == buffers.count && zip(batch.vectors, buffers).allSatisfy { vector, buffer in
            vector.physicalType == buffer.physicalType || vector.physicalType.isInteger && buffer.physicalType.isInteger
        }
        guard suits else {
            let types = batch.vectors.map { "\($0.physicalType)" }.joined(separator: ", ")
            throw WarehouseError(.internalFault, "Rows of the physical types \(types) do not suit their table.")
        }
    }

    private func append(_ vector: Vector, _ range: Range<Int>, to buffer: ColumnBuffer) {
        if buffer.copiesRange(of: vector) || range == 0..<vector.count { return buffer.append(vector, range) }
        // Only the range asked for is made flat.
        let rows = UnsafeMutablePointer<Int32>.allocate(capacity: range.count)
        defer { rows.deallocate() }
        let start = Int32(truncatingIfNeeded: range.lowerBound)
        for index in 0..<range.count { rows[index] = start &+ Int32(truncatingIfNeeded: index) }
        buffer.append(vector, selection: UnsafeBufferPointer(start: rows, count: range.count))
    }

    /// Appends all rows of the buffers, one for every column.
    public func append(_ columns: [ColumnBuffer]) throws(WarehouseError) {
        let rows = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == rows }, "buffers of equal counts")
        try append(Batch(columns.map { $0.vector() }, rowCount: rows))
    }

    private func didAppend(_ rows: Int) throws(WarehouseError) {
        rowCount += rows
        var fixedBytes = 0
        for buffer in buffers {
            pendingBytes += bytes(of: buffer, last: rows)
            fixedBytes += buffer.count * buffer.physicalType.stride
        }
        guard pendingBytes <= StringHeapCodec.maximumBytes else {
            throw WarehouseError(.limitExceeded, "\(rows) rows hold more than 1 GB of text.")
        }
        let limit = transaction.store.options.chunkBytes
        // Rows of hundreds of columns are cut short for their width alone.
        if pendingRows == SegmentFormat.chunkRows || pendingBytes > limit || fixedBytes > 4 * limit { try flush() }
    }

    private func bytes(of buffer: ColumnBuffer, last rows: Int) -> Int {
        var sum = 0
        switch buffer.physicalType {
        case .string:
            let strings = buffer.strings
            for row in (buffer.count - rows)..<buffer.count { sum &+= Int(strings[row].length) }
        case .list:
            guard let child = buffer.child else { return 0 }
            let elements = Int(buffer.offsets[buffer.count] - buffer.offsets[buffer.count - rows])
            sum = elements * child.physicalType.stride + bytes(of: child, last: elements)
        default: break
        }
        return sum
    }

    private func flush() throws(WarehouseError) {
        guard pendingRows > 0 else { return }
        let full = buffers
        // A chunk cut short was cut for its bytes: the next one need not have room for all rows.
        let capacity = pendingRows == SegmentFormat.chunkRows ? SegmentFormat.chunkRows : 0
        buffers = columns.map { $0.makeBuffer(capacity: capacity) }
        pendingBytes = 0
        try pipeline.push(full)
    }

    /// Waits until everything is durable and makes the rows part of the transaction. An error rolls nothing back by
    /// itself: the caller rolls the transaction back, or to a savepoint.
    public func finish() throws(WarehouseError) {
        guard !isFinished else { return }
        isFinished = true
        let options = transaction.store.options
        if !pipeline.hasBegun, rowCount <= options.inlineRowLimit, pendingBytes <= options.inlineByteLimit {
            guard rowCount > 0 else { return }
            let block = InlineBlock(buffers, kinds: columns.map { ColumnKind($0.type) }, rowCount: rowCount)
            return try transaction.finishAppend(to: table, records: [], inline: block)
        }
        try transaction.finishAppend(to: table, records: try finishSegments(), inline: nil)
    }

    /// Writes what is left and waits until everything is durable; gives the segments, which nothing names yet.
    func finishSegments() throws(WarehouseError) -> [SegmentRecord] {
        isFinished = true
        var failure: WarehouseError?
        do throws(WarehouseError) { try flush() } catch { failure = error }
        let records = try pipeline.finish()
        if let failure { throw failure }
        return records
    }
}
