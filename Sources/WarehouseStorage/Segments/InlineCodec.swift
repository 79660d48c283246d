import WarehouseBasics
import WarehouseColumns

/// Inline rows in bytes: rows | columns: a count, then each:
///   1 form: 0 bool, 1 integers as zigzag LEB128, 2 integers of 16 bytes, 3 doubles, 4 strings, 5 lists
///   1 has nulls; if so (rows + 7) / 8 bytes, a bit a row, 1 = valid
///   values, null rows too — lists: rows × length, elements, then a column of the elements
enum InlineCodec {
    static let maximumRows = 1 << 20

    static func write(_ columns: [ColumnBuffer], rowCount: Int, to writer: inout ByteWriter) {
        writer.count(rowCount)
        writer.count(columns.count)
        for column in columns { write(column, to: &writer) }
    }

    private static func write(_ column: ColumnBuffer, to writer: inout ByteWriter) {
        let rows = column.count
        switch column.physicalType {
        case .bool: writer.uint8(0)
        case .int32, .int64: writer.uint8(1)
        case .int128: writer.uint8(2)
        case .double: writer.uint8(3)
        case .string: writer.uint8(4)
        case .list: writer.uint8(5)
        }
        writer.bool(column.hasNulls)
        if column.hasNulls {
            for start in stride(from: 0, to: rows, by: 8) {
                var byte: UInt8 = 0
                for row in start..<min(start + 8, rows) where !column.isNull(row) { byte |= 1 << UInt8(row - start) }
                writer.uint8(byte)
            }
        }
        switch column.physicalType {
        case .bool: for row in 0..<rows { writer.uint8(column.bools[row] & 1) }
        case .int32: for row in 0..<rows { writer.signedVarint(Int64(column.int32s[row])) }
        case .int64: for row in 0..<rows { writer.signedVarint(column.int64s[row]) }
        case .int128: for row in 0..<rows { writer.int128(column.int128s[row]) }
        case .double: for row in 0..<rows { writer.double(column.doubles[row]) }
        case .string:
            for row in 0..<rows { writer.byteString(UnsafeRawBufferPointer(column.strings[row].buffer)) }
        case .list:
            for row in 0..<rows { writer.count(Int(column.offsets[row + 1] - column.offsets[row])) }
            let elements = column.child ?? ColumnBuffer(.bool)
            writer.count(elements.count)
            write(elements, to: &writer)
        }
    }

    /// Reads rows of a table with `columns`.
    static func read(from reader: inout ByteReader, columns: [StoredColumn]) throws(WarehouseError) -> InlineBlock {
        let rows = try reader.count(limit: maximumRows)
        guard rows > 0, try reader.count(limit: columns.count) == columns.count else {
            throw reader.corrupt("inline rows do not suit their table")
        }
        var buffers: [ColumnBuffer] = []
        for column in columns {
            let kind = ColumnKind(column.type)
            buffers.append(try read(from: &reader, rows: rows, kind: kind, elementType: column.elementType))
        }
        return InlineBlock(buffers, kinds: columns.map { ColumnKind($0.type) }, rowCount: rows)
    }

    private static func read(from reader: inout ByteReader, rows: Int, kind: ColumnKind,
                             elementType: PhysicalType?) throws(WarehouseError) -> ColumnBuffer {
        let form = try reader.uint8()
        let bitmap = try reader.bool() ? Array(try reader.raw((rows + 7) / 8)) : []
        // Every value takes at least a byte: a damaged count cannot ask for more memory than there are bytes.
        guard rows <= reader.remaining || rows == 0 else { throw reader.corrupt("inline rows end too early") }
        let buffer: ColumnBuffer
        switch (form, kind) {
        case (0, .bool):
            buffer = ColumnBuffer(.bool, capacity: rows)
            for _ in 0..<rows { buffer.append(bool: try reader.bool()) }
        case (1, .integer):
            buffer = ColumnBuffer(.int32, capacity: rows)
            for _ in 0..<rows { buffer.append(integer: Int128(try reader.signedVarint())) }
        case (2, .integer):
            buffer = ColumnBuffer(.int128, capacity: rows)
            for _ in 0..<rows { buffer.append(integer: try reader.int128()) }
        case (3, .double):
            buffer = ColumnBuffer(.double, capacity: rows)
            for _ in 0..<rows { buffer.append(double: try reader.double()) }
        case (4, .string):
            buffer = ColumnBuffer(.string, capacity: rows)
            for _ in 0..<rows { buffer.append(try reader.byteString()) }
        case (5, .list(let element)):
            buffer = try readLists(from: &reader, rows: rows, element: element, elementType: elementType)
        default:
            throw reader.corrupt("inline rows do not suit their table")
        }
        for row in 0..<rows where !bitmap.isEmpty && bitmap[row / 8] >> UInt8(row % 8) & 1 == 0 {
            buffer.setNull(row)
        }
        return buffer
    }

    private static func readLists(from reader: inout ByteReader, rows: Int, element: ColumnKind,
                                  elementType: PhysicalType?) throws(WarehouseError) -> ColumnBuffer {
        var lengths: [Int] = []
        var total = 0
        for _ in 0..<rows {
            let length = try reader.count(limit: reader.remaining)
            lengths.append(length)
            total += length
        }
        guard try reader.count(limit: reader.remaining) == total else {
            throw reader.corrupt("the lengths of lists do not add up")
        }
        let elements = try read(from: &reader, rows: total, kind: element, elementType: nil)
        let buffer = ColumnBuffer(.list, elementType: elementType ?? elements.physicalType, capacity: rows)
        guard let child = buffer.child else { return buffer }
        var start = 0
        for length in lengths {
            if length > 0 { child.append(elements.vector(), start..<(start + length)) }
            buffer.commitList()
            start += length
        }
        return buffer
    }
}
