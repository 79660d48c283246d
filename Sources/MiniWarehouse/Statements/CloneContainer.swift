import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// CREATE DATABASE and CREATE SCHEMA … CLONE: a copy of everything below, whose tables share the rows of their sources
/// until one of the two changes. Temporary objects and internal stages stay behind, as Snowflake's page has it.
struct CloneContainer {
    let catalog: CatalogState
    let transaction: OpenTransaction
    let run: StatementRun

    /// The database or schema that CLONE names.
    static func source(_ clone: CloneSource, _ kind: EntryKind, _ run: StatementRun) throws -> CatalogEntry {
        guard kind == .database || kind == .schema else {
            throw StatementDispatcher.unsupported("CREATE \(kind.title.uppercased()) … CLONE")
        }
        if clone.timeTravel != nil { throw StatementDispatcher.unsupported("CLONE … AT|BEFORE") }
        return try ObjectFinder.require(kind, clone.source, run)
    }

    /// Copies what is below `source` to below `copy`.
    func copyChildren(of source: CatalogEntry, to copy: CatalogEntry) throws {
        for child in catalog.children(of: source.id) where child.temporarySession == nil {
            guard let made = try self.copy(child, to: copy.id) else { continue }
            if child.kind == .schema { try copyChildren(of: child, to: made) }
        }
    }

    private func copy(_ child: CatalogEntry, to parent: ObjectID) throws -> CatalogEntry? {
        var made = child
        switch child.kind {
        case .schema, .table, .view, .sequence, .fileFormat, .function, .tag: break
        case .stage:
            // An internal stage's files belong to it alone.
            guard child.text("URL") != nil else { return nil }
            guard child.secretName == nil else {
                throw StatementDispatcher.unsupported("CLONE of stage \(child.name), which holds credentials")
            }
        default: return nil
        }
        made.id = try transaction.store.allocateID()
        made.parent = parent
        made.createdAt = run.timestamp
        made.alteredAt = run.timestamp
        if child.kind == .table {
            guard let rows = try run.snapshot().table(child.id) else { return nil }
            try transaction.store.cloneTable(rows, as: made.id)
        }
        try transaction.store.put(made)
        try copyGrants(of: child, to: made)
        return made
    }

    /// What is below a clone keeps its grants; the clone itself has none.
    private func copyGrants(of child: CatalogEntry, to made: CatalogEntry) throws {
        for grant in catalog.grants where grant.target == child.id {
            var copy = grant
            copy.id = try transaction.store.allocateID()
            copy.attributes["TARGET"] = .integer(Int64(bitPattern: made.id.value))
            try transaction.store.put(copy)
        }
    }
}
