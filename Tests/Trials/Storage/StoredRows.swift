import WarehouseBasics
import WarehouseColumns
import WarehouseStorage

/// One row as the models of the tests hold it.
public typealias Row = [ScalarValue]

public enum StoredRows {
    /// The columns of `rows`.
    public static func buffers(_ rows: [Row], _ columns: [StoredColumn]) -> [ColumnBuffer] {
        columns.enumerated().map { index, column in
            let buffer = column.makeBuffer(capacity: rows.count)
            for row in rows { append(row[index], to: buffer) }
            return buffer
        }
    }

    /// Lists of text travel as bytes joined by `|`, the empty list as an empty text.
    private static func append(_ value: ScalarValue, to buffer: ColumnBuffer) {
        guard buffer.physicalType == .list else { return buffer.append(value) }
        guard case .bytes(let bytes) = value else { return buffer.appendNull() }
        for part in bytes.split(separator: UInt8(ascii: "|")) { buffer.child?.append(Array(part)) }
        buffer.commitList()
    }

    /// All live rows of a table, with their ids.
    public static func read(_ table: TableSnapshot) throws -> [(id: Int64, row: Row)] {
        var rows: [(Int64, Row)] = []
        for index in table.segments.indices {
            let reader = try table.reader(segment: index)
            let cursors = try table.columns.indices.map { try reader.makeColumnCursor($0) }
            let vectors = table.columns.indices.map { table.makeVector($0) }
            var row = 0
            while row < reader.rowCount {
                let count = min(2048, reader.rowCount - row)
                for (cursor, vector) in zip(cursors, vectors) {
                    try cursor.read(row: row, count: count, into: vector, as: vector.physicalType)
                }
                for offset in 0..<count where reader.deletedRows?.isDeleted(row + offset) != true {
                    rows.append((reader.rowID(row + offset), vectors.map { value($0, offset) }))
                }
                row += count
            }
        }
        return rows
    }

    public static func values(_ table: TableSnapshot) throws -> [Row] { try read(table).map(\.row) }

    /// One value of a vector of any form.
    public static func value(_ vector: Vector, _ row: Int) -> ScalarValue {
        if vector.isNull(row) { return .null }
        let index = vector.valueIndex(row), holder = vector.valueHolder
        switch holder.physicalType {
        case .bool: return .boolean(holder.bools[index] != 0)
        case .int32: return .integer(Int128(holder.int32s[index]))
        case .int64: return .integer(Int128(holder.int64s[index]))
        case .int128: return .integer(holder.int128s[index])
        case .double: return .double(holder.doubles[index])
        case .string: return .bytes(Array(holder.strings[index].buffer))
        case .list:
            var bytes: [UInt8] = []
            guard let child = holder.child else { return .null }
            for element in Int(holder.offsets[index])..<Int(holder.offsets[index + 1]) {
                if !bytes.isEmpty { bytes.append(UInt8(ascii: "|")) }
                if case .bytes(let part) = value(child, element) { bytes += part }
            }
            return .bytes(bytes)
        }
    }

    /// Equality by bits, so that NaN equals itself and -0.0 is not 0.0.
    public static func areIdentical(_ a: ScalarValue, _ b: ScalarValue) -> Bool {
        if case .double(let x) = a, case .double(let y) = b { return x.bitPattern == y.bitPattern }
        return a == b
    }

    public static func areIdentical(_ a: [Row], _ b: [Row]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { zip($0, $1).allSatisfy { areIdentical($0, $1) } }
    }
}
