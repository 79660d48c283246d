import WarehouseBasics
import WarehouseStorage

/// ALTER ROLE and ALTER USER … RENAME TO. Grants and owners know account roles by their names, grants of roles the users
/// too: all of them follow, those of dropped objects as well, so that whoever gets the old name later gets nothing else.
struct GranteeRename {
    private let kind: EntryKind
    private let old: String
    private let new: String

    init(_ entry: CatalogEntry, to name: String) throws {
        kind = entry.kind
        old = entry.name
        new = name
        if kind == .user, old == Bootstrap.user {
            throw WarehouseError(.insufficientPrivileges,
                                 "User \(old) cannot be renamed: the warehouse is opened as this user.")
        }
        if kind == .role { try RoleKey.check(name, nil) }
    }

    /// `entry` is the role or user itself, which the caller writes.
    func apply(to entry: inout CatalogEntry, _ catalog: CatalogState, _ transaction: WriteTransaction) throws {
        for record in catalog.records.values.sorted(by: { $0.id < $1.id }) where record.id != entry.id {
            let renamed = followed(record)
            if renamed != record { try transaction.put(renamed) }
        }
        entry = followed(entry)
    }

    private func followed(_ record: CatalogEntry) -> CatalogEntry {
        var record = record
        if record.kind == .grant {
            let isToUser = record.text("TO") == "USER"
            if record.text("GRANTEE") == old, isToUser == (kind == .user) { record.attributes["GRANTEE"] = .text(new) }
            guard kind == .role else { return record }
            if record.text("BY") == old { record.attributes["BY"] = .text(new) }
            if record.text("ON") == "ROLE", record.name == old { record.name = new }
        }
        guard kind == .role, record.kind != .loadedFile else { return record }
        if record.owner == old { record.owner = new }
        if record.kind == .user, record.text("DEFAULT_ROLE") == old { record.attributes["DEFAULT_ROLE"] = .text(new) }
        return record
    }
}
