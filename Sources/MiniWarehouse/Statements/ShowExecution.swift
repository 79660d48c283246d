import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// SHOW: the catalog as rows, in Snowflake's columns.
enum ShowExecution {
    static func run(_ statement: ShowStatement, in run: StatementRun) throws -> ResultSet {
        let lister = ShowLister(run: run, catalog: try run.catalog(), statement: statement)
        switch statement.family {
        case "TABLES": return try lister.tables()
        case "VIEWS": return try lister.views()
        case "OBJECTS": return try lister.objects()
        case "SCHEMAS": return try lister.schemas()
        case "DATABASES": return try lister.databases()
        case "STAGES": return try lister.stages()
        case "FILE FORMATS": return try lister.fileFormats()
        case "SEQUENCES": return try lister.sequences()
        case "COLUMNS": return try lister.columns()
        case "USER FUNCTIONS": return try lister.functions(withBuiltIn: false)
        case "FUNCTIONS": return try lister.functions(withBuiltIn: true)
        case "ROLES": return try lister.roles()
        case "DATABASE ROLES": return try lister.databaseRoles()
        case "USERS": return try lister.users()
        case "WAREHOUSES": return try lister.warehouses()
        case "INTEGRATIONS", "STORAGE INTEGRATIONS": return try lister.integrations()
        case "PARAMETERS": return try lister.parameters()
        case "VARIABLES": return try lister.variables()
        case "PRIMARY KEYS": return try lister.keys(.primary)
        case "UNIQUE KEYS": return try lister.keys(.unique)
        case "IMPORTED KEYS": return try lister.foreignKeys(exported: false)
        case "EXPORTED KEYS": return try lister.foreignKeys(exported: true)
        case "TRANSACTIONS": return try lister.transactions()
        case "LOCKS": return try lister.locks()
        case "TAGS": return try lister.tags()
        case "GRANTS", "FUTURE GRANTS": return try ShowGrants.run(statement, in: run)
        default:
            if let empty = AbsentKinds.show(statement.family) { return empty }
            throw StatementDispatcher.unsupported("SHOW \(statement.family)")
        }
    }
}

/// Lists catalog objects for SHOW: scope, LIKE, STARTS WITH and LIMIT applied, in name order.
struct ShowLister {
    let run: StatementRun
    let catalog: CatalogState
    let statement: ShowStatement

    /// What the role sees.
    func visible(_ entries: [CatalogEntry]) throws -> [CatalogEntry] { entries.filter(try run.access().sees) }

    /// Of a schema, what the session sees.
    func children(of schema: CatalogEntry) throws -> [CatalogEntry] {
        try visible(catalog.children(of: schema.id, session: run.session.id))
    }

    func pattern() throws -> LikePattern? {
        try statement.like.map { try LikePattern($0, escape: "\\", caseInsensitive: true) }
    }

    /// LIKE (any case), STARTS WITH (exact), LIMIT … FROM.
    func filtered(_ entries: [CatalogEntry]) throws -> [CatalogEntry] {
        var result = entries
        if let pattern = try pattern() { result = result.filter { pattern.matches($0.name) } }
        if let prefix = statement.startsWith { result = result.filter { $0.name.hasPrefix(prefix) } }
        if let from = statement.limitFrom { result = result.filter { $0.name > from } }
        if let limit = statement.limit { result = Array(result.prefix(limit)) }
        return result
    }

