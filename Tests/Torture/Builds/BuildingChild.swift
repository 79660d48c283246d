import MiniWarehouse
import WarehouseBasics
import WarehouseModels
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The process that is killed: it builds the project again and again until then.
enum BuildingChild {
    /// Stands at so many seconds after 2026-01-04 00:00:00 UTC as the build has a number: the batches of four days end
    /// with this one, and each build has a time of its own.
    final class BuildClock: WarehouseClock {
        private let build = Lock(0)
        func begin(_ number: Int) { build.withLock { $0 = number } }
        func now() -> Int128 { (1_767_484_800 + Int128(build.withLock { $0 })) * 1_000_000_000 }
    }
    private static let clock = BuildClock()

    static func open(_ path: String) throws -> Warehouse {
        var options = WarehouseOptions()
        options.clock = clock
        return try Warehouse.open(path, options: options)
    }

    static func run(_ path: String) -> Never {
        do {
            let warehouse = try open(path)
            say("ready")
            while true { try build(in: warehouse) }
        } catch {
            say("error " + String("\(error)".map { $0.isNewline ? " " : $0 }))
            exit(3)
        }
    }

    /// The next build.
    static func build(in warehouse: Warehouse) throws {
        let last = try warehouse.query("SELECT MAX(n) FROM SHOP.RAW.BUILDS").textRows()[0][0].flatMap { Int($0) }
        // From 1000: a literal's column is as wide as the first build's number, and 10 does not fit where 9 was.
        let build = (last ?? 999) + 1
        clock.begin(build)
        try warehouse.execute("INSERT INTO SHOP.RAW.BUILDS VALUES (\(build))")
        let runner = try Runner(
            VersionedProject.make(build: build), on: EmbeddedTarget(warehouse.session), console: Console { _ in })
        let summary = try runner.build()
        if let failed = summary.results.first(where: { $0.status.isFailure }) {
            throw WarehouseError(.model, "\(failed.node.name): \(failed.message)")
        }
    }
}
