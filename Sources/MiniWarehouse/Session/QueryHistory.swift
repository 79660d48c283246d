import Synchronization
import WarehouseBasics
import WarehousePlan
import WarehouseSQL
import WarehouseStorage

/// The latest statements of an open warehouse: what `TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())` shows. Held in memory,
/// from the opening on; texts are shortened and their secrets masked.
struct QueryHistory: Sendable {
    struct Record: Sendable {
        var id: String
        var text: String
        var database: String?
        var schema: String?
        var session: String
        var user: String
        /// Who has the user's name later is another.
        var userID: ObjectID?
        var role: String
        var warehouse: String?
        /// As SHOW WAREHOUSES said it then.
        var warehouseSize: String?
        var warehouseType: String?
        var tag: String
        /// Nanoseconds since the epoch.
        var start: Int64
        var end: Int64
        /// Nanoseconds of them that passed before anything was run.
        var compilation: Int
        var rows: Int?
        /// Read of tables, and written to temporary files.
        var scannedBytes: Int
        var spilledBytes: Int
        var error: WarehouseError?
    }

    static let limit = 10_000
    private static let textLimit = 10_000
    private static let defaultResultLimit = 100
    /// Nanoseconds that one may ask back: seven days, and the whole of the first, which CURRENT_DATE() - 7 asks for.
    private static let reach: Int64 = 8 * 86_400 * 1_000_000_000

    private var records: [Record] = []
    private var next = 0

    mutating func add(_ record: Record) {
        guard records.count == QueryHistory.limit else {
            records.append(record)
            return
        }
        records[next] = record
        next = (next + 1) % QueryHistory.limit
    }

    /// Latest first.
    private var latest: [Record] { (Array(records[next...]) + records[..<next]).reversed() }

    /// A statement's text as the history keeps it.
    static func kept(_ text: String) -> String {
        SecretMask.mask(shortened(text))
    }

    /// A tag as the history keeps it.
    static func kept(tag: String) -> String { SecretMask.mask(prose: shortened(tag)) }

    private static func shortened(_ text: String) -> String {
        text.utf8.count > textLimit ? String(text.prefix(textLimit)) : text
    }

    /// The table function `name`, if it is one of the history.
    static func table(_ name: String, _ arguments: [CatalogArgument], _ run: StatementRun) throws -> (any CatalogTable)? {
        guard let wanted = try Wanted(name, arguments, run) else { return nil }
        let mayShow = try Visibility(run)
        let found = run.warehouse.queryHistory.withLock { $0.latest }.lazy.filter { wanted.takes($0) && mayShow.shows($0) }
        return ResultTable(rows(Array(found.prefix(wanted.limit))), name: name)
    }

    /// Which statements one of the functions is asked for.
    private struct Wanted {
        /// Moments at which they ended.
        private var times = Int64.min...Int64.max
        private(set) var limit = defaultResultLimit
        private var session: String?
        private var user: String?
        private var warehouse: String??

        /// Nil: `name` is none of the functions.
        init?(_ name: String, _ arguments: [CatalogArgument], _ run: StatementRun) throws {
            let own: [String: [String]] = [
                "QUERY_HISTORY": [], "QUERY_HISTORY_BY_SESSION": ["SESSION_ID"], "QUERY_HISTORY_BY_USER": ["USER_NAME"],
                "QUERY_HISTORY_BY_WAREHOUSE": ["WAREHOUSE_NAME"],
            ]
            guard let own = own[name] else { return nil }
            let given = try CatalogFunctions.Arguments(name, arguments, own + [
                "END_TIME_RANGE_START", "END_TIME_RANGE_END", "RESULT_LIMIT", "INCLUDE_CLIENT_GENERATED_STATEMENT",
            ])
            // Clients of this warehouse run nothing of their own accord.
            _ = try given.flag("INCLUDE_CLIENT_GENERATED_STATEMENT")
            if let count = try given.count("RESULT_LIMIT") {
                guard count <= QueryHistory.limit else {
                    throw WarehouseError(.invalidValue, "RESULT_LIMIT of \(name) is a number from 1 to \(QueryHistory.limit).")
                }
                limit = count
            }
            let start = try given.moment("END_TIME_RANGE_START", run), end = try given.moment("END_TIME_RANGE_END", run)
            if let start, start < run.timestamp - QueryHistory.reach {
                throw WarehouseError(.invalidValue, "Cannot retrieve data from more than 7 days ago.",
                                     hint: "END_TIME_RANGE_START => DATEADD(days, -7, CURRENT_TIMESTAMP()) or later.")
            }
            let first = start ?? .min, last = end ?? .max
            guard first <= last else {
                throw WarehouseError(.invalidValue, "END_TIME_RANGE_START of \(name) is behind END_TIME_RANGE_END.")
            }
            times = first...last
            switch own.first {
            case "SESSION_ID": session = try given.textOrNumber("SESSION_ID") ?? run.session.id
            case "USER_NAME": user = try Wanted.identifier(given.text("USER_NAME")) ?? run.state.user
            case "WAREHOUSE_NAME":
                warehouse = .some(try Wanted.identifier(given.text("WAREHOUSE_NAME")) ?? run.state.computeWarehouse)
            default: break
            }
        }

