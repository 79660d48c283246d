import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseModels

private enum Pairs: Source {
    struct Columns: Row {
        let id, a, b, c: Expr<Int64?>
        let kind: Expr<String?>
        let at: Expr<LocalDateTime?>
    }
    static let table = "RAW.PAIRS"
    static var columns: [Column<Columns>] { [
        .column(\.a, "", .null), .column(\.c, "", .null), .column(\.b, "", .withinStandardDeviations(1)),
        .column(\.kind, "", .mostCommon(in: ["x"]), .mostCommon(2, in: ["x"]), .mostCommon(2, in: [])),
    ] }
    static var checks: [Check<Columns>] { [
        .greater(\.a, than: \.b), .greater(\.a, than: \.b, orEqual: true), .equal(\.a, \.b),
        .uniqueWithinRecord(\.a, \.b), .uniqueWithinRecord(\.c), .total(of: \.a, \.b, equals: 23), .total(of: \.a, \.b, equals: 20),
        .increasing(\.a, by: \.id), .decreasing(\.a, by: \.id), .increasing(\.b, by: \.id, strictly: false),
        .recent(\.at, by: \.kind, within: 1, .day),
    ] }
}

private enum Places: Source {
    struct Columns: Row {
        let latitude, longitude, toLatitude, toLongitude: Expr<Double?>
        let url: Expr<String?>
        static var names: [PartialKeyPath<Self>: String] {
            [\.toLatitude: "TO_LATITUDE", \.toLongitude: "TO_LONGITUDE"]
        }
    }
    static let table = "RAW.PLACES"
}

private enum Worked: Model {
    struct Columns: Row {
        let miles, kilometres: Expr<Double?>
        let bucket: Expr<Int64?>
        let host, path, source, none: Expr<String?>
    }
    static func query(_ q: inout Query) -> Columns {
        let p = q.from(Places.self)
        func distance(_ inKilometres: Bool) -> Expr<Double?> {
            haversineDistance(
                fromLatitude: p.latitude, longitude: p.longitude, toLatitude: p.toLatitude, longitude: p.toLongitude,
                inKilometres: inKilometres).rounded(3)
        }
        return Columns(
            miles: distance(false), kilometres: distance(true), bucket: p.latitude.widthBucket(from: 0, to: 100, count: 5),
            host: p.url.urlHost, path: p.url.urlPath, source: p.url.urlParameter("utm"),
            none: p.url.urlParameter("other"))
    }
}

private enum Counted: Model {
    struct Columns: Row { let number: Expr<Int64> }
    static func query(_ q: inout Query) -> Columns { Columns(number: q.series(4)) }
}

private enum Long: Model {
    struct Columns: Row { let id: Expr<Int64?>; let field: Expr<String>; let value: Expr<Int64?> }
    static func query(_ q: inout Query) -> Columns {
        let (row, field, value) = q.unpivot(Pairs.self, \.a, \.b)
        q.filter(row.id <= 3)
        return Columns(id: row.id, field: field, value: value)
    }
}

@Suite struct ExpectationTests {
    private static let script = """
        CREATE TABLE RAW.PAIRS (id INT, a INT, b INT, c INT, kind VARCHAR, at TIMESTAMP_NTZ);
        INSERT INTO RAW.PAIRS VALUES (1, 5, 3, NULL, 'x', '2025-12-31 12:00:00'), (2, 2, 2, NULL, 'x', '2025-01-01'),
            (3, NULL, 1, NULL, 'y', '2025-12-01'), (4, 1, 9, NULL, 'y', '2025-12-02');
        CREATE TABLE RAW.PLACES (latitude FLOAT, longitude FLOAT, to_latitude FLOAT, to_longitude FLOAT, url VARCHAR);
        INSERT INTO RAW.PLACES VALUES (38.8976, -77.0366, 39.9496, -75.1503, 'https://host.com/a/b?utm=x&y=2');
        """

    @Test func failuresAreThoseOfHand() throws {
        let temporary = try TemporaryWarehouse(ExpectationTests.script)
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [Pairs.self])
        #expect(project.problems() == [])
        let runner = try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: Console { _ in })
        let found = try runner.test().results.map { "\($0.failures ?? -1) \($0.message)".prefix(2) }
        // b is 3, 2, 1 and 9, with mean 3.75 and deviation 3.59: 9 lies 1.46 away. x and y occur twice each.
        #expect(found.map { Int($0.filter(\.isNumber)) } == [
            3, 0, 1, 0, 1, 2, 2, 1, 2, 2, 0, 0, 1, 1, 0, 2, 1,
        ])
    }

    @Test(arguments: [
        ("!Hell0 world-hi", "hell0_world_hi"), ("1 2", "_1_2"), ("a - b", "a_b"), ("", ""), ("Ärger_X", "rger_x"),
    ])
    func slugs(_ text: String, _ slug: String) { #expect(slugify(text) == slug) }

    @Test func functionsOfDbtUtils() throws {
        let temporary = try TemporaryWarehouse(ExpectationTests.script)
        let results = try temporary.run([Pairs.self, Places.self, Worked.self, Counted.self, Long.self]) { try $0.run() }
        #expect(results == ["SUCCESS 1", "SUCCESS 1", "SUCCESS 1"])
        #expect(try temporary.text("SELECT * FROM DEV.WORKED")
            == "124.239|199.943|2|host.com|a/b|x|-")
        #expect(try temporary.text("SELECT number FROM DEV.COUNTED ORDER BY 1") == "1\n2\n3\n4")
        #expect(try temporary.text("SELECT * FROM DEV.LONG ORDER BY 1, 2") == "1|a|5\n1|b|3\n2|a|2\n2|b|2\n3|a|-\n3|b|1")
    }
}
