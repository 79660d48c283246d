import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// CREATE of databases, schemas, roles, users, warehouses, stages, file formats, integrations and sequences.
enum CreateObject {
    static func run(_ statement: CreateObjectStatement, in run: StatementRun) throws -> ResultSet {
        guard let kind = entryKind(of: statement.kind) else {
            throw StatementDispatcher.unsupported("CREATE \(statement.kind.rawValue)")
        }
        return try run.define { transaction in
            let past = try statement.clone.map { try CloneContainer.source($0, kind, run) }
            let source = past?.source
            let isTemporary = statement.persistence == .temporary
            if isTemporary { try run.keepTemporaryObjects() }
            let place = try Place(kind, run.parts(statement.name), statement.name.span, run, isTemporary: isTemporary)
            if let existing = place.existing {
                if statement.ifNotExists {
                    return .status("\(existing.name) already exists, statement succeeded.")
                }
                guard statement.orReplace, source?.id != existing.id else {
                    throw alreadyExists(existing, statement.name.span)
                }
                try DropObject.checkIsSpared(existing, run)
                try DropObject.inherit(from: existing, run.catalog(), transaction, run)
                try DropObject.retire(existing, transaction, run)
            }
            var entry = CatalogEntry(id: try transaction.store.allocateID(), kind: kind, parent: place.parent,
                                     name: place.name, owner: run.state.role, createdAt: run.timestamp)
            let reader = PropertyReader(properties: statement.properties, run: run)
            entry.comment = try reader.text("COMMENT") ?? source?.comment ?? ""
            try Collation.check(reader)
            if statement.persistence == .transient { entry.attributes["TRANSIENT"] = .flag(true) }
            if isTemporary { entry.attributes["SESSION"] = .text(run.session.id) }
            if let source, !CloneContainer.isContainer(kind) {
                try reader.check(["COMMENT"], of: "\(kind.title.uppercased()) … CLONE")
                entry.attributes.merge(source.attributes.filter { $0.key != "SESSION" }) { mine, _ in mine }
            } else {
                try ObjectProperties.check(reader, of: kind)
                try fill(&entry, reader, transaction, run)
                if let source { entry.attributes.merge(source.attributes) { mine, _ in mine } }
            }
            try transaction.store.put(entry)
            if let past, CloneContainer.isContainer(kind) {
                var clone = try CloneContainer(catalog: past.catalog, snapshot: past.snapshot, transaction: transaction,
                                               run: run)
                try clone.copyAll(of: past.source, to: entry)
            }
            try finish(entry, isClone: source != nil, transaction, run)
            return .status("\(kind == .stage ? "Stage area" : kind.title) \(entry.name) successfully created.")
        }
    }

    /// Where the new object goes and what already stands there.
    struct Place {
        var parent: ObjectID?
        var name: String
        var existing: CatalogEntry?

        /// A permanent object and a temporary one may have the same name: the temporary one hides the other.
        init(_ kind: EntryKind, _ parts: [String], _ span: SourceSpan, _ run: StatementRun,
             isTemporary: Bool = false) throws {
            let resolver = try run.resolver()
            switch kind {
            case .schema, .databaseRole:
                guard parts.count <= 2 else {
                    throw WarehouseError(.syntax, "The name of a \(kind.title.lowercased()) has one or two parts.", span: span)
                }
                parent = try (parts.count == 2 ? resolver.database(parts[0], span) : resolver.currentDatabase()).id
            case _ where kind.isSchemaObject:
                parent = try resolver.place(parts, span).schema.id
            default:
                guard parts.count == 1 else {
                    throw WarehouseError(.syntax, "The name of a \(kind.title.lowercased()) has one part.", span: span)
                }
            }
            name = parts[parts.count - 1]
            if kind == .role { try RoleKey.check(name, span) }
            existing = resolver.catalog.exact(kind, name, in: parent, session: isTemporary ? run.session.id : nil)
            if kind == .schema, name == "INFORMATION_SCHEMA" {
                throw WarehouseError(.alreadyExists,
                                     "SQL compilation error:\nSchema 'INFORMATION_SCHEMA' already exists.", span: span)
            }
        }
    }

