import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// COPY GRANTS of CREATE: what was granted on the object that is replaced, or cloned, is granted on the new one, which
/// then is given nothing of what is promised to objects to come.
enum CopyGrants {
    static func apply(_ properties: [ObjectProperty], from old: CatalogEntry?, to entry: CatalogEntry,
                      _ transaction: WriteTransaction, _ run: StatementRun) throws {
        guard properties.contains("COPY GRANTS"), let old else {
            return try FutureGrants.apply(to: entry, transaction, run)
        }
        let catalog = try run.catalog()
        // The same database's roles only.
        func isCopied(_ key: String?) -> Bool {
            key.map { !RoleKey.isDatabaseRole($0) || catalog.database(ofRole: $0) == catalog.database(of: entry) } ?? true
        }
        for grant in catalog.grants(on: old.id) where isCopied(grant.text("GRANTEE")) && isCopied(grant.text("BY")) {
            var copy = grant
            copy.id = try transaction.allocateID()
            copy.attributes["TARGET"] = .integer(Int64(bitPattern: entry.id.value))
            copy.attributes["ON"] = .text(GrantTargets.objectKind(entry))
            try transaction.put(copy)
        }
    }
}

extension CatalogState {
    /// The grants on an object, which may have been dropped.
    func grants(on id: ObjectID) -> [CatalogEntry] {
        records.values.filter { $0.kind == .grant && $0.target == id && $0.attributes["FUTURE"]?.flag != true }
            .sorted { $0.id < $1.id }
    }
}
