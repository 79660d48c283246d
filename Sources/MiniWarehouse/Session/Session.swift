import Dispatch
import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// One user's conversation with a warehouse: role, current database and schema, variables, parameters and an open
/// transaction. Runs one statement at a time; several sessions run side by side.
public final class Session: Sendable {
    let core: WarehouseCore
    public let id: String
    private let turn = DispatchSemaphore(value: 1)
    /// Touched only by whoever holds `turn`.
    nonisolated(unsafe) private let state: SessionState
    private let running = Lock<QueryContext?>(nil)
    /// The text that is read for the next statement.
    private let readText = Lock<TextReading?>(nil)
    private let progressHandler = Lock<(@Sendable (StatementProgress) -> Void)?>(nil)

    /// Whose session it is, and the role it began in.
    private let identity: SessionIdentity

    init(core: WarehouseCore, identity: SessionIdentity) {
        self.core = core
        self.identity = identity
        id = UniqueID.make()
        state = SessionState(identity)
        // What cannot be read now is the first statement's error.
        if let snapshot = try? core.store.snapshot(pinned: false), let catalog = try? core.catalog(for: snapshot) {
            state.inherited = InheritedParameters(of: identity.user, catalog)
            state.follow(catalog)
        }
    }

    /// The warehouse that the session is of, opened by the same user in the same role.
    public var warehouse: Warehouse { Warehouse(core, identity) }

    deinit {
        state.transaction?.rollback()
        core.transactions.end(id)
        // The mark goes with the state, after the objects: nobody else takes them for those of a session that died.
        guard state.mark != nil else { return }
        state.results = []
        Housekeeping.end(id, core)
    }

    /// Runs every statement of a script in order; the first error stops it. Gives the last statement's result.
    @discardableResult
    public func execute(_ sql: String, _ parameters: Parameters = []) throws -> ResultSet {
        var last = ResultSet.empty
        try executeScript(sql, parameters) { last = $1 }
        return last
    }

    /// Runs every statement of a script and hands each one's text and result to `body`. A statement is read when its
    /// turn comes: those before a mistake have run. A script that is part of a longer text begins there at `line` and
    /// `column`, by which errors tell their places.
    public func executeScript(_ sql: String, _ parameters: Parameters = [], line: Int = 1, column: Int = 1,
                              _ body: (_ statement: String, _ result: ResultSet) throws -> Void) throws {
        var parser = Parser(sql, line: line, column: column)
        while let statement = try reading({ try parser.nextStatement() }) {
            let result: ResultSet
            do {
                result = try run(statement, parameters)
            } catch var error as WarehouseError where error.span == nil && error.statement == nil
                && error.code != ErrorKind.cancelled.code {
                error.statement = statement.span
                throw error
            }
            try body(statement.text, result)
        }
    }

    /// Runs `body`, which reads a statement's text, until it is told to stop.
    private func reading<Result>(_ body: () throws -> Result) throws -> Result {
        let reading = TextReading()
        readText.withLock { $0 = reading }
        defer { readText.withLock { $0 = nil } }
        return try Interruption.$statement.withValue(reading, operation: body)
    }

    /// Runs one parsed statement, or those of a chain; gives the last one's result.
    func run(_ statement: ParsedStatement, _ parameters: Parameters = []) throws -> ResultSet {
        guard !statement.chain.isEmpty else { return try runOne(statement, parameters, after: []) }
        var results: [ResultSet] = []
        for part in statement.chain { results.append(try runOne(part, parameters, after: results)) }
        return results[results.count - 1]
    }

    private func runOne(_ statement: ParsedStatement, _ parameters: Parameters, after chain: [ResultSet]) throws -> ResultSet {
        var isRollback = false
        if case .rollback = statement.statement { isRollback = true }
        return try withRun(text: statement.text, parameters: parameters, isRollback: isRollback) { run in
            run.chain = chain
            return try StatementDispatcher.execute(statement.statement, in: run)
        }
    }

    /// Runs a query given as a syntax tree: what typed models become.
    public func run(_ query: Query) throws -> ResultSet {
        try run(ParsedStatement(statement: .query(query), text: ""))
    }

    /// Runs one statement given as a syntax tree.
    public func run(_ statement: Statement) throws -> ResultSet {
        try run(ParsedStatement(statement: statement, text: ""))
    }

    /// Runs `body` as one transaction, of which DDL is part too: all that its statements in this session did is there
    /// when it returns, and none of it when it throws or the process ends. Within another one, or between BEGIN and
    /// COMMIT, it is part of that. Others read meanwhile what was there before; one process writes at a time.
    public func atomically<Result>(_ body: () throws -> Result) throws -> Result {
        guard !isInTransaction else { return try body() }
        _ = try run(Statement.begin())
        holdDefinitions(true)
        do {
            let result = try body()
            holdDefinitions(false)
            _ = try run(Statement.commit)
            return result
        } catch {
            holdDefinitions(false)
            _ = try? run(Statement.rollback)
            throw error
        }
    }

    private func holdDefinitions(_ isHeld: Bool) {
        turn.wait()
        defer { turn.signal() }
        state.holdsDefinitions = isHeld
    }

    /// Asks the running statement to stop; it fails with error 000604 within a batch.
    public func cancel() {
        readText.withLock { $0?.cancel() }
        running.withLock { $0?.cancel() }
    }

    /// Told of files, bytes and rows while PUT and COPY run, from the thread that loads.
    public func onProgress(_ handler: (@Sendable (StatementProgress) -> Void)?) {
        progressHandler.withLock { $0 = handler }
    }

