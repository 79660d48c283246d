#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// Files of this machine, as PUT and GET name them.
enum LocalFiles {
    struct File {
        var path: String
        var name: String
        var size: Int
    }

    /// The path of a `file://` URL; `~/` is the user's home.
    static func path(_ url: String) throws -> String {
        guard url.hasPrefix("file://") else {
            throw WarehouseError(.invalidValue, "A file:// URL is needed, not '\(SecretMask.withoutKeys(url: url))'.")
        }
        let path = String(url.dropFirst("file://".count))
        if path.hasPrefix("~/"), let home = getenv("HOME") { return String(cString: home) + path.dropFirst(1) }
        return path
    }

    /// Regular files that a URL with `*` and `?` in its last part names, by name. None is an error.
    static func matching(_ url: String) throws -> [File] {
        let pattern = try path(url)
        let slash = pattern.lastIndex(of: "/")
        let folder = slash.map { String(pattern[...$0]) } ?? "./"
        let name = slash.map { String(pattern[pattern.index(after: $0)...]) } ?? pattern
        var names = [name]
        if GlobPattern.hasWildcards(name) {
            guard let all = DirectoryListing.names(folder) else {
                throw WarehouseError(.fileNotFound,
                                     "The folder \(folder) cannot be read: \(String(cString: strerror(errno))).")
            }
            let glob = GlobPattern(name)
            names = all.filter { !$0.hasPrefix(".") && glob.matches($0) }
        }
        let files = try names.sorted().compactMap { name in
            let found = file(folder + name, name)
            if found == nil, !exists(folder + name) { try DirectoryListing.requireReadable(name, in: folder) }
            return found
        }
        guard !files.isEmpty else {
            throw WarehouseError(.fileNotFound, "File doesn't exist: no file matches \(url).",
                                 hint: "The path is one of this machine; * and ? match within its last part.")
        }
        return files
    }

    /// nil for what is no regular file.
    private static func file(_ path: String, _ name: String) -> File? {
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return nil }
        return File(path: path, name: name, size: Int(info.st_size))
    }

    /// Copies through a buffer of one megabyte, and ends the writer. Gives the bytes written.
    static func copy(_ source: any ByteSource, to writer: any ObjectWriter, compressing: Bool = false,
                     _ progress: (Int) throws -> Void) throws -> Int {
        let counter = CountingSink(writer)
        let gzip = compressing ? try GzipWriter(to: counter, level: 4) : nil
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var copied = 0
        while true {
            let count = try source.read(into: buffer)
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
            if let gzip { try gzip.write(piece) } else { try counter.write(piece) }
            copied += count
            try progress(copied)
        }
        if let gzip { try gzip.finish() }
        try writer.finish()
        return counter.byteCount
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// Counts the bytes on their way to another sink.
final class CountingSink: ByteSink {
    private let sink: any ByteSink
    private(set) var byteCount = 0

    init(_ sink: any ByteSink) { self.sink = sink }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try sink.write(bytes)
        byteCount += bytes.count
    }
}
