import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file of the system.
final class POSIXFile: DiskFile {
    let path: String
    private let fullPath: String
    private let descriptor: Int32

    init(_ descriptor: Int32, path: String, fullPath: String) {
        self.descriptor = descriptor
        self.path = path
        self.fullPath = fullPath
    }

    deinit { BackgroundClose.close(descriptor) }

    func sizeBytes() throws(WarehouseError) -> Int {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw SystemCalls.error("look at", fullPath) }
        return Int(info.st_size)
    }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(WarehouseError) -> Int {
        guard let start = target.baseAddress else { return 0 }
        var done = 0
        while done < target.count {
            let count = pread(descriptor, start + done, target.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemCalls.error("read the file", fullPath)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WarehouseError) {
        guard let start = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, start + done, bytes.count - done, off_t(offset + done))
            if count <= 0 {
                if count < 0, errno == EINTR { continue }
                // Nothing taken and no error told: to ask again might never end.
                if count == 0 { errno = EIO }
                throw SystemCalls.error("write the file", fullPath)
            }
            done += count
        }
    }

    func truncate(to size: Int) throws(WarehouseError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemCalls.error("shorten the file", fullPath) }
    }

    func sync() throws(WarehouseError) {
        guard SystemCalls.sync(descriptor) == 0 else { throw SystemCalls.error("sync the file", fullPath) }
    }
}

/// A file lock of the system, held by its open file: the end of the process releases it.
final class POSIXLock: DiskLock {
    private let descriptor: Int32
    private let path: String
    private let isExclusive: Bool
    private let isHeld = Lock(true)

    init(_ descriptor: Int32, path: String, isExclusive: Bool) {
        self.descriptor = descriptor
        self.path = path
        self.isExclusive = isExclusive
    }

    deinit { release(removing: false) }

    func write(_ note: [UInt8]) throws(WarehouseError) {
        let written = note.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        var info = stat()
        guard written == note.count, fstat(descriptor, &info) == 0,
              info.st_size == note.count || ftruncate(descriptor, off_t(note.count)) == 0 else {
            throw SystemCalls.error("write the lock file", path)
        }
    }

    func read() throws(WarehouseError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count >= 0 else { throw SystemCalls.error("read the lock file", path) }
        return Array(bytes[0..<count])
    }

    /// Whether the file still has a name. Changing a shared lock to an exclusive one may let go of it in between: others
    /// may have removed the file then, and made a new one of that name.
    private var isLinked: Bool {
        var info = stat()
        return fstat(descriptor, &info) == 0 && info.st_nlink > 0
    }

    func release(removing: Bool) {
        isHeld.withLock { held in
            guard held else { return }
            held = false
            if removing, isExclusive || flock(descriptor, LOCK_EX | LOCK_NB) == 0, isLinked { unlink(path) }
            // A process that is just being spawned holds a copy of the descriptor, and with it the lock, until it runs.
            flock(descriptor, LOCK_UN)
            SystemCalls.close(descriptor)
        }
    }
}
