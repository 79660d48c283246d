import WarehouseBasics
import WarehouseColumns

/// Where a block of rows lies in a file.
struct SpillBlock {
    var offset: Int
    var byteCount: Int
    var rowCount: Int
    /// Hash of the bytes.
    var checksum: UInt64
}

/// Rows as bytes, column by column:
///
/// | bytes | meaning |
/// |---|---|
/// | 8 | 1 where the column has nulls, else 0 |
/// | 8 a 64 rows | validity words, where it has |
/// | stride a row, up to a multiple of 8 | values; of strings the lengths, of 4 bytes each; of lists the ends |
/// | any, up to a multiple of 8 | a string column's bytes |
/// | … | a list column's elements: 8 bytes for their number, 8 for their type, then as a column |
///
/// In the processor's own byte order: nobody else reads it.
enum SpillCodec {
    /// Writes flat vectors of `rows` rows.
    static func encode(_ vectors: [Vector], rows: Int, into buffer: ByteBuffer) {
        for vector in vectors { encode(vector, from: 0, rows, buffer) }
    }

    private static func word(_ value: UInt64, _ buffer: ByteBuffer) {
        UnsafeMutableRawPointer(buffer.reserve(8)).storeBytes(of: value, as: UInt64.self)
        buffer.advance(8)
    }

    private static func encode(_ vector: Vector, from start: Int, _ rows: Int, _ buffer: ByteBuffer) {
        word(vector.hasNulls ? 1 : 0, buffer)
        if let words = vector.validity {
            let count = (rows + 63) >> 6
            let target = UnsafeMutableRawPointer(buffer.reserve(count * 8)).assumingMemoryBound(to: UInt64.self)
            target.update(repeating: 0, count: count)
            ValidityWords.copy(words, from: start, to: target, at: 0, count: rows)
            buffer.advance(count * 8)
        }
        switch vector.physicalType {
        case .string: encodeStrings(vector.strings + start, rows, buffer)
        case .list: encodeList(vector, start, rows, buffer)
        default:
            let stride = vector.physicalType.stride
            copy(vector.values + start * stride, rows * stride, buffer)
        }
    }

    private static func copy(_ bytes: UnsafeRawPointer, _ count: Int, _ buffer: ByteBuffer) {
        UnsafeMutableRawPointer(buffer.reserve(count + 8)).copyMemory(from: bytes, byteCount: count)
        buffer.advance(count)
        pad(buffer)
    }

    private static func pad(_ buffer: ByteBuffer) {
        while buffer.count & 7 != 0 { buffer.append(0) }
    }

    private static func encodeStrings(_ views: UnsafePointer<StringView>, _ rows: Int, _ buffer: ByteBuffer) {
        let lengths = UnsafeMutableRawPointer(buffer.reserve(rows * 4 + 8)).assumingMemoryBound(to: UInt32.self)
        var total = 0
        for row in 0..<rows {
            lengths[row] = views[row].length
            total &+= views[row].count
        }
        buffer.advance(rows * 4)
        pad(buffer)
        var target = buffer.reserve(total + 8)
        for row in 0..<rows {
            target.update(from: views[row].bytes, count: views[row].count)
            target += views[row].count
        }
        buffer.advance(total)
        pad(buffer)
    }

    private static func encodeList(_ vector: Vector, _ start: Int, _ rows: Int, _ buffer: ByteBuffer) {
        let offsets = vector.offsets + start, base = offsets[0]
        let ends = UnsafeMutableRawPointer(buffer.reserve(rows * 4 + 8)).assumingMemoryBound(to: Int32.self)
        for row in 0..<rows { ends[row] = offsets[row + 1] - base }
        let count = Int(offsets[rows] - base)
        buffer.advance(rows * 4)
        pad(buffer)
        word(UInt64(count), buffer)
        word(UInt64(vector.child?.physicalType.rawValue ?? PhysicalType.string.rawValue), buffer)
        guard let child = vector.child, count > 0 else { return }
        let flat = child.form == .flat ? child : child.flattened(into: Vector(child.physicalType, capacity: 1))
        encode(flat, from: Int(base), count, buffer)
    }

