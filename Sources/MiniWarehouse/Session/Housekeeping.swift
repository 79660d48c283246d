import WarehouseBasics
import WarehouseEngine
import WarehouseStorage

/// What a writer clears away before its own work, the write lock being held: temporary objects of sessions that have
/// ended, dropped objects whose retention time is over, and, once for each open warehouse, files whose owner is gone.
enum Housekeeping {
    static func run(_ transaction: OpenTransaction, _ core: WarehouseCore, session: String) throws {
        let catalog = try core.catalog(for: transaction.store.snapshot())
        for other in catalog.temporarySessions where other != session {
            if SessionMark.isHeld(other, in: core.stages.temporaryDirectory) { continue }
            for entry in catalog.records.values where entry.temporarySession == other {
                try DropObject.remove(entry, catalog: catalog, transaction, core.stages)
            }
        }
        try purge(catalog, transaction, core)
        if core.claimSweep() {
            sweep(catalog, core.stages)
            core.stages.removeUnfinished(everywhere: false)
            for directory in Set([core.stages.temporaryDirectory, core.spillDirectory]) { SpillStore.sweep(directory) }
        }
    }

    private static func purge(_ catalog: CatalogState, _ transaction: OpenTransaction, _ core: WarehouseCore) throws {
        if catalog.dropped.isEmpty { return }
        let now = Int64(truncatingIfNeeded: core.options.clock.now())
        var gone: Set<ObjectID> = []
        // What holds others first: they go with it.
        for entry in catalog.dropped.sorted(by: { $0.kind.rawValue < $1.kind.rawValue })
        where !gone.contains(entry.id) && catalog.isExpired(entry, at: now) {
            try DropObject.remove(entry, catalog: catalog, transaction, core.stages)
            gone.insert(entry.id)
            gone.formUnion(catalog.descendants(of: entry.id).map(\.id))
        }
    }

    /// Removes directories of stages and keys that no object of the catalog owns: a crash came between a commit and
    /// their removal. The catalog is the newest version, and nobody else is writing one.
    private static func sweep(_ catalog: CatalogState, _ stages: StageStore) {
        var directories: Set<String> = [], secrets: Set<String> = []
        for entry in catalog.records.values {
            if let name = stages.directoryName(of: entry) { directories.insert(name) }
            if let name = entry.secretName { secrets.insert(name) }
        }
        for name in stages.directoryNames where !directories.contains(name) { stages.removeDirectory(named: name) }
        for name in stages.secretNames where !secrets.contains(name) { stages.removeSecret(named: name) }
    }
}
