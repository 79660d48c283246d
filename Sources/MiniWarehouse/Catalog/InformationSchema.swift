import WarehouseBasics
import WarehousePlan
import WarehouseStorage

/// Views that every database has.
package enum SystemViews {
    package static let schema = "INFORMATION_SCHEMA"
    package static var names: [String] { InformationSchema.names }
}

/// INFORMATION_SCHEMA of a database: views over the catalog, made when they are read.
enum InformationSchema {
    static let names = ["TABLES", "COLUMNS", "VIEWS", "SCHEMATA", "DATABASES", "STAGES", "FILE_FORMATS", "LOAD_HISTORY",
                        "FUNCTIONS", "SEQUENCES", "TABLE_CONSTRAINTS", "REFERENTIAL_CONSTRAINTS", "TABLE_STORAGE_METRICS",
                        "TABLE_PRIVILEGES", "USAGE_PRIVILEGES", "OBJECT_PRIVILEGES", "APPLICABLE_ROLES", "ENABLED_ROLES"]

    /// The schema itself, which no record stands for.
    static func schema(of database: CatalogEntry) -> CatalogEntry {
        CatalogEntry(id: database.id, kind: .schema, parent: database.id, name: "INFORMATION_SCHEMA", owner: "",
                     createdAt: database.createdAt,
                     comment: "Views describing the contents of schemas in this database")
    }

    /// `now`: nanoseconds since the epoch.
    static func table(_ name: String, of database: CatalogEntry, resolver: NameResolver, snapshot: StoreSnapshot,
                      now: Int64) throws(WarehouseError) -> any CatalogTable {
        let view = InformationSchemaView(database: database, resolver: resolver, snapshot: snapshot)
        let result: ResultSet = switch name {
        case "TABLES": view.tables()
        case "COLUMNS": view.columns()
        case "VIEWS": view.views()
        case "SCHEMATA": view.schemata()
        case "DATABASES": view.databases()
        case "STAGES": view.stages()
        case "FILE_FORMATS": view.fileFormats()
        case "LOAD_HISTORY": view.loadHistory(now: now)
        case "FUNCTIONS": ObjectViews(database: database, resolver: resolver).functions()
        case "SEQUENCES": ObjectViews(database: database, resolver: resolver).sequences()
        case "TABLE_CONSTRAINTS": ObjectViews(database: database, resolver: resolver).tableConstraints()
        case "REFERENTIAL_CONSTRAINTS": ObjectViews(database: database, resolver: resolver).referentialConstraints()
        case "TABLE_STORAGE_METRICS": StorageView(resolver: resolver, snapshot: snapshot, now: now).tables()
        case "TABLE_PRIVILEGES": PrivilegeViews(database: database, resolver: resolver).tablePrivileges()
        case "USAGE_PRIVILEGES": PrivilegeViews(database: database, resolver: resolver).usagePrivileges()
        case "OBJECT_PRIVILEGES": PrivilegeViews(database: database, resolver: resolver).objectPrivileges()
        case "APPLICABLE_ROLES": PrivilegeViews(database: database, resolver: resolver).applicableRoles()
        case "ENABLED_ROLES": PrivilegeViews(database: database, resolver: resolver).enabledRoles()
        default:
            throw NameResolver.missing(.view, [database.name, "INFORMATION_SCHEMA", name],
                                       hint: Identifiers.hint(for: name, in: names), span: nil)
        }
        return ResultTable(result, name: name)
    }
}

private struct InformationSchemaView {
    let database: CatalogEntry
    let resolver: NameResolver
    let snapshot: StoreSnapshot

    private var catalog: CatalogState { resolver.catalog }
    private var schemas: [CatalogEntry] { resolver.children(of: database, kind: .schema) }

    private func objects(_ kinds: Set<EntryKind>) -> [(schema: CatalogEntry, entry: CatalogEntry)] {
        schemas.flatMap { schema in
            resolver.children(of: schema).filter { kinds.contains($0.kind) }.map { (schema, $0) }
        }
    }

