import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The files of a directory of the system.
public final class POSIXDisk: Disk {
    public let rootPath: String

    public init(_ rootPath: String) {
        var root = rootPath
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        self.rootPath = root
    }

    private func full(_ path: String) -> String { path.isEmpty ? rootPath : rootPath + "/" + path }

    public func open(_ path: String, _ mode: DiskOpenMode) throws(WarehouseError) -> any DiskFile {
        let flags: Int32 = switch mode {
        case .read: O_RDONLY
        case .readWrite: O_RDWR
        case .create: O_RDWR | O_CREAT | O_TRUNC
        }
        let name = full(path)
        // Of a pipe in its place, to open would otherwise wait for somebody at the other end.
        let descriptor = SystemCalls.open(name, flags | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw SystemCalls.error("open the file", name) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            SystemCalls.close(descriptor)
            throw WarehouseError(.corrupt, "The file '\(name)' is damaged: it is no regular file.")
        }
        return POSIXFile(descriptor, path: path, fullPath: name)
    }

    public func entry(_ path: String) throws(WarehouseError) -> DiskEntry? {
        let name = full(path)
        guard let info = SystemCalls.status(name) else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemCalls.error("look at", name)
        }
        return DiskEntry(name: path, isDirectory: info.st_mode & S_IFMT == S_IFDIR, sizeBytes: Int(info.st_size))
    }

    public func list(_ directory: String) throws(WarehouseError) -> [DiskEntry] {
        let name = full(directory)
        guard let stream = opendir(name) else {
            if errno == ENOENT { return [] }
            throw SystemCalls.error("list the directory", name)
        }
        defer { closedir(stream) }
        var entries: [DiskEntry] = []
        while true {
            // At the end and after an error alike there is no item.
            errno = 0
            guard let item = readdir(stream) else {
                guard errno == 0 else { throw SystemCalls.error("list the directory", name) }
                break
            }
            let entryName = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if entryName == "." || entryName == ".." { continue }
            // What another process has just removed is not there.
            guard let info = SystemCalls.status(name + "/" + entryName) else { continue }
            entries.append(DiskEntry(name: entryName, isDirectory: info.st_mode & S_IFMT == S_IFDIR,
                                     sizeBytes: Int(info.st_size)))
        }
        return entries
    }

    public func makeDirectory(_ path: String) throws(WarehouseError) {
        let name = full(path)
        var made = ""
        for part in name.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            if part.isEmpty { continue }
            if mkdir(made, 0o755) == 0 {
                // The new name lies in the directory above.
                let above = SystemCalls.open(made.contains("/") ? made + "/.." : ".", O_RDONLY)
                if above >= 0 {
                    _ = SystemCalls.sync(above)
                    SystemCalls.close(above)
                }
            } else if errno != EEXIST {
                // A directory above may exist without the right to make it.
                let error = SystemCalls.error("make the directory", name)
                if SystemCalls.status(made).map({ $0.st_mode & S_IFMT == S_IFDIR }) != true { throw error }
            }
        }
        guard let info = SystemCalls.status(name), info.st_mode & S_IFMT == S_IFDIR else {
            throw WarehouseError(.inputOutput, "Cannot make the directory '\(name)': a file has that name.")
        }
    }

    public func rename(_ path: String, to newPath: String) throws(WarehouseError) {
        guard SystemCalls.rename(full(path), full(newPath)) == 0 else {
            throw SystemCalls.error("rename the file", full(path))
        }
    }

    public func remove(_ path: String) throws(WarehouseError) {
        let name = full(path)
        // A file's blocks are freed with its last descriptor. The system takes its time for many, which nobody waits for.
        let size = SystemCalls.status(name).map { Int($0.st_size) } ?? 0, isLarge = size > BackgroundClose.quickBytes
        let descriptor = isLarge ? SystemCalls.open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY) : -1
        defer {
            if descriptor >= 0 { BackgroundClose.close(descriptor, byteCount: size) }
        }
        guard unlink(name) == 0 || errno == ENOENT else {
            throw SystemCalls.error("remove the file", name)
        }
    }

    public func syncDirectory(_ path: String) throws(WarehouseError) {
        let name = full(path)
        let descriptor = SystemCalls.open(name, O_RDONLY)
        guard descriptor >= 0 else { throw SystemCalls.error("open the directory", name) }
        defer { SystemCalls.close(descriptor) }
        // Some file systems cannot sync directories and need not.
        guard SystemCalls.sync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw SystemCalls.error("sync the directory", name)
        }
    }

    public func tryLock(_ path: String, _ kind: DiskLockKind) throws(WarehouseError) -> (any DiskLock)? {
        let name = full(path)
        let flags: Int32 = switch kind {
        case .exclusive, .shared(create: true): O_RDWR | O_CREAT
        case .shared(create: false): O_RDONLY
        }
        while true {
            let descriptor = SystemCalls.open(name, flags)
            guard descriptor >= 0 else { throw SystemCalls.error("open the lock file", name) }
            let result = flock(descriptor, (kind == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB)
            if result != 0 {
                let isHeld = errno == EWOULDBLOCK
                if errno == EINTR {
                    SystemCalls.close(descriptor)
                    continue
                }
                let error = SystemCalls.error("lock the file", name)
                SystemCalls.close(descriptor)
                if isHeld { return nil }
                throw error
            }
            // Its last holder may have removed the file between our open and our lock.
            var info = stat()
            if fstat(descriptor, &info) == 0, info.st_nlink > 0 {
                return POSIXLock(descriptor, path: name, isExclusive: kind == .exclusive)
            }
            SystemCalls.close(descriptor)
        }
    }
}
