#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
import WarehouseBasics
@testable import WarehouseModels

/// Snapshots and incremental models over days of random changes hold what dbt makes of them, hashes and all: the answers
/// in Fixtures/dbt are dbt's own (Scripts/dbt_histories.py). DBT_HISTORIES names another file of them.
@Suite struct DbtHistoryTests {
    private static var path: String {
        if let path = getenv("DBT_HISTORIES") { return String(cString: path) }
        let parts = "\(#filePath)".split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/") + "/Fixtures/dbt/histories.json"
    }

    @Test func everyRelationHoldsWhatDbtMakesOfIt() throws {
        let worlds = try JSON(parsing: TextFile.read(DbtHistoryTests.path)).elements
        #expect(worlds.count >= 2)
        for world in worlds { try replay(world) }
    }

    private func replay(_ world: JSON) throws {
        let temporary = try TemporaryWarehouse("")
        for (index, day) in world["days"].elements.enumerated() {
            let now = try #require(day["now"].string.flatMap(LocalDateTime.init(text:)))
            temporary.clock.set(nanoseconds: now.nanoseconds)
            for (table, rows) in day["sources"].members { try load(rows, into: table, of: temporary) }
            let failed = try build(day: index + 1, in: temporary)
            var compared = 0
            for (name, expected) in day["relations"].members {
                let place = "world \(world["seed"].text), day \(index + 1), \(name)"
                let columns = expected["columns"].elements.compactMap(\.string)
                let list = columns.joined(separator: ", ")
                let rows = try temporary.warehouse.query("SELECT \(list) FROM DEV.\(name)").textRows()
                let wanted = expected["rows"].elements.map { $0.elements.map(\.string) }
                #expect(sorted(rows) == sorted(wanted), "\(place): \(list)")
                #expect(failed.contains(name) == (expected["fails"].text == "true"), "\(place)")
                let count = try temporary.text("""
                    SELECT COUNT(*) FROM SHOP.INFORMATION_SCHEMA.COLUMNS
                    WHERE table_schema = 'DEV' AND LOWER(table_name) = '\(name)'
                    """)
                #expect(Int(count) == columns.count, "\(place): columns")
                compared += 1
            }
            #expect(compared == 32)
        }
    }

    private func load(_ rows: JSON, into table: String, of temporary: TemporaryWarehouse) throws {
        try temporary.warehouse.execute("""
            CREATE OR REPLACE TABLE RAW.\(table) (
                id INT, part STRING, value INT, note STRING, stamp TIMESTAMP_NTZ, touched TIMESTAMP_NTZ)
            """)
        for row in rows.elements {
            let values = row.elements.map { value in
                value.string.map { "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
                    ?? "NULL"
            }
            try temporary.warehouse.execute("INSERT INTO RAW.\(table) VALUES (\(values.joined(separator: ", ")))")
        }
    }

    /// The names of what failed.
    private func build(day: Int, in temporary: TemporaryWarehouse) throws -> Set<String> {
        var options = RunOptions()
        func date(_ day: Int) -> String { day < 10 ? "2026-01-0\(day)" : "2026-01-\(day)" }
        options.eventTimeStart = LocalDateTime(text: date(max(1, day - 1)))
        options.eventTimeEnd = LocalDateTime(text: date(day + 1))
        let project = Project(
            "days", target: Target(database: "SHOP", schema: "DEV"),
            DbtHistories.resources + DbtHistories.changing(day: day))
        let runner = try Runner(
            project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in }, options: options)
        return Set(try runner.build().results.filter { $0.status != .success }.map(\.node.name))
    }

    private func sorted(_ rows: [[String?]]) -> [[String?]] {
        func key(_ row: [String?]) -> [String] { row.map { $0.map { "=" + $0 } ?? "" } }
        return rows.sorted { key($0).lexicographicallyPrecedes(key($1)) }
    }
}