    private func days(_ entry: CatalogEntry) -> ScalarValue { .count(catalog.retentionSeconds(of: entry) / 86_400) }

    func tables() -> ResultSet {
        var rows = RowBuilder("TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER TABLE_TYPE IS_TRANSIENT "
            + "CLUSTERING_KEY ROW_COUNT# BYTES# RETENTION_TIME# CREATED@ LAST_ALTERED@ COMMENT IS_TEMPORARY "
            + "IS_DYNAMIC IS_ICEBERG")
        for (schema, entry) in objects([.table, .view]) {
            let isView = entry.kind == .view
            let stored = isView ? nil : snapshot.table(entry.id)
            let type = isView ? "VIEW" : entry.temporarySession != nil ? "TEMPORARY TABLE" : "BASE TABLE"
            rows.add([
                .text(database.name), .text(schema.name), .text(entry.name), .text(catalog.ownerName(entry)), .text(type),
                isView ? .null : .text(entry.isTransient ? "YES" : "NO"), .null,
                stored.map { .count($0.rowCount) } ?? .null, stored.map { .count($0.byteCount) } ?? .null,
                isView ? .null : days(entry), .moment(entry.createdAt),
                .moment(max(entry.alteredAt, stored?.changedAt ?? 0)), .nonEmpty(entry.comment),
                .text(entry.temporarySession != nil ? "YES" : "NO"), .text("NO"), .text("NO"),
            ])
        }
        return rows.result
    }

    func columns() -> ResultSet {
        var rows = RowBuilder("TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION# COLUMN_DEFAULT "
            + "IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH# CHARACTER_OCTET_LENGTH# NUMERIC_PRECISION# "
            + "NUMERIC_PRECISION_RADIX# NUMERIC_SCALE# DATETIME_PRECISION# IS_IDENTITY COMMENT")
        for (schema, entry) in objects([.table, .view]) {
            for (index, column) in entry.columns.enumerated() {
                let facts = TypeFacts(column.type)
                rows.add([
                    .text(database.name), .text(schema.name), .text(entry.name), .text(column.name), .count(index + 1),
                    .text(column.defaultText), .text(column.isNullable ? "YES" : "NO"), .text(facts.name),
                    facts.length, facts.octets, facts.precision, facts.precision == .null ? .null : .count(10),
                    facts.scale, facts.timePrecision, .text(column.identity == nil ? "NO" : "YES"),
                    .nonEmpty(column.comment),
                ])
            }
        }
        return rows.result
    }

    func views() -> ResultSet {
        var rows = RowBuilder("TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER VIEW_DEFINITION IS_SECURE CREATED@ "
            + "LAST_ALTERED@ COMMENT")
        for (schema, entry) in objects([.view]) {
            rows.add([.text(database.name), .text(schema.name), .text(entry.name), .text(catalog.ownerName(entry)),
                      isSecret(entry) ? .null : .text(entry.viewText),
                      .text(entry.isSecure ? "YES" : "NO"),
                      .moment(entry.createdAt), .moment(entry.alteredAt), .nonEmpty(entry.comment)])
        }
        return rows.result
    }

    /// A secure view's text is its owner's.
    private func isSecret(_ view: CatalogEntry) -> Bool {
        view.isSecure && !resolver.access.owns(view)
    }

    func schemata() -> ResultSet {
        var rows = RowBuilder("CATALOG_NAME SCHEMA_NAME SCHEMA_OWNER IS_TRANSIENT RETENTION_TIME# CREATED@ "
            + "LAST_ALTERED@ COMMENT")
        for schema in (schemas + [InformationSchema.schema(of: database)]).sorted(by: { $0.name < $1.name }) {
            rows.add([.text(database.name), .text(schema.name), .nonEmpty(catalog.ownerName(schema)),
                      .text(schema.isTransient ? "YES" : "NO"), days(schema), .moment(schema.createdAt),
                      .moment(schema.alteredAt), .nonEmpty(schema.comment)])
        }
        return rows.result
    }