    /// How many rows of stored tables the running statement has read, of how many it will as far as is known by now;
    /// nil where nothing runs.
    public var scannedRows: (done: Int, total: Int)? {
        running.withLock { context in context.map { ($0.progress.rowsDone, $0.progress.rowsTotal) } }
    }

    func report(_ progress: StatementProgress) {
        progressHandler.withLock { $0 }?(progress)
    }

    /// Whether a transaction is open, whose changes others do not see.
    package var isInTransaction: Bool {
        turn.wait()
        defer { turn.signal() }
        return state.isInTransaction
    }

    /// From now on the session serves a program that reads results, rather than people: of what account and user set it
    /// keeps limits and the time zone, and neither cuts results nor reads and writes values in formats of theirs. What
    /// ALTER SESSION sets holds all the same.
    package func serveProgram() {
        turn.wait()
        defer { turn.signal() }
        state.inherited = state.inherited.forPrograms
    }

    /// What the session's roles may do.
    func access(to catalog: CatalogState) throws -> Access {
        turn.wait()
        defer { turn.signal() }
        if let user = state.userID { try SessionIdentity.requireUser(user, named: state.user, in: catalog) }
        return state.access(to: catalog)
    }

    /// Where names without a schema resolve.
    public var currentSchema: (database: String?, schema: String?) {
        turn.wait()
        defer { turn.signal() }
        return (state.database, state.schema)
    }

    /// Makes database (and schema) current, as USE does. Names as stored, not folded.
    public func use(database: String, schema: String? = nil) throws {
        var text = "USE DATABASE \(Identifiers.quoted(database))"
        if let schema { text += "; USE SCHEMA \(Identifiers.quoted(schema))" }
        try execute(text)
    }

    /// Runs one statement that only reads, with this session's role and place and in its transaction, and leaves no
    /// trace of it: LAST_QUERY_ID and the query history stay as they are. For what a tool asks on its own account.
    public func look(_ sql: String) throws -> ResultSet {
        let parsed = try Parser.parseStatement(sql)
        turn.wait()
        defer { turn.signal() }
        let run = StatementRun(session: self, state: state, text: parsed.text, parameters: [])
        running.withLock { $0 = run.queryContext }
        defer { running.withLock { $0 = nil } }
        try SessionIdentity.requireUser(of: state, core)
        return try DeepStack.withRoom { try StatementDispatcher.look(parsed.statement, in: run) }
    }

    func withRun<Result>(text: String, parameters: Parameters, isRollback: Bool = false,
                         _ body: (StatementRun) throws -> Result) throws -> Result {
        turn.wait()
        defer { turn.signal() }
        let run = StatementRun(session: self, state: state, text: text, parameters: parameters)
        running.withLock { $0 = run.queryContext }
        let timer = StatementTimer(run.queryContext, seconds: run.timeoutSeconds)
        defer {
            timer.stop()
            running.withLock { $0 = nil }
            state.pastQueries.append(run.queryID)
            // What an open transaction changed has no time of its own until it commits.
            if state.transaction == nil {
                core.note(statement: run.queryID, at: run.timestamp, version: run.committedVersion)
            }
        }
        do {
            let result = try StatementCancellation.watching(run.queryContext, isRollback: isRollback) {
                try SessionIdentity.requireUser(of: state, core)
                return try Interruption.$statement.withValue(run.queryContext) { try DeepStack.withRoom { try body(run) } }
            }
            remember(run, rows: (result as? ResultSet)?.rowCount, nil)
            return result
        } catch {
            let fault = error as? WarehouseError ?? WarehouseError(.internalFault, "\(error)")
            let told = SecretMask.mask(SecretMask.mask(fault, of: run.text), hiding: state.secretTexts)
            remember(run, rows: nil, told)
            throw error is WarehouseError ? told : error
        }
    }

    private func remember(_ run: StatementRun, rows: Int?, _ error: WarehouseError?) {
        let context = run.sessionContext
        let warehouse = run.computeWarehouse
        let record = QueryHistory.Record(
            id: run.queryID, text: QueryHistory.kept(run.text), database: context.database, schema: context.schema,
            session: id, user: context.user, userID: run.state.userID, role: context.role, warehouse: context.warehouse,
            warehouseSize: warehouse.map { WarehouseDefinition.title(ofSize: $0.text("SIZE")) },
            warehouseType: warehouse.map { $0.text("TYPE") ?? "STANDARD" },
            tag: QueryHistory.kept(tag: context.parameters["QUERY_TAG"] ?? ""), start: run.timestamp,
            end: Int64(truncatingIfNeeded: core.options.clock.now()),
            compilation: run.queryContext.compilationNanoseconds, rows: rows,
            scannedBytes: run.queryContext.scannedBytes, spilledBytes: run.queryContext.spill?.writtenBytes ?? 0,
            error: error)
        core.queryHistory.withLock { $0.add(record) }
    }
}

/// How far PUT or COPY has come.
public struct StatementProgress: Sendable {
    public enum Step: String, Sendable { case put = "PUT", get = "GET", copy = "COPY", unload = "UNLOAD" }
    public var step: Step
    public var file: String
    public var filesDone: Int
    public var filesTotal: Int
    /// Bytes of the files as stored (compressed).
    public var bytesDone: Int
    public var bytesTotal: Int
    public var rows: Int
    public var errors: Int
}
