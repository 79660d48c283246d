import MiniWarehouse
import Testing
import WarehouseBasics

/// Results as Swift values: what fits is read, what does not throws.
@Suite struct ResultTests {
    private func result() throws -> ResultSet {
        let bench = try Bench()
        return try bench.run("""
            SELECT 1 AS n, 12.50::NUMBER(5,2) AS price, 1.5::FLOAT AS ratio, 'x' AS name, TRUE AS flag,
                   '2026-01-04'::DATE AS day, '2026-01-04 01:02:03'::TIMESTAMP_NTZ AS at, NULL::INT AS none,
                   99999999999999999999 AS big
            UNION ALL SELECT -2, -0.01, -1e300, '', FALSE, '1969-12-31', '1969-12-31 23:59:59', 5, 3
            """)
    }

    @Test func valuesThatFit() throws {
        let result = try result()
        #expect(try result["n"].values() as [Int] == [1, -2])
        #expect(try result["N"].values() as [Int32] == [1, -2])
        #expect(try result["price"].values() as [WarehouseDecimal] == [
            WarehouseDecimal(unscaled: 1250, scale: 2), WarehouseDecimal(unscaled: -1, scale: 2)])
        #expect(try result["price"].values() as [Double] == [12.5, -0.01])
        #expect(try result["price"].values() as [String] == ["12.50", "-0.01"])
        #expect(try result["ratio"].values() as [Double] == [1.5, -1e300])
        #expect(try result["name"].values() as [String] == ["x", ""])
        #expect(try result["flag"].values() as [Bool] == [true, false])
        #expect(try result["day"].values() as [CivilDate] == [CivilDate(year: 2026, month: 1, day: 4),
            CivilDate(daysSinceEpoch: -1)])
        #expect(try result["at"].values() as [String] == ["2026-01-04 01:02:03.000", "1969-12-31 23:59:59.000"])
        #expect(try result["none"].values() as [Int?] == [nil, 5])
        #expect(try result["none"].values() as [String?] == [nil, "5"])
        #expect(try result[column: 0].values() as [Int?] == [1, -2])
    }

    @Test func valuesThatDoNot() throws {
        let result = try result()
        failure(.wrongSwiftType) { _ = try result["none"].values() as [Int] }
        failure(.wrongSwiftType) { _ = try result["none"].values() as [String] }
        failure(.wrongSwiftType) { _ = try result["name"].values() as [Int] }
        failure(.wrongSwiftType) { _ = try result["price"].values() as [Int] }
        failure(.wrongSwiftType) { _ = try result["ratio"].values() as [Int] }
        failure(.wrongSwiftType) { _ = try result["n"].values() as [Bool] }
        failure(.wrongSwiftType) { _ = try result["n"].values() as [CivilDate] }
        failure(.wrongSwiftType) { _ = try result["day"].values() as [Int] }
        failure(.wrongSwiftType) { _ = try result["day"].values() as [Double] }
        failure(.wrongSwiftType) { _ = try result["name"].values() as [Double?] }
        let tooBig = failure(.wrongSwiftType) { _ = try result["big"].values() as [Int] }
        #expect(tooBig.message.contains("99999999999999999999"))
        #expect(failure(.invalidIdentifier) { _ = try result["prices"] }.hint?.contains("PRICE") == true)
    }

    private struct Row: Decodable, Equatable {
        enum Kind: String, Decodable { case x, empty = "" }
        var n: Int
        var price: WarehouseDecimal
        var ratio: Double
        var name: Kind
        var flag: Bool
        var day: CivilDate
        var none: Int?
    }

    @Test func rowsDecode() throws {
        let rows = try result().decode(Row.self)
        #expect(rows.count == 2)
        #expect(rows[0] == Row(n: 1, price: WarehouseDecimal(unscaled: 1250, scale: 2), ratio: 1.5, name: .x,
            flag: true,
                               day: CivilDate(year: 2026, month: 1, day: 4), none: nil))
        #expect(rows[1].none == 5 && rows[1].name == .empty)
        struct Movie: Decodable { var movieID: Int; var tmdbId: String? }
        let bench = try Bench()
        let movies = try bench.warehouse.query("SELECT 7 AS movie_id, NULL AS tmdb_id", as: Movie.self)
        #expect(movies.map(\.movieID) == [7] && movies[0].tmdbId == nil)
        struct Missing: Decodable { var nope: Int }
        failure(.invalidIdentifier) { _ = try result().decode(Missing.self) }
        struct NotNull: Decodable { var none: Int }
        failure(.wrongSwiftType) { _ = try result().decode(NotNull.self) }
        struct Nested: Decodable { var n: [Int] }
        failure { _ = try result().decode(Nested.self) }
        struct Unsigned: Decodable { var n: UInt8 }
        failure { _ = try result().decode(Unsigned.self) }
        failure(.wrongSwiftType) { _ = try result().decode(Int.self) }
    }

    @Test func largeResults() throws {
        let bench = try Bench()
        let result = try bench.run("SELECT SEQ4() AS n, IFF(MOD(SEQ4(), 3) = 0, NULL, SEQ4()) AS m FROM "
            + "TABLE(GENERATOR(ROWCOUNT => 10000))")
        #expect(try result["n"].values() as [Int] == Array(0..<10_000))
        #expect(try (result["m"].values() as [Int?]).filter { $0 == nil }.count == 3334)
        #expect(result.rowCount == 10_000)
    }
}
