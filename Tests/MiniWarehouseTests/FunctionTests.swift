import MiniWarehouse
import Synchronization
import Testing
import WarehouseBasics

/// Functions in Swift, registered with a warehouse and called in SQL.
@Suite struct FunctionTests {
    struct Refused: Error, CustomStringConvertible { var description: String { "not today" } }

    /// A warehouse with a table of 10,000 rows: n from 0, its text, every tenth value NULL.
    private func numbers() throws -> Bench {
        let bench = try Bench()
        try bench.run("""
            CREATE TABLE numbers AS SELECT SEQ4() AS n, IFF(n % 10 = 0, NULL, n) AS k, 'name ' || (n % 7) AS name
            FROM TABLE(GENERATOR(ROWCOUNT => 10000))
            """)
        return bench
    }

    private func one<Value: ResultElement>(_ bench: Bench, _ sql: String, as type: Value.Type = Value.self) throws -> Value {
        let result = try bench.run(sql)
        let values: [Value] = try result[column: 0].values()
        try #require(values.count == 1)
        return values[0]
    }

    @Test func scalarsOfEveryType() throws {
        let bench = try Bench()
        try bench.warehouse.register(scalar: "answer") { 42 }
        try bench.warehouse.register(scalar: "twice") { (x: Int64) in x * 2 }
        try bench.warehouse.register(scalar: "half") { (x: Double) in x / 2 }
        try bench.warehouse.register(scalar: "shout") { (text: String) in text.uppercased() + "!" }
        try bench.warehouse.register(scalar: "both") { (a: Bool, b: Bool) in a && b }
        try bench.warehouse.register(scalar: "reversed") { (bytes: [UInt8]) in Array(bytes.reversed()) }
        try bench.warehouse.register(scalar: "joined") { (a: String, b: Int, c: Double, d: Bool) in "\(a)\(b)\(c)\(d)" }
        #expect(try one(bench, "SELECT ANSWER()") == 42)
        #expect(try one(bench, "SELECT twice(21) + Twice('4')") == 50)
        #expect(try one(bench, "SELECT half(5)") == 2.5)
        #expect(try one(bench, "SELECT shout('öl')") == "ÖL!")
        #expect(try one(bench, "SELECT both(TRUE, 1)") == true)
        #expect(try one(bench, "SELECT TO_VARCHAR(reversed(X'01FF'))") == "FF01")
        #expect(try one(bench, "SELECT joined('a', 1, 2.5, FALSE)") == "a12.5false")
    }

    @Test func nullsAreTheFunctionsOnlyWhereItAsks() throws {
        let bench = try numbers()
        try bench.warehouse.register(scalar: "strict") { (x: Int) in x + 1 }
        try bench.warehouse.register(scalar: "lenient") { (x: Int?) in x.map { $0 + 1 } ?? -1 }
        try bench.warehouse.register(scalar: "evens") { (x: Int) -> Int? in x % 2 == 0 ? x : nil }
        #expect(try one(bench, "SELECT COUNT(strict(k)) FROM numbers") == 9000)
        #expect(try one(bench, "SELECT COUNT_IF(lenient(k) = -1) FROM numbers") == 1000)
        #expect(try one(bench, "SELECT SUM(evens(n)) FROM numbers") == 24_995_000)
        #expect(try one(bench, "SELECT strict(NULL) IS NULL AND lenient(NULL) = -1") == true)
    }

    @Test func scalarsStandAnywhere() throws {
        let bench = try numbers()
        try bench.warehouse.register(scalar: "digit") { (text: String) in Int(text.suffix(1)) ?? -1 }
        #expect(try one(bench, "SELECT COUNT(*) FROM numbers WHERE digit(name) = 3") == 1429)
        let groups = try bench.run("SELECT digit(name) d, COUNT(*) c FROM numbers GROUP BY 1 HAVING d > 4 ORDER BY d")
        #expect(try groups["D"].values() as [Int] == [5, 6])
        try bench.run("CREATE FUNCTION digit_and_one(t VARCHAR) RETURNS INT AS 'digit(t) + 1'")
        #expect(try one(bench, "SELECT MAX(digit_and_one(name)) FROM numbers") == 7)
        #expect(try one(bench, "SELECT SUM(digit(name)) OVER (ORDER BY n) FROM numbers QUALIFY n = 6") == 21)
    }

