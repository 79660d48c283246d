#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Files of this machine.
enum FileNames {
    private static let maximum = 2_000

    /// Paths that begin as `path` does, folders with a `/` at their end; hidden ones only when asked for. `~/` is the
    /// home folder.
    static func beginning(with path: String) -> [String] {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "", begun = slash.map { path[path.index(after: $0)...] } ?? path[...]
        guard let handle = opendir(folder.isEmpty ? "." : expanded(folder)) else { return [] }
        defer { closedir(handle) }
        var found: [String] = []
        while found.count < maximum, let entry = readdir(handle) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name != ".", name != "..", name.hasPrefix(begun), !name.hasPrefix(".") || begun.hasPrefix(".") else { continue }
            found.append(folder + name + (isFolder(expanded(folder) + name) ? "/" : ""))
        }
        return found.sorted()
    }

    /// The last name of a path, with its `/`.
    static func last(_ path: String) -> String {
        let body = path.hasSuffix("/") ? path.dropLast() : path[...]
        return String(body.split(separator: "/").last ?? body) + (path.hasSuffix("/") ? "/" : "")
    }

    /// `~/…` as a path.
    static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = Environment.variable("HOME") else { return path }
        return home + path.dropFirst()
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}
