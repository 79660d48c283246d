import WarehouseBasics
import WarehouseEngine
import WarehousePlan
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
    private let isSwept = Lock(false)
    private let statementTimes = Lock<StatementTimes>(StatementTimes())
    let queryHistory = Lock<QueryHistory>(QueryHistory())
    let transactions = RunningTransactions()
    private let copyJobs = Lock<[(id: String, job: CopyJob)]>([])
    private let catalogCache = Lock<(version: UInt64, state: CatalogState)?>(nil)

    init(path: String, options: WarehouseOptions, store: Store) {
        self.path = path
        self.options = options
        self.store = store
        stages = StageStore(root: path, isReadOnly: options.isReadOnly)
    }

    var threads: Int { options.threads ?? Machine.coreCount }
    var memoryLimit: Int? { options.memoryLimit ?? Machine.memoryBytes.map { $0 / 5 * 4 } }

    /// Where operators put rows that memory has no room for: inside the warehouse, unless that cannot be written.
    var spillDirectory: String {
        if let chosen = options.temporaryDirectory { return chosen }
        guard options.isReadOnly else { return stages.temporaryDirectory }
        return Machine.temporaryDirectory
    }

    func catalog(for snapshot: StoreSnapshot) throws -> CatalogState {
        if let cached = catalogCache.withLock({ $0 }), cached.version == snapshot.version { return cached.state }
        let state = try CatalogState(snapshot)
        let version = snapshot.version
        catalogCache.withLock { $0 = (version, state) }
        return state
    }

    /// Notes what a COPY loads, for VALIDATE.
    func keep(_ job: CopyJob, of run: StatementRun) {
        run.state.lastCopyID = run.queryID
        copyJobs.withLock { jobs in
            jobs.append((run.queryID, job))
            if jobs.count > WarehouseCore.keptCopyJobs { jobs.removeFirst() }
        }
    }

    func copyJob(_ id: String) -> CopyJob? { copyJobs.withLock { $0.last { $0.id == id }?.job } }

    private static let keptCopyJobs = 256

    /// Notes when a statement ran and what it committed, for time travel to it.
    func note(statement id: String, at time: Int64, version: UInt64?) {
        statementTimes.withLock { $0.add(id, StatementTimes.Entry(time: time, version: version)) }
    }

    /// The version of that moment; nil when the history that is kept does not reach back so far.
    func history(_ moment: HistoryMoment) throws -> StoreSnapshot? {
        switch moment {
        case .time(let time): return try store.snapshot(at: time)
        case .statement(let id, let isBefore):
            guard let entry = statementTimes.withLock({ $0.entries[id] }) else {
                throw WarehouseError(.timeTravel, "Statement \(id) is not known.",
                                     hint: "Statements that ran since the warehouse was opened are known, the latest "
                                         + "\(StatementTimes.limit) of them.")
            }
            if let version = entry.version { return try store.snapshot(version: isBefore ? version - 1 : version) }
            return try store.snapshot(at: isBefore ? entry.time - 1 : entry.time)
        }
    }

    /// True once: for the writer that is to look for files without an owner.
    func claimSweep() -> Bool {
        isSwept.withLock { isSwept in
            defer { isSwept = true }
            return !isSwept
        }
    }

    func bootstrapIfNew() throws {
        let roles = EntryKind.role.rawValue
        guard !options.isReadOnly, try store.snapshot(pinned: false).objects(kind: roles).isEmpty else { return }
        let transaction = try store.beginWrite()
        do {
            // Another process may have done it while this one waited for the lock.
            if try transaction.snapshot().objects(kind: roles).isEmpty {
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
