#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import WarehouseBasics
@testable import WarehouseModels

/// A clock that tests move.
final class MovableClock: WarehouseClock {
    private let time: Mutex<Int128>
    init(_ seconds: Int) { time = Mutex(Int128(seconds) * 1_000_000_000) }
    func set(_ seconds: Int) { set(nanoseconds: Int128(seconds) * 1_000_000_000) }
    func set(nanoseconds: Int128) { time.withLock { $0 = nanoseconds } }
    func now() -> Int128 { time.withLock { $0 } }
}

/// A warehouse of its own with an empty database SHOP, for one test.
final class TemporaryWarehouse {
    let warehouse: Warehouse
    /// Begins at 2026-01-01 00:00:00 UTC.
    let clock = MovableClock(1_767_225_600)

    private let path: String
    /// For artifacts and other files; goes with the warehouse.
    var folder: String { path + "/target" }

    init(_ script: String) throws {
        var template = Array("/tmp/mlwh-models-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw WarehouseError(.inputOutput, "no temporary folder") }
        path = String(cString: made)
        guard mkdir(path + "/target", 0o755) == 0 else { throw WarehouseError(.inputOutput, "no temporary folder") }
        var options = WarehouseOptions()
        options.clock = clock
        warehouse = try Warehouse.open(path + "/warehouse.mlwh", options: options)
        try warehouse.execute("CREATE DATABASE SHOP; CREATE SCHEMA DEV; CREATE SCHEMA RAW; " + script)
    }

    deinit { TemporaryWarehouse.remove(path) }

    private static func remove(_ folder: String) {
        guard let stream = opendir(folder) else { return }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(stream)
        // Listed first: a folder that changes while it is read may skip entries.
        for name in names where unlink("\(folder)/\(name)") != 0 { remove("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Everything of a result as lines of values divided by |.
    func text(_ sql: String) throws -> String {
        try warehouse.query(sql).textRows().map { $0.map { $0 ?? "-" }.joined(separator: "|") }
            .joined(separator: "\n")
    }

    /// Runs a command of the project of these resources; gives each node's message, or its error.
    func run(
        _ resources: [any Resource.Type], _ command: (Runner) throws -> RunSummary = { try $0.build() },
        fullRefresh: Bool = false
    ) throws -> [String] {
        var options = RunOptions()
        options.isFullRefresh = fullRefresh
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), resources)
        let runner = try Runner(
            project, on: EmbeddedTarget(warehouse.session), console: Console { _ in }, options: options)
        return try command(runner).results.map(\.message)
    }
}
