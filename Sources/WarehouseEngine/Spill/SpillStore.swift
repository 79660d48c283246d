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
    private let used = Atomic<Int>(0)
    private let written = Atomic<Int>(0)
    private static let prefix = "spill-"
    private static let fileNumber = Atomic<Int>(0)

    /// The directory is made when the first rows go there.
    public init(directory: String, limitBytes: Int? = nil) {
        self.directory = directory
        self.limitBytes = limitBytes
    }

    /// Bytes on disk now.
    public var usedBytes: Int { used.load(ordering: .relaxed) }
    /// Bytes ever written.
    public var writtenBytes: Int { written.load(ordering: .relaxed) }

    /// A new empty file without a name.
    func makeFile() throws -> SpillFile {
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw failure("make the directory", directory) }
        let number = SpillStore.fileNumber.add(1, ordering: .relaxed).newValue
        let path = "\(directory)/\(SpillStore.prefix)\(getpid())-\(number)"
        // What stands there is a dead process's of the same number.
        unlink(path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("write", path) }
        unlink(path)
        return SpillFile(descriptor, self)
    }

    /// Removes what dead processes left. Files in use have no names, so that nothing of theirs is touched.
    public static func sweep(_ directory: String) {
        guard let stream = opendir(directory) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if name.hasPrefix(prefix) { unlink(directory + "/" + name) }
        }
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
