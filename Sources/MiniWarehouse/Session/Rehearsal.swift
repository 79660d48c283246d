import WarehouseBasics
import WarehouseStorage

/// Small statements over a warehouse in memory, run once a process beside the thread that opens the first one. What
/// they touch is ready when that one's first statement comes: the runtime's look-ups of types and conformances, tables
/// of functions, bound symbols, pages of code. They take 5 ms; a first COUNT(*) then takes 0.3 ms, not 0.6, a first join
/// of 20M rows with 27,000 by a pattern 2.2, not 3.2.
enum Rehearsal {
    static func begin() { begun }

    private static let begun: Void = {
        guard Machine.coreCount > 1 else { return }
        // What fails here is told where it matters.
        WorkerThreads.shared.run { try? run() }
    }()

    /// Below a file: whatever might look for the warehouse on the machine's own disk finds nothing, and makes nothing.
    static let path = "/dev/null/rehearsal"

    static func run() throws {
        var options = WarehouseOptions()
        options.threads = 2
        // Its few rows are to be read as those of large tables are.
        let store = try Store.create(on: SimulatedDisk(), options: StoreOptions(inlineRowLimit: 0))
        let core = WarehouseCore(path: path, options: options, store: store)
        try core.bootstrapIfNew()
        // There is nothing to look for.
        _ = core.claimSweep()
        let session = Session(core: core, identity: SessionIdentity())
        for statement in statements { try session.execute(statement) }
    }

    private static let statements = [
        "CREATE TABLE t (k INTEGER, n NUMBER(8, 2), x DOUBLE, s VARCHAR) AS SELECT column1, column1 / 7, "
            + "column1 / 3, 'a' || column1 FROM VALUES (1), (2), (3), (4)",
        "SELECT COUNT(*) AS n FROM t",
        "SELECT AVG(t.x) AS a, COUNT(*) AS n FROM t JOIN t u ON t.k = u.k WHERE u.s ILIKE '%2%'",
        "SELECT k, n, x, s FROM t WHERE k = 2 ORDER BY s",
        "SELECT k, n, x, s FROM t ORDER BY x DESC, k LIMIT 2",
        "SELECT k, SUM(n) AS a FROM t GROUP BY k",
    ]
}
