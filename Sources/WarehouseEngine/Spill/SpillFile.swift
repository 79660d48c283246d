#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Synchronization
import WarehouseBasics
import WarehouseColumns

/// Rows of one operator on disk, written at the end by any number of threads, and read anywhere.
final class SpillFile {
    private let descriptor: Int32
    private let store: SpillStore
    private let end = Atomic<Int>(0)

    init(_ descriptor: Int32, _ store: SpillStore) {
        self.descriptor = descriptor
        self.store = store
        BackgroundClose.note(descriptor)
    }

    deinit {
        let bytes = end.load(ordering: .relaxed)
        store.release(bytes)
        BackgroundClose.close(descriptor, byteCount: bytes)
    }

    /// Bytes written so far.
    var byteCount: Int { end.load(ordering: .relaxed) }

    /// Writes the bytes behind all others; gives where they begin.
    func append(_ bytes: UnsafeRawBufferPointer) throws -> Int {
        try store.add(bytes.count)
        let offset = end.add(bytes.count, ordering: .relaxed).oldValue
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw store.failure("write a temporary file in", store.directory) }
            done += count
        }
        return offset
    }

    /// Reads `count` bytes from `offset` on.
    func read(_ offset: Int, into target: UnsafeMutableRawPointer, count: Int) throws {
        var done = 0
        while done < count {
            let got = pread(descriptor, target + done, count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw store.failure("read a temporary file in", store.directory) }
            guard got > 0 else { throw SpillFile.damaged }
            done += got
        }
    }

    static let damaged = WarehouseError(.corrupt, "A temporary file does not hold what was written to it.")
}