    @Test func overloadsAndReplacement() throws {
        let bench = try Bench()
        try bench.warehouse.register(scalar: "kind") { (_: Int) in "integer" }
        try bench.warehouse.register(scalar: "kind") { (_: String) in "text" }
        #expect(try one(bench, "SELECT kind(1) || kind('a')") == "integertext")
        try bench.warehouse.register(scalar: "kind") { (_: Int) in "whole" }
        #expect(try one(bench, "SELECT kind(1)") == "whole")
        #expect(bench.warehouse.unregister(function: "KIND"))
        #expect(!bench.warehouse.unregister(function: "kind"))
        #expect(throws: WarehouseError.self) { try bench.run("SELECT kind(1)") }
        #expect(throws: WarehouseError.self) { try bench.warehouse.register(scalar: "upper") { (x: Int) in x } }
    }

    @Test func aggregatesMergeTheirParts() throws {
        let bench = try numbers()
        try bench.warehouse.register(aggregate: "total", initial: 0, update: { (sum: inout Int, x: Int) in sum += x },
                                     merge: { $0 += $1 }, finish: { $0 })
        try bench.warehouse.register(
            aggregate: "weighted", initial: (sum: 0.0, weight: 0.0),
            update: { (state: inout (sum: Double, weight: Double), value: Double, weight: Double) in
                state.sum += value * weight
                state.weight += weight
            }, merge: { $0 = ($0.sum + $1.sum, $0.weight + $1.weight) },
            finish: { $0.weight == 0 ? nil : $0.sum / $0.weight })
        try bench.warehouse.register(aggregate: "nulls", initial: 0,
                                     update: { (count: inout Int, x: Int?) in if x == nil { count += 1 } },
                                     merge: { $0 += $1 }, finish: { $0 })
        #expect(try one(bench, "SELECT total(n) FROM numbers") == 49_995_000)
        #expect(try one(bench, "SELECT total(k) = SUM(k) AND nulls(k) = 1000 FROM numbers") == true)
        #expect(try one(bench, "SELECT total(DISTINCT n % 5) FROM numbers") == 10)
        #expect(try one(bench, "SELECT weighted(n, 2) FROM numbers") == 4999.5)
        #expect(try one(bench, "SELECT weighted(n, 1) IS NULL AND total(n) = 0 FROM numbers WHERE n < 0") == true)
        let sums = try bench.run("SELECT name, total(n), SUM(n) FROM numbers GROUP BY name ORDER BY name")
        #expect(try sums[column: 1].values() as [Int] == sums[column: 2].values() as [Int])
        #expect(sums.rowCount == 7)
    }

    @Test func whatAFunctionThrowsIsTheQuerysError() throws {
        let bench = try numbers()
        try bench.warehouse.register(scalar: "refuse") { (x: Int) throws -> Int in
            if x == 7777 { throw Refused() }
            return x
        }
        #expect(try one(bench, "SELECT SUM(refuse(n)) FROM numbers WHERE n < 7777") == 30_236_976)
        let error = #expect(throws: WarehouseError.self) { try bench.run("SELECT SUM(refuse(n)) FROM numbers") }
        #expect(error?.code == "100357")
        #expect(error?.message == "Function REFUSE failed: not today")
        #expect(throws: WarehouseError.self) { try bench.run("SELECT refuse(99999999999999999999)") }
    }

    @Test func volatileFunctionsRunForEveryRow() throws {
        let bench = try numbers()
        let counter = Counter()
        try bench.warehouse.register(scalar: "ticket", isVolatile: true) { counter.next() }
        #expect(try one(bench, "SELECT COUNT(DISTINCT ticket()) FROM numbers") == 10_000)
    }

    @Test func functionsAreListed() throws {
        let bench = try Bench()
        try bench.warehouse.register(scalar: "mine") { (x: Int, y: String) in "\(x)\(y)" }
        let shown = try bench.run("SHOW USER FUNCTIONS LIKE 'mi%'")
        #expect(try shown["arguments"].values() as [String] == ["MINE(NUMBER, VARCHAR) RETURN VARCHAR"])
        #expect(try shown["language"].values() as [String] == ["SWIFT"])
    }
}

/// Counts up, from any thread.
private final class Counter: Sendable {
    private let value = Mutex(0)
    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}
