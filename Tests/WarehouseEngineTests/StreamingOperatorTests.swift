import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct StreamingOperatorTests {
    static func numbers(_ count: Int) -> MemoryTable {
        MemoryTable([.integer], (0..<count).map { [.integer(Int128($0))] }, stripeRows: 100, batchRows: 30)
    }

    @Test func limitTakesTheFirstRows() throws {
        let cases: [(Int?, Int)] = [(nil, 0), (5, 0), (5, 98), (0, 3), (1000, 995), (10, 2000), (nil, 990)]
        for (limit, offset) in cases {
            var maker = PlanMaker()
            let answer = try Runner.rows(.limit(maker.scan(Self.numbers(1000)), limit: limit, offset: offset))
            let wanted = (0..<1000).dropFirst(offset).prefix(limit ?? 1000).map { [ScalarValue.integer(Int128($0))] }
            #expect(answer == wanted)
        }
    }

    /// Rows that LIMIT keeps go to disk where memory has no room for them: 10,000 rows of 400 bytes within 300 KB.
    @Test func limitsOfManyRowsGoToDisk() throws {
        let table = SpillSortTests.table(10_000, seed: 9, stripeRows: 3000)
        for (limit, offset) in [(9000, 0), (2500, 4100), (5000, 2999), (3001, 3000), (20_000, 1)] {
            var maker = PlanMaker()
            try Spilling.check(.limit(maker.scan(table), limit: limit, offset: offset), limit: 300_000)
        }
        var maker = PlanMaker()
        try Spilling.check(.limit(maker.scan(table), limit: nil, offset: 10), limit: 300_000)
        let many = SpillSortTests.table(13_000, seed: 10, stripeRows: 3000), scan = maker.scan(many)
        let sorted = LogicalPlan.sort(scan, [SortKey(scan.reference(3))])
        try Spilling.check(.limit(sorted, limit: 11_000, offset: 700), limit: 300_000)
    }

    /// The best rows of every stripe together may be many times those that are wanted.
    @Test func bestRowsOfManyStripesGoToDisk() throws {
        let table = SpillSortTests.table(20_000, seed: 12, stripeRows: 1000)
        for (column, limit, offset) in [(3, 900, 0), (0, 700, 250), (1, 1000, 5)] {
            var maker = PlanMaker()
            let scan = maker.scan(table)
            let sorted = LogicalPlan.sort(scan, [SortKey(scan.reference(column), isDescending: column == 0)])
            try Spilling.check(.limit(sorted, limit: limit, offset: offset), limit: 300_000)
        }
    }

    /// An error of the temporary files is the statement's, though rows of others suffice.
    @Test func limitsFailWhereTheDiskIsFull() throws {
        let table = SpillSortTests.table(10_000, seed: 9, stripeRows: 3000)
        var maker = PlanMaker()
        let plan = LogicalPlan.limit(maker.scan(table), limit: 9000, offset: 0)
        for threads in [1, 2] {
            #expect { try Spilling.run(plan, limit: 300_000, threads: threads, tempLimit: 100_000) } throws: {
                ($0 as? WarehouseError)?.message.contains("MAX_TEMP_DIRECTORY_SIZE") == true
            }
        }
    }

    @Test func unionAllKeepsInputOrderAndWidens() throws {
        var maker = PlanMaker()
        let wide = MemoryTable([.integer], [[.integer(1 << 40)], [.null]])
        let inputs = [maker.scan(Self.numbers(3)), maker.scan(wide), maker.scan(Self.numbers(0))]
        let answer = try Runner.rows(.unionAll(inputs, columns: [maker.column(.integer)]))
        #expect(answer == [[.integer(0)], [.integer(1)], [.integer(2)], [.integer(1 << 40)], [.null]])
    }

    @Test func filtersAndProjects() throws {
        var maker = PlanMaker()
        let scan = maker.scan(Self.numbers(1000)), value = scan.reference(0)
        let ten = BoundExpression.constant(Constant(.integer(997), .integer))
        let plan = LogicalPlan.project(.filter(scan, .comparison(.greaterOrEqual, value, ten)),
                                       [Projection(maker.column(.integer), value),
                                        Projection(maker.column(.boolean), .isNull(value, negated: false))])
        #expect(try Runner.rows(plan) == [[.integer(997), .boolean(false)], [.integer(998), .boolean(false)],
                                          [.integer(999), .boolean(false)]])
    }

    @Test func valuesWithoutColumnsFeedOneRow() throws {
        var maker = PlanMaker()
        let one = LogicalPlan.values(LogicalValues(columns: [], rows: [[]]))
        let plan = LogicalPlan.project(one, [Projection(maker.column(.integer), .constant(.integer(7)))])
        #expect(try Runner.rows(plan) == [[.integer(7)]])
    }

    @Test func singleRow() throws {
        var maker = PlanMaker()
        #expect(try Runner.rows(.singleRow(maker.scan(Self.numbers(1)))) == [[.integer(0)]])
        #expect(try Runner.rows(.singleRow(maker.scan(Self.numbers(0)))) == [[.null]])
        let two = LogicalPlan.singleRow(maker.scan(Self.numbers(2)))
        #expect { try Runner.rows(two) } throws: { ($0 as? WarehouseError)?.code == "090150" }
    }

    @Test func streamsInOrderAndStopsWhenAsked() throws {
        for threads in [1, 2, 4] {
            var maker = PlanMaker()
            let plan = maker.scan(Self.numbers(5000))
            let context = QueryContext(session: Runner.session, threads: threads)
            var seen: [Int32] = []
            try QueryRunner.stream(plan, context: context) { batch in
                for row in 0..<batch.rowCount { seen.append(batch.vectors[0].int32s[row]) }
                return true
            }
            #expect(seen == Array(0..<5000))
            var batches = 0
            try QueryRunner.stream(plan, context: context) { _ in
                batches += 1
                return batches < 3
            }
            #expect(batches == 3)
        }
    }

    @Test func theLowestStripesErrorWins() {
        for threads in [1, 2, 3] {
            #expect { try TaskPool.run(stripes: 40, threads: threads) { stripe in
                if stripe % 7 == 5 { throw WarehouseError(.internalFault, "stripe \(stripe)") }
            } } throws: { ($0 as? WarehouseError)?.message == "stripe 5" }
        }
    }

    @Test func cancelledQueriesEnd() throws {
        var maker = PlanMaker()
        let context = QueryContext(session: Runner.session, threads: 2)
        context.cancel()
        let plan = LogicalPlan.distinct(maker.scan(Self.numbers(1000)))
        #expect { try QueryRunner.run(plan, context: context) } throws: { ($0 as? WarehouseError)?.code == "000604" }
    }

    @Test func measuresCountRows() throws {
        var maker = PlanMaker()
        let scan = maker.scan(Self.numbers(1000))
        let query = try CompiledQuery(.distinct(scan), context: QueryContext(session: Runner.session, threads: 2),
                                      isMeasured: true)
        _ = try query.run()
        #expect(query.measures.map(\.rowCount) == [1000, 1000])
        #expect(query.measures.map(\.depth) == [0, 1])
    }
}
