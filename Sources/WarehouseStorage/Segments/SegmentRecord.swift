import WarehouseBasics

/// What the manifest knows of a segment file.
struct SegmentRecord: Hashable, Sendable {
    var id: UInt64
    var fileBytes: Int
    var rowCount: Int
    /// XXH64 of the footer: the file found must be the file meant.
    var footerChecksum: UInt64
    /// By column number.
    var columns: [ColumnRecord]

    struct ColumnRecord: Hashable, Sendable {
        var number: UInt32
        var summary: ColumnSummary
        /// Bytes of its chunks, dictionary and directory.
        var byteCount: Int
    }

    func summary(column number: UInt32) -> ColumnSummary? { columns.first { $0.number == number }?.summary }

    func write(to writer: inout ByteWriter) {
        writer.uint64(id)
        writer.count(fileBytes)
        writer.count(rowCount)
        writer.uint64(footerChecksum)
        writer.list(columns) { writer, column in
            writer.uint32(column.number)
            writer.count(column.byteCount)
            column.summary.write(to: &writer)
        }
    }

    init(id: UInt64, fileBytes: Int, rowCount: Int, footerChecksum: UInt64, columns: [ColumnRecord]) {
        self.id = id
        self.fileBytes = fileBytes
        self.rowCount = rowCount
        self.footerChecksum = footerChecksum
        self.columns = columns
    }

    init(from reader: inout ByteReader) throws(WarehouseError) {
        id = try reader.uint64()
        fileBytes = try reader.count(limit: 1 << 48)
        rowCount = try reader.count(limit: SegmentFormat.maximumRows)
        footerChecksum = try reader.uint64()
        columns = try reader.list(limit: 65_536) { (reader) throws(WarehouseError) in
            let number = try reader.uint32()
            let bytes = try reader.count(limit: 1 << 48)
            return ColumnRecord(number: number, summary: try ColumnSummary(from: &reader), byteCount: bytes)
        }
    }
}

// rows | nulls | 1 flags: 1 integer bounds, 2 double bounds, 4 NaN, 8 sorted, 16 sketch | 16 low | 16 high | 8 low |
// 8 high | registers that are not 0: a count, then each: register, rank; or 256 ranks
extension ColumnSummary {
    func write(to writer: inout ByteWriter) {
        writer.count(rowCount)
        writer.count(nullCount)
        let used = sketch.registers.filter { $0 > 0 }.count
        writer.uint8((low != nil ? 1 : 0) | (lowDouble != nil ? 2 : 0) | (hasNaN ? 4 : 0) | (isSorted ? 8 : 0)
            | (used > 0 ? 16 : 0))
        if let low, let high {
            writer.int128(low)
            writer.int128(high)
        }
        if let lowDouble, let highDouble {
            writer.double(lowDouble)
            writer.double(highDouble)
        }
        guard used > 0 else { return }
        writer.count(used)
        if used < 128 {
            for (register, rank) in sketch.registers.enumerated() where rank > 0 {
                writer.uint8(UInt8(register))
                writer.uint8(rank)
            }
        } else {
            writer.raw(sketch.registers)
        }
    }

    init(from reader: inout ByteReader) throws(WarehouseError) {
        rowCount = try reader.count(limit: 1 << 48)
        nullCount = try reader.count(limit: rowCount)
        let flags = try reader.uint8()
        if flags & 1 != 0 {
            low = try reader.int128()
            high = try reader.int128()
        }
        if flags & 2 != 0 {
            lowDouble = try reader.double()
            highDouble = try reader.double()
        }
        hasNaN = flags & 4 != 0
        isSorted = flags & 8 != 0
        guard flags & 16 != 0 else { return }
        let used = try reader.count(limit: DistinctSketch.registerCount)
        var registers = [UInt8](repeating: 0, count: DistinctSketch.registerCount)
        if used < 128 {
            for _ in 0..<used {
                let register = Int(try reader.uint8())
                registers[register] = try reader.uint8()
            }
        } else {
            registers = Array(try reader.raw(DistinctSketch.registerCount))
        }
        guard let sketch = DistinctSketch(registers: registers) else { throw reader.corrupt("a sketch is impossible") }
        self.sketch = sketch
    }
}
