import WarehouseBasics
import WarehouseEngine
import WarehouseIngest
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// One statement under way: its time, its query id, the version it reads, and the transaction it writes in.
final class StatementRun {
    let session: Session
    let state: SessionState
    let text: String
    let parameters: Parameters
    let queryID: String
    /// What it committed, once it has.
    private(set) var committedVersion: UInt64?
    /// Nanoseconds since the epoch, UTC: CURRENT_TIMESTAMP of the whole statement.
    let time: Int128
    let queryContext: QueryContext
    /// Rows of a result at most, by ROWS_PER_RESULTSET.
    let resultRows: Int?
    /// Bytes of a result at most, by MAX_RESULT_SIZE.
    let resultBytes: Int?
    let sequences = StatementSequences()
    /// While COPY binds a transformation: what `FROM @stage` then means, with as many fields as the query names.
    var stagedTable: ((_ columnCount: Int) -> any CatalogTable)?

    /// What the statements before it in its chain gave, for `FROM $1`.
    var chain: [ResultSet] = []

    /// How many EXECUTE IMMEDIATE stand around what runs now.
    var immediateDepth = 0

    private var requirements: [AccessRequirement] = []
    /// What the check was made of: a version, or the changes of a transaction.
    private var checkedVersion: UInt64?
    private var checkedTransaction: OpenTransaction?
    private var readSnapshot: StoreSnapshot?
    private var readCatalog: CatalogState?
    /// The transaction of an autocommitted statement, while `write` runs.
    private var ownTransaction: OpenTransaction?
    /// What the statement writes in, if it writes.
    private var current: OpenTransaction? { ownTransaction ?? state.transaction }

    var warehouse: WarehouseCore { session.core }

    init(session: Session, state: SessionState, text: String, parameters: Parameters) {
        self.session = session
        self.state = state
        self.text = text
        self.parameters = parameters
        queryID = UniqueID.make()
        // What cannot be read is told where the statement needs it.
        if let open = state.transaction {
            if let catalog = try? open.catalog() { state.follow(catalog) }
        } else if let snapshot = try? session.core.store.snapshot(pinned: false),
                  let catalog = try? session.core.catalog(for: snapshot) {
            readSnapshot = snapshot
            readCatalog = catalog
            state.follow(catalog)
        }
        time = session.core.options.clock.now()
        let effective = SessionParameters.effective(state.inherited, state.parameters)
        let limits = StatementLimits(effective)
        var context = SessionContext(
            role: state.role, user: state.user, database: state.database, schema: state.schema,
            warehouse: state.computeWarehouse, timeZone: effective["TIMEZONE"] ?? SessionParameters.defaultTimeZone,
            statementTime: time, sessionID: session.id, queryID: queryID, pastQueries: state.pastQueries,
            statement: text, parameters: effective)
        context.transactionID = state.transactionID
        queryContext = QueryContext(
            session: context, threads: limits.threads ?? session.core.threads,
            memory: MemoryAccount(limitBytes: limits.memoryBytes ?? session.core.memoryLimit),
            spill: SpillStore(directory: session.core.spillDirectory,
                              limitBytes: limits.spillBytes ?? session.core.options.maxTempDirectorySize,
                              isPrivate: session.core.spillDirectory == session.core.stages.temporaryDirectory),
            functions: session.core.functions, sequences: sequences)
        resultRows = limits.resultRows
        resultBytes = limits.resultBytes
    }

    var sessionContext: SessionContext { queryContext.session }

    /// Seconds that the statement has: the fewest that the session and its warehouse (else the account) give, where 0 says
    /// nothing; the longest there is when both say 0.
    var timeoutSeconds: Int {
        let name = "STATEMENT_TIMEOUT_IN_SECONDS"
        var given = [sessionContext.parameters[name].flatMap { Int($0) }]
        if let warehouse = state.computeWarehouse, let entry = try? catalog().find(.warehouse, warehouse, in: nil) {
            given.append(entry.attributes[name]?.integer.map { Int($0) } ?? state.inherited.account[name].flatMap { Int($0) })
        }
        return given.compactMap(\.self).filter { $0 > 0 }.min() ?? StatementLimits.maximumTimeout
    }