    /// Schemas within the statement's scope: those of IN, else the current one, else all.
    func scopeSchemas() throws -> [CatalogEntry] {
        let resolver = try run.resolver()
        func of(_ database: CatalogEntry) throws -> [CatalogEntry] { resolver.children(of: database, kind: .schema) }
        switch statement.scope {
        case .account?: return try resolver.all(.database).flatMap(of)
        case .database(let reference?)?: return try of(try ObjectFinder.require(.database, reference, run))
        case .database(nil)?: return try of(try resolver.currentDatabase())
        case .schema(let reference?)?: return [try ObjectFinder.require(.schema, reference, run)]
        case .schema(nil)?:
            guard let name = run.state.schema else {
                throw WarehouseError(.noCurrentSchema, "This session does not have a current schema.")
            }
            return [try resolver.schema([name])]
        case .any(let reference)?:
            let parts = try run.parts(reference)
            if parts.count == 1, let database = catalog.find(.database, parts[0], in: nil), resolver.access.sees(database) {
                return try of(database)
            }
            return [try resolver.schema(parts, reference.span)]
        case .kind(let kind, _)?:
            throw StatementDispatcher.unsupported("SHOW \(statement.family) IN \(kind.rawValue)")
        case nil:
            guard let database = run.state.database else { return try resolver.all(.database).flatMap(of) }
            let parent = try resolver.database(database)
            if let schema = run.state.schema, let entry = catalog.find(.schema, schema, in: parent.id),
               resolver.access.sees(entry) {
                return [entry]
            }
            return try of(parent)
        }
    }

    func schemaObjects(_ kinds: Set<EntryKind>) throws -> [CatalogEntry] {
        let found = try scopeSchemas().flatMap(children).filter { kinds.contains($0.kind) }
            + dropped(scopeSchemas().map(\.id)).filter { kinds.contains($0.kind) }
        return try filtered(found.sorted { ($0.name, $0.id) < ($1.name, $1.id) })
    }

    /// With HISTORY: what was dropped from `parents` and can still be had back.
    private func dropped(_ parents: [ObjectID?]) throws -> [CatalogEntry] {
        guard statement.withHistory else { return [] }
        return try visible(catalog.dropped.filter {
            parents.contains($0.parent) && !catalog.isExpired($0, at: run.timestamp)
        })
    }

    /// With HISTORY, a column behind retention_time: when the object was dropped.
    private var droppedColumn: String { statement.withHistory ? "dropped_on@ " : "" }

    private func droppedOn(_ entry: CatalogEntry) -> [ScalarValue] {
        statement.withHistory ? [entry.droppedAt.map { .moment($0) } ?? .null] : []
    }

    func kind(_ table: CatalogEntry) -> String {
        table.kind == .view ? "VIEW" : table.temporarySession != nil ? "TEMPORARY"
            : table.isTransient ? "TRANSIENT" : "TABLE"
    }

    private func size(_ table: CatalogEntry) throws -> (rows: ScalarValue, bytes: ScalarValue) {
        guard table.kind == .table, let rows = try run.snapshot().table(table.id) else { return (.null, .null) }
        return (.count(rows.rowCount), .count(rows.byteCount))
    }

    private func days(_ entry: CatalogEntry) -> ScalarValue { .text(String(catalog.retentionSeconds(of: entry) / 86_400)) }

    func tables() throws -> ResultSet {
        if statement.isTerse { return try terse([.table]) }
        var rows = RowBuilder("created_on@ name database_name schema_name kind comment cluster_by rows# bytes# owner "
            + "retention_time \(droppedColumn)automatic_clustering change_tracking is_external "
            + "enable_schema_evolution owner_role_type is_event budget is_hybrid is_iceberg is_dynamic is_immutable")
        let no = ScalarValue.text("N"), off = ScalarValue.text("OFF")
        for table in try schemaObjects([.table]) {
            let place = catalog.fullName(table), size = try size(table)
            rows.add([.moment(table.createdAt), .text(table.name), .text(place.database), .text(place.schema),
                      .text(kind(table)), .text(table.comment), .text(""), size.rows, size.bytes, .text(catalog.ownerName(table)),
                      days(table)] + droppedOn(table)
                     + [off, off, no, no, .text(RoleKey.type(table.owner)), no, .null, no, no, no, no])
        }
        return rows.result
    }

    private func terse(_ kinds: Set<EntryKind>) throws -> ResultSet {
        var rows = RowBuilder("created_on@ name kind database_name schema_name")
        for entry in try schemaObjects(kinds) {
            let place = catalog.fullName(entry)
            rows.add([.moment(entry.createdAt), .text(entry.name), .text(kind(entry)), .text(place.database),
                      .text(place.schema)])
        }
        return rows.result
    }

