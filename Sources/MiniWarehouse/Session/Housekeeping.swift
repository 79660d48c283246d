#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseEngine
import WarehouseStorage

/// What a writer clears away before its own work, the write lock being held: temporary objects of sessions that have
/// ended, dropped objects whose retention time is over, and, once for each open warehouse, files whose owner is gone.
enum Housekeeping {
    static func run(_ transaction: OpenTransaction, _ core: WarehouseCore, session: String) throws {
        let catalog = try core.catalog(for: transaction.store.snapshot())
        let ended = catalog.temporarySessions.filter {
            $0 != session && !SessionMark.isHeld($0, in: core.stages.temporaryDirectory)
        }
        if !ended.isEmpty {
            try dropObjects(of: ended, catalog, transaction, core)
            transaction.whenCommitted { try? free(core) }
        }
        try purge(catalog, transaction, core)
        if core.claimSweep() {
            sweep(catalog, core.stages)
            core.stages.removeUnfinished(everywhere: false)
            for directory in Set([core.stages.temporaryDirectory, core.spillDirectory]) { SpillStore.sweep(directory) }
        }
    }

    /// How long the end of a session waits for another writer.
    private static let patienceSeconds = 0.25

    /// Drops the temporary objects of a session that ends and frees their files. What cannot be done at once, since
    /// somebody else is writing, is left to the next writer.
    static func end(_ session: String, _ core: WarehouseCore) {
        do {
            let known = try core.catalog(for: core.store.snapshot(pinned: false))
            guard known.temporarySessions.contains(session) else { return }
            let transaction = try OpenTransaction(core.store.beginWrite(timeoutSeconds: patienceSeconds))
            try dropObjects(of: [session], transaction.catalog(), transaction, core)
            try transaction.commit(queryID: "", time: now(core))
            try free(core)
        } catch {
            // Nobody is there any more to be told.
        }
    }

    private static func dropObjects(of sessions: Set<String>, _ catalog: CatalogState, _ transaction: OpenTransaction,
                                    _ core: WarehouseCore) throws {
        for entry in catalog.records.values where entry.temporarySession.map(sessions.contains) == true {
            try DropObject.remove(entry, catalog: catalog, transaction, core.stages)
        }
    }

    /// Files of tables that are gone leave with the commit behind the one that dropped them. Threads of a query that has
    /// answered may hold them a moment longer; those that somebody else reads are left to the next writer.
    private static func free(_ core: WarehouseCore) throws {
        for _ in 0..<10 {
            let transaction = try core.store.beginWrite(timeoutSeconds: patienceSeconds), time = now(core)
            let isAll = try transaction.freeExpired(at: time)
            try transaction.commit(queryID: "", time: time)
            if isAll { return }
            usleep(2000)
        }
    }

    private static func now(_ core: WarehouseCore) -> Int64 { Int64(truncatingIfNeeded: core.options.clock.now()) }

    private static func purge(_ catalog: CatalogState, _ transaction: OpenTransaction, _ core: WarehouseCore) throws {
        if catalog.dropped.isEmpty { return }
        let now = now(core)
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
