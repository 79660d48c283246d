import WarehouseBasics
import WarehouseStorage

/// INFORMATION_SCHEMA of functions, sequences and keys: of those that the role sees.
struct ObjectViews {
    let database: CatalogEntry
    let resolver: NameResolver

    private var catalog: CatalogState { resolver.catalog }

    private func objects(_ kind: EntryKind) -> [(schema: CatalogEntry, entry: CatalogEntry)] {
        resolver.children(of: database, kind: .schema).flatMap { schema in
            resolver.children(of: schema, kind: kind).map { (schema, $0) }
        }
    }

    /// Functions that the program registered belong to no database.
    func functions() -> ResultSet {
        var rows = RowBuilder("FUNCTION_CATALOG FUNCTION_SCHEMA FUNCTION_NAME FUNCTION_OWNER ARGUMENT_SIGNATURE DATA_TYPE "
            + "CHARACTER_MAXIMUM_LENGTH#9 CHARACTER_OCTET_LENGTH#9 NUMERIC_PRECISION#9 NUMERIC_PRECISION_RADIX#9 "
            + "NUMERIC_SCALE#9 FUNCTION_LANGUAGE FUNCTION_DEFINITION VOLATILITY IS_NULL_CALL IS_SECURE CREATED@ LAST_ALTERED@ "
            + "COMMENT IS_EXTERNAL API_INTEGRATION CONTEXT_HEADERS MAX_BATCH_ROWS#9 REQUEST_TRANSLATOR RESPONSE_TRANSLATOR "
            + "COMPRESSION IMPORTS HANDLER TARGET_PATH RUNTIME_VERSION PACKAGES INSTALLED_PACKAGES IS_MEMOIZABLE "
            + "IS_DATA_METRIC")
        for (schema, entry) in objects(.function) {
            let result = entry.isTableFunction ? nil : entry.functionColumns.first.map { TypeFacts($0.type) }
            let precision = result?.precision ?? .null
            rows.add([
                .text(database.name), .text(schema.name), .text(entry.functionName), .text(catalog.ownerName(entry)),
                .text(entry.functionSignature), .text(entry.functionReturns),
                result?.length ?? .null, result?.octets ?? .null, precision, precision == .null ? .null : .count(10),
                result?.scale ?? .null, .text("SQL"),
                // A secure function's body is its owner's.
                entry.isSecure && !resolver.access.owns(entry) ? .null : .text(entry.text("BODY")),
                .text(entry.attributes["IMMUTABLE"]?.flag == true ? "IMMUTABLE" : "VOLATILE"), .text("YES"),
                yesNo(entry.isSecure), .moment(entry.createdAt), .moment(entry.alteredAt), .nonEmpty(entry.comment),
                .text("NO"), .null, .null, .null, .null, .null, .null, .null, .null, .null, .null, .null, .null,
                yesNo(entry.attributes["MEMOIZABLE"]?.flag == true), .text("NO"),
            ])
        }
        return rows.result
    }

    func sequences() -> ResultSet {
        var rows = RowBuilder("SEQUENCE_CATALOG SEQUENCE_SCHEMA SEQUENCE_NAME SEQUENCE_OWNER DATA_TYPE NUMERIC_PRECISION# "
            + "NUMERIC_PRECISION_RADIX# NUMERIC_SCALE# START_VALUE MINIMUM_VALUE MAXIMUM_VALUE NEXT_VALUE INCREMENT "
            + "CYCLE_OPTION CREATED@ LAST_ALTERED@ ORDERED COMMENT")
        for (schema, entry) in objects(.sequence) {
            func number(_ key: String) -> ScalarValue { .text(entry.attributes[key]?.integer.map(String.init)) }
            rows.add([
                .text(database.name), .text(schema.name), .text(entry.name), .text(catalog.ownerName(entry)),
                .text("NUMBER"), .count(38), .count(10), .count(0),
                number(SequenceDefinition.start), .null, .null, number(NumberMarks.next), number("STEP"), .null,
                .moment(entry.createdAt), .moment(entry.alteredAt), .text("YES"), .nonEmpty(entry.comment),
            ])
        }
        return rows.result
    }

    /// A key has no times of its own: those of its table stand for them.
    func tableConstraints() -> ResultSet {
        var rows = RowBuilder("CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME "
            + "CONSTRAINT_TYPE IS_DEFERRABLE INITIALLY_DEFERRED ENFORCED COMMENT CREATED@ LAST_ALTERED@ RELY")
        for (schema, table) in objects(.table) {
            for key in DeclaredKey.standing(of: table, in: catalog) {
                let kind = switch key.kind {
                case .primary: "PRIMARY KEY"
                case .unique: "UNIQUE"
                case .foreign: "FOREIGN KEY"
                }
                let place: [ScalarValue] = [.text(database.name), .text(schema.name)]
                rows.add(place + [.text(key.name)] + place + [
                    .text(table.name), .text(kind), .text("NO"), .text("YES"), .text("NO"), .null,
                    .moment(table.createdAt), .moment(table.alteredAt), yesNo(key.isReliedOn),
                ])
            }
        }
        return rows.result
    }

