import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// UNDROP TABLE, SCHEMA or DATABASE: the one of that name dropped last comes back, with everything below it; or, by
/// IDENTIFIER(id), an earlier one, whose id ACCOUNT_USAGE shows.
enum UndropObject {
    static func run(_ statement: UndropStatement, in run: StatementRun) throws -> ResultSet {
        guard let kind = CreateObject.entryKind(of: statement.kind),
              kind == .table || kind == .schema || kind == .database else {
            throw StatementDispatcher.unsupported("UNDROP \(statement.kind.rawValue)")
        }
        return try run.define { transaction in
            var entry = try dropped(kind, statement.name, run)
            if let existing = try run.catalog().exact(kind, entry.name, in: entry.parent, session: nil) {
                throw exists(existing, statement.name)
            }
            entry.attributes["DROPPED"] = nil
            try transaction.store.put(entry)
            return .status("\(kind.title) \(entry.name) successfully restored.")
        }
    }

    /// What IDENTIFIER(id) names; nil for a reference that is a name. What lies in something that is dropped itself
    /// comes back with that only, and is no entry here.
    static func identified(_ kind: EntryKind, _ reference: ObjectReference,
                           _ run: StatementRun) throws -> (id: String, entry: CatalogEntry?)? {
        guard case .computed(let source) = reference.kind, case let text = try run.text(of: source, reference.span),
              !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        guard let id = UInt64(text) else { return (text, nil) }
        let catalog = try run.catalog()
        let entry = catalog.dropped.last { $0.id == ObjectID(id) && $0.kind == kind }
        guard let entry, !catalog.isExpired(entry, at: run.timestamp),
              entry.parent.map({ catalog.entries[$0] != nil }) ?? true else { return (text, nil) }
        return (text, entry)
    }

    private static func dropped(_ kind: EntryKind, _ reference: ObjectReference, _ run: StatementRun) throws -> CatalogEntry {
        if let (id, found) = try identified(kind, reference, run) {
            guard let found else { throw missing(kind, id, reference.span) }
            return found
        }
        let catalog = try run.catalog()
        let place = try CreateObject.Place(kind, run.parts(reference), reference.span, run)
        if let existing = place.existing, try run.access().sees(existing) { throw exists(existing, reference) }
        let versions = catalog.dropped(kind, place.name, in: place.parent)
        guard let entry = versions.last(where: { !catalog.isExpired($0, at: run.timestamp) }) else {
            throw missing(kind, Identifiers.quoted(place.name), reference.span)
        }
        return entry
    }

    private static func exists(_ entry: CatalogEntry, _ reference: ObjectReference) -> WarehouseError {
        WarehouseError(
            .alreadyExists, "SQL compilation error:\nObject '\(Identifiers.quoted(entry.name))' already exists.",
            hint: "Rename the object of that name first.", span: reference.span)
    }

    /// `name`: as a message shows it, or an id.
    static func missing(_ kind: EntryKind, _ name: String, _ span: SourceSpan) -> WarehouseError {
        WarehouseError(
            .objectNotFound, "SQL compilation error:\n\(kind.title) \(name) did not exist or was purged.", span: span)
    }
}
