import WarehouseBasics
import WarehouseStorage

/// What a writer clears away before its own work, the write lock being held: temporary objects of sessions that have
/// ended, and, once for each open warehouse, files whose owner is gone.
enum Housekeeping {
    static func run(_ transaction: OpenTransaction, _ core: WarehouseCore, session: String) throws {
        let catalog = try core.catalog(for: transaction.store.snapshot())
        for other in catalog.temporarySessions where other != session {
            if SessionMark.isHeld(other, in: core.stages.temporaryDirectory) { continue }
            for entry in catalog.entries.values where entry.temporarySession == other {
                try DropObject.remove(entry, catalog: catalog, transaction, core.stages)
            }
        }
        if core.claimSweep() { sweep(catalog, core.stages) }
    }

    /// Removes directories of stages and keys that no object of the catalog owns: a crash came between a commit and
    /// their removal. The catalog is the newest version, and nobody else is writing one.
    private static func sweep(_ catalog: CatalogState, _ stages: StageStore) {
        var directories: Set<String> = [], secrets: Set<String> = []
        for entry in catalog.entries.values {
            if let name = stages.directoryName(of: entry) { directories.insert(name) }
            if let name = entry.secretName { secrets.insert(name) }
        }
        for name in stages.directoryNames where !directories.contains(name) { stages.removeDirectory(named: name) }
        for name in stages.secretNames where !secrets.contains(name) { stages.removeSecret(named: name) }
    }
}
