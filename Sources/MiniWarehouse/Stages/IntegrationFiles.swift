import WarehouseBasics
import WarehouseIngest

/// Files of a stage that a storage integration gives access to: those at blocked locations below the stage are not to be
/// seen, read or written.
struct IntegrationFiles: StageFiles {
    let files: any StageFiles
    /// The stage's, with a slash at its end.
    let url: String
    let integration: CatalogEntry

    func list(prefix: String) throws -> [StagedFile] {
        try files.list(prefix: prefix).filter { IntegrationDefinition.allows(url + $0.path, integration) }
    }

    func source(_ file: StagedFile) throws -> any ByteSource { try files.source(file) }

    func source(_ file: StagedFile, noting key: ContentKey) throws -> any ByteSource {
        try files.source(file, noting: key)
    }

    func contentKey(_ file: StagedFile) throws -> String { try files.contentKey(file) }

    func md5(_ file: StagedFile) throws -> String { try files.md5(file) }

    func contains(_ path: String) throws -> Bool {
        try check(path)
        return try files.contains(path)
    }

    func writer(_ path: String) throws -> any ObjectWriter {
        try check(path)
        return try files.writer(path)
    }

    func remove(_ file: StagedFile) throws { try files.remove(file) }

    private func check(_ path: String) throws {
        guard IntegrationDefinition.allows(url + path, integration) else {
            throw IntegrationDefinition.notAllowed(url + path, integration)
        }
    }
}
