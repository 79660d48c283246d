#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Folders that the demo makes, watches and removes.
enum DemoFolder {
    /// A new folder for generated data, below the system's temporary one.
    static func makeTemporary() throws -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((base + "/mlwh-demo-XXXXXX").utf8CString)
        guard let made = template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) else {
            throw WarehouseError(.inputOutput, "Cannot make a folder in \(base): \(String(cString: strerror(errno))).")
        }
        return String(cString: made)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a warehouse directory; refuses anything that is not one.
    static func removeWarehouse(_ path: String) throws {
        guard exists(path + "/MLWH") else {
            throw WarehouseError(.notAWarehouse, "\(path) is not a warehouse and is left alone.",
                                 hint: "Give another directory by -d.")
        }
        try remove(path)
    }

    /// Removes a file, or a folder with all in it. Follows no symbolic link.
    static func remove(_ path: String) throws {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        if info.st_mode & S_IFMT == S_IFDIR {
            for name in DemoData.list(path) ?? [] where name != "." && name != ".." { try remove(path + "/" + name) }
            guard rmdir(path) == 0 else { throw failure(path) }
        } else {
            guard unlink(path) == 0 else { throw failure(path) }
        }
    }

    private static func failure(_ path: String) -> WarehouseError {
        WarehouseError(.inputOutput, "Cannot remove \(path): \(String(cString: strerror(errno))).")
    }

    /// Size and time of change of every file below `path`, by name.
    static func fingerprint(_ path: String) -> [String: String] {
        var found: [String: String] = [:]
        for name in DemoData.list(path) ?? [] {
            var info = stat()
            guard lstat(path + "/" + name, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { continue }
            #if canImport(Darwin)
            let time = info.st_mtimespec
            #else
            let time = info.st_mtim
            #endif
            found[name] = "\(info.st_size) \(time.tv_sec).\(time.tv_nsec)"
        }
        return found
    }

    /// The most memory this process has held, in bytes.
    static var peakMemory: Int {
        var usage = rusage()
        #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss
        #else
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
        #endif
    }
}
