import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseModels

/// Revenue of paid lines only, and through an ephemeral model.
private enum AmountsOfPaidLines: UnitTest {
    typealias Tested = FctLines
    static var given: [Given] { [
        .rows(of: PaidLines.self, .with(\.orderID, 1).with(\.quantity, 2).with(\.unitPrice, 1.5),
              .with(\.orderID, 2).with(\.quantity, 0)),
    ] }
    static var expected: Expected<Tested.Columns> {
        .rows(.with(\.orderID, 1).with(\.amount, 3), .with(\.orderID, 2))
    }
}

private enum WrongOnPurpose: UnitTest {
    typealias Tested = RevenueByTag
    static var given: [Given] { [
        .csv(of: FctLines.self, "order_id,product_id,amount\n1,7,10\n1,7,5\n2,8,1\n3,8,0\n"),
        .csv(of: StgProducts.self, "id,country,tags\n7,DE,\"[\"\"x\"\",\"\"internal\"\"]\"\n8,,\"[\"\"y\"\"]\"\n"),
        .rows(of: CountryRegions.self, .with(\.country, "DE").with(\.region, "EMEA")),
    ] }
    static var expected: Expected<Tested.Columns> {
        .csv("tag,region,revenue,orders\nx,EMEA,15,2\nz,unknown,7,9\n")
    }
}

private enum OnlyNewLines: UnitTest {
    typealias Tested = FctLines
    static let isIncremental = true
    static var given: [Given] { [
        .csv(of: PaidLines.self, "order_id,ordered_at\n1,2026-01-01 00:00:00 +0000\n2,2026-01-02 00:00:00 +0000\n"),
        .this(FctLines.self, .with(\.orderedAt, Instant(nanoseconds: 1_767_225_600_000_000_000))),
    ] }
    static var expected: Expected<Tested.Columns> { .rows(.with(\.orderID, 2)) }
}

private enum NoRows: UnitTest {
    typealias Tested = StgProducts
    static var given: [Given] { [.none(of: RawOrderLines.self)] }
    static var expected: Expected<Tested.Columns> { .none }
}

private let models: [any Resource.Type] = [
    RawOrderLines.self, CountryRegions.self, StgProducts.self, PaidLines.self, FctLines.self, RevenueByTag.self,
]

@Suite struct UnitTestTests {
    private static let tables = """
        CREATE TABLE RAW.ORDER_LINES (orderid INT, lineno INT, productid INT, quantity FLOAT, unitprice FLOAT,
            status VARCHAR, orderedat TIMESTAMP_LTZ, "timestamp" INT);
        """

    private func runner(
        _ resources: [any Resource.Type], _ lines: ConsoleLines, _ temporary: TemporaryWarehouse
    ) throws -> Runner {
        let project = Project("shop", target: Target(database: "SHOP", schema: "DEV"), models + resources)
        return try Runner(project, on: EmbeddedTarget(temporary.warehouse.session), console: lines.console())
    }

    @Test func passesAndDifferences() throws {
        let temporary = try TemporaryWarehouse("")
        let lines = ConsoleLines()
        let tests: [any Resource.Type] = [
            AmountsOfPaidLines.self, WrongOnPurpose.self, OnlyNewLines.self, NoRows.self,
        ]
        // No table of the project is there: unit tests read none.
        let results = try runner(tests, lines, temporary).test().results.filter { $0.node.kind == .unitTest }
        #expect(results.map(\.status) == [.pass, .fail, .pass, .pass])
        #expect(results[1].message == """
            actual differs from expected:

            @@ ,tag,region ,revenue,orders
            →  ,x  ,EMEA   ,15     ,2→1\(" ")\(" ")\(" ")
            ---,z  ,unknown,7      ,9\("     ")
            +++,y  ,unknown,1      ,1\("     ")
            """)
        #expect(lines.text.contains("FAIL 1 revenue_by_tag::wrong_on_purpose ......"))
        #expect(lines.text.contains("START unit_test fct_lines::only_new_lines ......"))
    }

    @Test func aModelIsNotBuiltWhereItsUnitTestFails() throws {
        let temporary = try TemporaryWarehouse(UnitTestTests.tables)
        let results = try runner([WrongOnPurpose.self], ConsoleLines(), temporary).build().results
        let byName = Dictionary(results.map { ($0.node.name, $0.status) }) { $1 }
        #expect(byName["wrong_on_purpose"] == .fail)
        #expect(byName["revenue_by_tag"] == .skipped)
        #expect(byName["fct_lines"] == .success)
        let order = results.map(\.node.name)
        let test = try #require(order.firstIndex(of: "wrong_on_purpose"))
        #expect(try test < #require(order.firstIndex(of: "revenue_by_tag")))
    }

    private enum Forgetful: UnitTest {
        typealias Tested = RevenueByTag
        static var given: [Given] { [.none(of: FctLines.self), .none(of: RawOrderLines.self)] }
        static var expected: Expected<Tested.Columns> { .csv("tag,revenue\nx,much\n") }
    }

    @Test func whatIsNotGivenIsAProblem() {
        let problems = Project("shop", target: Target(database: "SHOP", schema: "DEV"), models + [Forgetful.self]).problems()
        #expect(problems == [
            "forgetful: rows are given of raw_order_lines, which revenue_by_tag does not read",
            "forgetful: no rows are given of stg_products, which revenue_by_tag reads; give some, or "
                + ".none(of: StgProducts.self)",
            "forgetful: no rows are given of country_regions, which revenue_by_tag reads; give some, or "
                + ".none(of: CountryRegions.self)",
            "forgetful: the expected rows: line 2: 'much' is no FLOAT for revenue",
        ])
    }
}
