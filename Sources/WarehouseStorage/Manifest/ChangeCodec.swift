import WarehouseBasics
import WarehouseColumns

/// Steps of a commit in bytes. Numbers without a size are LEB128; ids are 8 bytes, part and column numbers 4.
///
///   1 put object      id | 2 kind | payload with its length      2 remove object   id
///   3 reserve         8 next id | 8 next segment id
///   4 create table    id | retention (zigzag) | columns: a count, then each: column
///   5 drop table      id                                         6 set retention   id | retention (zigzag)
///   7 add column      id | column                                8 drop column     id | index
///   9 add segment     id | part | segment record                10 add inline      id | part | rows (`InlineCodec`)
///  11 remove part     id | part                                 12 delete rows     id | part | rows: a count, bytes
///                                                                                  of an integer chunk, the chunk
///  13 replace parts   id | a count, parts | first new part | segment records: a count, then each
///  14 reserve numbers id | part | column
///  15 note dropped    8 segment id | 8 version | 8 expiry | file bytes
///  16 forget          a count, 8-byte segment ids              17 note changed    id | 8 time
///  18 note dropped    as 15 | 8 id of the table that held it
///
///   column            4 number | logical type | 1 fill: 0 null, 1 boolean, 2 integer, 3 double, 4 bytes | its value
enum ChangeCodec {
    static let maximumColumns = 65_536

    static func write(_ change: Change, to writer: inout ByteWriter) {
        func head(_ tag: UInt8, _ id: ObjectID) {
            writer.uint8(tag)
            writer.uint64(id.value)
        }
        switch change {
        case .putObject(let record):
            head(1, record.id)
            writer.uint16(record.kind)
            writer.byteString(record.payload)
        case .removeObject(let id): head(2, id)
        case .reserve(let id, let segment):
            writer.uint8(3)
            writer.uint64(id)
            writer.uint64(segment)
        case .createTable(let id, let columns, let retention):
            head(4, id)
            writer.signedVarint(Int64(retention))
            writer.list(columns) { $1.write(to: &$0) }
        case .dropTable(let id): head(5, id)
        case .setRetention(let id, let seconds):
            head(6, id)
            writer.signedVarint(Int64(seconds))
        case .addColumn(let id, let column):
            head(7, id)
            column.write(to: &writer)
        case .dropColumn(let id, let index):
            head(8, id)
            writer.count(index)
        case .addSegment, .addInline, .removePart, .deleteRows, .replaceParts, .reserveNumbers:
            writeRows(change, to: &writer)
        case .noteDropped(let id, let segment):
            writer.uint8(segment.table == nil ? 15 : 18)
            writer.uint64(id)
            writer.uint64(segment.version)
            writer.int64(segment.expiresAt)
            writer.count(segment.fileBytes)
            if let table = segment.table { writer.uint64(table.value) }
        case .noteChanged(let id, let time):
            head(17, id)
            writer.int64(time)
        case .forget(let ids):
            writer.uint8(16)
            writer.list(ids) { $0.uint64($1) }
        }
    }

    private static func writeRows(_ change: Change, to writer: inout ByteWriter) {
        func head(_ tag: UInt8, _ id: ObjectID, _ part: UInt32) {
            writer.uint8(tag)
            writer.uint64(id.value)
            writer.uint32(part)
        }
        switch change {
        case .addSegment(let id, let part, let record):
            head(9, id, part)
            record.write(to: &writer)
        case .addInline(let id, let part, let block):
            head(10, id, part)
            InlineCodec.write(block.columns, rowCount: block.rowCount, to: &writer)
        case .removePart(let id, let part): head(11, id, part)
        case .deleteRows(let id, let part, let rows):
            head(12, id, part)
            writer.count(rows.count)
            let sink = ByteSink()
            rows.withUnsafeBufferPointer { buffer in
                if let start = buffer.baseAddress {
                    IntegerEncoder().encode(start, count: rows.count, into: sink, allowsRuns: false)
                }
            }
            writer.byteString(sink.bytes)
        case .replaceParts(let id, let parts, let number, let records):
            writer.uint8(13)
            writer.uint64(id.value)
            writer.list(parts) { $0.uint32($1) }
            writer.uint32(number)
            writer.list(records) { $1.write(to: &$0) }
        case .reserveNumbers(let id, let part, let column):
            head(14, id, part)
            writer.uint32(column)
        default: break
        }
    }