    func views() throws -> ResultSet {
        if statement.isTerse { return try terse([.view]) }
        var rows = RowBuilder("created_on@ name reserved database_name schema_name owner comment text is_secure "
            + "is_materialized owner_role_type change_tracking")
        for view in try schemaObjects([.view]) {
            let place = catalog.fullName(view)
            rows.add([.moment(view.createdAt), .text(view.name), .text(""), .text(place.database), .text(place.schema),
                      .text(catalog.ownerName(view)), .text(view.comment), .text(try shownText(of: view)),
                      .trueFalse(view.isSecure), .text("false"), .text(RoleKey.type(view.owner)), .text("OFF")])
        }
        return rows.result
    }

    /// A secure view's text is its owner's.
    private func shownText(of view: CatalogEntry) throws -> String {
        try view.isSecure && !run.access().owns(view) ? "" : view.viewText
    }

    func objects() throws -> ResultSet {
        if statement.isTerse { return try terse([.table, .view]) }
        var rows = RowBuilder("created_on@ name database_name schema_name kind comment cluster_by rows# bytes# owner "
            + "retention_time owner_role_type budget is_hybrid is_dynamic is_iceberg is_interactive")
        let no = ScalarValue.text("N")
        for entry in try schemaObjects([.table, .view]) {
            let place = catalog.fullName(entry), size = try size(entry)
            rows.add([.moment(entry.createdAt), .text(entry.name), .text(place.database), .text(place.schema),
                      .text(kind(entry)), .text(entry.comment), .text(""), size.rows, size.bytes, .text(catalog.ownerName(entry)),
                      entry.kind == .table ? days(entry) : .text(""), .text(RoleKey.type(entry.owner)), .null, no, no, no, no])
        }
        return rows.result
    }

    private func scopeDatabases() throws -> [CatalogEntry] {
        switch statement.scope {
        case .account?: return try visible(catalog.all(.database))
        case .database(let reference?)?, .any(let reference)?:
            return [try ObjectFinder.require(.database, reference, run)]
        default:
            return try run.state.database.map { [try run.resolver().database($0)] } ?? visible(catalog.all(.database))
        }
    }

    func schemas() throws -> ResultSet {
        var rows = statement.isTerse ? RowBuilder("created_on@ name kind database_name schema_name")
            : RowBuilder("created_on@ name is_default is_current database_name owner comment options retention_time "
                + "\(droppedColumn)owner_role_type")
        let found = try filtered(try scopeDatabases().flatMap { database in
            try visible(catalog.children(of: database.id, kind: .schema)) + [InformationSchema.schema(of: database)]
                + dropped([database.id])
        }.sorted { ($0.name, $0.id) < ($1.name, $1.id) })
        for schema in found {
            let database = schema.parent.flatMap { catalog.entries[$0]?.name } ?? ""
            if statement.isTerse {
                rows.add([.moment(schema.createdAt), .text(schema.name), .null, .text(database), .null])
                continue
            }
            let isCurrent = schema.name == run.state.schema && database == run.state.database && schema.droppedAt == nil
            rows.add([.moment(schema.createdAt), .text(schema.name), .text("N"), .yesNo(isCurrent), .text(database),
                      .text(catalog.ownerName(schema)), .text(schema.comment), .text(schema.isTransient ? "TRANSIENT" : ""),
                      days(schema)] + droppedOn(schema) + [.text(RoleKey.type(schema.owner))])
        }
        return rows.result
    }

    func databases() throws -> ResultSet {
        var rows = RowBuilder("created_on@ name is_default is_current origin owner comment options retention_time "
            + "\(droppedColumn)kind owner_role_type")
        let found = try (visible(catalog.all(.database)) + dropped([nil])).sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        for database in try filtered(found) {
            rows.add([.moment(database.createdAt), .text(database.name), .text("N"),
                      .yesNo(database.name == run.state.database && database.droppedAt == nil), .text(""),
                      .text(catalog.ownerName(database)),
                      .text(database.comment), .text(database.isTransient ? "TRANSIENT" : ""), days(database)]
                     + droppedOn(database) + [.text("STANDARD"), .text(RoleKey.type(database.owner))])
        }
        return rows.result
    }
}
