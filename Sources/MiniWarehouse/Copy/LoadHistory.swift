import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// Which files a table has loaded, from the catalog: one record for each load of a file. The latest load of a file is
/// known by the file's key; those before it, and loads that failed, are kept for the history views only.
struct LoadHistory {
    private let table: ObjectID
    private let records: [String: CatalogEntry]
    /// When the table's first load was; nil: never.
    private let firstLoad: Int64?

    private static let day: Int64 = 86_400_000_000_000
    /// How long a load is known.
    static let lifetime = 64 * day
    /// How far COPY_HISTORY and LOAD_HISTORY reach back.
    static let shown = 14 * day
    /// Divides a key from the id of a record that a later one replaced; no path holds it.
    private static let mark: Character = "\u{1}"

    init(of table: CatalogEntry, _ catalog: CatalogState) {
        self.table = table.id
        records = catalog.loadedFiles(of: table.id)
        firstLoad = records.values.map(\.createdAt).min()
    }

    /// Whether COPY leaves the file out: it was loaded and has not changed since, or that is not known any more.
    func isDone(_ file: PendingFile, now: Int64, loadsUncertain: Bool) throws -> Bool {
        if let record = records[file.key], now - record.createdAt <= LoadHistory.lifetime {
            return try record.text("STATUS") != "LOAD_FAILED" && holds(file, record)
        }
        guard !loadsUncertain, let firstLoad else { return false }
        return now - firstLoad > LoadHistory.lifetime && now - file.file.modifiedAt > LoadHistory.lifetime
    }

    /// Whether the file was loaded without an error.
    func isWhole(_ file: PendingFile) throws -> Bool {
        guard let record = records[file.key] else { return false }
        return try record.text("STATUS") == "LOADED" && holds(file, record)
    }

    /// Whether the content is still the one that was loaded. A file of another size need not be read for that.
    private func holds(_ file: PendingFile, _ record: CatalogEntry) throws -> Bool {
        guard record.text("CONTENT")?.hasPrefix("\(file.file.size)-") == true else { return false }
        return try record.text("CONTENT") == file.content.text()
    }

    /// Notes a load. What nobody can ask for any more is removed.
    func remember(_ file: PendingFile, _ outcome: CopyOutcome, _ stage: ResolvedStage, _ transaction: WriteTransaction,
                  _ run: StatementRun) throws {
        let now = run.timestamp
        if var replaced = records[file.key] {
            if now - replaced.createdAt > LoadHistory.shown {
                try transaction.removeObject(replaced.id)
            } else {
                replaced.name = "\(file.key)\(LoadHistory.mark)\(replaced.id)"
                try transaction.put(replaced)
            }
        }
        let prefix = "\(file.key)\(LoadHistory.mark)"
        for record in records.values where record.name.hasPrefix(prefix) && now - record.createdAt > LoadHistory.shown {
            try transaction.removeObject(record.id)
        }
        var attributes: Attributes = [
            "CONTENT": .text(try file.content.text()), "STATUS": .text(outcome.status),
            "ROWS": .integer(Int64(outcome.rowsLoaded)), "PARSED": .integer(Int64(outcome.rowsParsed)),
            "SIZE": .integer(Int64(file.file.size)), "ERRORS": .integer(Int64(outcome.errors)),
            "LIMIT": .integer(Int64(outcome.errorLimit ?? 0)), "FILE": .text(outcome.file), "PATH": .text(file.file.path),
            "STAGE": .text(stage.location),
        ]
        if let message = outcome.firstError { attributes["FIRST_ERROR"] = .text(message) }
        if let line = outcome.firstErrorLine { attributes["LINE"] = .integer(Int64(line)) }
        if let character = outcome.firstErrorCharacter { attributes["CHARACTER"] = .integer(Int64(character)) }
        if let column = outcome.firstErrorColumn { attributes["COLUMN"] = .text(column) }
        try transaction.put(CatalogEntry(
            id: try transaction.allocateID(), kind: .loadedFile, parent: table, name: file.key, owner: run.state.role,
            createdAt: now, attributes: attributes))
    }

    /// The loads since a moment, oldest first.
    func loads(since start: Int64, until end: Int64 = .max) -> [CatalogEntry] {
        records.values.filter { $0.createdAt >= start && $0.createdAt <= end }
            .sorted { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
    }
}
