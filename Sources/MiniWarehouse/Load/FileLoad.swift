import WarehouseBasics
import WarehouseIngest
import WarehouseSQL
import WarehouseStorage

/// Loads files whose format nobody told: each table is made with the columns and types that its files show.
struct FileLoad {
    private let options: FileLoadOptions
    private let source: FileLoadSource
    private let run: StatementRun
    private let settings: LoadSettings

    init(_ text: String, _ options: FileLoadOptions, _ run: StatementRun) throws {
        self.options = options
        self.run = run
        settings = try run.loadSettings()
        source = try FileLoadSource(text, run)
    }

    func perform() throws -> [FileLoadReport] {
        try run.checkWritable()
        var files: [LoadableFile] = []
        for file in source.files {
            try run.queryContext.checkCancelled()
            let sniffed = try SniffedFile({ try source.stage.files.source(file) }, fileName: shown(file),
                                          hints: options.hints, settings: settings)
            if let sniffed { files.append(LoadableFile(file, sniffed)) }
        }
        guard !files.isEmpty else {
            let what = source.files.count == 1 ? "'\(shown(source.files[0]))' is empty" : "The files are empty"
            throw WarehouseError(.invalidValue, "\(what): there is nothing to tell columns from.")
        }
        var groups: [LoadGroup]
        if let table = options.table {
            groups = [LoadGroup(table: try Parser.parseObjectName(table).map(\.name), files: files)]
            if let other = files.first(where: { $0.isJSON != files[0].isJSON }) {
                throw LoadGroup.differ(files[0], other, table: table)
            }
        } else {
            groups = try LoadGroup.groups(files)
        }
        for group in groups { try checkAccess(group) }
        // Each table is a transaction of its own; those that are in the way are told before any is loaded.
        for group in groups where options.existing == .refuse {
            if let existing = try place(group).existing { throw FileLoad.isThere(existing) }
        }
        return try groups.map(load)
    }

    static func isThere(_ entry: CatalogEntry) -> WarehouseError {
        WarehouseError(
            .alreadyExists, "The table \(Identifiers.quoted(entry.name)) is already there.",
            hint: "Append to it, replace it, or name another table: --append, --replace, --table.")
    }

    private func place(_ group: LoadGroup) throws -> CreateObject.Place {
        let place = try CreateObject.Place(.table, group.table, .none, run)
        if let existing = place.existing, existing.kind != .table { throw CreateTable.wrongKind(existing, .none) }
        return place
    }

    /// What INSERT or CREATE [OR REPLACE] TABLE would need.
    private func checkAccess(_ group: LoadGroup) throws {
        let name = ObjectReference(group.table.map { Identifier(name: $0, isQuoted: true) })
        let isThere = try place(group).existing != nil
        let needed: AccessRequirement = options.existing == .append && isThere
            ? .privilege(["INSERT"], .table, name) : .create(.table, name, orReplace: options.existing == .replace)
        try run.require([needed])
    }

    private func shown(_ file: StagedFile) -> String { source.stage.displayPrefix + file.path }

    private func load(_ group: LoadGroup) throws -> FileLoadReport {
        let start = ContinuousClock.now
        try checkAccess(group)
        var report: FileLoadReport
        if let existing = try place(group).existing, options.existing == .append {
            report = try append(group, to: existing)
        } else {
            report = try make(group)
        }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        report.seconds = Double(seconds) + Double(attoseconds) * 1e-18
        report.remarkCount = group.files.reduce(0) { $0 + $1.sniffed.remarkCount }
        for case .csv(let format) in group.files.map(\.sniffed.kind) {
            if options.hints.encoding == nil, format.encoding != .utf8 { report.guessedEncoding = format.encoding }
            if options.hints.comment == nil { report.guessedComment = format.comment ?? report.guessedComment }
        }
        return report
    }

    private func append(_ group: LoadGroup, to table: CatalogEntry) throws -> FileLoadReport {
        do {
            return try run.write {
                try LoadedTable(options, source.stage, run).fill(group, table, isNew: false, $0)
            }
        } catch let error as WarehouseError {
            guard options.onError == .abort, error.message.contains("\n  File '") else { throw error }
            throw try failure(error, group, table, isNew: false)
        }
    }

