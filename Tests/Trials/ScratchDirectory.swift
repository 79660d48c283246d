#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A directory that goes with its last reference.
public final class ScratchDirectory: Sendable {
    public struct Failure: Error {}
    public let path: String

    public init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/mlwh-trial-XXXXXX".utf8CString)
        path = try template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, mkdtemp(base) != nil else { throw Failure() }
            return String(cString: base)
        }
    }

    deinit { Self.remove(path) }

    /// Removes a directory with all it holds.
    public static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        if let listing = opendir(path) {
            var names: [String] = []
            while let entry = readdir(listing) {
                names.append(withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
            }
            closedir(listing)
            for name in names where name != "." && name != ".." { remove(path + "/" + name) }
        }
        rmdir(path)
    }
}
