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
    /// Bytes that a statement's operators may hold; nil: four fifths of the machine's memory. Rows beyond it go to disk.
    public var memoryLimit: Int?
    /// Where rows beyond the memory limit go; nil: the warehouse's own `tmp`.
    public var temporaryDirectory: String?
    /// Bytes that a statement may put there; nil: as many as the disk holds.
    public var maxTempDirectorySize: Int?
    /// Decompress gzip and deflate files with the system's zlib instead of this package's faster decoder.
    public var inflatesWithZlib = false
    /// Object stores that external stages may name: `[S3()]` of the product WarehouseS3.
    public var objectStores: [any ObjectStoreProvider] = []
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
    public var path: String { core.path }
    public var options: WarehouseOptions { core.options }
    let core: WarehouseCore
    private let mainSession: Session
    private let identity: SessionIdentity

    /// Opens the warehouse at `path`, making it if it is missing and `options` allow.
    ///
    /// Throws `notAWarehouse` for a directory that holds something else, `newerFormat` for one written by a later
    /// version, `inputOutput` where the file system refuses.
    public static func open(_ path: String, options: WarehouseOptions = WarehouseOptions()) throws -> Warehouse {
        Warehouse(try openCore(path, options), SessionIdentity())
    }

    /// Opens the warehouse as one of its users: its sessions begin in `role`, which must be granted to that user, and may
    /// do what is granted to the user's roles, no more. Without a role the user's default role is taken, else PUBLIC;
    /// without a user the owner's. Names are folded as in SQL.
    ///
    /// ```swift
    /// let warehouse = try Warehouse.open("movielens.mlwh", user: "dbt", role: "transform")
    /// ```
    /// Throws as `open` does, and `insufficientPrivileges` for a user that is missing or disabled, or a role that is not
    /// its own. Nothing is asked for a password: who can open the directory can read it.
    public static func open(_ path: String, user: String?, role: String? = nil,
                            options: WarehouseOptions = WarehouseOptions()) throws -> Warehouse {
        let core = try openCore(path, options)
        return Warehouse(core, try SessionIdentity(user: user, role: role, core))
    }

    private static func openCore(_ path: String, _ options: WarehouseOptions) throws -> WarehouseCore {
        let storeOptions = StoreOptions(busyTimeoutSeconds: options.busyTimeout,
                                        createIfMissing: options.createIfMissing && !options.isReadOnly)
        if options.threads != 1 { warmUp() }
        let store = try Store.open(path, readOnly: options.isReadOnly, options: storeOptions)
        let core = WarehouseCore(path: path, options: options, store: store)
        try core.bootstrapIfNew()
        return core
    }

    /// Makes ready, on a thread of its own, what the process's first statements would otherwise wait for: types, tables of
    /// functions, pages of code. Comes back at once. `open` calls it unless its options ask for one thread; a program that
    /// opens a warehouse later may call it when it starts. Does nothing the second time, nor where there is one core.
    public static func warmUp() { Rehearsal.begin() }

    /// What whoever opened the warehouse may do.
    func access(to catalog: CatalogState) throws -> Access {
        if let user = identity.userID { try SessionIdentity.requireUser(user, named: identity.user, in: catalog) }
        return Access(catalog: catalog, user: identity.user, role: identity.role, secondary: identity.secondaryRoles)
    }

    init(_ core: WarehouseCore, _ identity: SessionIdentity) {
        self.core = core
        self.identity = identity
        mainSession = Session(core: core, identity: identity)
    }

    /// The session that `execute` and `query` of the warehouse itself use.
    public var session: Session { mainSession }

    /// A further session, independent in role, schema, variables and transaction.
    public func makeSession() -> Session {
        Session(core: core, identity: identity)
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
}
