import WarehouseBasics
import WarehouseIngest

/// A file of a stage.
struct StagedFile: Sendable, Hashable {
    /// Relative to the stage.
    var path: String
    var size: Int
    /// Nanoseconds since the epoch.
    var modifiedAt: Int64
    /// Where the stage's files are on this machine, or in an object store.
    var place: Place

    enum Place: Sendable, Hashable {
        case local(path: String)
        case object(StoredObject)
    }
}

/// The place of a stage's files: a directory of this machine, or a bucket of an object store.
protocol StageFiles: Sendable {
    /// Files whose path begins with `prefix`, by path.
    func list(prefix: String) throws -> [StagedFile]
    /// The file's bytes as they are stored.
    func source(_ file: StagedFile) throws -> any ByteSource
    /// What tells the file's content from another, by which COPY knows it again.
    func contentKey(_ file: StagedFile) throws -> String
    /// As `source`; where the content key takes reading the file, it is noted once all of it was read.
    func source(_ file: StagedFile, noting key: ContentKey) throws -> any ByteSource
    /// Hexadecimal, as LIST shows it.
    func md5(_ file: StagedFile) throws -> String
    func contains(_ path: String) throws -> Bool
    /// Writes a file, over one that is there. It is there once `finish` returns, and whole.
    func writer(_ path: String) throws -> any ObjectWriter
    func remove(_ file: StagedFile) throws
}

extension StageFiles {
    func source(_ file: StagedFile, noting key: ContentKey) throws -> any ByteSource { try source(file) }
}

/// Files below a directory of this machine.
struct LocalStageFiles: StageFiles {
    let directory: String
    let stages: StageStore
    /// Of files that are written.
    var permissions = 0o600
    /// Whether the directory is none of the warehouse's.
    var isOutside = false

    func list(prefix: String) throws -> [StagedFile] { try stages.files(in: directory, prefix: prefix) }

    func source(_ file: StagedFile) throws -> any ByteSource {
        try FileSource(path: path(file), followsSymlinks: false)
    }

    func source(_ file: StagedFile, noting key: ContentKey) throws -> any ByteSource {
        DigestingSource(try source(file), size: file.size, key)
    }

    func contentKey(_ file: StagedFile) throws -> String {
        FileDigest.contentKey(size: file.size, try FileDigest.hash64(ofFile: path(file)))
    }

    func md5(_ file: StagedFile) throws -> String { try FileDigest.md5(ofFile: path(file)) }

    func contains(_ path: String) throws -> Bool {
        try StageStore.check(path)
        if isOutside { try stages.checkIsOutside(directory + "/" + path) }
        // Here too: one that is there is not taken for what was uploaded before.
        try UploadJournal.checkName(of: path)
        return LocalFiles.exists(directory + "/" + path)
    }

    func writer(_ path: String) throws -> any ObjectWriter {
        try StageStore.check(path)
        if isOutside { try stages.checkIsOutside(directory + "/" + path) }
        try StageStore.makeFolders(of: path, in: directory)
        return try LocalWriter(directory + "/" + path, permissions: permissions, stages.uploads)
    }

    func remove(_ file: StagedFile) throws { try stages.remove(path(file)) }

    private func path(_ file: StagedFile) throws -> String {
        guard case .local(let path) = file.place else {
            throw WarehouseError(.internalFault, "\(file.path) is no file of this machine.")
        }
        return path
    }
}

/// Files in a bucket, below a path.
struct ObjectStageFiles: StageFiles {
    let store: any ObjectStore
    /// What stands before a file's path in its key: empty, or with a slash at its end.
    let base: String

    func list(prefix: String) throws -> [StagedFile] {
        if !prefix.isEmpty { try StageStore.check(prefix) }
        return try store.list(prefix: base + prefix).compactMap { object in
            // A key that ends in a slash stands for a folder. By bytes: an accent may follow a slash as if it were a part
            // of it.
            let key = object.key.utf8
            guard key.starts(with: (base + prefix).utf8), key.count > base.utf8.count, key.last != UInt8(ascii: "/"),
                  let path = String(key.dropFirst(base.utf8.count)) else { return nil }
            return StagedFile(path: path, size: object.size, modifiedAt: object.modifiedAt, place: .object(object))
        }
    }

    func source(_ file: StagedFile) throws -> any ByteSource { try store.read(object(file)) }

    func contentKey(_ file: StagedFile) throws -> String { "\(file.size)-\(try object(file).contentTag)" }

    func md5(_ file: StagedFile) throws -> String { try object(file).contentTag }

    func contains(_ path: String) throws -> Bool {
        try StageStore.check(path)
        return try store.list(prefix: base + path).contains { $0.key == base + path }
    }

    func writer(_ path: String) throws -> any ObjectWriter {
        try StageStore.check(path)
        return try store.write(base + path)
    }

    func remove(_ file: StagedFile) throws { try store.remove(object(file).key) }

    private func object(_ file: StagedFile) throws -> StoredObject {
        guard case .object(let object) = file.place else {
            throw WarehouseError(.internalFault, "\(file.path) is no object of a store.")
        }
        return object
    }
}
