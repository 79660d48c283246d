import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct SpillSortTests {
    static func table(_ count: Int, seed: UInt64, stripeRows: Int = 7000) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { row in
            [random.integer(-50...50, nulls: 10), random.text(400, nulls: 10), random.double(nulls: 10),
             random.integer(0...1_000_000_000_000), .boolean(Bool.random(using: &random)), .integer(Int128(row)),
             .integer(Int128(Int.random(in: -2...2, using: &random)) << 90)]
        }
        return MemoryTable([.integer, .text, .float, .integer, .boolean, .integer, .integer], rows,
                           stripeRows: stripeRows, batchRows: 1000)
    }

    @Test(arguments: [[0], [1], [2, 0], [3], [4, 6, 1], [6, 2]])
    func sortsOnDiskAsInMemory(columns: [Int]) throws {
        let table = Self.table(10_000, seed: 5, stripeRows: 3000)
        for flavour in 0..<2 {
            var maker = PlanMaker()
            let scan = maker.scan(table)
            let order = columns.enumerated().map { index, column in
                SortKey(scan.reference(column), isDescending: (flavour + index) % 2 == 1, nullsFirst: flavour == 1)
            }
            try Spilling.check(.sort(scan, order), limit: 300_000)
        }
    }

    @Test func manyRunsMergeInSeveralPasses() throws {
        let table = Self.table(40_000, seed: 6, stripeRows: 3000)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        try Spilling.check(.sort(scan, [SortKey(scan.reference(0))]), limit: 400_000)
    }

    @Test func temporaryFilesHaveALimit() throws {
        let table = Self.table(10_000, seed: 7)
        var maker = PlanMaker()
        let scan = maker.scan(table), plan = LogicalPlan.sort(scan, [SortKey(scan.reference(1))])
        #expect { try Spilling.run(plan, limit: 300_000, threads: 2, tempLimit: 200_000) } throws: {
            ($0 as? WarehouseError)?.message.contains("MAX_TEMP_DIRECTORY_SIZE") == true
        }
    }
}
