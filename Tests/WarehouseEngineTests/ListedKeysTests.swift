import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// Keys that hardly repeat are listed until states are merged; keys that do after all are looked up again.
@Suite struct ListedKeysTests {
    /// Groups by the first column: its count, the sum of the second, and the first of it to come.
    private func check(_ types: [LogicalType], _ rows: [[ScalarValue]], stripeRows: Int) throws {
        let table = MemoryTable(types, rows, stripeRows: stripeRows, batchRows: 2048, tellsStatistics: false)
        var maker = PlanMaker()
        let scan = maker.scan(table), value = scan.reference(1)
        let groups = [Projection(maker.column(types[0]), scan.reference(0))]
        let calls = [maker.call("COUNT_STAR", [], .integer), maker.call("SUM", [value], .number(precision: 38, scale: 0)),
                     maker.call("ANY_VALUE", [value], .integer), maker.call("MEDIAN", [value], .number(precision: 38, scale: 3))]
        let answer = try Runner.rows(.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls)))
        var values: [ScalarValue: [Int128]] = [:]
        for row in rows { if case .integer(let value) = row[1] { values[row[0], default: []].append(value) } }
        #expect(answer.count == values.count)
        for row in answer {
            let own = try #require(values[row[0]])
            #expect(row[1] == .integer(Int128(own.count)) && row[2] == .integer(own.reduce(0, +)) && row[3] == .integer(own[0]))
            let sorted = own.sorted(), middle = sorted[(own.count - 1) / 2] + sorted[own.count / 2]
            #expect(row[4] == .integer(middle * 500))
        }
    }

    private func text(_ number: Int) -> ScalarValue { .bytes(Array("key number \(number)".utf8)) }

    @Test func hardlyAnyRepeats() throws {
        try check([.text, .integer], (0..<130_000).map { [text($0 % 100_000), .integer(Int128($0))] }, stripeRows: 65_000)
    }

    @Test func wideIntegersAndNulls() throws {
        let rows = (0..<130_000).map { row -> [ScalarValue] in
            [row % 700 == 3 ? .null : .integer(Int128(row % 100_000) << 70), .integer(Int128(row))]
        }
        try check([.number(precision: 38, scale: 0), .integer], rows, stripeRows: 65_000)
    }

    @Test func allRepeatLater() throws {
        try check([.text, .integer], (0..<240_000).map { [text($0 % 33_000), .integer(Int128($0))] }, stripeRows: 120_000)
    }

    @Test func aTableThatListsTellsWhenKeysComeAgain() throws {
        let table = try GroupTable([KeyField(.string)])
        table.allowListing()
        var ids = [Int32](repeating: 0, count: 4096)
        func insert(_ numbers: Range<Int>) throws {
            let buffer = ColumnBuffer(.string)
            for number in numbers { buffer.append(text(number)) }
            try ids.withUnsafeMutableBufferPointer {
                try table.insert([buffer.vector()], rows: numbers.count, into: try #require($0.baseAddress))
            }
        }
        for start in stride(from: 0, to: ListedKeys.leastRows, by: 4096) { try insert(start..<(start + 4096)) }
        #expect(!table.isListing && table.count == ListedKeys.leastRows)
        try insert(0..<4096)
        #expect(table.isListing && !table.listsRepeats && ids[0] == Int32(ListedKeys.leastRows))
        for _ in 0..<24 { try insert(0..<4096) }
        #expect(table.listsRepeats && table.count == ListedKeys.leastRows + 25 * 4096)
        #expect(table.contentHashes.count == table.count)
        #expect(table.contentHashes[0] == table.contentHashes[ListedKeys.leastRows])
    }
}
