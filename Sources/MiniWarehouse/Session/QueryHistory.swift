import Synchronization
import WarehouseBasics
import WarehousePlan
import WarehouseSQL

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
        var role: String
        var warehouse: String?
        /// Nanoseconds since the epoch.
        var start: Int64
        var end: Int64
        var rows: Int?
        /// Read of tables, and written to temporary files.
        var scannedBytes: Int
        var spilledBytes: Int
        var error: WarehouseError?
    }

    static let limit = 10_000
    private static let textLimit = 10_000
    private static let defaultResultLimit = 100

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
        SecretMask.mask(text.utf8.count > textLimit ? String(text.prefix(textLimit)) : text)
    }

    /// The table function `name`, if it is one of the history; its one argument is RESULT_LIMIT.
    static func table(_ name: String, _ arguments: [CatalogArgument],
                      _ run: StatementRun) throws(WarehouseError) -> (any CatalogTable)? {
        guard ["QUERY_HISTORY", "QUERY_HISTORY_BY_SESSION", "QUERY_HISTORY_BY_USER"].contains(name) else { return nil }
        var limit = defaultResultLimit
        for argument in arguments {
            guard argument.name == nil || argument.name == "RESULT_LIMIT", argument.values.count == 1,
                  case .integer(let count) = argument.values[0].value, (1...Int128(QueryHistory.limit)).contains(count) else {
                throw WarehouseError(.unsupported, "Unsupported feature 'arguments of \(name) but RESULT_LIMIT'.",
                                     hint: "RESULT_LIMIT => 1 to \(QueryHistory.limit); filter by WHERE.")
            }
            limit = Int(count)
        }
        let session = name == "QUERY_HISTORY_BY_SESSION" ? run.session.id : nil
        let user = name == "QUERY_HISTORY_BY_USER" ? run.state.user : nil
        let mayShow = try Visibility(run)
        let found = run.warehouse.queryHistory.withLock { $0.latest }.filter {
            (session == nil || $0.session == session) && (user == nil || $0.user == user) && mayShow.shows($0)
        }
        return ResultTable(rows(Array(found.prefix(limit))), name: name)
    }

    /// One's own statements, and those of others that ran on a warehouse that one may watch.
    private struct Visibility {
        let user: String
        let access: Access
        private let watchesAll: Bool

        init(_ run: StatementRun) throws(WarehouseError) {
            user = run.state.user
            do {
                access = try run.access()
            } catch {
                throw error as? WarehouseError ?? WarehouseError(.internalFault, "\(error)")
            }
            watchesAll = access.holds(account: "MONITOR")
        }

        func shows(_ record: Record) -> Bool {
            if record.user == user || watchesAll { return true }
            guard let name = record.warehouse, let entry = access.catalog.find(.warehouse, name, in: nil) else { return false }
            return access.isAllowed(["MONITOR", "OPERATE"], entry)
        }
    }

    private static func rows(_ records: [Record]) -> ResultSet {
        var rows = RowBuilder("QUERY_ID QUERY_TEXT DATABASE_NAME SCHEMA_NAME QUERY_TYPE SESSION_ID USER_NAME ROLE_NAME "
            + "WAREHOUSE_NAME EXECUTION_STATUS ERROR_CODE ERROR_MESSAGE START_TIME@ END_TIME@ TOTAL_ELAPSED_TIME# "
            + "ROWS_PRODUCED# BYTES_SCANNED# BYTES_SPILLED_TO_LOCAL_STORAGE#")
        for record in records {
            rows.add([
                .text(record.id), .text(record.text), .text(record.database), .text(record.schema),
                .text(type(of: record.text)), .text(record.session), .text(record.user), .text(record.role),
                .text(record.warehouse), .text(record.error == nil ? "SUCCESS" : "FAIL"), .text(record.error?.code),
                .text(record.error.map { SecretMask.mask($0.message) }), .moment(record.start), .moment(record.end),
                .count((record.end - record.start) / 1_000_000), record.rows.map { .count($0) } ?? .null,
                .count(record.scannedBytes), .count(record.spilledBytes),
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
