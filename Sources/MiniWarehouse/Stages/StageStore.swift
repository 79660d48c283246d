#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseIngest
import WarehouseStorage

/// Files of internal stages: `<warehouse>/stages/<id>/path`. Names come from outside, so every path is checked: no
/// empty, `.` or `..` part, no NUL, and no symbolic link is followed.
struct StageStore: Sendable {
    let root: String
    /// Of the files that are being written there.
    let uploads: UploadJournal

    init(root: String, isReadOnly: Bool = false) {
        self.root = root
        uploads = UploadJournal(in: root + "/tmp", isReadOnly: isReadOnly)
    }

    var temporaryDirectory: String { root + "/tmp" }
    private var secretsDirectory: String { root + "/secrets" }

    /// The directory of a stage's files, or of a table's or user's own stage.
    func directory(of entry: CatalogEntry) -> String { directory(named: directoryName(of: entry) ?? "") }

    private func directory(named name: String) -> String { "\(root)/stages/\(name)" }

    static let maximumPathLength = 1024

    /// Throws unless `path` stays within the stage.
    static func check(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isBad = path.utf8.count > maximumPathLength || path.utf8.contains(0) || path.hasPrefix("/")
            || parts.dropLast().contains { $0.isEmpty } || parts.contains { $0 == "." || $0 == ".." }
        if isBad {
            throw WarehouseError(
                .invalidValue, "The stage path '\(path)' is not allowed.",
                hint: "Parts must not be empty, '.' or '..', and the whole at most \(maximumPathLength) bytes.")
        }
    }

    /// Throws for what lies in the warehouse's own directory, where tables and keys are kept: no statement reads or writes
    /// there by its path.
    func checkIsOutside(_ path: String) throws {
        guard let own = StageStore.identity(root) else { return }
        var part = StageStore.withoutLinks(path)
        while true {
            if StageStore.identity(part) == own {
                throw WarehouseError(.invalidValue, "'\(path)' lies in the warehouse's own directory.")
            }
            guard let slash = part.lastIndex(of: "/"), part != "/" else { return }
            part = slash == part.startIndex ? "/" : String(part[..<slash])
        }
    }

