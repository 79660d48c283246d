#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// A new file of the local disk, written forward. Call `finish` at the end: only then is the content durable.
public final class FileSink: ByteSink {
    public let path: String
    /// Bytes written so far.
    public private(set) var byteCount = 0
    private var descriptor: CInt

    /// Makes the file, or empties the one that stands there; a symbolic link is refused.
    public init(path: String, permissions: Int = 0o644) throws(WarehouseError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode_t(permissions))
        guard descriptor >= 0 else { throw FileSink.failure(path, errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, base, rest.count)
            #else
            let count = Darwin.write(descriptor, base, rest.count)
            #endif
            if count < 0 {
                if errno == EINTR { continue }
                throw FileSink.failure(path, errno)
            }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Makes the content durable and closes the file. Nothing may be written afterwards.
    public func finish() throws(WarehouseError) {
        guard descriptor >= 0 else { return }
        let synced = fsync(descriptor), code = errno
        let closed = close(descriptor)
        descriptor = -1
        // Pipes and devices cannot be synced; that is no failure.
        if synced != 0, code != EINVAL, code != ENOTSUP { throw FileSink.failure(path, code) }
        if closed != 0 { throw FileSink.failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: CInt) -> WarehouseError {
        let kind: ErrorKind = code == ENOSPC || code == EDQUOT ? .diskFull : .inputOutput
        return WarehouseError(kind, "'\(path)' cannot be written: \(String(cString: strerror(code))).")
    }
}
