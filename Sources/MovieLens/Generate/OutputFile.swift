import WarehouseBasics
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that appears under its name only when it is whole: written beside it under a temporary name, then renamed.
final class OutputFile {
    /// Where the file will stand.
    let path: String
    private let temporaryPath: String
    private var descriptor: Int32 = -1
    private var isPublished = false
    private(set) var byteCount = 0

    init(directory: String, name: String) throws(WarehouseError) {
        let folder = directory.hasSuffix("/") ? directory : directory + "/"
        path = folder + name
        temporaryPath = "\(folder).\(name).\(getpid()).partial"
        if isDirectory(path) { throw WarehouseError(.inputOutput, "cannot replace \(path): it is a directory") }
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw systemError("cannot create", temporaryPath) }
    }

    /// Writes to something that exists already, such as a device, and never renames it.
    init(device path: String) throws(WarehouseError) {
        self.path = path
        temporaryPath = ""
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { throw systemError("cannot open", path) }
    }

    deinit {
        if descriptor >= 0 { _ = closeDescriptor(descriptor) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(WarehouseError) {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = writeBytes(descriptor, start, min(rest.count, 1 << 30))
            if count < 0 {
                if errno == EINTR { continue }
                throw systemError("cannot write", path)
            }
            byteCount += count
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    func write(_ bytes: [UInt8]) throws(WarehouseError) {
        let copy = ByteBuffer(capacity: bytes.count + 1)
        for byte in bytes { copy.append(byte) }
        try write(UnsafeRawBufferPointer(start: copy.base, count: copy.count))
    }

    func close() throws(WarehouseError) {
        let open = descriptor
        descriptor = -1
        if closeDescriptor(open) != 0 { throw systemError("cannot write", path) }
    }

    /// Puts the file in place, over one that may be there.
    func publish() throws(WarehouseError) {
        if rename(temporaryPath, path) != 0 { throw systemError("cannot replace", path) }
        isPublished = true
    }

    /// Removes the temporary file, unless it was put in place.
    func discard() {
        if !isPublished && !temporaryPath.isEmpty { unlink(temporaryPath) }
    }
}

// Named apart from the methods that would hide them.
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// Makes `path` a directory, with its parents.
/// - Throws: an input/output error that names the part that is a file or cannot be made.
func makeDirectory(_ path: String) throws(WarehouseError) {
    if path.isEmpty { throw WarehouseError(.inputOutput, "cannot write to a directory with an empty name") }
    if path.utf8.contains(0) {
        throw WarehouseError(.inputOutput, "cannot write to a directory with a NUL character in its name")
    }
    var part = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
        part += (part.isEmpty || part == "/" ? "" : "/") + component
        if mkdir(part, 0o777) != 0 && errno != EEXIST && !isDirectory(part) { throw systemError("cannot create", part) }
        if !isDirectory(part) {
            throw WarehouseError(.inputOutput, "cannot write into \(part): it is not a directory")
        }
    }
}

/// Whether `path` is a directory or a link to one.
private func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The error of the call that just failed, as `errno` tells it.
private func systemError(_ action: String, _ path: String) -> WarehouseError {
    let number = errno
    let kind: ErrorKind = number == ENOSPC || number == EDQUOT ? .diskFull : .inputOutput
    return WarehouseError(kind, "\(action) \(path): \(String(cString: strerror(number)))")
}

/// Processors that are online, 1 to 8.
func availableProcessors() -> Int {
    min(8, max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
}
