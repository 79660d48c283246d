import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// Turns names as written into catalog entries, from a session's current database and schema. What its role does not see
/// is not there: the message is the same as for what is missing, and near names are those of objects that it sees.
struct NameResolver: Sendable {
    let catalog: CatalogState
    let access: Access
    let database: String?
    let schema: String?
    let sessionID: String

    /// Where a schema object is or would be.
    struct Place: Sendable {
        var schema: CatalogEntry
        var name: String
    }

    func database(_ name: String, _ span: SourceSpan? = nil) throws(WarehouseError) -> CatalogEntry {
        if let entry = catalog.find(.database, name, in: nil), access.sees(entry) { return entry }
        throw WarehouseError(
            .schemaNotFound,
            "SQL compilation error:\nDatabase '\(Identifiers.quoted(name))' does not exist or not authorized.",
            hint: Identifiers.hint(for: name, in: all(.database).map(\.name)), span: span)
    }

    func currentDatabase() throws(WarehouseError) -> CatalogEntry {
        guard let name = database, let entry = catalog.find(.database, name, in: nil), access.sees(entry) else {
            throw WarehouseError(
                .noCurrentDatabase,
                "Cannot perform the operation. This session does not have a current database. Call 'USE DATABASE', or "
                    + "use a qualified name.")
        }
        return entry
    }

    func schema(_ parts: [String], _ span: SourceSpan? = nil) throws(WarehouseError) -> CatalogEntry {
        let parent: CatalogEntry
        let name: String
        switch parts.count {
        case 1:
            parent = try currentDatabase()
            name = parts[0]
        case 2:
            parent = try database(parts[0], span)
            name = parts[1]
        default:
            throw WarehouseError(.syntax, "A schema's name has one or two parts.", span: span)
        }
        if let entry = catalog.find(.schema, name, in: parent.id), access.sees(entry) { return entry }
        let full = "\(Identifiers.quoted(parent.name)).\(Identifiers.quoted(name))"
        throw WarehouseError(
            .schemaNotFound, "SQL compilation error:\nSchema '\(full)' does not exist or not authorized.",
            hint: Identifiers.hint(for: name, in: children(of: parent, kind: .schema).map(\.name)),
            span: span)
    }

    /// A role of a database; of the current one where none is named.
    func databaseRole(_ parts: [String], _ span: SourceSpan? = nil) throws(WarehouseError) -> CatalogEntry {
        guard parts.count <= 2 else {
            throw WarehouseError(.syntax, "The name of a database role has one or two parts.", span: span)
        }
        let parent = parts.count == 2 ? try database(parts[0], span) : try currentDatabase()
        let name = parts[parts.count - 1]
        if let entry = catalog.find(.databaseRole, name, in: parent.id), access.sees(entry) { return entry }
        throw NameResolver.missing(
            .databaseRole, parts, hint: Identifiers.hint(for: name, in: children(of: parent, kind: .databaseRole).map(\.name)),
            span: span)
    }

    /// Where a schema object of that name is or would be.
    func place(_ parts: [String], _ span: SourceSpan? = nil) throws(WarehouseError) -> Place {
        let holder: CatalogEntry
        switch parts.count {
        case 1:
            guard let current = schema else {
                if database == nil { _ = try currentDatabase() }
                throw WarehouseError(
                    .noCurrentSchema,
                    "Cannot perform the operation. This session does not have a current schema. Call 'USE SCHEMA', or "
                        + "use a qualified name.", span: span)
            }
            holder = try schema([current], span)
        case 2: holder = try schema([parts[0]], span)
        case 3: holder = try schema([parts[0], parts[1]], span)
        default: throw WarehouseError(.syntax, "A name has at most three parts: database.schema.object.", span: span)
        }
        return Place(schema: holder, name: parts[parts.count - 1])
    }

    /// The schema object of that name; nil when schema and database exist but it does not.
    func find(_ kind: EntryKind, _ parts: [String], _ span: SourceSpan? = nil) throws(WarehouseError) -> CatalogEntry? {
        let place = try place(parts, span)
        return find(kind, place)
    }

    private func find(_ kind: EntryKind, _ place: Place) -> CatalogEntry? {
        guard let entry = catalog.find(kind, place.name, in: place.schema.id, session: sessionID), access.sees(entry) else {
            return nil
        }
        return entry
    }

    /// The schema object of that name, or Snowflake's error with near names.
    func require(_ kind: EntryKind, _ parts: [String],
                 _ span: SourceSpan? = nil) throws(WarehouseError) -> CatalogEntry {
        let place = try place(parts, span)
        if let entry = find(kind, place) { return entry }
        let names = children(of: place.schema)
            .filter { $0.kind.nameSpace == kind.nameSpace }.map(\.name)
        throw NameResolver.missing(kind, parts, hint: Identifiers.hint(for: place.name, in: names), span: span)
    }

    /// The same, of a kind that is used by USAGE.
    func usable(_ kind: EntryKind, _ parts: [String], _ span: SourceSpan? = nil) throws(WarehouseError) -> CatalogEntry {
        let entry = try require(kind, parts, span)
        try access.require(["USAGE"], entry, .active, span)
        return entry
    }

    /// A role, user, warehouse, integration or database.
    func requireTop(_ kind: EntryKind, _ name: String, _ span: SourceSpan? = nil,
                    error: ErrorKind = .objectNotFound) throws(WarehouseError) -> CatalogEntry {
        if let entry = catalog.find(kind, name, in: nil), access.sees(entry) { return entry }
        throw NameResolver.missing(kind, [name], hint: Identifiers.hint(for: name, in: all(kind).map(\.name)),
                                   span: span, error: error)
    }

    /// Objects within a database or schema that the role sees, by name; temporary ones only of the session.
    func children(of parent: CatalogEntry, kind: EntryKind? = nil) -> [CatalogEntry] {
        catalog.children(of: parent.id, kind: kind, session: sessionID).filter(access.sees)
    }

    /// All of a kind that stands at the top and that the role sees, by name.
    func all(_ kind: EntryKind) -> [CatalogEntry] { catalog.all(kind).filter(access.sees) }

    /// The same error for an object that is there but must not be known of.
    static func missing(_ entry: CatalogEntry, _ catalog: CatalogState, _ span: SourceSpan?) -> WarehouseError {
        switch entry.kind {
        case .database:
            WarehouseError(
                .schemaNotFound, "SQL compilation error:\nDatabase '\(Identifiers.quoted(entry.name))' does not exist or "
                    + "not authorized.", span: span)
        case .schema:
            WarehouseError(
                .schemaNotFound, "SQL compilation error:\nSchema '\(GrantTargets.fullName(entry, catalog))' does not exist "
                    + "or not authorized.", span: span)
        default: missing(entry.kind, [entry.name], hint: nil, span: span)
        }
    }

    static func missing(_ kind: EntryKind, _ parts: [String], hint: String?, span: SourceSpan?,
                        error: ErrorKind = .objectNotFound) -> WarehouseError {
        let name = parts.map(Identifiers.quoted).joined(separator: ".")
        let noun = switch kind {
        case .table, .view: "Object"
        case .fileFormat: "File format"
        default: kind.title
        }
        return WarehouseError(error, "SQL compilation error:\n\(noun) '\(name)' does not exist or not authorized.",
                              hint: hint, span: span)
    }
}