    /// The warehouse that the session used when the statement began.
    var computeWarehouse: CatalogEntry? {
        sessionContext.warehouse.flatMap { name in try? catalog().find(.warehouse, name, in: nil) }
    }

    /// How this session reads files.
    func loadSettings() throws -> LoadSettings {
        var settings = LoadSettings(timeZone: try TimeZoneRules.load(sessionContext.timeZone))
        settings.inflateEngine = warehouse.options.inflatesWithZlib ? .zlib : .native
        settings.threads = warehouse.threads
        return settings
    }

    var timestamp: Int64 { Int64(truncatingIfNeeded: time) }

    /// The version this statement reads: its transaction's own view, or the latest published one. A statement that writes
    /// looks at the catalog before it has the write lock, and reads no rows then: nothing is pinned for that.
    func snapshot() throws -> StoreSnapshot {
        if let current { return try current.store.snapshot() }
        if let readSnapshot { return readSnapshot }
        let snapshot = try warehouse.store.snapshot(pinned: false)
        readSnapshot = snapshot
        return snapshot
    }

    /// `snapshot`, with rows that stay readable.
    private func readableSnapshot() throws -> StoreSnapshot {
        let seen = try snapshot()
        do throws(WarehouseError) {
            try seen.keepData()
            return seen
        } catch {
            guard error.code == ErrorKind.objectMissing.code else { throw error }
            // Others have removed some of its rows already: what has been asked of it is asked of the newest version.
            let newest = try warehouse.store.snapshot()
            forgetWhatWasRead()
            readSnapshot = newest
            checkedVersion = newest.version
            for requirement in requirements { try requirement.check(self) }
            return newest
        }
    }

    func catalog() throws -> CatalogState {
        if let current { return try current.catalog() }
        if let readCatalog { return readCatalog }
        let catalog = try warehouse.catalog(for: snapshot())
        readCatalog = catalog
        return catalog
    }

    func resolver() throws -> NameResolver {
        let catalog = try catalog()
        return NameResolver(catalog: catalog, access: state.access(to: catalog), database: state.database,
                            schema: state.schema, sessionID: session.id)
    }

    /// What the session's roles may do with the objects that the statement reads.
    func access() throws -> Access { state.access(to: try catalog()) }

    /// The catalog as the planner sees it.
    func planCatalog() throws -> SessionCatalog {
        SessionCatalog(run: self, snapshot: try readableSnapshot(), resolver: try resolver())
    }

    /// The same without asking for rights: for reads that serve a statement which has been asked for itself.
    func unrestrictedCatalog() throws -> SessionCatalog {
        let snapshot = try readableSnapshot(), catalog = try catalog()
        let access = Access(catalog: catalog, owner: state.role, isUnrestricted: true)
        return SessionCatalog(run: self, snapshot: snapshot, resolver: NameResolver(
            catalog: catalog, access: access, database: state.database, schema: state.schema, sessionID: session.id))
    }

    // MARK: Writing

    func checkWritable() throws {
        if warehouse.options.isReadOnly {
            throw WarehouseError(
                .readOnly, "The warehouse \(warehouse.path) was opened read-only: nothing can be written.")
        }
    }

