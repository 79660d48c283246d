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
        let matcher = try PathPattern(pattern)
        return all.filter { matcher.matches($0.path) }
    }

    func requireWritable() throws {
        guard isWritable else {
            throw WarehouseError(.unsupported, "Nothing of a file:// stage is removed.")
        }
    }
}

/// Finds stages, and asks for the right to read or write them: every path to staged files leads through here.
enum StageResolver {
    /// `resolver`: whose names and rights; nil for the session's.
    static func resolve(_ location: StageLocation, access: StageAccess = StageAccess(), for purpose: StagePurpose,
                        _ resolver: NameResolver? = nil, in run: StatementRun) throws -> ResolvedStage {
        let resolver = try resolver ?? run.resolver(), stages = run.warehouse.stages
        var stage: ResolvedStage
        switch location.root {
        case .named(let reference):
            let entry = try resolver.require(.stage, run.parts(reference), reference.span)
            try check(entry, purpose, resolver.access, reference.span)
            stage = try resolve(entry, in: run)
            stage.location = entry.text("URL") ?? "@\(resolver.catalog.fullName(entry))"
        case .table(let reference):
            let entry = try resolver.require(.table, run.parts(reference), reference.span)
            try check(ofTable: entry, purpose, resolver.access, reference.span)
            let name = resolver.catalog.fullName(entry)
            stage = internalStage(entry, stages, displayPrefix: "", attributes: entry.attributes, key: "%\(entry.id)")
            stage.location = "@\(name.database).\(name.schema).%\(name.name)"
        case .user:
            guard let entry = resolver.catalog.find(.user, run.state.user, in: nil) else {
                throw NameResolver.missing(.user, [run.state.user], hint: nil, span: location.span)
            }
            stage = internalStage(entry, stages, displayPrefix: "", attributes: [:], key: "~\(entry.id)")
            stage.location = "@~"
        case .url(let url):
            // Messages and results show it.
            if !url.hasPrefix("file://") { try StageDefinition.refuseKeys(in: url + location.path) }
            if purpose != .client {
                try checkLocal(url, hasIntegration: access.integration != nil, resolver.access)
            }
            var attributes: Attributes = [:]
            if let name = access.integration { attributes["INTEGRATION"] = .text(name) }
            stage = try external(url, attributes: attributes, key: url, credentials: access.credentials, run)
            stage.location = url
        }
        return stage
    }

    // MARK: Rights

    /// The same questions, for a stage that may not be there.
    static func check(_ location: StageLocation, _ purpose: StagePurpose, _ resolver: NameResolver,
                      _ run: StatementRun) throws {
        switch location.root {
        case .named(let reference):
            guard let entry = try? resolver.find(.stage, run.parts(reference), reference.span) else { return }
            try check(entry, purpose, resolver.access, reference.span)
        case .table(let reference):
            guard let entry = try? resolver.find(.table, run.parts(reference), reference.span) else { return }
            try check(ofTable: entry, purpose, resolver.access, reference.span)
        case .user, .url: break
        }
    }

    /// USAGE is for external stages, READ and WRITE for internal ones.
    private static func check(_ stage: CatalogEntry, _ purpose: StagePurpose, _ access: Access, _ span: SourceSpan) throws {
        let needed = purpose == .write ? "WRITE" : "READ"
        try access.require(stage.text("URL") != nil ? ["USAGE", needed] : [needed], stage, .active, span)
    }

    /// A table's own stage has no privileges of its own: it is the owner's, but for COPY into the table.
    private static func check(ofTable table: CatalogEntry, _ purpose: StagePurpose, _ access: Access,
                              _ span: SourceSpan) throws {
        try access.require(purpose == .load ? ["INSERT"] : [], table, .active, span)
    }

    /// Where a location on this machine is named by SQL, an integration must allow it, or the role must be one that
    /// could make such an integration: else every role would read whatever the process can.
    static func checkLocal(_ url: String, hasIntegration: Bool, _ access: Access) throws {
        guard url.hasPrefix("file://"), !hasIntegration, !access.holds(account: "CREATE INTEGRATION") else { return }
        throw Access.insufficient("location", url, hint: "A file:// location needs STORAGE_INTEGRATION, or the privilege "
            + "CREATE INTEGRATION on the account.")
    }

    /// A named stage by its entry, which may not be in the catalog yet.
    static func resolve(_ entry: CatalogEntry, in run: StatementRun) throws -> ResolvedStage {
        if let url = entry.text("URL") {
            return try external(url, attributes: entry.attributes, key: "\(entry.id)", owner: entry.owner, run)
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
                                 credentials: [String: String] = [:], owner: String? = nil,
                                 _ run: StatementRun) throws -> ResolvedStage {
        let prefix = url.hasSuffix("/") ? url : url + "/"
        var stage: ResolvedStage
        if url.hasPrefix("file://") {
            let path = String(url.dropFirst("file://".count))
            guard path.hasPrefix("/") else {
                throw WarehouseError(.invalidValue, "A file:// URL needs an absolute path: '\(url)'.")
            }
            try run.warehouse.stages.checkIsOutside(path)
            let files = LocalStageFiles(directory: path, stages: run.warehouse.stages, permissions: 0o644, isOutside: true)
            stage = ResolvedStage(files: files, isWritable: false, displayPrefix: prefix, attributes: attributes, key: key)
        } else {
            let files = try objects(url, attributes, credentials, run)
            stage = ResolvedStage(files: files, displayPrefix: prefix, metadataPrefix: files.base, attributes: attributes,
                                  key: key)
        }
        if let name = attributes["INTEGRATION"]?.text {
            let integration = try IntegrationDefinition.require(name, for: url, stageOwner: owner, run)
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
