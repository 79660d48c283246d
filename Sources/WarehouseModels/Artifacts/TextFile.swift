#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Small files of text.
package enum TextFile {
    /// Writes a file whole, making the folders above it; a file that is there is replaced in one step.
    package static func write(_ text: String, to path: String) throws(WarehouseError) {
        try makeFolders(above: path)
        let aside = path + ".tmp"
        guard let file = fopen(aside, "w") else { throw failure("write", aside) }
        let bytes = Array(text.utf8)
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else { throw failure("write", aside) }
        guard rename(aside, path) == 0 else { throw failure("write", path) }
    }

    /// The text of a file.
    package static func read(_ path: String) throws(WarehouseError) -> String {
        guard let file = fopen(path, "r") else { throw failure("read", path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        guard ferror(file) == 0 else { throw failure("read", path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func makeFolders(above path: String) throws(WarehouseError) {
        var folder = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/").dropLast() {
            folder += folder.isEmpty || folder.hasSuffix("/") ? String(part) : "/\(part)"
            guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw failure("make the folder", folder) }
        }
    }

    private static func failure(_ what: String, _ path: String) -> WarehouseError {
        WarehouseError(.inputOutput, "Cannot \(what) \(path): \(String(cString: strerror(errno))).")
    }
}