    /// Makes the table with the types that a sample tells; where a later value does not fit, once more with those that
    /// all values tell.
    private func make(_ group: LoadGroup) throws -> FileLoadReport {
        var group = group
        let takesSample = options.sampleRecords > 0 && options.onError == .abort && !options.isAllText
            && !group.files[0].isJSON
        let inference = LoadInference(options, source.stage, run, settings)
        if group.files[0].isJSON { group.keys = try inference.documents(group) }
        if takesSample {
            let sampled = try inference.columns(of: group, maximumRecords: options.sampleRecords)
            do {
                return try create(group, sampled, refusesLoss: true)
            } catch let error as WarehouseError {
                guard LoadInference.misfits.contains(error.code) else { throw try failure(error, group, sampled) }
            }
        }
        let columns = try inference.columns(of: group, maximumRecords: nil)
        do {
            return try create(group, columns, refusesLoss: false)
        } catch let error as WarehouseError {
            guard options.onError == .abort else { throw error }
            throw try failure(error, group, columns)
        }
    }

    private func create(_ group: LoadGroup, _ columns: [TableColumn], refusesLoss: Bool) throws -> FileLoadReport {
        try run.define { transaction in
            let place = try place(group)
            if let replaced = place.existing {
                guard options.existing == .replace else { throw FileLoad.isThere(replaced) }
                try DropObject.retire(replaced, transaction, run)
            }
            var entry = CatalogEntry(id: try transaction.store.allocateID(), kind: .table, parent: place.parent,
                                     name: place.name, owner: run.state.role, createdAt: run.timestamp)
            entry.columns = columns
            try TableColumns.checkNames(columns.map(\.name))
            try transaction.store.createTable(entry.id, columns: entry.storedColumns,
                                              retentionSeconds: try run.catalog().retentionSeconds(of: entry))
            try transaction.store.put(entry)
            try FutureGrants.apply(to: entry, transaction.store, run)
            var report = try LoadedTable(options, source.stage, run, refusesLoss: refusesLoss)
                .fill(group, entry, isNew: true, transaction)
            report.isNew = true
            return report
        }
    }

    /// The error with the records that cause it: all that are looked for are found by reading the files once more.
    private func failure(_ error: WarehouseError, _ group: LoadGroup, _ columns: [TableColumn]) throws -> any Error {
        let entry = CatalogEntry(id: ObjectID(0), kind: .table, parent: nil, name: group.table.last ?? "", owner: "",
                                 createdAt: 0, columns: columns)
        return try failure(error, group, entry, isNew: true)
    }

    private func failure(_ error: WarehouseError, _ group: LoadGroup, _ table: CatalogEntry, isNew: Bool) throws
        -> any Error {
        let rejects = try LoadedTable(options, source.stage, run).rejects(group, table, isNew: isNew)
        return rejects.isEmpty ? error : FileLoadFailure(error: error, rejects: rejects)
    }
}

extension Session {
    /// Loads a CSV or JSON file, a folder of them, or the files of a stage (`@stage/path`, `s3://bucket/prefix`): their
    /// format and the types of their columns are told from what they hold, and tables are made for them.
    /// ```swift
    /// for report in try session.load("data/ratings.csv.gz") { print(report.table, report.rowCount) }
    /// ```
    /// Each table is loaded whole or not at all. Throws `FileLoadFailure` where records are in error, else
    /// `WarehouseError`.
    @discardableResult
    public func load(_ source: String, _ options: FileLoadOptions = FileLoadOptions()) throws -> [FileLoadReport] {
        try withRun(text: "-- load \(source)", parameters: []) { run in try FileLoad(source, options, run).perform() }
    }
}

extension Warehouse {
    /// As `Session.load`, in the warehouse's main session.
    @discardableResult
    public func load(_ source: String, _ options: FileLoadOptions = FileLoadOptions()) throws -> [FileLoadReport] {
        try session.load(source, options)
    }
}
