import Synchronization
import WarehouseBasics
import WarehouseEngine
import WarehouseStorage

/// What all sessions of an open warehouse share. A session keeps it alive, and it knows no session: dropping the last
/// session and the `Warehouse` closes the directory.
final class WarehouseCore: Sendable {
    let path: String
    let options: WarehouseOptions
    let store: Store
    let stages: StageStore
    /// Functions that the program registered.
    let functions = NativeFunctions()
    private let isSwept = Mutex(false)
    private let catalogCache = Mutex<(version: UInt64, state: CatalogState)?>(nil)

    init(path: String, options: WarehouseOptions, store: Store) {
        self.path = path
        self.options = options
        self.store = store
        stages = StageStore(root: path)
    }

    var threads: Int { options.threads ?? Machine.coreCount }

    func catalog(for snapshot: StoreSnapshot) throws -> CatalogState {
        if let cached = catalogCache.withLock({ $0 }), cached.version == snapshot.version { return cached.state }
        let state = try CatalogState(snapshot)
        let version = snapshot.version
        catalogCache.withLock { $0 = (version, state) }
        return state
    }

    /// True once: for the writer that is to look for files without an owner.
    func claimSweep() -> Bool {
        isSwept.withLock { isSwept in
            defer { isSwept = true }
            return !isSwept
        }
    }

    func bootstrapIfNew() throws {
        guard !options.isReadOnly, try store.snapshot().objects(kind: EntryKind.role.rawValue).isEmpty else { return }
        let transaction = try store.beginWrite()
        do {
            // Another process may have done it while this one waited for the lock.
            if try transaction.snapshot().objects(kind: EntryKind.role.rawValue).isEmpty {
                let time = Int64(truncatingIfNeeded: options.clock.now())
                try Bootstrap.fill(transaction, time: time)
                _ = try transaction.commit(queryID: "", time: time)
            } else {
                transaction.rollback()
            }
        } catch {
            transaction.rollback()
            throw error
        }
    }
}