    static func alreadyExists(_ entry: CatalogEntry, _ span: SourceSpan? = nil) -> WarehouseError {
        WarehouseError(
            .alreadyExists, "SQL compilation error:\nObject '\(Identifiers.quoted(entry.name))' already exists.",
            hint: "Use CREATE OR REPLACE to replace it, or IF NOT EXISTS to keep it.", span: span)
    }

    static func entryKind(of kind: ObjectKind) -> EntryKind? {
        switch kind {
        case .database: .database
        case .schema: .schema
        case .role: .role
        case .databaseRole: .databaseRole
        case .user: .user
        case .warehouse: .warehouse
        case .stage: .stage
        case .fileFormat: .fileFormat
        case .integration, .storageIntegration: .integration
        case .sequence: .sequence
        case .table: .table
        case .view: .view
        case .function: .function
        case .tag: .tag
        default: nil
        }
    }

    private static func fill(_ entry: inout CatalogEntry, _ reader: PropertyReader,
                             _ transaction: OpenTransaction, _ run: StatementRun) throws {
        switch entry.kind {
        case .stage: try StageDefinition.apply(reader, to: &entry, transaction, run)
        case .fileFormat:
            entry.attributes.merge(try FileFormatOptions.attributes(reader.properties, run)) { $1 }
        case .user: try UserDefinition.apply(reader, to: &entry)
        case .warehouse: try WarehouseDefinition.apply(reader, to: &entry)
        case .integration: try IntegrationDefinition.apply(reader, to: &entry)
        case .sequence: try SequenceDefinition.apply(reader, to: &entry)
        case .tag:
            try reader.check(["COMMENT", "ALLOWED_VALUES", "PROPAGATE", "ON_CONFLICT"], of: "TAG")
            if let values = try reader.list("ALLOWED_VALUES") { entry.attributes["ALLOWED_VALUES"] = .list(values) }
        default:
            try Retention.apply(reader, to: &entry)
            if entry.kind == .schema, reader.properties.contains("WITH MANAGED ACCESS") {
                entry.attributes["MANAGED_ACCESS"] = .flag(true)
            }
        }
    }

    /// What comes with the new object: a database's PUBLIC schema; and the session moves into a new database,
    /// schema or warehouse, as Snowflake's does.
    private static func finish(_ entry: CatalogEntry, isClone: Bool, _ transaction: OpenTransaction,
                               _ run: StatementRun) throws {
        switch entry.kind {
        case .database where isClone:
            run.state.database = entry.name
            run.state.schema = try run.catalog().find(.schema, "PUBLIC", in: entry.id)?.name
        case .database:
            let schema = CatalogEntry(id: try transaction.store.allocateID(), kind: .schema, parent: entry.id,
                                      name: "PUBLIC", owner: run.state.role, createdAt: run.timestamp)
            try transaction.store.put(schema)
            try FutureGrants.apply(to: schema, transaction.store, run)
            run.state.database = entry.name
            run.state.schema = "PUBLIC"
        case .schema:
            let holder = try entry.parent.flatMap { try run.catalog().entries[$0]?.name }
            run.state.database = holder ?? run.state.database
            run.state.schema = entry.name
        case .warehouse:
            run.state.computeWarehouse = entry.name
        case .databaseRole:
            // Whoever inherits the role gets to the database with it.
            guard let id = entry.parent, let database = try run.catalog().entries[id] else { break }
            let attributes = Grants.privilege("USAGE", on: GrantTargets.objectKind(database), target: id,
                                              role: RoleKey.of(entry), by: database.owner, withOption: false)
            try transaction.store.put(CatalogEntry(
                id: try transaction.store.allocateID(), kind: .grant, parent: nil, name: Identifiers.quoted(database.name),
                owner: run.state.role, createdAt: run.timestamp, attributes: attributes))
        default: break
        }
        try FutureGrants.apply(to: entry, transaction.store, run)
    }
}

/// CREATE SEQUENCE's START and INCREMENT.
enum SequenceDefinition {
    /// The attribute of where it began; earlier versions did not note that.
    static let start = "START"

    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry) throws {
        let start = try reader.integer("START") ?? 1, step = try reader.integer("INCREMENT") ?? 1
        guard step != 0 else { throw WarehouseError(.invalidValue, "A sequence's INCREMENT must not be 0.") }
        entry.attributes[SequenceDefinition.start] = .integer(start)
        entry.attributes["NEXT"] = .integer(start)
        entry.attributes["STEP"] = .integer(step)
    }
}
