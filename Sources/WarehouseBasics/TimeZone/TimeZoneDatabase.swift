#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where time zone files are found, and those already read.
///
/// Looked through in order: the folder of the TZDIR variable, `/usr/share/zoneinfo`, `/var/db/timezone/zoneinfo`.
enum TimeZoneDatabase {
    private static let loaded = Lock<[String: TimeZoneRules]>([:])
    /// A file of rules is a few kilobytes; anything larger is not one.
    private static let maximumFileSize = 1 << 20
    private static let maximumNameLength = 255

    private static var folders: [String] {
        var folders: [String] = []
        if let value = getenv("TZDIR"), value[0] == UInt8(ascii: "/") { folders.append(String(cString: value)) }
        folders.append("/usr/share/zoneinfo")
        folders.append("/var/db/timezone/zoneinfo")
        return folders
    }

    static func load(_ name: String) throws(WarehouseError) -> TimeZoneRules {
        if name == "UTC" { return .utc }
        if let rules = loaded.withLock({ $0[name] }) { return rules }
        guard isPlausible(name) else {
            throw WarehouseError(
                .invalidValue, "'\(name.prefix(64))' is not the name of a time zone.",
                hint: "Time zones have names like America/Los_Angeles or UTC.")
        }
        for folder in folders {
            let path = folder + "/" + name
            guard let bytes = try contents(path) else { continue }
            let rules = try TZifReader.read(bytes, name: name, path: path)
            loaded.withLock { $0[name] = rules }
            return rules
        }
        throw missing(name)
    }

    /// Letters, digits, `_`, `+`, `-` in parts joined by `/`: nothing that could leave the folder.
    private static func isPlausible(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= maximumNameLength else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.utf8.allSatisfy { byte in
                (byte >= 48 && byte <= 57) || ((byte | 0x20) >= 97 && (byte | 0x20) <= 122)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            }
        }
    }

    private static func missing(_ name: String) -> WarehouseError {
        let known = names()
        guard !known.isEmpty else {
            return WarehouseError(
                .invalidValue,
                "The time zone '\(name)' cannot be loaded: there is no file '\(folders[0])/\(name)'.",
                hint: "Install the time zone database (the package tzdata), or point TZDIR at its folder.")
        }
        return WarehouseError(
            .invalidValue, "The time zone '\(name)' is not known: there is no file '\(folders[0])/\(name)'.",
            hint: Identifiers.hint(for: name, in: known) ?? "Time zones have names like America/Los_Angeles or UTC.")
    }

    /// A file's bytes; nil when there is no regular file of that name.
    private static func contents(_ path: String) throws(WarehouseError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard status.st_size <= maximumFileSize else {
            throw WarehouseError(.corruptFile, "The time zone file '\(path)' cannot be read: it is too large.")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Names of the files in the first folder that exists, for hints.
    static func names() -> [String] {
        for folder in folders {
            var found: [String] = []
            collect(folder, prefix: "", depth: 0, into: &found)
            if !found.isEmpty { return found.sorted() }
        }
        return []
    }

    private static func collect(_ folder: String, prefix: String, depth: Int, into found: inout [String]) {
        guard depth < 3, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory), found.count < 5000 {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let first = name.utf8.first, first >= 65, first <= 90, !name.utf8.contains(UInt8(ascii: "."))
            else { continue }
            var status = stat()
            guard stat(folder + "/" + name, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                collect(folder + "/" + name, prefix: prefix + name + "/", depth: depth + 1, into: &found)
            } else {
                found.append(prefix + name)
            }
        }
    }
}

extension TimeZoneRules {
    /// The zone of an IANA name (`America/Los_Angeles`, `UTC`), read from the machine's time zone files and kept.
    /// Throws `invalidValue` for an unknown or impossible name, with near names, and `corruptFile` with the path
    /// for a damaged file.
    public static func load(_ name: String) throws(WarehouseError) -> TimeZoneRules {
        try TimeZoneDatabase.load(name)
    }

    /// Names of all zones on this machine, sorted; empty without a time zone database.
    public static func knownNames() -> [String] { TimeZoneDatabase.names() }
}
