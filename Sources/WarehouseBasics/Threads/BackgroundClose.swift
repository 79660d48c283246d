#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Closes files that have no name any more on a thread of its own: the system frees their blocks with the last
/// descriptor, and waits for what is still on its way to the disk, which nobody need wait for.
public enum BackgroundClose {
    /// Smaller files are closed at once.
    public static let quickBytes = 1 << 20

    /// Files without a name that rows are written to, until they are closed here.
    private static let filled = Lock<Set<CInt>>([])

    /// Notes a file that has no name and may become large.
    public static func note(_ descriptor: CInt) { filled.withLock { _ = $0.insert(descriptor) } }

    /// Those that were noted and are open still, handed to `body`; none is closed meanwhile.
    public static func withFilled(_ body: ([CInt]) -> Void) { filled.withLock { body($0.sorted()) } }

    /// Closes a file of so many bytes.
    public static func close(_ descriptor: CInt, byteCount: Int) {
        filled.withLock { _ = $0.remove(descriptor) }
        guard byteCount > quickBytes else { return closeNow(descriptor) }
        WorkerThreads.shared.run { closeNow(descriptor) }
    }

    /// Closes a file, which may have a name: then nothing is to be freed.
    public static func close(_ descriptor: CInt) {
        var info = stat()
        let isNameless = fstat(descriptor, &info) == 0 && info.st_nlink == 0
        close(descriptor, byteCount: isNameless ? Int(info.st_size) : 0)
    }

    /// Removes a file's name now, and has its blocks freed on a thread of its own. Errors are passed over.
    public static func remove(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        unlink(path)
        if descriptor >= 0 { close(descriptor) }
    }

    private static func closeNow(_ descriptor: CInt) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}