    /// Of a key to a table that the role does not see it is not told which one that is.
    func referentialConstraints() -> ResultSet {
        var rows = RowBuilder("CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_CATALOG "
            + "UNIQUE_CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE COMMENT CREATED@ "
            + "LAST_ALTERED@")
        for (schema, table) in objects(.table) {
            for key in DeclaredKey.standing(of: table, in: catalog) where key.kind == .foreign {
                let other = key.targetEntry(in: catalog).flatMap { resolver.access.sees($0) ? $0 : nil }
                let place = other.map(catalog.fullName)
                rows.add([
                    .text(database.name), .text(schema.name), .text(key.name), .text(place?.database), .text(place?.schema),
                    .text(other.flatMap { key.referencedKey(of: $0)?.name }), .text(key.matchOption), .text(key.updateRule),
                    .text(key.deleteRule), .null, .moment(table.createdAt), .moment(table.alteredAt),
                ])
            }
        }
        return rows.result
    }

    private func yesNo(_ value: Bool) -> ScalarValue { .text(value ? "YES" : "NO") }
}

/// INFORMATION_SCHEMA.TABLE_STORAGE_METRICS: what the files of every table of the account take, those that were dropped and
/// can be had back among them. For the account's administrator alone; to others it has no rows.
///
/// Clones share files. Each file is told of once, with the oldest of the tables that hold it.
struct StorageView {
    let resolver: NameResolver
    let snapshot: StoreSnapshot
    /// Nanoseconds since the epoch.
    let now: Int64

    private var catalog: CatalogState { resolver.catalog }

    func tables() -> ResultSet {
        var rows = RowBuilder("TABLE_CATALOG TABLE_SCHEMA TABLE_NAME ID# CLONE_GROUP_ID# IS_TRANSIENT ACTIVE_BYTES# "
            + "TIME_TRAVEL_BYTES# FAILSAFE_BYTES# RETAINED_FOR_CLONE_BYTES# TABLE_CREATED@ TABLE_DROPPED@ "
            + "TABLE_ENTERED_FAILSAFE@ CATALOG_CREATED@ CATALOG_DROPPED@ SCHEMA_CREATED@ SCHEMA_DROPPED@ COMMENT")
        guard resolver.access.active.contains(SystemRoles.administrator) else { return rows.result }
        let bytes = ownBytes
        for table in catalog.records.values.sorted(by: { $0.id < $1.id }) where table.kind == .table {
            guard let schema = table.parent.flatMap({ catalog.records[$0] }),
                  let database = schema.parent.flatMap({ catalog.records[$0] }),
                  table.temporarySession == nil || table.temporarySession == resolver.sessionID else { continue }
            let above = [table, schema, database]
            // What nobody can have back any more only waits for its files to go.
            if above.contains(where: { catalog.isExpired($0, at: now) }) { continue }
            let isThere = above.allSatisfy { $0.droppedAt == nil }, own = bytes[table.id] ?? OwnBytes()
            rows.add([
                .text(database.name), .text(schema.name), .text(table.name), id(table.id), id(table.cloneGroup),
                .text(table.isTransient || table.temporarySession != nil ? "YES" : "NO"),
                .count(isThere ? own.held : 0), .count(own.replaced + (isThere ? 0 : own.held)), .count(0), .count(0),
                .moment(table.createdAt), dropped(table), .null, .moment(database.createdAt), dropped(database),
                .moment(schema.createdAt), dropped(schema), .nonEmpty(table.comment),
            ])
        }
        return rows.result
    }

    private struct OwnBytes {
        var held = 0
        /// Of files that only earlier versions hold.
        var replaced = 0
    }

    private var ownBytes: [ObjectID: OwnBytes] {
        var bytes: [ObjectID: OwnBytes] = [:], counted: Set<UInt64> = []
        for id in snapshot.tableIDs {
            guard let table = snapshot.table(id) else { continue }
            for (file, size) in table.fileBytes where counted.insert(file).inserted {
                bytes[id, default: OwnBytes()].held += size
            }
        }
        for (id, size) in snapshot.replacedBytes(keptAfter: now) { bytes[id, default: OwnBytes()].replaced += size }
        return bytes
    }

    private func id(_ id: ObjectID) -> ScalarValue { .integer(Int128(id.value)) }

    private func dropped(_ entry: CatalogEntry) -> ScalarValue { entry.droppedAt.map { .moment($0) } ?? .null }
}

extension CatalogEntry {
    /// Of a table: the first of those that it is a clone of, else itself. The tables are told by their ids, which others
    /// never get.
    var cloneGroup: ObjectID {
        get { attributes["CLONE_GROUP"]?.integer.map { ObjectID(UInt64(bitPattern: $0)) } ?? id }
        set { attributes["CLONE_GROUP"] = .integer(Int64(bitPattern: newValue.value)) }
    }
}
