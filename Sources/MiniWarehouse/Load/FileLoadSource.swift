#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// The files that `load` was asked for: one, those of a folder, or those of a stage or bucket.
struct FileLoadSource {
    let stage: ResolvedStage
    let files: [StagedFile]

    init(_ text: String, _ run: StatementRun) throws {
        if text.hasPrefix("@") {
            self = try FileLoadSource(staged: Parser.parseStageLocation(text), text, run)
        } else if text.contains("://"), !text.hasPrefix("file://") {
            self = try FileLoadSource(staged: StageLocation(root: .url(text)), text, run)
        } else {
            try self.init(local: text.hasPrefix("file://") ? LocalFiles.path(text) : text, run)
        }
    }

    private init(staged location: StageLocation, _ text: String, _ run: StatementRun) throws {
        var location = location
        // `s3://bucket/file.csv` is a file; a stage's URL is a folder.
        if case .url(let url) = location.root, !url.hasSuffix("/"), let slash = url.lastIndex(of: "/") {
            location = StageLocation(root: .url(String(url[...slash])), path: String(url[url.index(after: slash)...]))
        }
        stage = try StageResolver.resolve(location, for: .client, in: run)
        let all = try stage.list(prefix: location.path, pattern: nil)
        // The file of that very name, or compressed; else all below, or that begin so.
        let named = all.filter { $0.path == location.path || $0.path == location.path + ".gz" }
        files = named.isEmpty ? all : named
        guard !files.isEmpty else { throw WarehouseError(.fileNotFound, "There are no files at \(text).") }
    }

    private init(local path: String, _ run: StatementRun) throws {
        var info = stat()
        guard stat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFREG || info.st_mode & S_IFMT == S_IFDIR else {
            throw WarehouseError(.inputOutput, "'\(path)' is no regular file.", hint: "Save the data to a file first.")
        }
        guard stat(path, &info) == 0, let real = realpath(path, nil) else {
            throw WarehouseError(.fileNotFound, "'\(path)' does not exist.", hint: FileLoadSource.near(path))
        }
        defer { free(real) }
        let whole = String(cString: real)
        if info.st_mode & S_IFMT == S_IFDIR {
            stage = try FileLoadSource.folder(whole, shown: path.hasSuffix("/") ? path : path + "/", run)
            files = try stage.list(prefix: "", pattern: nil).filter { file in
                FileNameParts(file.path).isData && !file.path.split(separator: "/").contains { $0.hasPrefix(".") }
            }
            guard !files.isEmpty else {
                throw WarehouseError(.fileNotFound, "The folder '\(path)' holds no CSV or JSON files.",
                                     hint: "Files of other names are loaded when they are named themselves.")
            }
            return
        }
        guard let slash = whole.lastIndex(of: "/") else { throw WarehouseError(.inputOutput, "'\(path)' is no regular file.") }
        let name = String(whole[whole.index(after: slash)...])
        let given = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let directory = String(whole[..<slash])
        stage = try FileLoadSource.folder(directory.isEmpty ? "/" : directory, shown: given, run)
        files = try stage.files.list(prefix: name).filter { $0.path == name }
        guard !files.isEmpty else { throw WarehouseError(.fileNotFound, "'\(path)' cannot be read.") }
    }

    private static func folder(_ directory: String, shown: String, _ run: StatementRun) throws -> ResolvedStage {
        let url = "file://" + (directory.hasSuffix("/") ? directory : directory + "/")
        var stage = try StageResolver.resolve(StageLocation(root: .url(url)), for: .client, in: run)
        stage.displayPrefix = shown
        return stage
    }

    /// Files of that folder with nearly that name.
    private static func near(_ path: String) -> String? {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "./"
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        return Identifiers.hint(for: name, in: (DirectoryListing.names(folder) ?? []).prefix(10_000))
    }
}
