import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// UNDROP TABLE, SCHEMA or DATABASE: the one of that name dropped last comes back, with everything below it.
enum UndropObject {
    static func run(_ statement: UndropStatement, in run: StatementRun) throws -> ResultSet {
        guard let kind = CreateObject.entryKind(of: statement.kind),
              kind == .table || kind == .schema || kind == .database else {
            throw StatementDispatcher.unsupported("UNDROP \(statement.kind.rawValue)")
        }
        return try run.define { transaction in
            let place = try CreateObject.Place(kind, run.parts(statement.name), statement.name.span, run)
            if let existing = place.existing {
                throw WarehouseError(
                    .alreadyExists,
                    "SQL compilation error:\nObject '\(Identifiers.quoted(existing.name))' already exists.",
                    hint: "Rename the object of that name first.", span: statement.name.span)
            }
            let catalog = try run.catalog()
            let versions = catalog.dropped(kind, place.name, in: place.parent)
            guard var entry = versions.last(where: { !catalog.isExpired($0, at: run.timestamp) }) else {
                throw missing(kind, place.name, statement.name.span)
            }
            entry.attributes["DROPPED"] = nil
            try transaction.store.put(entry)
            return .status("\(kind.title) \(entry.name) successfully restored.")
        }
    }

    static func missing(_ kind: EntryKind, _ name: String, _ span: SourceSpan) -> WarehouseError {
        WarehouseError(
            .objectNotFound,
            "SQL compilation error:\n\(kind.title) \(Identifiers.quoted(name)) did not exist or was purged.", span: span)
    }
}
