import WarehouseBasics
import WarehouseStorage

// A catalog record's payload, little endian; strings and lists have their length before them:
//
//   version      u8            1
//   parent       varint        object id + 1; 0: none
//   name, owner, comment       strings
//   created, altered           i64, i64   nanoseconds since the epoch
//   attributes   list of       key string, tag u8, value (0 text, 1 i64, 2 bool, 3 list of strings)
//   columns      list of       name string, type, nullable bool, default optional string,
//                              identity bool [i64 start, i64 step], comment string
extension CatalogEntry {
    private static let formatVersion: UInt8 = 1

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.uint8(CatalogEntry.formatVersion)
        writer.varint(parent.map { $0.value + 1 } ?? 0)
        writer.string(name)
        writer.string(owner)
        writer.string(comment)
        writer.int64(createdAt)
        writer.int64(alteredAt)
        writer.list(attributes.sorted { $0.key < $1.key }) { writer, pair in
            writer.string(pair.key)
            pair.value.write(to: &writer)
        }
        writer.list(columns) { $1.write(to: &$0) }
        return writer.bytes
    }

    init(decoding record: ObjectRecord) throws {
        var reader = ByteReader(record.payload, source: "catalog record \(record.id)")
        guard let kind = EntryKind(rawValue: record.kind) else { throw reader.corrupt("unknown kind \(record.kind)") }
        guard try reader.uint8() == CatalogEntry.formatVersion else { throw reader.corrupt("unknown record version") }
        id = record.id
        self.kind = kind
        let holder = try reader.varint()
        parent = holder == 0 ? nil : ObjectID(holder - 1)
        name = try reader.string()
        owner = try reader.string()
        comment = try reader.string()
        createdAt = try reader.int64()
        alteredAt = try reader.int64()
        var attributes: Attributes = [:]
        for _ in 0..<(try reader.count(limit: 100_000)) {
            let key = try reader.string()
            attributes[key] = try AttributeValue(from: &reader)
        }
        self.attributes = attributes
        var columns: [TableColumn] = []
        for _ in 0..<(try reader.count(limit: 100_000)) { columns.append(try TableColumn(from: &reader)) }
        self.columns = columns
        try reader.expectEnd()
    }
}

extension AttributeValue {
    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .text(let text):
            writer.uint8(0)
            writer.string(text)
        case .integer(let value):
            writer.uint8(1)
            writer.int64(value)
        case .flag(let value):
            writer.uint8(2)
            writer.bool(value)
        case .list(let items):
            writer.uint8(3)
            writer.list(items) { $0.string($1) }
        }
    }

    fileprivate init(from reader: inout ByteReader) throws {
        switch try reader.uint8() {
        case 0: self = .text(try reader.string())
        case 1: self = .integer(try reader.int64())
        case 2: self = .flag(try reader.bool())
        case 3:
            var items: [String] = []
            for _ in 0..<(try reader.count(limit: 1_000_000)) { items.append(try reader.string()) }
            self = .list(items)
        default: throw reader.corrupt("unknown attribute tag")
        }
    }
}

extension TableColumn {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.string(name)
        type.write(to: &writer)
        writer.bool(isNullable)
        writer.optionalString(defaultText)
        writer.bool(identity != nil)
        if let identity {
            writer.int64(identity.start)
            writer.int64(identity.step)
        }
        writer.string(comment)
    }

    fileprivate init(from reader: inout ByteReader) throws {
        name = try reader.string()
        type = try LogicalType(from: &reader)
        isNullable = try reader.bool()
        defaultText = try reader.optionalString()
        identity = try reader.bool() ? Identity(start: try reader.int64(), step: try reader.int64()) : nil
        comment = try reader.string()
    }
}
