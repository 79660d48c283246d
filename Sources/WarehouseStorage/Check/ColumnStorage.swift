import WarehouseBasics
import WarehouseColumns

/// How one column of a table lies on disk.
public struct ColumnStorage: Sendable, Hashable {
    /// How many chunks each way of encoding has: `packed`, `dictionary`, `runs`, ….
    public var codecs: [String: Int] = [:]
    /// Bytes in segment files: chunks, dictionaries, directories.
    public var storedBytes = 0
    /// Bytes that the values would take as they are: 1, 4, 8 or 16 a value, of texts their bytes and 4 a value.
    public var plainBytes = 0

    public init() {}
}

extension TableSnapshot {
    /// How the column at index `column` lies on disk. Reads the heads of its chunks, and texts whole. Errors:
    /// `corrupt`, `inputOutput`.
    public func storage(of column: Int) throws(WarehouseError) -> ColumnStorage {
        var result = ColumnStorage()
        result.storedBytes = storedBytes(column)
        let vector = makeVector(column)
        for (index, segment) in segments.enumerated() {
            let reader = try reader(segment: index)
            for codec in try reader.codecs(column) { result.codecs[codec, default: 0] += 1 }
            switch vector.physicalType {
            case .string, .list:
                let cursor = try reader.makeColumnCursor(column)
                var row = 0
                while row < segment.rowCount {
                    let count = min(ColumnCursor.windowRows, segment.rowCount - row)
                    try cursor.read(row: row, count: count, into: vector, as: vector.physicalType)
                    result.plainBytes += 4 * count + Self.textBytes(vector, count)
                    row += count
                }
            default: result.plainBytes += segment.rowCount * vector.physicalType.stride
            }
        }
        return result
    }

    private static func textBytes(_ vector: Vector, _ count: Int) -> Int {
        var bytes = 0
        guard vector.physicalType == .list else {
            let strings = vector.valueHolder.strings
            for row in 0..<count where !vector.isNull(row) { bytes += Int(strings[vector.valueIndex(row)].length) }
            return bytes
        }
        guard let child = vector.child else { return 0 }
        guard child.physicalType == .string else { return child.count * child.physicalType.stride }
        return child.count * 4 + textBytes(child, child.count)
    }
}

extension SegmentReader {
    /// How each chunk of a column is encoded; `inline` for rows in commit records, `default` where the rows are older
    /// than the column.
    func codecs(_ column: Int) throws(WarehouseError) -> [String] {
        guard let file else { return ["inline"] }
        guard let directory = try file.directory(column: storedColumn(column).number) else { return ["default"] }
        var names: [String] = []
        for chunk in directory.entries.chunks {
            var codec = ChunkCodec(file, from: chunk.offset, to: chunk.offset + chunk.byteCount)
            names.append(try codec.name())
        }
        return names
    }
}

/// Reads off a chunk's heads how it is encoded.
private struct ChunkCodec {
    private let file: SegmentFile
    private var offset: Int
    private let end: Int

    init(_ file: SegmentFile, from offset: Int, to end: Int) {
        self.file = file
        self.offset = offset
        self.end = end
    }

    private func head(_ count: Int) throws(WarehouseError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard offset >= 0, offset <= end - count else {
            throw file.damaged(at: offset, "a chunk ends too early")
        }
        try bytes.withUnsafeMutableBufferPointer { (target) throws(WarehouseError) in
            try file.read(at: offset, UnsafeMutableRawBufferPointer(target))
        }
        return bytes
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    mutating func name() throws(WarehouseError) -> String {
        let head = try head(ColumnChunkFormat.headerBytes)
        offset += ColumnChunkFormat.headerBytes + Self.number(head[8..<12])
        switch ColumnChunkFormat.Encoding(rawValue: head[0]) {
        case .allNull: return "null"
        case .integers: return try integers()
        case .doubleBits: return try "bits " + integers()
        case .decimals:
            offset += 16
            return try "decimals " + integers()
        case .codes: return "dictionary"
        case .strings:
            let sizes = try self.head(16)
            return Self.number(sizes[8..<16]) < Self.number(sizes[0..<8]) ? "lz4" : "plain"
        case .lists: return "lists"
        case nil: throw file.damaged(at: offset, "a chunk has an unknown encoding")
        }
    }

    private func integers() throws(WarehouseError) -> String {
        let head = try head(4)
        switch IntegerChunkFormat.Kind(rawValue: head[0]) {
        case .constant: return "constant"
        case .plain: return "plain"
        case .runs: return "runs"
        case .split: return "split"
        case .packed:
            switch IntegerChunkFormat.Mode(rawValue: head[2]) {
            case .frameOfReference: return "packed"
            case .delta: return "delta"
            case .zigzagDelta: return "zigzag"
            case .clusters: return "clusters"
            case nil: break
            }
        case nil: break
        }
        throw file.damaged(at: offset, "a chunk has an unknown encoding")
    }
}
