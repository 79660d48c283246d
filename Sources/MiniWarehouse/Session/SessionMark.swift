#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Says that a session with temporary objects lives: a locked file `tmp/session-<id>`. The end of the session removes
/// it when it has dropped them. The end of its process lets the lock go, and the next writer drops them.
final class SessionMark: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ session: String, in directory: String) throws {
        try StageStore.makeDirectory(directory)
        path = SessionMark.path(session, directory)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StageStore.failure("write", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, MarkFile.hasName(path, descriptor) else {
            let error = StageStore.failure("lock", path)
            close(descriptor)
            throw error
        }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    private static func path(_ session: String, _ directory: String) -> String { "\(directory)/session-\(session)" }

    /// Whether the session of that id still has its mark, in this process or another.
    static func isHeld(_ session: String, in directory: String) -> Bool {
        let file = path(session, directory)
        let descriptor = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        // What cannot be looked at counts as alive: its objects stay.
        guard descriptor >= 0 else { return errno != ENOENT }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return true }
        // Removed since it was opened: whatever has the name now is its owner's.
        guard MarkFile.hasName(file, descriptor) else { return access(file, F_OK) == 0 || errno != ENOENT }
        unlink(file)
        return false
    }
}
