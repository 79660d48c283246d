import WarehouseBasics
import WarehouseSQL

/// Directory tables: what a stage with DIRECTORY = (ENABLE = TRUE) knows of its files since the last
/// ALTER STAGE … REFRESH; with AUTO_REFRESH = TRUE, as they are now. The files are kept in the stage's entry.
enum StageDirectory {
    private static let files = "DIRECTORY.FILES"
    private static let automatic = "DIRECTORY.AUTO_REFRESH"
    /// More would make every change of the catalog slow.
    private static let maximumFiles = 200_000

    /// A file as it was when the stage was looked at.
    private struct File: Hashable {
        var path: String
        var size: Int
        /// Nanoseconds since the epoch.
        var modifiedAt: Int64
        var md5: String

        init(_ file: StagedFile, md5: String) {
            path = file.path
            size = file.size
            modifiedAt = file.modifiedAt
            self.md5 = md5
        }

        /// Size, time and MD5 before the path, which may hold spaces.
        init?(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, let size = Int(parts[0]), let modifiedAt = Int64(parts[1]) else { return nil }
            self.size = size
            self.modifiedAt = modifiedAt
            md5 = String(parts[2])
            path = String(parts[3])
        }

        var text: String { "\(size) \(modifiedAt) \(md5) \(path)" }
    }

    /// Takes DIRECTORY's options. Gives whether the stage is to be looked at once it is made: REFRESH_ON_CREATE.
    static func apply(_ reader: PropertyReader, to entry: inout CatalogEntry) throws -> Bool {
        try reader.check(["ENABLE", "AUTO_REFRESH", "REFRESH_ON_CREATE", "NOTIFICATION_INTEGRATION", "AWS_SNS_TOPIC"],
                         of: "DIRECTORY")
        if let isEnabled = try reader.flag("ENABLE") { entry.attributes["DIRECTORY"] = .flag(isEnabled) }
        if let isAutomatic = try reader.flag("AUTO_REFRESH") { entry.attributes[automatic] = .flag(isAutomatic) }
        let isEnabled = entry.attributes["DIRECTORY"]?.flag == true
        if !isEnabled { entry.attributes[files] = nil }
        return try isEnabled && reader.flag("REFRESH_ON_CREATE") ?? true
    }

    private static func requireEnabled(_ entry: CatalogEntry) throws {
        guard entry.attributes["DIRECTORY"]?.flag == true else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nStage '\(entry.name)' has no directory table.",
                hint: "ALTER STAGE \(Identifiers.quoted(entry.name)) SET DIRECTORY = (ENABLE = TRUE) adds one.")
        }
    }

    private static func known(_ entry: CatalogEntry) -> [String: File] {
        let list = (entry.attributes[files]?.list ?? []).compactMap(File.init)
        return Dictionary(list.map { ($0.path, $0) }) { $1 }
    }

    /// The files below `prefix` as they are; MD5s of those that have not changed are taken from `known`.
    private static func present(_ stage: ResolvedStage, below prefix: String, _ known: [String: File]) throws -> [File] {
        let list = try stage.files.list(prefix: prefix)
        guard list.count <= maximumFiles else {
            throw WarehouseError(.limitExceeded, "The stage holds \(list.count) files; a directory table has at most "
                + "\(maximumFiles).", hint: "Refresh parts of it by SUBPATH, or use LIST.")
        }
        return try list.map { file in
            if let old = known[file.path], old.size == file.size, old.modifiedAt == file.modifiedAt { return old }
            return File(file, md5: try stage.files.md5(file))
        }
    }

    /// ALTER STAGE … REFRESH: one row for every file that is new, has changed or is gone.
    static func refresh(_ entry: inout CatalogEntry, subpath: String, _ run: StatementRun) throws -> ResultSet {
        try requireEnabled(entry)
        let stage = try StageResolver.resolve(entry, in: run)
        let old = known(entry)
        var all = old
        var rows = RowBuilder("file status description")
        for path in old.keys where path.hasPrefix(subpath) { all[path] = nil }
        for file in try present(stage, below: subpath, old) {
            all[file.path] = file
            guard file != old[file.path] else { continue }
            let status = old[file.path] == nil ? "REGISTERED_NEW" : "REGISTERED_UPDATE"
            rows.add([.text(file.path), .text(status), .text("File registered successfully.")])
        }
        for path in old.keys.sorted() where all[path] == nil {
            rows.add([.text(path), .text("UNREGISTERED"), .text("File unregistered successfully.")])
        }
        entry.attributes[files] = .list(all.values.sorted { $0.path < $1.path }.map(\.text))
        return rows.result
    }

    /// `DIRECTORY(@stage)`.
    static func rows(_ arguments: CatalogFunctions.Arguments, _ run: StatementRun) throws -> ResultSet {
        let location = try Parser.parseStageLocation(arguments.required("STAGE"))
        guard case .named(let reference) = location.root, location.path.isEmpty else {
            throw WarehouseError(.invalidValue, "SQL compilation error:\nDIRECTORY takes a named stage, without a path.",
                                 hint: "RELATIVE_PATH of its rows can be filtered: WHERE RELATIVE_PATH LIKE 'path/%'.")
        }
        let entry = try ObjectFinder.require(.stage, reference, run)
        _ = try StageResolver.resolve(location, for: .read, in: run)
        try requireEnabled(entry)
        let old = known(entry)
        let isAutomatic = entry.attributes[automatic]?.flag == true
        let found = isAutomatic ? try present(StageResolver.resolve(entry, in: run), below: "", old)
            : old.values.sorted { $0.path < $1.path }
        let url = entry.text("URL").map { $0.hasSuffix("/") ? $0 : $0 + "/" }
            ?? "file://\(run.warehouse.stages.directory(of: entry))/"
        var rows = RowBuilder([("RELATIVE_PATH", .text), ("SIZE", .integer), ("LAST_MODIFIED", .timestampTZ(scale: 3)),
                               ("MD5", .text), ("ETAG", .text), ("FILE_URL", .text)])
        for file in found {
            let modified = ZonedTicks.pack(ticks: Int128(file.modifiedAt / 1_000_000), offsetMinutes: 0)
            rows.add([.text(file.path), .count(file.size), .integer(modified), .text(file.md5), .text(file.md5),
                      .text(url + file.path)])
        }
        return rows.result
    }
}
