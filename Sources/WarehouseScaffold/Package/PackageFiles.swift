#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// The files of a package, before they are written.
public struct PackageFiles: Sendable {
    /// Texts by their paths within the package, in the order they are listed to people.
    public private(set) var files: [(path: String, text: String)] = []

    mutating func add(_ path: String, _ text: String) { files.append((path, text)) }

    /// Writes all into a folder that is made, or is there and empty. Throws `usage` where it holds anything.
    public func write(to folder: String) throws(WarehouseError) {
        guard try Folders.names(in: folder).isEmpty else {
            throw WarehouseError(
                .usage, "\(VisibleName.shown(folder)) is there and not empty; nothing was written.",
                hint: "Name a new folder.")
        }
        try PackageFiles.makeFolder(folder)
        for (path, text) in files {
            var above = folder
            for part in path.split(separator: "/").dropLast() {
                above += "/\(part)"
                try PackageFiles.makeFolder(above)
            }
            try PackageFiles.write(text, to: "\(folder)/\(path)")
        }
    }

    private static func makeFolder(_ path: String) throws(WarehouseError) {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Folders.failure("make the folder", path) }
    }

    /// Never over a file that is there, nor through a link.
    private static func write(_ text: String, to path: String) throws(WarehouseError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Folders.failure("write", path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { writeSome(descriptor, $0) }
            guard count > 0 else { throw Folders.failure("write", path) }
            done += count
        }
    }
}

private func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
