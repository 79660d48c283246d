#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// A file of the local disk, read forward.
public final class FileSource: ByteSource {
    public let path: String
    private let descriptor: CInt
    public private(set) var bytesConsumed = 0

    /// Opens `path`. With `followsSymlinks` false, a symbolic link as the last part of the path is refused.
    /// A missing file is `fileNotFound`; a directory or another failure `inputOutput`.
    public init(path: String, followsSymlinks: Bool = true) throws(WarehouseError) {
        self.path = path
        let flags = O_RDONLY | O_CLOEXEC | (followsSymlinks ? 0 : O_NOFOLLOW)
        descriptor = open(path, flags)
        guard descriptor >= 0 else { throw FileSource.openFailure(path, errno) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw WarehouseError(.inputOutput, "'\(path)' is a directory, not a file.")
        }
    }

    deinit { close(descriptor) }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 {
                bytesConsumed += count
                return count
            }
            if errno == EINTR { continue }
            throw WarehouseError(.inputOutput, "'\(path)' cannot be read: \(String(cString: strerror(errno))).")
        }
    }

    /// Size of the open file in bytes.
    public func sizeBytes() throws(WarehouseError) -> Int {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else {
            throw WarehouseError(.inputOutput, "'\(path)' cannot be examined: \(String(cString: strerror(errno))).")
        }
        return Int(info.st_size)
    }

    private static func openFailure(_ path: String, _ code: CInt) -> WarehouseError {
        if code == ENOENT || code == ENOTDIR {
            return WarehouseError(.fileNotFound, "The file '\(path)' does not exist.")
        }
        if code == ELOOP {
            return WarehouseError(.inputOutput, "'\(path)' is a symbolic link, which is not followed here.")
        }
        return WarehouseError(.inputOutput, "'\(path)' cannot be opened: \(String(cString: strerror(code))).")
    }
}
