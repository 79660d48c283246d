import MiniWarehouse

/// What a row costs as tables grow: ratings made by the engine, in tables of the given sizes.
enum Linear {
    private static let queries: [(name: String, text: String)] = [
        ("average by movie", "SELECT COUNT(*), SUM(a) FROM (SELECT movieId, AVG(rating) AS a FROM @T GROUP BY movieId) t"),
        ("average by user", "SELECT COUNT(*), SUM(a) FROM (SELECT userId, AVG(rating) AS a FROM @T GROUP BY userId) t"),
        ("rating histogram", "SELECT rating, COUNT(*) FROM @T GROUP BY rating ORDER BY rating"),
        ("latest per user", """
            SELECT COUNT(*), SUM(ts) FROM (SELECT userId, ts, ROW_NUMBER() OVER (PARTITION BY userId ORDER BY ts DESC, movieId) AS n
            FROM @T) t WHERE n = 1
            """),
        ("order by, all rows", "SELECT SUM(n * ts % 1000) FROM (SELECT ts, ROW_NUMBER() OVER (ORDER BY ts, userId, movieId) AS n FROM @T) t"),
    ]

    static func run(database: String, sizes: [Int], repeats: Int) throws {
        let warehouse = try Warehouse.open(database)
        print("| rows | " + queries.map { "\($0.name) ns/row" }.joined(separator: " | ") + " |")
        print("|---:|" + queries.map { _ in "---:|" }.joined())
        for size in sizes {
            _ = try warehouse.execute("""
                CREATE OR REPLACE TABLE linear AS SELECT FLOOR(n / 150)::INTEGER AS userId, (HASH(n) % 13000 + 13000)::INTEGER AS movieId,
                (ABS(HASH(n, 1)) % 10 + 1) / 2::DOUBLE AS rating, 800000000 + ABS(HASH(n, 2)) % 700000000 AS ts
                FROM (SELECT SEQ8() AS n FROM TABLE(GENERATOR(ROWCOUNT => \(size)))) g
                """)
            let costs = try queries.map { query in
                let text = query.text.replacing("@T", with: "linear")
                _ = try warehouse.query(text)
                let times = try (0..<repeats).map { _ in try seconds { _ = try warehouse.query(text) } }
                return Scaling.fixed(median(times) * 1e9 / Double(size))
            }
            print("| \(size) | " + costs.joined(separator: " | ") + " |")
        }
        _ = try warehouse.execute("DROP TABLE linear")
    }
}
