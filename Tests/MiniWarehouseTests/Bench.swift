#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics

/// A directory that goes away with its last user.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/mlwh-front-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw WarehouseError(.inputOutput, "no temporary directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { TemporaryFolder.removeAll(path) }

    private static func removeAll(_ path: String) {
        var info = stat()
        if lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
            for name in names(path) { removeAll(path + "/" + name) }
        }
        remove(path)
    }

    static func names(_ path: String) -> [String] {
        guard let entries = opendir(path) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Every regular file below, by its path from here.
    static func files(_ path: String, below prefix: String = "") -> [String] {
        names(path).flatMap { name -> [String] in
            var info = stat()
            let full = path + "/" + name
            guard lstat(full, &info) == 0 else { return [] }
            return info.st_mode & S_IFMT == S_IFDIR ? files(full, below: prefix + name + "/") : [prefix + name]
        }
    }

    /// Makes a file; its path.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    @discardableResult
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(path)/\(name)"
        guard let file = fopen(path, "w") else { throw WarehouseError(.inputOutput, "no file \(path)") }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return path
    }

    static func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[0..<count]
        }
    }
}

/// A warehouse in a folder of its own.
final class Bench: Sendable {
    let folder: TemporaryFolder
    let warehouse: Warehouse
    var path: String { folder.path + "/house" }

    init(_ setUp: String = "") throws {
        folder = try TemporaryFolder()
        var options = WarehouseOptions()
        options.busyTimeout = 0.2
        options.threads = 2
        warehouse = try Warehouse.open(folder.path + "/house", options: options)
        if !setUp.isEmpty { try warehouse.execute(setUp) }
    }

    /// The same directory opened once more, as another process would.
    func another(readOnly: Bool = false) throws -> Warehouse {
        var options = WarehouseOptions()
        options.busyTimeout = 0.2
        options.isReadOnly = readOnly
        return try Warehouse.open(path, options: options)
    }

    @discardableResult
    func run(_ sql: String) throws -> ResultSet { try warehouse.execute(sql) }

    /// A result as lines of values divided by `|`.
    func text(_ sql: String) throws -> String { try warehouse.session.text(sql) }

    /// A file of this machine put into `stage` under `name`, compressed or not.
    func put(_ name: String, _ text: String, to stage: String, options: String = "OVERWRITE=TRUE") throws {
        try put(name, Array(text.utf8), to: stage, options: options)
    }

    func put(_ name: String, _ bytes: [UInt8], to stage: String, options: String = "OVERWRITE=TRUE") throws {
        let path = try folder.file(name, bytes)
        try run("PUT 'file://\(path)' \(stage) \(options)")
    }
}

extension Session {
    func text(_ sql: String) throws -> String {
        try execute(sql).textRows(variant: .compact).map { $0.map { $0 ?? "NULL" }.joined(separator: "|") }
            .joined(separator: "\n")
    }
}

/// The error that `body` throws; a missing one is a failure of the test.
@discardableResult
func failure(_ code: ErrorKind? = nil, of what: String = "", location: SourceLocation = #_sourceLocation,
             _ body: () throws -> Void) -> WarehouseError {
    do {
        try body()
        Issue.record("no error was thrown: \(what)", sourceLocation: location)
    } catch let error as WarehouseError {
        if let code { #expect(error.code == code.code, "\(error)", sourceLocation: location) }
        return error
    } catch {
        Issue.record("another error: \(error)", sourceLocation: location)
    }
    return WarehouseError(.internalFault, "")
}

extension Bench {
    /// The error of a statement, which must name each of `parts`.
    @discardableResult
    func fails(_ sql: String, _ code: ErrorKind? = nil, _ parts: String...,
               location: SourceLocation = #_sourceLocation) -> WarehouseError {
        let error = failure(code, of: sql, location: location) { try run(sql) }
        for part in parts { #expect(error.description.contains(part), "\(error)", sourceLocation: location) }
        return error
    }
}