    func databases() -> ResultSet {
        var rows = RowBuilder("DATABASE_NAME DATABASE_OWNER IS_TRANSIENT COMMENT CREATED@ LAST_ALTERED@ "
            + "RETENTION_TIME#")
        for entry in resolver.all(.database) {
            rows.add([.text(entry.name), .text(catalog.ownerName(entry)), .text(entry.isTransient ? "YES" : "NO"),
                      .nonEmpty(entry.comment), .moment(entry.createdAt), .moment(entry.alteredAt), days(entry)])
        }
        return rows.result
    }

    func stages() -> ResultSet {
        var rows = RowBuilder("STAGE_CATALOG STAGE_SCHEMA STAGE_NAME STAGE_URL STAGE_REGION STAGE_TYPE STAGE_OWNER "
            + "COMMENT CREATED@ LAST_ALTERED@")
        for (schema, entry) in objects([.stage]) {
            let url = entry.text("URL")
            rows.add([.text(database.name), .text(schema.name), .text(entry.name), .text(url), .null,
                      .text(url == nil ? "Internal Named" : "External Named"), .text(catalog.ownerName(entry)),
                      .nonEmpty(entry.comment), .moment(entry.createdAt), .moment(entry.alteredAt)])
        }
        return rows.result
    }

    func fileFormats() -> ResultSet {
        var rows = RowBuilder("FILE_FORMAT_CATALOG FILE_FORMAT_SCHEMA FILE_FORMAT_NAME FILE_FORMAT_OWNER "
            + "FILE_FORMAT_TYPE CREATED@ COMMENT")
        for (schema, entry) in objects([.fileFormat]) {
            rows.add([.text(database.name), .text(schema.name), .text(entry.name), .text(catalog.ownerName(entry)),
                      .text(entry.text("\(FileFormatOptions.prefix)TYPE") ?? "CSV"), .moment(entry.createdAt),
                      .nonEmpty(entry.comment)])
        }
        return rows.result
    }

    /// Loads of the last 14 days.
    func loadHistory(now: Int64) -> ResultSet {
        var rows = RowBuilder("SCHEMA_NAME FILE_NAME TABLE_NAME LAST_LOAD_TIME@ STATUS ROW_COUNT# ROW_PARSED# "
            + "FIRST_ERROR_MESSAGE FIRST_ERROR_LINE_NUMBER# FIRST_ERROR_CHARACTER_POSITION# FIRST_ERROR_COL_NAME "
            + "ERROR_COUNT# ERROR_LIMIT#")
        for (schema, entry) in objects([.table]) {
            for file in LoadHistory(of: entry, catalog).loads(since: now - LoadHistory.shown) {
                rows.add([.text(schema.name), .text(file.text("FILE")), .text(entry.name), .moment(file.createdAt),
                          .text(file.text("STATUS")), .count(file.attributes["ROWS"]?.integer),
                          .count(file.attributes["PARSED"]?.integer), .text(file.text("FIRST_ERROR")),
                          .count(file.attributes["LINE"]?.integer), .count(file.attributes["CHARACTER"]?.integer),
                          .text(file.text("COLUMN")), .count(file.attributes["ERRORS"]?.integer),
                          .count(file.attributes["LIMIT"]?.integer)])
            }
        }
        return rows.result
    }
}

/// A type as INFORMATION_SCHEMA takes it apart.
struct TypeFacts {
    var name: String
    var length = ScalarValue.null
    var octets = ScalarValue.null
    var precision = ScalarValue.null
    var scale = ScalarValue.null
    var timePrecision = ScalarValue.null

    init(_ type: LogicalType) {
        name = String(type.description.prefix { $0 != "(" })
        switch type {
        case .number(let digits, let places):
            precision = .count(digits)
            scale = .count(places)
        case .varchar(let characters):
            name = "TEXT"
            length = .count(characters)
            octets = .count(min(characters * 4, LogicalType.maximumTextLength))
        case .binary(let bytes):
            length = .count(bytes)
            octets = .count(bytes)
        case .time(let digits), .timestampNTZ(let digits), .timestampLTZ(let digits), .timestampTZ(let digits):
            timePrecision = .count(digits)
        default: break
        }
    }
}
