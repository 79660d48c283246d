#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// A new directory for a test, which goes with its last reference, or the process, and all it holds.
public final class ScratchDirectory: Sendable {
    /// The system's call that failed, and why.
    public struct Failure: Error {
        public let call: String
        public let reason: String
    }

    public let path: String

    /// Makes one below `$TMPDIR` or /tmp.
    public init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/mlwh-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Self.failure("mkdtemp \(parent)") }
        path = String(cString: made)
        Self.living.withLock { [path] in _ = $0.insert(path) }
    }

    deinit {
        Self.remove(path)
        Self.living.withLock { _ = $0.remove(path) }
    }

    /// Those that are there: what a static variable holds goes with the process.
    private static let living: Lock<Set<String>> = {
        atexit { ScratchDirectory.living.withLock { $0 }.forEach(ScratchDirectory.remove) }
        return Lock([])
    }()

    private static func failure(_ call: String) -> Failure { Failure(call: call, reason: String(cString: strerror(errno))) }

    /// Removes a file, or a directory with all it holds; never follows a symbolic link.
    public static func remove(_ path: String) {
        let path = Array(path.utf8CString)
        // A thread that is about to end may make a file meanwhile.
        var tries = 20
        while tries > 0, !isRemoved(path) { tries -= 1 }
    }

    /// By the names' bytes, which need not be UTF-8.
    private static func isRemoved(_ path: [CChar]) -> Bool {
        if unlink(path) == 0 || rmdir(path) == 0 || errno == ENOENT { return true }
        for name in entries(path) { _ = isRemoved(path.dropLast() + [CChar(UInt8(ascii: "/"))] + name) }
        return rmdir(path) == 0
    }

    private static func entries(_ path: [CChar]) -> [[CChar]] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            names.append(withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0] })
        }
        let dot = CChar(UInt8(ascii: "."))
        return names.filter { $0 != [dot, 0] && $0 != [dot, dot, 0] }
    }

    // MARK: Files

    /// What is in a directory, sorted, dot files too; nothing where there is none.
    public static func names(_ path: String) -> [String] {
        entries(Array(path.utf8CString)).map { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
            .sorted()
    }

    /// All below a directory that is none itself, by its path from there.
    public static func files(_ path: String, below prefix: String = "") -> [String] {
        names(path).flatMap { name -> [String] in
            var info = stat()
            let full = path + "/" + name
            guard lstat(full, &info) == 0 else { return [] }
            return info.st_mode & S_IFMT == S_IFDIR ? files(full, below: prefix + name + "/") : [prefix + name]
        }
    }

    /// A file's bytes; none where there is no such file.
    public static func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
        return bytes
    }

    /// Writes a file, making the directories above it; its path.
    @discardableResult
    public func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    /// As above.
    @discardableResult
    public func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        var above = path
        for part in name.split(separator: "/").dropLast() {
            above += "/\(part)"
            mkdir(above, 0o777)
        }
        let path = "\(path)/\(name)"
        guard let file = fopen(path, "w") else { throw Self.failure("fopen \(path)") }
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else { throw Self.failure("fwrite \(path)") }
        return path
    }
}
