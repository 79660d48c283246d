import WarehouseBasics
import WarehouseStorage

/// A column of `TableInfo`.
public struct ColumnInfo: Sendable {
    public var name: String
    /// As DESCRIBE TABLE prints it.
    public var type: String
    /// How many chunks each way of encoding has: `packed`, `dictionary`, `runs`, ….
    public var codecs: [String: Int]
    /// Bytes in segment files.
    public var storedBytes: Int
    /// Bytes that the values would take as they are: 1, 4, 8 or 16 a value, of texts their bytes and 4 a value.
    public var plainBytes: Int
}

/// A table and how it lies on disk.
public struct TableInfo: Sendable {
    public var database: String
    public var schema: String
    public var name: String
    public var rows: Int
    /// Segment files; clones share theirs.
    public var segmentFiles: Int
    /// Rows that lie in commit records until there are enough for a file.
    public var inlineRows: Int
    /// Rows that are deleted but not yet rewritten.
    public var deletedRows: Int
    public var retentionDays: Int
    public var columns: [ColumnInfo]

    public var storedBytes: Int { columns.reduce(0) { $0 + $1.storedBytes } }
    public var plainBytes: Int { columns.reduce(0) { $0 + $1.plainBytes } }
}

/// What a warehouse holds on disk.
public struct WarehouseInfo: Sendable {
    public var path: String
    /// Counts commits.
    public var version: UInt64
    /// By full name.
    public var tables: [TableInfo]

    /// A row for each table: rows, files, sizes.
    public var tableRows: ResultSet {
        var result = RowBuilder("database_name schema_name name rows# files# inline_rows# deleted_rows# stored_bytes# "
            + "plain_bytes# ratio")
        for table in tables {
            result.add([.text(table.database), .text(table.schema), .text(table.name), .count(table.rows),
                        .count(table.segmentFiles), .count(table.inlineRows), .count(table.deletedRows),
                        .count(table.storedBytes), .count(table.plainBytes),
                        .text(Self.ratio(table.plainBytes, table.storedBytes))])
        }
        return result.result
    }

    /// A row for each column: type, codecs, sizes.
    public var columnRows: ResultSet {
        var result = RowBuilder("table_name column_name type codecs stored_bytes# plain_bytes# ratio")
        for table in tables {
            for column in table.columns {
                let codecs = column.codecs.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                    .map { $0.value == 1 ? $0.key : "\($0.key) ×\($0.value)" }
                result.add([.text("\(table.database).\(table.schema).\(table.name)"), .text(column.name),
                            .text(column.type), .text(codecs.joined(separator: ", ")), .count(column.storedBytes),
                            .count(column.plainBytes), .text(Self.ratio(column.plainBytes, column.storedBytes))])
            }
        }
        return result.result
    }

    /// `12.3`: how many times smaller than plain; nil where nothing is in files.
    private static func ratio(_ plain: Int, _ stored: Int) -> String? {
        guard stored > 0, plain > 0 else { return nil }
        let tenths = (plain * 10 + stored / 2) / stored
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Warehouse {
    /// The tables that the role it was opened in sees, as they lie on disk: columns, codecs, sizes.
    /// Reads texts whole. Throws `corrupt`, `inputOutput`.
    public func info() throws -> WarehouseInfo {
        let snapshot = try core.store.snapshot()
        let catalog = try core.catalog(for: snapshot)
        var tables: [TableInfo] = []
        let access = try access(to: catalog)
        for entry in catalog.entries.values where entry.kind == .table && access.sees(entry) {
            guard let table = snapshot.table(entry.id) else { continue }
            let place = catalog.fullName(entry)
            var columns: [ColumnInfo] = []
            for (index, column) in entry.columns.enumerated() where index < table.columns.count {
                let storage = try table.storage(of: index)
                columns.append(ColumnInfo(name: column.name, type: "\(column.type)", codecs: storage.codecs,
                                          storedBytes: storage.storedBytes, plainBytes: storage.plainBytes))
            }
            tables.append(TableInfo(
                database: place.database, schema: place.schema, name: entry.name, rows: table.rowCount,
                segmentFiles: table.segments.filter { !$0.isInline }.count,
                inlineRows: table.segments.filter(\.isInline).reduce(0) { $0 + $1.rowCount },
                deletedRows: table.segments.reduce(0) { $0 + $1.deletedCount },
                retentionDays: catalog.retentionSeconds(of: entry) / 86_400, columns: columns))
        }
        tables.sort { ($0.database, $0.schema, $0.name) < ($1.database, $1.schema, $1.name) }
        return WarehouseInfo(path: path, version: snapshot.version, tables: tables)
    }
}