    /// Runs `body` in the session's open transaction, or in one of its own that commits when `body` returns. When
    /// `body` throws, nothing that it wrote stays. What it reads meanwhile includes what it wrote.
    func write<Result>(_ body: (OpenTransaction) throws -> Result) throws -> Result {
        try checkWritable()
        if let own = ownTransaction { return try body(own) }
        if state.isInTransaction { return try writeInOpenTransaction(body) }
        warehouse.transactions.begin(session.id, state, name: queryID, at: timestamp)
        defer { warehouse.transactions.end(session.id) }
        let transaction = try begin()
        ownTransaction = transaction
        defer {
            ownTransaction = nil
            forgetWhatWasRead()
        }
        do {
            try checkAccessAgain(transaction)
            let result = try body(transaction)
            // What could not throw has noted its error.
            try queryContext.checkCancelled()
            try sequences.save(to: transaction.store)
            committedVersion = try transaction.commit(queryID: queryID, time: timestamp)
            return result
        } catch {
            transaction.rollback()
            throw error
        }
    }

    private func writeInOpenTransaction<Result>(_ body: (OpenTransaction) throws -> Result) throws -> Result {
        let open = try state.transaction ?? begin()
        state.transaction = open
        forgetWhatWasRead()
        interruptRewriting(of: open)
        let mark = try open.mark()
        do {
            try checkAccessAgain(open)
            let result = try body(open)
            try queryContext.checkCancelled()
            try sequences.save(to: open.store)
            return result
        } catch {
            try open.rollback(to: mark)
            if !open.store.hasChanges {
                // Nothing holds others up for the sake of a statement that failed.
                open.rollback()
                state.transaction = nil
                warehouse.transactions.note(.none, of: session.id, writer: nil)
            }
            throw error
        }
    }

    private func begin() throws -> OpenTransaction {
        let transactions = warehouse.transactions
        transactions.note(.waiting, of: session.id, writer: queryID)
        let transaction: OpenTransaction
        do {
            transaction = try OpenTransaction(warehouse.store.beginWrite())
        } catch {
            transactions.note(.none, of: session.id, writer: nil)
            throw error
        }
        transactions.note(.holding(since: Int64(truncatingIfNeeded: warehouse.options.clock.now())), of: session.id,
                          writer: queryID)
        interruptRewriting(of: transaction)
        try Housekeeping.run(transaction, warehouse, session: session.id)
        return transaction
    }

    /// Asks once more whether the statement may run, where names may mean something else than when it was asked: others
    /// have committed since, or the statement's predecessors are committed only now.
    private func checkAccessAgain(_ transaction: OpenTransaction) throws {
        if let user = state.userID { try SessionIdentity.requireUser(user, named: state.user, in: try catalog()) }
        guard !requirements.isEmpty, checkedTransaction !== transaction,
              try transaction.store.baseVersion != checkedVersion else { return }
        for requirement in requirements { try requirement.check(self) }
    }

    /// Asks whether the statement may run, now and again before it writes.
    func require(_ requirements: [AccessRequirement]) throws {
        self.requirements = requirements
        guard !requirements.isEmpty else { return }
        checkedTransaction = current
        checkedVersion = current == nil ? try snapshot().version : nil
        for requirement in requirements { try requirement.check(self) }
    }

    private func interruptRewriting(of transaction: OpenTransaction) {
        let context = queryContext
        transaction.store.onInterruption { () throws(WarehouseError) in try context.checkCancelled() }
    }

    private func forgetWhatWasRead() {
        readSnapshot = nil
        readCatalog = nil
    }

    /// Marks the session as one with temporary objects, before the first of them is made.
    func keepTemporaryObjects() throws {
        if state.mark == nil { state.mark = try SessionMark(session.id, in: warehouse.stages.temporaryDirectory) }
    }

    /// DDL: commits an open transaction first, then runs in one of its own; within `Session.atomically` in the open one.
    func define<Result>(_ body: (OpenTransaction) throws -> Result) throws -> Result {
        try checkWritable()
        if !state.holdsDefinitions { try endTransaction() }
        return try write(body)
    }

    /// Commits what is open, if anything is.
    func endTransaction() throws {
        state.isInTransaction = false
        defer { warehouse.transactions.end(session.id) }
        guard let open = state.transaction else { return }
        state.transaction = nil
        forgetWhatWasRead()
        committedVersion = try open.commit(queryID: queryID, time: timestamp) ?? committedVersion
    }
}
