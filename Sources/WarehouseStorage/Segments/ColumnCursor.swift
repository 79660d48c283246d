import WarehouseBasics
import WarehouseColumns

/// Reads one column of one segment, from one thread, best in ascending order: a chunk is kept from call to call.
public final class ColumnCursor {
    /// Rows of one `read` at most.
    public static let windowRows = 8192

    /// Gives numbers kept by dictionary as dictionary vectors, too, instead of flat.
    public var keepsNumberDictionaries = false

    private let column: StoredColumn
    private let rowCount: Int
    private let source: Source

    private enum Source {
        case file(SegmentFile, ColumnDirectory)
        case inline(ColumnBuffer)
        /// The column was added after the segment was written.
        case fill(ScalarValue)
    }

    // The chunk at hand.
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var chunkIndex = -1
    private var decoder: ColumnDecoder?

    init(_ column: StoredColumn, file: SegmentFile, directory: ColumnDirectory) {
        self.column = column
        rowCount = file.rowCount
        source = .file(file, directory)
    }

    init(_ stored: StoredColumn, inline block: InlineBlock, column: Int, rowCount: Int) {
        self.column = stored
        self.rowCount = rowCount
        source = .inline(block.columns[column])
    }

    init(filling column: StoredColumn, rowCount: Int) {
        self.column = column
        self.rowCount = rowCount
        source = .fill(column.fill)
    }

    deinit { memory.deallocate() }

    /// Fills `vector` with rows `row ..< row + count`, deleted ones too. `count` is at most `windowRows` and the rows lie
    /// within one window (`row / windowRows == (row + count - 1) / windowRows`).
    ///
    /// The vector, of type `physical`, gets the form that is at hand: dictionary for strings kept so (one dictionary a
    /// segment, shared by reference), constant, runs, else flat. `physical` is `TableSnapshot.physicalType`, or for
    /// integers a wider one. Errors: `corrupt`, `inputOutput`.
    public func read(row: Int, count: Int, into vector: Vector, as physical: PhysicalType) throws(WarehouseError) {
        precondition(count >= 0 && row >= 0 && row + count <= rowCount, "rows lie within the segment")
        precondition(count == 0 || row / Self.windowRows == (row + count - 1) / Self.windowRows, "rows lie within one window")
        precondition(vector.physicalType == physical, "the vector has the type to be read")
        switch source {
        case .file(let file, let directory):
            try readFile(file, directory, row, count, vector, physical)
        case .inline(let buffer):
            InlineWindow.fill(vector, from: buffer, row, count)
        case .fill(let value):
            fillConstant(vector, value, count)
        }
    }

    private func readFile(_ file: SegmentFile, _ directory: ColumnDirectory, _ row: Int, _ count: Int,
                          _ vector: Vector, _ physical: PhysicalType) throws(WarehouseError) {
        let chunk = row / SegmentFormat.chunkRows
        guard count > 0, directory.entries.chunks.indices.contains(chunk) else { return vector.beginFlat(0) }
        let offset = directory.entries.chunks[chunk].offset
        do throws(CodecFault) {
            if chunkIndex != chunk || decoder?.physical != physical {
                try load(chunk, of: file, directory, physical)
            }
            decoder?.keepsNumberDictionaries = keepsNumberDictionaries
            try decoder?.fill(vector, row - chunk * SegmentFormat.chunkRows, count)
        } catch {
            chunkIndex = -1
            if let failure = loadFailure {
                loadFailure = nil
                throw failure
            }
            throw file.damaged(at: offset, error.reason)
        }
    }

    /// What reading (rather than decoding) a chunk failed with.
    private var loadFailure: WarehouseError?

    private func load(_ chunk: Int, of file: SegmentFile, _ directory: ColumnDirectory,
                      _ physical: PhysicalType) throws(CodecFault) {
        chunkIndex = -1
        let entry = directory.entries.chunks[chunk]
        do throws(WarehouseError) {
            if decoder?.physical != physical {
                decoder = ColumnDecoder(directory.kind, physical: physical, elementPhysical: column.elementType,
                                        dictionary: try directory.dictionary())
            }
            if memory.count < entry.byteCount {
                memory.deallocate()
                memory = .allocate(byteCount: max(entry.byteCount, 4096), alignment: 16)
            }
            try directory.readChunk(chunk, UnsafeMutableRawBufferPointer(rebasing: memory[0..<entry.byteCount]))
        } catch {
            loadFailure = error
            throw CodecFault("")
        }
        if physical.isInteger, entry.zones.low <= entry.zones.high {
            let fits = physical == .int128
                || entry.zones.high <= (physical == .int32 ? Int128(Int32.max) : Int128(Int64.max))
                && entry.zones.low >= (physical == .int32 ? Int128(Int32.min) : Int128(Int64.min))
            guard fits else { throw CodecFault("values are outside their table's bounds") }
        }
        try decoder?.load(UnsafeRawBufferPointer(rebasing: memory[0..<entry.byteCount]),
                          expected: directory.rowCount(chunk: chunk))
        chunkIndex = chunk
    }

    private func fillConstant(_ vector: Vector, _ value: ScalarValue, _ count: Int) {
        if vector.physicalType == .list {
            vector.setChild(Vector(column.elementType ?? .string, capacity: 1))
        }
        guard count > 0 else { return vector.beginFlat(0) }
        vector.beginConstant(rows: count)
        vector.values.initializeMemory(as: UInt8.self, repeating: 0,
                                       count: vector.physicalType == .list ? 8 : vector.physicalType.stride)
        if vector.physicalType == .string { vector.strings[0] = .empty }
        switch value {
        case .null: vector.setNull(0)
        case .boolean(let flag): vector.bools[0] = flag ? 1 : 0
        case .integer(let number):
            switch vector.physicalType {
            case .int32: vector.int32s[0] = Int32(truncatingIfNeeded: number)
            case .int64: vector.int64s[0] = Int64(truncatingIfNeeded: number)
            default: vector.int128s[0] = number
            }
        case .double(let number): vector.doubles[0] = number
        case .bytes(let bytes): vector.strings[0] = vector.arena.copy(bytes)
        }
    }
}

/// Windows onto inline rows.
enum InlineWindow {
    /// Fills `vector` with rows of a buffer; integers are brought to the vector's width.
    static func fill(_ vector: Vector, from buffer: ColumnBuffer, _ row: Int, _ count: Int) {
        if vector.physicalType == buffer.physicalType { return buffer.fill(vector, from: row, count: count) }
        vector.beginFlat(count)
        for index in 0..<count {
            let value: Int128 = switch buffer.physicalType {
            case .int32: Int128(buffer.int32s[row + index])
            case .int64: Int128(buffer.int64s[row + index])
            default: buffer.int128s[row + index]
            }
            switch vector.physicalType {
            case .int32: vector.int32s[index] = Int32(truncatingIfNeeded: value)
            case .int64: vector.int64s[index] = Int64(truncatingIfNeeded: value)
            default: vector.int128s[index] = value
            }
        }
        guard let words = buffer.validity else { return }
        ValidityWords.copy(words, from: row, to: vector.makeValidity(), at: 0, count: count)
        vector.normalizeValidity()
    }
}
