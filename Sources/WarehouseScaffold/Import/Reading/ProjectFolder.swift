#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// A dbt project's folder, of which nothing outside is ever read: links are passed over, and so are paths that lead up.
struct ProjectFolder {
    static let maximumFiles = 20_000
    static let maximumFileBytes = 16 << 20
    static let maximumBytes = 512 << 20

    let root: String
    private(set) var bytesRead = 0

    init(_ path: String) throws(WarehouseError) { root = try Folders.absolute(path) }

    /// A folder's name as dbt_project.yml has it, without what leads out of the project.
    static func checked(_ path: String) throws(WarehouseError) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !path.hasPrefix("/"), !parts.contains(".."), !path.unicodeScalars.contains("\0") else {
            throw WarehouseError(
                .usage, "dbt_project.yml names the folder '\(VisibleName.shown(path))', which lies outside the project.")
        }
        return parts.joined(separator: "/")
    }

    func isFile(_ path: String) -> Bool { kind(path) == S_IFREG }

    private func kind(_ path: String) -> mode_t {
        var status = stat()
        return lstat("\(root)/\(path)", &status) == 0 ? status.st_mode & S_IFMT : 0
    }

    /// Whether every folder on the way is one, and no link.
    private func isPlain(_ path: String) -> Bool {
        var way = ""
        for part in path.split(separator: "/") {
            way += way.isEmpty ? String(part) : "/\(part)"
            guard kind(way) == S_IFDIR else { return false }
        }
        return true
    }

    /// Paths of the files below a folder, sorted; what begins with a dot is passed over.
    func files(below folder: String) throws(WarehouseError) -> [String] {
        guard isPlain(folder) else { return [] }
        var found: [String] = [], open = [(folder, 0)]
        while let (next, depth) = open.popLast() {
            guard depth <= 40 else { throw limit("folders nest deeper than 40") }
            for name in try Folders.names(in: "\(root)/\(next)") where !name.hasPrefix(".") {
                let path = next.isEmpty ? name : "\(next)/\(name)"
                switch kind(path) {
                case S_IFDIR: open.append((path, depth + 1))
                case S_IFREG: found.append(path)
                default: break
                }
                guard found.count + open.count <= ProjectFolder.maximumFiles else {
                    throw limit("it holds more than \(ProjectFolder.maximumFiles) files")
                }
            }
        }
        return found.sorted()
    }

    private func limit(_ what: String) -> WarehouseError {
        WarehouseError(.limitExceeded, "\(VisibleName.shown(root)) is too large to import: \(what).")
    }

    /// A file's text; bytes that are no UTF-8 become replacement characters.
    mutating func read(_ path: String) throws(WarehouseError) -> String {
        let descriptor = open("\(root)/\(path)", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Folders.failure("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Self.read(descriptor, &block)
            guard count >= 0 else { throw Folders.failure("read", path) }
            if count == 0 { break }
            bytes += block[..<count]
            bytesRead += count
            guard bytes.count <= ProjectFolder.maximumFileBytes else {
                throw limit("\(VisibleName.shown(path)) is longer than \(ProjectFolder.maximumFileBytes) bytes")
            }
            guard bytesRead <= ProjectFolder.maximumBytes else {
                throw limit("its files hold more than \(ProjectFolder.maximumBytes) bytes")
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func read(_ descriptor: Int32, _ block: inout [UInt8]) -> Int {
        #if canImport(Glibc)
        Glibc.read(descriptor, &block, block.count)
        #else
        Darwin.read(descriptor, &block, block.count)
        #endif
    }
}
