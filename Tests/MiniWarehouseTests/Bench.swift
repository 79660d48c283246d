#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import TestSupport
import Testing
import WarehouseBasics

/// A warehouse in a folder of its own.
final class Bench: Sendable {
    let folder: ScratchDirectory
    let warehouse: Warehouse
    var path: String { folder.path + "/house" }

    init(_ setUp: String = "") throws {
        folder = try ScratchDirectory()
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
