import WarehouseBasics
import WarehouseEngine
import WarehouseSQL
import WarehouseStorage

/// A stage found: where its files are, and what its definition says of them.
struct ResolvedStage {
    var files: any StageFiles
    /// PUT writes to internal stages only.
    var isInternal = false
    /// Of a folder of this machine that a file:// stage names, nothing is removed.
    var isWritable = true
    /// What LIST puts before a path: the stage's name in lower case, or its URL.
    var displayPrefix: String
    /// What METADATA$FILENAME puts before a path: nothing, or the stage's place in its bucket.
    var metadataPrefix = ""
    var attributes: Attributes
    /// What the history of loads calls the stage.
    var location = ""
    /// Tells stages with equal paths apart in COPY's load history.
    var key: String

    /// Files whose path begins with `prefix` and matches the regular expression `pattern` as a whole, by path.
    func list(prefix: String, pattern: String?) throws -> [StagedFile] {
        let all = try files.list(prefix: prefix)
        guard let pattern else { return all }
        let matcher = try RegularExpression(pattern)
        return all.filter { matcher.matchesWhole($0.path) }
    }

    func requireWritable() throws {
        guard isWritable else {
            throw WarehouseError(.unsupported, "Nothing of a file:// stage is removed.")
        }
    }
}

enum StageResolver {
    static func resolve(_ location: StageLocation, access: StageAccess = StageAccess(), in run: StatementRun) throws
        -> ResolvedStage {
        var stage = try find(location, access, in: run)
        switch location.root {
        case .named(let reference):
            let entry = try ObjectFinder.require(.stage, reference, run)
            let name = try run.catalog().fullName(entry)
            stage.location = entry.text("URL") ?? "@\(name)"
        case .table(let reference):
            let name = try run.catalog().fullName(ObjectFinder.require(.table, reference, run))
            stage.location = "@\(name.database).\(name.schema).%\(name.name)"
        case .user: stage.location = "@~"
        case .url(let url): stage.location = url
        }
        return stage
    }

    private static func find(_ location: StageLocation, _ access: StageAccess, in run: StatementRun) throws -> ResolvedStage {
        let stages = run.warehouse.stages
        switch location.root {
        case .named(let reference): return try resolve(ObjectFinder.require(.stage, reference, run), in: run)
        case .table(let reference):
            let entry = try ObjectFinder.require(.table, reference, run)
            return internalStage(entry, stages, displayPrefix: "",
                                 attributes: entry.attributes, key: "%\(entry.id)")
        case .user:
            let entry = try run.resolver().requireTop(.user, run.state.user)
            return internalStage(entry, stages, displayPrefix: "",
                                 attributes: [:], key: "~\(entry.id)")
        case .url(let url):
            var attributes: Attributes = [:]
            if let name = access.integration { attributes["INTEGRATION"] = .text(name) }
            return try external(url, attributes: attributes, key: url, credentials: access.credentials, run)
        }
    }

    /// A named stage by its entry, which may not be in the catalog yet.
    static func resolve(_ entry: CatalogEntry, in run: StatementRun) throws -> ResolvedStage {
        if let url = entry.text("URL") {
            return try external(url, attributes: entry.attributes, key: "\(entry.id)", run)
        }
        return internalStage(entry, run.warehouse.stages, displayPrefix: entry.name.lowercased() + "/",
                             attributes: entry.attributes, key: "\(entry.id)")
    }

    private static func internalStage(_ entry: CatalogEntry, _ stages: StageStore, displayPrefix: String,
                                      attributes: Attributes, key: String) -> ResolvedStage {
        ResolvedStage(files: LocalStageFiles(directory: stages.directory(of: entry), stages: stages), isInternal: true,
                      displayPrefix: displayPrefix, attributes: attributes, key: key)
    }

    private static func external(_ url: String, attributes: Attributes, key: String,
                                 credentials: [String: String] = [:], _ run: StatementRun) throws -> ResolvedStage {
        let prefix = url.hasSuffix("/") ? url : url + "/"
        var stage: ResolvedStage
        if url.hasPrefix("file://") {
            let path = String(url.dropFirst("file://".count))
            guard path.hasPrefix("/") else {
                throw WarehouseError(.invalidValue, "A file:// URL needs an absolute path: '\(url)'.")
            }
            stage = ResolvedStage(files: LocalStageFiles(directory: path, stages: run.warehouse.stages, permissions: 0o644),
                                  isWritable: false, displayPrefix: prefix, attributes: attributes, key: key)
        } else {
            let files = try objects(url, attributes, credentials, run)
            stage = ResolvedStage(files: files, displayPrefix: prefix, metadataPrefix: files.base, attributes: attributes,
                                  key: key)
        }
        if let name = attributes["INTEGRATION"]?.text {
            let integration = try IntegrationDefinition.require(name, for: url, run)
            stage.files = IntegrationFiles(files: stage.files, url: prefix, integration: integration)
        }
        return stage
    }

    private static func objects(_ url: String, _ attributes: Attributes, _ credentials: [String: String],
                                _ run: StatementRun) throws -> ObjectStageFiles {
        guard let provider = run.warehouse.options.objectStores.first(where: { $0.schemes.contains(where: url.hasPrefix) })
        else {
            throw WarehouseError(
                .unsupported, "The stage's location \(url) is on an object store, which this build cannot reach.",
                hint: "Build with `swift build --traits S3` for s3://, or use an internal stage or a file:// URL.")
        }
        var location = ObjectLocation(url: url, credentials: credentials, endpoint: attributes["ENDPOINT"]?.text)
        if let secret = attributes["SECRET"]?.text {
            location.credentials = try run.warehouse.stages.secret(named: secret)
        }
        let (store, path) = try provider.open(location)
        // A stage's URL names a folder: `s3://bucket/raw` holds no `rawer/file`.
        return ObjectStageFiles(store: store, base: path.isEmpty || path.hasSuffix("/") ? path : path + "/")
    }
}
