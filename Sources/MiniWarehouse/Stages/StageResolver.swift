import WarehouseBasics
import WarehouseEngine
import WarehouseSQL
import WarehouseStorage

/// A stage found: where its files are, and what its definition says of them.
struct ResolvedStage {
    enum Place {
        /// Files below a directory of the warehouse.
        case directory(String)
        /// A directory of this machine that a file:// stage names.
        case external(directory: String)
        /// An object store that this build cannot reach.
        case remote(url: String)
    }
    var place: Place
    /// What LIST puts before a path: the stage's name in lower case, or its URL.
    var displayPrefix: String
    var attributes: Attributes
    /// Tells stages with equal paths apart in COPY's load history.
    var key: String

    /// Files whose path begins with `prefix` and matches the regular expression `pattern` as a whole, by path.
    func files(prefix: String, pattern: String?, _ stages: StageStore) throws -> [StageStore.File] {
        let all: [StageStore.File]
        switch place {
        case .directory(let directory), .external(let directory):
            all = try stages.files(in: directory, prefix: prefix)
        case .remote(let url):
            throw WarehouseError(
                .unsupported, "The stage's location \(url) is on an object store, which this build cannot reach.",
                hint: "Use an internal stage or a file:// URL.")
        }
        guard let pattern else { return all }
        let matcher = try RegularExpression(pattern)
        return all.filter { matcher.matchesWhole($0.path) }
    }

    /// The directory to write to; throws for what cannot be written.
    func writableDirectory() throws -> String {
        guard case .directory(let directory) = place else {
            throw WarehouseError(.unsupported, "Only internal stages can be written to.")
        }
        return directory
    }
}

enum StageResolver {
    static func resolve(_ location: StageLocation, in run: StatementRun) throws -> ResolvedStage {
        let stages = run.warehouse.stages
        switch location.root {
        case .named(let reference):
            let entry = try ObjectFinder.require(.stage, reference, run)
            if let url = entry.text("URL") {
                return try external(url, attributes: entry.attributes, key: "\(entry.id)")
            }
            return ResolvedStage(place: .directory(stages.directory(of: entry)),
                                 displayPrefix: entry.name.lowercased() + "/", attributes: entry.attributes,
                                 key: "\(entry.id)")
        case .table(let reference):
            let entry = try ObjectFinder.require(.table, reference, run)
            return ResolvedStage(place: .directory(stages.directory(of: entry)), displayPrefix: "",
                                 attributes: entry.attributes, key: "%\(entry.id)")
        case .user:
            let entry = try run.resolver().requireTop(.user, run.state.user)
            return ResolvedStage(place: .directory(stages.directory(of: entry)), displayPrefix: "",
                                 attributes: [:], key: "~\(entry.id)")
        case .url(let url):
            return try external(url, attributes: [:], key: url)
        }
    }

    private static func external(_ url: String, attributes: Attributes, key: String) throws -> ResolvedStage {
        let prefix = url.hasSuffix("/") ? url : url + "/"
        guard url.hasPrefix("file://") else {
            return ResolvedStage(place: .remote(url: url), displayPrefix: prefix, attributes: attributes, key: key)
        }
        let path = String(url.dropFirst("file://".count))
        guard path.hasPrefix("/") else {
            throw WarehouseError(.invalidValue, "A file:// URL needs an absolute path: '\(url)'.")
        }
        return ResolvedStage(place: .external(directory: path), displayPrefix: prefix, attributes: attributes, key: key)
    }
}