    /// Reads a step; `table` gives the columns of the table that inline rows belong to.
    static func read(from reader: inout ByteReader,
                     columns table: (ObjectID) -> [StoredColumn]?) throws(WarehouseError) -> Change {
        let tag = try reader.uint8()
        if tag == 3 { return .reserve(nextID: try reader.uint64(), nextSegmentID: try reader.uint64()) }
        if tag == 15 || tag == 18 {
            let id = try reader.uint64(), version = try reader.uint64(), expiry = try reader.int64()
            let bytes = try reader.count(limit: 1 << 48), table = tag == 18 ? ObjectID(try reader.uint64()) : nil
            return .noteDropped(id, DroppedSegment(version: version, expiresAt: expiry, fileBytes: bytes, table: table))
        }
        if tag == 16 { return .forget(try reader.list { (reader) throws(WarehouseError) in try reader.uint64() }) }
        let id = ObjectID(try reader.uint64())
        switch tag {
        case 1:
            let kind = try reader.uint16()
            return .putObject(ObjectRecord(id: id, kind: kind, payload: try reader.byteString()))
        case 2: return .removeObject(id)
        case 4:
            let retention = Int(try reader.signedVarint())
            let columns = try reader.list(limit: maximumColumns) { (reader) throws(WarehouseError) in
                try StoredColumn(from: &reader)
            }
            return .createTable(id, columns: columns, retentionSeconds: retention)
        case 5: return .dropTable(id)
        case 6: return .setRetention(id, seconds: Int(try reader.signedVarint()))
        case 7: return .addColumn(id, try StoredColumn(from: &reader))
        case 8: return .dropColumn(id, index: try reader.count(limit: maximumColumns))
        case 9: return .addSegment(id, part: try reader.uint32(), try SegmentRecord(from: &reader))
        case 10:
            let part = try reader.uint32()
            guard let columns = table(id) else { throw reader.corrupt("rows belong to no table") }
            return .addInline(id, part: part, try InlineCodec.read(from: &reader, columns: columns))
        case 11: return .removePart(id, part: try reader.uint32())
        case 12:
            let part = try reader.uint32()
            return .deleteRows(id, part: part, rows: try readRows(from: &reader))
        case 13:
            let parts = try reader.list { (reader) throws(WarehouseError) in try reader.uint32() }
            let number = try reader.uint32()
            let records = try reader.list { (reader) throws(WarehouseError) in try SegmentRecord(from: &reader) }
            return .replaceParts(id, parts: parts, number: number, records)
        case 14: return .reserveNumbers(id, nextPart: try reader.uint32(), nextColumn: try reader.uint32())
        case 17: return .noteChanged(id, try reader.int64())
        default: throw reader.corrupt("a change is of the unknown kind \(tag)")
        }
    }

    private static func readRows(from reader: inout ByteReader) throws(WarehouseError) -> [Int64] {
        let count = try reader.count(limit: SegmentFormat.maximumRows)
        let bytes = try reader.byteString()
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(8, bytes.count), alignment: 16)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        var rows = [Int64](repeating: 0, count: count)
        do throws(CodecFault) {
            let decoder = IntegerDecoder(.int64)
            try decoder.load(UnsafeRawBufferPointer(rebasing: memory[0..<bytes.count]), expected: count)
            try rows.withUnsafeMutableBufferPointer { (target) throws(CodecFault) in
                if let start = target.baseAddress { try decoder.decode(0, count, into: start) }
            }
        } catch {
            throw reader.corrupt(error.reason)
        }
        return rows
    }
}

extension StoredColumn {
    func write(to writer: inout ByteWriter) {
        writer.uint32(number)
        type.write(to: &writer)
        switch fill {
        case .null: writer.uint8(0)
        case .boolean(let flag):
            writer.uint8(1)
            writer.bool(flag)
        case .integer(let value):
            writer.uint8(2)
            writer.int128(value)
        case .double(let value):
            writer.uint8(3)
            writer.double(value)
        case .bytes(let bytes):
            writer.uint8(4)
            writer.byteString(bytes)
        }
    }

    init(from reader: inout ByteReader) throws(WarehouseError) {
        let number = try reader.uint32()
        let type = try LogicalType(from: &reader)
        let fill: ScalarValue = switch try reader.uint8() {
        case 0: .null
        case 1: .boolean(try reader.bool())
        case 2: .integer(try reader.int128())
        case 3: .double(try reader.double())
        case 4: .bytes(try reader.byteString())
        default: throw reader.corrupt("a column's fill is of an unknown kind")
        }
        self.init(type, fill: fill)
        self.number = number
        guard fillSuits else { throw reader.corrupt("a column's fill does not suit its type") }
    }

    /// Whether the fill is a value of the column's type.
    var fillSuits: Bool {
        switch (fill, ColumnKind(type)) {
        case (.null, _), (.boolean, .bool), (.integer, .integer), (.double, .double), (.bytes, .string): true
        default: false
        }
    }
}
