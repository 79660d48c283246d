#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization
import WarehouseBasics

/// Where the operators of one statement put rows on disk, and how many bytes they may put there.
///
/// A file loses its name as soon as it is open, so that the system takes its blocks back when the operator drops it,
/// when the statement fails and when the process dies. A process that dies between the two calls leaves an empty file,
/// which `sweep` removes.
public final class SpillStore: Sendable {
    public let directory: String
    /// Bytes at most; nil: as many as the disk holds.
    public let limitBytes: Int?
    /// Whether the directory is the warehouse's own, which nobody else is to look into.
    private let isPrivate: Bool
    private let used = Atomic<Int>(0)
    private let written = Atomic<Int>(0)
    private static let prefix = "mlwh-spill-"
    private static let fileNumber = Atomic<Int>(0)

    /// The directory is made when the first rows go there. `isPrivate`: one that is there is made the owner's alone.
    public init(directory: String, limitBytes: Int? = nil, isPrivate: Bool = false) {
        self.directory = directory
        self.limitBytes = limitBytes
        self.isPrivate = isPrivate
    }

    /// Bytes on disk now.
    public var usedBytes: Int { used.load(ordering: .relaxed) }
    /// Bytes ever written.
    public var writtenBytes: Int { written.load(ordering: .relaxed) }

    /// A new empty file without a name.
    func makeFile() throws -> SpillFile {
        try makeDirectory()
        let number = SpillStore.fileNumber.add(1, ordering: .relaxed).newValue
        let path = "\(directory)/\(SpillStore.prefix)\(getpid())-\(number)"
        // What stands there is a dead process's of the same number.
        unlink(path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        unlink(path)
        return SpillFile(descriptor, self)
    }

    private func makeDirectory() throws {
        if mkdir(directory, 0o700) == 0 { return }
        guard errno == EEXIST else { throw failure("make the directory", directory) }
        var info = stat()
        // Earlier versions let everybody list it. Of another user's directory the mode stays as it is.
        if isPrivate, lstat(directory, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, info.st_mode & 0o077 != 0 {
            chmod(directory, 0o700)
        }
    }

    /// Removes what dead processes left. The directory may be one for everybody's temporary files: only empty files of
    /// our name go, and only when their process is gone. (Files in use have no names.)
    public static func sweep(_ directory: String) {
        guard let stream = opendir(directory) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            guard let owner = owner(ofFile: name), kill(owner, 0) != 0, errno == ESRCH else { continue }
            let path = directory + "/" + name
            var info = stat()
            if lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size == 0 { unlink(path) }
        }
    }

    /// The process in the name of a file that `makeFile` made; nil for any other name.
    private static func owner(ofFile name: String) -> pid_t? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let process = pid_t(parts[0]), process > 0, Int(parts[1]) != nil else { return nil }
        return process
    }

    func add(_ bytes: Int) throws {
        let now = used.add(bytes, ordering: .relaxed).newValue
        if let limitBytes, now > limitBytes {
            used.subtract(bytes, ordering: .relaxed)
            throw WarehouseError(
                .limitExceeded,
                "The statement needs more space for temporary files than MAX_TEMP_DIRECTORY_SIZE allows "
                    + "(\(limitBytes) bytes).",
                hint: "Raise MAX_TEMP_DIRECTORY_SIZE, or MEMORY_LIMIT, so that less goes to disk.")
        }
        written.add(bytes, ordering: .relaxed)
    }

    func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }

    func failure(_ what: String, _ path: String) -> WarehouseError {
        let kind: ErrorKind = errno == ENOSPC || errno == EDQUOT ? .diskFull : .inputOutput
        return WarehouseError(kind, "Cannot \(what) \(path): \(String(cString: strerror(errno))).")
    }
}
