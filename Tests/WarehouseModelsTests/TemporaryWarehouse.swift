#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Synchronization
import TestSupport
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

    private let directory: ScratchDirectory
    /// For artifacts and other files; goes with the warehouse.
    var folder: String { directory.path + "/target" }

    init(_ script: String) throws {
        directory = try ScratchDirectory()
        guard mkdir(directory.path + "/target", 0o755) == 0 else { throw WarehouseError(.inputOutput, "no temporary folder") }
        var options = WarehouseOptions()
        options.clock = clock
        warehouse = try Warehouse.open(directory.path + "/warehouse.mlwh", options: options)
        try warehouse.execute("CREATE DATABASE SHOP; CREATE SCHEMA DEV; CREATE SCHEMA RAW; " + script)
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
