import MiniWarehouse
import TestSupport
import Testing

/// The first rows by a key, of tables whose zones tell much, little and nothing of it, against a plain sort.
@Suite struct TopRowsTests {
    private static let count = 150_000

    private struct Row {
        var id: Int
        /// Bursts of 140 neighbours at random moments, as users rate.
        var burst: Int?
        /// Spread evenly: every zone holds all.
        var spread: Int
        /// As the table lies.
        var rising: Int
    }

    private static func row(_ id: Int) -> Row {
        let burst = (id / 140 * 7919) % 100_003 * 1000 + id * 31 % 140
        return Row(id: id, burst: id % 977 == 3 ? nil : burst, spread: id * 7919 % 100_003, rising: id / 3)
    }

    private static let table = """
        SELECT s AS id, IFF(s % 977 = 3, NULL, (TRUNC(s / 140)::INT * 7919) % 100003 * 1000 + s * 31 % 140) AS burst,
            s * 7919 % 100003 AS spread, TRUNC(s / 3)::INT AS rising
        FROM (SELECT SEQ8() AS s FROM TABLE(GENERATOR(ROWCOUNT => \(count))))
        """

    private func check(_ warehouse: Warehouse, _ rows: [Row], _ note: String) throws {
        let columns: [(name: String, key: (Row) -> Int?)] = [
            ("burst", { $0.burst }), ("spread", { $0.spread }), ("rising", { $0.rising }),
        ]
        for (name, key) in columns {
            for (direction, nulls, limit) in [
                ("DESC", "LAST", 100), ("ASC", "LAST", 1), ("DESC", "FIRST", 300), ("ASC", "FIRST", 7),
                ("DESC", "LAST", 9000), ("ASC", "LAST", 70_000),
            ] {
                let isDescending = direction == "DESC", nullsFirst = nulls == "FIRST"
                // Key and id in one number: numbers sort soon.
                let places = rows.map { row in
                    let place = key(row).map { isDescending ? -$0 : $0 } ?? (nullsFirst ? -1 << 35 : 1 << 35)
                    return place << 21 | row.id
                }
                let sorted = places.sorted().map { $0 & (1 << 21 - 1) }
                let text = "SELECT id FROM t ORDER BY \(name) \(direction) NULLS \(nulls), id LIMIT \(limit)"
                let found = try warehouse.query(text).textRows().map { Int($0[0] ?? "") }
                #expect(found == Array(sorted.prefix(limit)), "\(note): \(text)")
                let filtered = "SELECT id FROM t WHERE id % 5 = 2 ORDER BY \(name) \(direction) NULLS \(nulls), id LIMIT \(limit)"
                let few = try warehouse.query(filtered).textRows().map { Int($0[0] ?? "") }
                #expect(few == Array(sorted.filter { $0 % 5 == 2 }.prefix(limit)), "\(note): \(filtered)")
            }
        }
    }

    @Test(arguments: Effort.pick([3], long: [1, 2, 3])) func areThoseOfASort(threads: Int) throws {
        let folder = try ScratchDirectory()
        var options = WarehouseOptions()
        options.threads = threads
        let warehouse = try Warehouse.open(folder.path + "/w.mlwh", options: options)
        try warehouse.execute("CREATE TABLE t AS \(Self.table)")
        var rows = (0..<Self.count).map(Self.row)
        try check(warehouse, rows, "as written")
        // Without the best rows of each column, so that zones promise what is no longer there.
        try warehouse.execute("DELETE FROM t WHERE spread > 99000 OR rising > 49000 OR burst > 99000000")
        rows.removeAll { $0.spread > 99_000 || $0.rising > 49_000 || ($0.burst ?? 0) > 99_000_000 }
        try check(warehouse, rows, "with deleted rows")
        try warehouse.execute("INSERT INTO t VALUES (1000000, 5000000000, -5, 70000), (1000001, NULL, 200000, -1)")
        rows.append(Row(id: 1_000_000, burst: 5_000_000_000, spread: -5, rising: 70_000))
        rows.append(Row(id: 1_000_001, burst: nil, spread: 200_000, rising: -1))
        try check(warehouse, rows, "with a small segment")
    }
}
