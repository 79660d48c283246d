import WarehouseBasics
import WarehousePlan
import WarehouseStorage

/// SNOWFLAKE.ACCOUNT_USAGE: databases, schemas and tables with their ids, the dropped ones too as long as they can be
/// brought back. Made when it is read, and without the hours of delay. For ACCOUNTADMIN alone.
enum AccountUsage {
    static let names = ["DATABASES", "SCHEMATA", "TABLES"]

    /// Whether a full name is that of such a view. A database of the user's that is called SNOWFLAKE goes first.
    static func isMeant(by parts: [String], _ catalog: CatalogState) -> Bool {
        parts.count == 3 && parts[0] == "SNOWFLAKE" && parts[1] == "ACCOUNT_USAGE"
            && !catalog.all(.database).contains { $0.name == "SNOWFLAKE" }
    }

    /// `now`: nanoseconds since the epoch.
    static func table(_ name: String, catalog: CatalogState, snapshot: StoreSnapshot,
                      now: Int64) throws(WarehouseError) -> any CatalogTable {
        let view = AccountUsageView(catalog: catalog, snapshot: snapshot, now: now)
        let result: ResultSet = switch name {
        case "DATABASES": view.databases()
        case "SCHEMATA": view.schemata()
        case "TABLES": view.tables()
        default:
            throw NameResolver.missing(.view, ["SNOWFLAKE", "ACCOUNT_USAGE", name],
                                       hint: Identifiers.hint(for: name, in: names), span: nil)
        }
        return ResultTable(result, name: name)
    }
}

private struct AccountUsageView {
    let catalog: CatalogState
    let snapshot: StoreSnapshot
    let now: Int64

    /// Objects of a kind below `parents`, the dropped ones among them, by id.
    private func objects(_ kinds: Set<EntryKind>, in parents: [CatalogEntry]) -> [(parent: CatalogEntry, entry: CatalogEntry)] {
        parents.flatMap { parent in
            (catalog.children(of: parent.id) + dropped { $0.parent == parent.id })
                .filter { kinds.contains($0.kind) }.map { (parent, $0) }
        }.sorted { $0.entry.id < $1.entry.id }
    }

    private func dropped(_ isWanted: (CatalogEntry) -> Bool) -> [CatalogEntry] {
        catalog.dropped.filter { isWanted($0) && !catalog.isExpired($0, at: now) }
    }

    private var allDatabases: [CatalogEntry] {
        (catalog.all(.database) + dropped { $0.kind == .database }).sorted { $0.id < $1.id }
    }

    private var allSchemas: [(parent: CatalogEntry, entry: CatalogEntry)] { objects([.schema], in: allDatabases) }

    private func id(_ entry: CatalogEntry) -> ScalarValue { .integer(Int128(entry.id.value)) }

    private func days(_ entry: CatalogEntry) -> ScalarValue { .count(catalog.retentionSeconds(of: entry) / 86_400) }

    private func deleted(_ entry: CatalogEntry) -> ScalarValue { entry.droppedAt.map { .moment($0) } ?? .null }

    func databases() -> ResultSet {
        var rows = RowBuilder("DATABASE_ID# DATABASE_NAME DATABASE_OWNER IS_TRANSIENT COMMENT CREATED@ LAST_ALTERED@ "
            + "DELETED@ RETENTION_TIME#")
        for entry in allDatabases {
            rows.add([id(entry), .text(entry.name), .text(catalog.ownerName(entry)), .text(entry.isTransient ? "YES" : "NO"),
                      .nonEmpty(entry.comment), .moment(entry.createdAt), .moment(entry.alteredAt), deleted(entry),
                      days(entry)])
        }
        return rows.result
    }

    func schemata() -> ResultSet {
        var rows = RowBuilder("SCHEMA_ID# SCHEMA_NAME CATALOG_ID# CATALOG_NAME SCHEMA_OWNER RETENTION_TIME# IS_TRANSIENT "
            + "COMMENT CREATED@ LAST_ALTERED@ DELETED@")
        for (database, schema) in allSchemas {
            rows.add([id(schema), .text(schema.name), id(database), .text(database.name),
                      .text(catalog.ownerName(schema)), days(schema),
                      .text(schema.isTransient ? "YES" : "NO"), .nonEmpty(schema.comment), .moment(schema.createdAt),
                      .moment(schema.alteredAt), deleted(schema)])
        }
        return rows.result
    }

    func tables() -> ResultSet {
        var rows = RowBuilder("TABLE_ID# TABLE_NAME TABLE_SCHEMA_ID# TABLE_SCHEMA TABLE_CATALOG_ID# TABLE_CATALOG "
            + "TABLE_OWNER TABLE_TYPE IS_TRANSIENT CLUSTERING_KEY ROW_COUNT# BYTES# RETENTION_TIME# CREATED@ LAST_ALTERED@ "
            + "DELETED@ COMMENT")
        let schemas = allSchemas
        let databases = Dictionary(schemas.map { ($0.entry.id, $0.parent) }) { first, _ in first }
        for (schema, entry) in objects([.table, .view], in: schemas.map(\.entry)) {
            guard let database = databases[schema.id] else { continue }
            let isView = entry.kind == .view
            let stored = isView ? nil : snapshot.table(entry.id)
            rows.add([
                id(entry), .text(entry.name), id(schema), .text(schema.name), id(database), .text(database.name),
                .text(catalog.ownerName(entry)),
                .text(isView ? "VIEW" : "BASE TABLE"), .text(entry.isTransient ? "YES" : "NO"), .null,
                stored.map { .count($0.rowCount) } ?? .null, stored.map { .count($0.byteCount) } ?? .null,
                isView ? .null : days(entry), .moment(entry.createdAt), .moment(entry.alteredAt), deleted(entry),
                .nonEmpty(entry.comment),
            ])
        }
        return rows.result
    }
}
