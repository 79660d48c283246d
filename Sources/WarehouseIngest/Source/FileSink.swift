#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Dispatch
import WarehouseBasics

/// A new file of the local disk, written forward. Call `finish` at the end: only then is the content durable.
public final class FileSink: ByteSink {
    public let path: String
    /// Bytes written so far.
    public private(set) var byteCount = 0
    private var descriptor: CInt
    private var isSynced = false

    /// Makes the file, or empties the one that stands there; a symbolic link is refused.
    public init(path: String, permissions: Int = 0o644) throws(WarehouseError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode_t(permissions))
        guard descriptor >= 0 else { throw FileSink.failure(path, errno) }
    }

    deinit { if descriptor >= 0 { BackgroundClose.close(descriptor) } }

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

    /// Makes the content durable and closes the file. Nothing may be written afterwards. Does not wait for the disk when
    /// the statement is to stop. Once it has failed it fails again: nobody knows what of the content is on the disk.
    public func finish() throws(WarehouseError) {
        if isSynced { return }
        guard descriptor >= 0 else {
            throw WarehouseError(.inputOutput, "'\(path)' cannot be written: it was given up before it was whole.")
        }
        let end = FileEnd(descriptor)
        descriptor = -1
        guard byteCount > BackgroundClose.quickBytes else {
            end.run()
            try end.check(path)
            isSynced = true
            return
        }
        let isDone = DispatchSemaphore(value: 0)
        WorkerThreads.shared.run {
            end.run()
            isDone.signal()
        }
        repeat { try Interruption.check() } while isDone.wait(timeout: .now() + .milliseconds(20)) == .timedOut
        try end.check(path)
        isSynced = true
    }

    /// The last two calls for a file, and what they gave.
    private final class FileEnd: Sendable {
        private let descriptor: CInt
        private let codes = Lock<(sync: CInt, close: CInt)>((0, 0))

        init(_ descriptor: CInt) { self.descriptor = descriptor }

        func run() {
            let synced = fsync(descriptor), code = errno
            let closed = close(descriptor), closeCode = errno
            codes.withLock { $0 = (synced == 0 ? 0 : code, closed == 0 ? 0 : closeCode) }
        }

        func check(_ path: String) throws(WarehouseError) {
            let codes = codes.withLock { $0 }
            // Pipes and devices cannot be synced; that is no failure.
            if codes.sync != 0, codes.sync != EINVAL, codes.sync != ENOTSUP { throw FileSink.failure(path, codes.sync) }
            if codes.close != 0 { throw FileSink.failure(path, codes.close) }
        }
    }

    fileprivate static func failure(_ path: String, _ code: CInt) -> WarehouseError {
        let kind: ErrorKind = code == ENOSPC || code == EDQUOT ? .diskFull : .inputOutput
        return WarehouseError(kind, "'\(path)' cannot be written: \(String(cString: strerror(code))).")
    }
}