    /// Where a path leads, by a path without links. What is not there yet is where its folder is.
    static func withoutLinks(_ path: String) -> String {
        var place = path
        while identity(place) == nil, let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            place = String(place[..<slash])
        }
        guard let real = realpath(place.isEmpty ? "." : place, nil) else { return path }
        defer { free(real) }
        let found = String(cString: real)
        return (found == "/" ? "" : found) + path.dropFirst(place.count)
    }

    private struct Identity: Equatable {
        var device: UInt64
        var inode: UInt64
    }

    /// What tells a directory from another, by whatever path it is reached.
    private static func identity(_ path: String) -> Identity? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Identity(device: UInt64(truncatingIfNeeded: info.st_dev), inode: UInt64(truncatingIfNeeded: info.st_ino))
    }

    /// Files whose path begins with `prefix`, by path.
    func files(in directory: String, prefix: String) throws -> [StagedFile] {
        if !prefix.isEmpty { try StageStore.check(prefix) }
        var found: [StagedFile] = []
        try walk(directory, relative: "", depth: 0, prefix: prefix, besides: StageStore.identity(root), into: &found)
        return found.sorted { $0.path < $1.path }
    }

    private func walk(_ directory: String, relative: String, depth: Int, prefix: String, besides own: Identity?,
                      into found: inout [StagedFile]) throws {
        guard depth <= StageStore.maximumPathLength / 2 else {
            throw WarehouseError(.limitExceeded, "The folders below \(directory) nest too deep.")
        }
        guard let names = DirectoryListing.names(directory) else {
            // One that is not there has no files; of one that may not be read nobody knows.
            if errno == EACCES || errno == EPERM || errno == EMFILE { throw StageStore.failure("read the directory", directory) }
            return
        }
        for name in names {
            let path = relative + name, full = directory + "/" + name
            // What neither is below the prefix nor leads there is not even looked at.
            guard path.hasPrefix(prefix) || prefix.hasPrefix(path + "/") else { continue }
            var info = stat()
            guard lstat(full, &info) == 0 else {
                try DirectoryListing.requireReadable(name, in: directory)
                continue
            }
            switch info.st_mode & S_IFMT {
            case S_IFDIR:
                // A folder around the warehouse does not open it.
                if let own, StageStore.identity(full) == own { continue }
                try walk(full, relative: path + "/", depth: depth + 1, prefix: prefix, besides: own, into: &found)
            case S_IFREG where path.hasPrefix(prefix) && UploadJournal.id(inFileName: name) == nil:
                found.append(StagedFile(path: path, size: Int(info.st_size), modifiedAt: StageStore.modified(info),
                                        place: .local(path: full)))
            default: break
            }
        }
    }

    /// Times of a far future, which file systems hold, are the latest that is known here.
    private static func modified(_ info: stat) -> Int64 {
        #if canImport(Darwin)
        let time = info.st_mtimespec
        #else
        let time = info.st_mtim
        #endif
        let seconds = min(max(Int64(time.tv_sec), -latestSecond), latestSecond)
        return seconds * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// In the year 2196.
    private static let latestSecond: Int64 = 7_150_000_000

    /// Makes a directory and those above it, each only for the owner.
    static func makeDirectory(_ path: String) throws {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/" + part
            if mkdir(built, 0o700) != 0, errno != EEXIST { throw failure("make the directory", built) }
            var info = stat()
            guard stat(built, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
                throw WarehouseError(.inputOutput, "\(built) is in the way: it is not a directory.")
            }
        }
    }

    func remove(_ path: String) throws {
        if unlink(path) != 0, errno != ENOENT { throw StageStore.failure("remove", path) }
    }

    static func failure(_ what: String, _ path: String) -> WarehouseError {
        let kind: ErrorKind = errno == ENOSPC || errno == EDQUOT ? .diskFull : .inputOutput
        return WarehouseError(kind, "Cannot \(what) \(path): \(String(cString: strerror(errno))).")
    }

    // MARK: Directories

    /// The directory of an object's files below `stages`; nil for an object that has none.
    func directoryName(of entry: CatalogEntry) -> String? {
        switch entry.kind {
        case .stage: String(entry.id.value)
        case .table: "table-\(entry.id)"
        case .user: "user-\(entry.id)"
        default: nil
        }
    }

    /// What there is below `stages`.
    var directoryNames: [String] { DirectoryListing.names(root + "/stages") ?? [] }

    /// Removes files of which nobody is any more who was writing them. `everywhere`: also such as are not listed.
    func removeUnfinished(everywhere: Bool) {
        UploadJournal.sweep(temporaryDirectory)
        if everywhere { UploadJournal.sweepWithoutList(below: root + "/stages", temporaryDirectory) }
    }

    /// Removes a stage's directory with all that is in it. What cannot be removed is left.
    func removeDirectory(named name: String) { StageStore.removeTree(directory(named: name)) }

    private static func removeTree(_ path: String, depth: Int = 0) {
        var info = stat()
        guard depth < 128, lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in DirectoryListing.names(path) ?? [] { removeTree(path + "/" + name, depth: depth + 1) }
        rmdir(path)
    }

    /// Makes the folders of `path` below the stage's directory. None may be a symbolic link, which would lead out.
    static func makeFolders(of path: String, in directory: String) throws {
        try makeDirectory(directory)
        var built = directory
        for part in path.split(separator: "/").dropLast() {
            built += "/" + part
            if mkdir(built, 0o700) != 0, errno != EEXIST { throw failure("make the directory", built) }
            var info = stat()
            guard lstat(built, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
                throw WarehouseError(.inputOutput, "\(built) is in the way: it is not a directory.")
            }
        }
    }

    // MARK: Secrets

    private func secretPath(_ name: String) -> String { "\(secretsDirectory)/\(name)" }

    /// What there is below `secrets`.
    var secretNames: [String] { DirectoryListing.names(secretsDirectory) ?? [] }

    /// Keeps a stage's keys in a new file that only the owner can read; they are written nowhere else. Gives its name.
    func keepSecret(_ secret: [String: String]) throws -> String {
        try StageStore.makeDirectory(secretsDirectory)
        var writer = ByteWriter()
        writer.list(secret.sorted { $0.key < $1.key }) { writer, pair in
            writer.string(pair.key)
            writer.string(pair.value)
        }
        let name = UniqueID.make(), path = secretPath(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StageStore.failure("write", secretsDirectory) }
        defer { close(descriptor) }
        let bytes = writer.bytes
        guard bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count,
              fsync(descriptor) == 0 else {
            let error = StageStore.failure("write", secretsDirectory)
            unlink(path)
            throw error
        }
        let folder = open(secretsDirectory, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        return name
    }

    /// What `keepSecret` kept.
    func secret(named name: String) throws -> [String: String] {
        let source = try FileSource(path: secretPath(name), followsSymlinks: false)
        let bytes = try [UInt8](unsafeUninitializedCapacity: StageStore.maximumSecretBytes) { buffer, count in
            count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        var reader = ByteReader(bytes, source: "secrets")
        let pairs = try reader.list { (reader: inout ByteReader) throws(WarehouseError) in
            (try reader.string(), try reader.string())
        }
        return Dictionary(pairs) { $1 }
    }

    private static let maximumSecretBytes = 64 * 1024

    func removeSecret(named name: String) { unlink(secretPath(name)) }
}

/// Names in a directory of this machine.
enum DirectoryListing {
    /// After a file that was listed is not there: throws when its name is no UTF-8, so that its path cannot be written.
    static func requireReadable(_ name: String, in directory: String) throws {
        guard name.unicodeScalars.contains("\u{FFFD}") else { return }
        throw WarehouseError(.inputOutput, "The name of a file in \(directory) is not UTF-8: '\(name)'.",
                             hint: "Rename it, so that it is not passed over.")
    }

    /// Without `.` and `..`; nil where the directory cannot be read.
    static func names(_ path: String) -> [String]? {
        guard let handle = opendir(path) else { return nil }
        defer { closedir(handle) }
        var names: [String] = []
        while let item = readdir(handle) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
