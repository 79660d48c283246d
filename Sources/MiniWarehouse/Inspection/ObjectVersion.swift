import WarehouseBasics
import WarehouseStorage

/// What tells one state of a table or view from another.
public struct ObjectVersion: Hashable, Sendable {
    /// Of a table it differs whenever rows or columns do; of a view whenever it is made anew.
    public var text: String
    /// The query of a view; nil of a table.
    public var viewText: String?
}

extension Warehouse {
    /// Counts commits, those of other processes too: whoever remembers it knows whether anything was written since. Cheap.
    public func version() throws -> UInt64 { try core.store.snapshot().version }
}

extension Session {
    /// The state of the table or view of that name, as it is committed. nil when there is none that the session sees,
    /// while it has a transaction open, and of other objects. Names as stored.
    public func version(database: String, schema: String, name: String) throws -> ObjectVersion? {
        guard !isInTransaction else { return nil }
        let snapshot = try core.store.snapshot()
        let catalog = try core.catalog(for: snapshot)
        let access = try access(to: catalog)
        guard let owner = catalog.find(.database, database, in: nil),
              let folder = catalog.find(.schema, schema, in: owner.id) else { return nil }
        var identity = [database, schema, name, String(owner.createdAt)]
        if let view = catalog.find(.view, name, in: folder.id), view.kind == .view {
            guard access.sees(view) else { return nil }
            identity += ["view", "\(view.id)", String(view.createdAt), String(view.alteredAt)]
            return ObjectVersion(text: identity.joined(separator: "|"), viewText: view.viewText)
        }
        guard let table = catalog.find(.table, name, in: folder.id, session: id), table.kind == .table, access.sees(table),
              let rows = snapshot.table(table.id) else { return nil }
        identity += ["table", "\(table.id)", String(table.createdAt), String(table.alteredAt), String(rows.byteCount)]
        identity += table.columns.map { "\($0.name) \($0.type)" }
        // Rows are added in new segments, and deleted by marks that only grow.
        identity += rows.segments.map {
            "\($0.number):\($0.rowCount):\($0.deletedCount):\($0.fileID.map { "\($0)" } ?? "inline")"
        }
        return ObjectVersion(text: identity.joined(separator: "|"))
    }
}
