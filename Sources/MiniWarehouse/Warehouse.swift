import Synchronization
import WarehouseBasics
import WarehouseStorage

/// How to open a warehouse.
public struct WarehouseOptions: Sendable {
    /// Make the directory when there is none.
    public var createIfMissing = true
    /// Refuse every write; works on read-only media.
    public var isReadOnly = false
    /// Seconds that a write waits for another process's write transaction.
    public var busyTimeout = 5.0
    /// Worker threads of a query; nil: all cores.
    public var threads: Int?
    /// Bytes that a query's operators may hold; nil: no limit.
    public var memoryLimit: Int?
    public var clock: any WarehouseClock = SystemClock()

    public init() {}
}

/// An open warehouse: a directory that holds databases, roles, users and stages.
///
/// ```swift
/// let warehouse = try Warehouse.open("movielens.mlwh")
/// try warehouse.execute("COPY INTO raw_ratings FROM @netflix_stage/ratings.csv")
/// let top = try warehouse.query("SELECT movie_id, AVG(rating) AS mean FROM fct_ratings GROUP BY movie_id")
/// let means: [Double?] = try top["mean"].values()
/// ```
public final class Warehouse: Sendable {
    public let path: String
    public let options: WarehouseOptions
    let store: Store
    let stages: StageStore
    private let catalogCache = Mutex<(version: UInt64, state: CatalogState)?>(nil)
    private let mainSession = Mutex<Session?>(nil)

    /// Opens the warehouse at `path`, making it if it is missing and `options` allow.
    ///
    /// Throws `notAWarehouse` for a directory that holds something else, `newerFormat` for one written by a later
    /// version, `inputOutput` where the file system refuses.
    public static func open(_ path: String, options: WarehouseOptions = WarehouseOptions()) throws -> Warehouse {
        let storeOptions = StoreOptions(busyTimeoutSeconds: options.busyTimeout,
                                        createIfMissing: options.createIfMissing && !options.isReadOnly)
        let store = try Store.open(path, readOnly: options.isReadOnly, options: storeOptions)
        let warehouse = Warehouse(path: path, options: options, store: store)
        try warehouse.bootstrapIfNew()
        return warehouse
    }

    private init(path: String, options: WarehouseOptions, store: Store) {
        self.path = path
        self.options = options
        self.store = store
        stages = StageStore(root: path)
    }

    /// The session that `execute` and `query` of the warehouse itself use.
    public var session: Session {
        mainSession.withLock { held in
            if let held { return held }
            let made = Session(warehouse: self, user: Bootstrap.user, role: Bootstrap.role)
            held = made
            return made
        }
    }

    /// A further session, independent in role, schema, variables and transaction.
    public func makeSession() -> Session {
        Session(warehouse: self, user: Bootstrap.user, role: Bootstrap.role)
    }

    /// Runs a script in the main session and gives the last statement's result. Parameters are bound, never pasted.
    @discardableResult
    public func execute(_ sql: String, _ parameters: Parameters = []) throws -> ResultSet {
        try session.execute(sql, parameters)
    }

    /// The same as `execute`, for reading.
    public func query(_ sql: String, _ parameters: Parameters = []) throws -> ResultSet {
        try session.execute(sql, parameters)
    }

    /// Rows of a query decoded into a type whose properties are named as its columns, `movieID` or `movieId` for
    /// MOVIE_ID. A value that does not fit its property throws.
    public func query<Row: Decodable>(_ sql: String, _ parameters: Parameters = [], as type: Row.Type) throws -> [Row] {
        try session.execute(sql, parameters).decode(type)
    }

    // MARK: Within the package

    var threads: Int { options.threads ?? Machine.coreCount }

    func catalog(for snapshot: StoreSnapshot) throws -> CatalogState {
        if let cached = catalogCache.withLock({ $0 }), cached.version == snapshot.version { return cached.state }
        let state = try CatalogState(snapshot)
        let version = snapshot.version
        catalogCache.withLock { $0 = (version, state) }
        return state
    }

    private func bootstrapIfNew() throws {
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
