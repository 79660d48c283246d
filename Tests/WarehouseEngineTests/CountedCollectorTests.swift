import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Rows that go to their places at once, against the values themselves.
@Suite struct CountedCollectorTests {
    /// Parts in memory as stripes, of which it tells the rows.
    private final class Stripes: CountedOperator {
        private let parts: [RowBuffer]
        private let told: [Int]
        let outputTypes: [PhysicalType] = [.int64, .double]

        init(_ parts: [RowBuffer], told: [Int]? = nil) {
            self.parts = parts
            self.told = told ?? parts.map(\.rowCount)
        }

        func stripeRows() -> [Int]? { told }
        func prepare(_ context: QueryContext) throws -> Int { parts.count }
        func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
            try parts[stripe].push(into: consumer, context: context)
        }
    }

    private static let sizes = [5000, 1, 70_000, 200_003, 0, 300]

    private func collect(_ input: Stripes, coding: Set<Int>, threads: Int, memory: MemoryAccount? = nil) throws
        -> (rows: RowBuffer, coded: [Int: CodedColumn])? {
        let context = QueryContext(session: Runner.session, threads: threads)
        let held = MemoryReservation(memory ?? context.memory)
        let found = try CountedCollector.collect(input, coding: coding, atLeast: 1, context, held)
        #expect((found == nil) == (held.bytes == 0))
        return found
    }

    @Test(arguments: [0, 5], [1, 2, 7])
    func rowsStandInTheirOrder(nullEvery: Int, threads: Int) throws {
        let (parts, values) = ColumnCoderTests.parts(Self.sizes, distinct: 700, nullEvery: nullEvery, seed: 6)
        for coding in [[], [1]] as [Set<Int>] {
            let (rows, coded) = try #require(try collect(Stripes(parts), coding: coding, threads: threads))
            #expect(rows.rowCount == values.count && Set(coded.keys) == coding)
            let doubles = try coded[1]?.decoded() ?? #require(rows.columns.last)
            #expect(values.indices.allSatisfy { row in
                rows.columns[0].int64s[row] == Int64(row)
                    && ColumnCoderTests.same(doubles.isNull(row) ? nil : doubles.doubles[row], values[row])
            })
        }
    }

    /// Too many values for codes, in the last stripe only; fewer or more rows than were told.
    @Test(arguments: [1, 3])
    func whatDoesNotFitIsLeft(threads: Int) throws {
        let few = ColumnCoderTests.parts([60_000, 150_000], distinct: 100, nullEvery: 5, seed: 7).0
        let many = ColumnCoderTests.parts([3000], distinct: 2000, nullEvery: 5, seed: 8).0
        #expect(try collect(Stripes(few + many), coding: [1], threads: threads) == nil)
        #expect(try collect(Stripes(few + many), coding: [], threads: threads) != nil)
        for told in [[60_000, 150_001], [59_999, 150_000], [60_001, 149_999], [210_000]] {
            #expect(try collect(Stripes(few, told: told), coding: [1], threads: threads) == nil)
            #expect(try collect(Stripes(few, told: told), coding: [], threads: threads) == nil)
        }
    }
}