    // MARK: Reading

    /// Appends the rows of a block to buffers of the same types.
    static func decode(_ bytes: UnsafeRawBufferPointer, rows: Int, into columns: inout [ColumnBuffer]) throws {
        var reader = Reader(bytes: bytes, place: 0)
        for index in columns.indices { try decode(&reader, rows, &columns[index]) }
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var place: Int

        mutating func take(_ count: Int) throws -> UnsafeRawPointer {
            guard count >= 0, count <= bytes.count - place, let base = bytes.baseAddress else { throw SpillFile.damaged }
            defer { place = min(bytes.count, (place + count + 7) & ~7) }
            return base + place
        }

        mutating func word() throws -> UInt64 { try take(8).load(as: UInt64.self) }
    }

    private static func decode(_ reader: inout Reader, _ rows: Int, _ column: inout ColumnBuffer) throws {
        let hasNulls = try reader.word() != 0
        let validity = hasNulls ? try reader.take(((rows + 63) >> 6) * 8).assumingMemoryBound(to: UInt64.self) : nil
        switch column.physicalType {
        case .string: try decodeStrings(&reader, rows, column)
        case .list: try decodeList(&reader, rows, &column)
        default:
            let stride = column.physicalType.stride
            let values = try reader.take(rows * stride)
            column.reserve(rows)
            (column.values + column.count * stride).copyMemory(from: values, byteCount: rows * stride)
        }
        let start = column.count
        column.commit(rows)
        guard let validity else { return }
        for row in 0..<rows where !ValidityWords.isValid(validity, row) { column.setNull(start + row) }
    }

    private static func decodeStrings(_ reader: inout Reader, _ rows: Int, _ column: ColumnBuffer) throws {
        let lengths = try reader.take(rows * 4).assumingMemoryBound(to: UInt32.self)
        var total = 0
        for row in 0..<rows { total &+= Int(lengths[row]) }
        let source = try reader.take(total).assumingMemoryBound(to: UInt8.self)
        column.reserve(rows)
        let target = column.strings + column.count
        guard total > 0 else {
            for row in 0..<rows { target[row] = .empty }
            return
        }
        var bytes = column.arena.allocate(total)
        bytes.update(from: source, count: total)
        for row in 0..<rows {
            let length = Int(lengths[row])
            target[row] = length == 0 ? .empty : StringView(bytes, count: length)
            bytes += length
        }
    }

    private static func decodeList(_ reader: inout Reader, _ rows: Int, _ column: inout ColumnBuffer) throws {
        let ends = try reader.take(rows * 4).assumingMemoryBound(to: Int32.self)
        let count = Int(truncatingIfNeeded: try reader.word()), code = try reader.word()
        guard let type = PhysicalType(rawValue: UInt8(truncatingIfNeeded: code)), count >= 0, count < Int(Int32.max)
        else { throw SpillFile.damaged }
        // Until the first element comes nothing says of what type it is.
        if count > 0, column.child?.physicalType != type, column.child?.count == 0 { column = column.emptyLists(of: type) }
        guard var child = column.child else { throw SpillFile.damaged }
        let base = Int32(truncatingIfNeeded: child.count)
        guard child.count + count < Int(Int32.max) else {
            throw WarehouseError(.limitExceeded, "More than \(Int32.max) list elements in memory.")
        }
        column.reserve(rows)
        let offsets = column.offsets + column.count
        for row in 0..<rows { offsets[row + 1] = ends[row] + base }
        if count > 0 {
            guard child.physicalType == type else { throw SpillFile.damaged }
            try decode(&reader, count, &child)
        }
    }
}

extension ColumnBuffer {
    /// As many lists without elements, and NULLs, for elements of another type.
    fileprivate func emptyLists(of type: PhysicalType) -> ColumnBuffer {
        let made = ColumnBuffer(.list, elementType: type)
        for row in 0..<count {
            made.commitList()
            if isNull(row) { made.setNull(row) }
        }
        return made
    }
}