        /// A name as it is stored: `'user1'`, `'"User 1"'`.
        private static func identifier(_ text: String?) throws -> String? {
            try text.flatMap { try Parser.parseObjectName($0).last?.name }
        }

        func takes(_ record: Record) -> Bool {
            times.contains(record.end) && (session == nil || record.session == session) && (user == nil || record.user == user)
                && (warehouse.map { $0 != nil && $0 == record.warehouse } ?? true)
        }
    }

    /// One's own statements, and those of others that ran on a warehouse that one may watch.
    private struct Visibility {
        let user: ObjectID?
        let access: Access
        private let watchesAll: Bool

        init(_ run: StatementRun) throws {
            user = run.state.userID
            access = try run.access()
            watchesAll = access.holds(account: "MONITOR")
        }

        func shows(_ record: Record) -> Bool {
            if watchesAll || user != nil && record.userID == user { return true }
            guard let name = record.warehouse, let entry = access.catalog.find(.warehouse, name, in: nil) else { return false }
            return access.isAllowed(["MONITOR", "OPERATE"], entry)
        }
    }

    /// Columns in the order of Snowflake's reference, without those of its services; then what was spilled.
    private static func rows(_ records: [Record]) -> ResultSet {
        var rows = RowBuilder("QUERY_ID QUERY_TEXT DATABASE_NAME SCHEMA_NAME QUERY_TYPE SESSION_ID USER_NAME ROLE_NAME "
            + "WAREHOUSE_NAME WAREHOUSE_SIZE WAREHOUSE_TYPE CLUSTER_NUMBER# QUERY_TAG EXECUTION_STATUS ERROR_CODE "
            + "ERROR_MESSAGE START_TIME@ END_TIME@ TOTAL_ELAPSED_TIME# BYTES_SCANNED# ROWS_PRODUCED# COMPILATION_TIME# "
            + "EXECUTION_TIME# QUEUED_PROVISIONING_TIME# QUEUED_REPAIR_TIME# QUEUED_OVERLOAD_TIME# "
            + "IS_CLIENT_GENERATED_STATEMENT BYTES_SPILLED_TO_LOCAL_STORAGE#")
        let zero = ScalarValue.count(0)
        for record in records {
            let elapsed = (record.end - record.start) / 1_000_000, hasWarehouse = record.warehouse != nil
            let compilation = min(elapsed, Int64(record.compilation / 1_000_000))
            rows.add([
                .text(record.id), .text(record.text), .text(record.database), .text(record.schema),
                .text(type(of: record.text)), .text(record.session), .text(record.user), .text(record.role),
                .text(record.warehouse), .text(record.warehouseSize), .text(record.warehouseType),
                hasWarehouse ? .count(1) : .null, .text(record.tag), .text(record.error == nil ? "SUCCESS" : "FAIL"),
                .text(record.error?.code), .text(record.error.map { SecretMask.mask(prose: $0.message) }), .moment(record.start),
                .moment(record.end), .count(elapsed), .count(record.scannedBytes), record.rows.map { .count($0) } ?? .null,
                .count(compilation), .count(elapsed - compilation), zero, zero, zero, .text("false"),
                .count(record.spilledBytes),
            ])
        }
        return rows.result
    }

    /// `SELECT`, `CREATE_TABLE`, `COPY`, …
    private static func type(of text: String) -> String {
        let skipped: Set<String> = ["OR", "REPLACE", "TEMP", "TEMPORARY", "TRANSIENT", "SECURE", "VOLATILE", "LOCAL",
                                    "GLOBAL", "RECURSIVE"]
        let words = text.split(maxSplits: 12) { !$0.isLetter && $0 != "_" }.map { $0.uppercased() }
        guard let first = words.first else { return "UNKNOWN" }
        if first == "WITH" { return "SELECT" }
        guard ["CREATE", "ALTER", "DROP"].contains(first),
              let kind = words.dropFirst().first(where: { !skipped.contains($0) }) else { return first }
        return "\(first)_\(kind)"
    }
}
