import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Orders of many rows against Swift's own sort, for values spread evenly, unevenly, and hardly at all.
@Suite struct SortPartitionsTests {
    static func buffer(_ columns: [[Int64?]]) -> RowBuffer {
        let buffers = columns.map { values in
            let buffer = ColumnBuffer(.int64)
            buffer.reserve(values.count)
            for (row, value) in values.enumerated() {
                buffer.int64s[row] = value ?? 0
                buffer.commit(1)
                if value == nil { buffer.setNull(row) }
            }
            return buffer
        }
        return RowBuffer(columns: buffers, rowCount: columns[0].count)
    }

    static func column(_ kind: Int, _ count: Int, _ random: inout SeededGenerator) -> [Int64?] {
        (0..<count).map { row in
            switch kind {
            case 0: Int64.random(in: .min ... .max, using: &random)
            case 1: Int64.random(in: 0...9, using: &random)
            case 2: row == 7 ? .max : Int64.random(in: 0...1_000_000, using: &random)
            case 3: Int64(row / 3)
            case 4: Int64.random(in: 0...4, using: &random) == 0 ? nil : Int64.random(in: -500...500, using: &random)
            default: 42
            }
        }
    }

    static func precedes(_ a: Int, _ b: Int, _ columns: [[Int64?]], _ keys: [SortColumn]) -> Bool {
        for key in keys {
            let (x, y) = (columns[key.column][a], columns[key.column][b])
            if x == y { continue }
            guard let x else { return key.nullsFirst }
            guard let y else { return !key.nullsFirst }
            return key.isDescending ? x > y : x < y
        }
        return a < b
    }

    @Test(arguments: [[0], [1], [3], [4], [1, 0], [4, 3], [1, 4, 2], [0, 1], [3, 5]], Effort.pick([1, 3], long: [1, 2, 3]))
    func ordersLikeSwift(kinds: [Int], threads: Int) throws {
        let count = Effort.pick(2500, long: 6000)
        var random = SeededGenerator(seed: UInt64(kinds.reduce(threads) { $0 * 7 + $1 }))
        let columns = kinds.map { Self.column($0, count, &random) }
        let rows = Self.buffer(columns)
        for flavour in 0..<4 {
            let keys = kinds.indices.map {
                SortColumn(column: $0, isDescending: (flavour + $0) % 2 == 1, nullsFirst: flavour / 2 == 1)
            }
            let wanted = (0..<count).sorted { Self.precedes($0, $1, columns, keys) }
            let sorter = CodeSorter(codes: SortCodes(rows, keys), comparator: try RowComparator(rows, keys))
            // All buckets at a time, and a share of them after the other.
            for shareRows in [count, 1000, 1] {
                let order = try SortPartitions(rows, sorter, threads: threads, bucketRows: 64, shareRows: shareRows).order()
                let found = try #require(order)
                defer { PageMemory.deallocate(found, count: count) }
                #expect((0..<count).allSatisfy { Int(found[$0]) == wanted[$0] })
            }
        }
    }

    /// A last bucket of a row makes no share of its own.
    @Test func sharesAreAsFewAsFit() {
        #expect(SortPartitions.shares([0, 10, 20, 24, 25], shareRows: 9) == [0..<1, 1..<2, 2..<4])
        #expect(SortPartitions.shares([0, 10, 20, 24, 25], shareRows: 25) == [0..<4])
        #expect(SortPartitions.shares([0, 10, 20, 24, 25], shareRows: 1) == [0..<1, 1..<2, 2..<3, 3..<4])
        #expect(SortPartitions.shares([0, 24, 25], shareRows: 9) == [0..<1, 1..<2])
        #expect(SortPartitions.shares([0, 7], shareRows: 3) == [0..<1])
    }

    @Test(arguments: [2, 5])
    func oneBucketIsLeftToMerging(kind: Int) throws {
        var random = SeededGenerator(seed: 5)
        let columns = [Self.column(kind, 6000, &random)]
        let rows = Self.buffer(columns)
        let keys = [SortColumn(column: 0, isDescending: false, nullsFirst: false)]
        let sorter = CodeSorter(codes: SortCodes(rows, keys), comparator: try RowComparator(rows, keys))
        #expect(try SortPartitions(rows, sorter, threads: 2, bucketRows: 64).order() == nil)
        let order = try RowOrdering.order(rows, by: keys, threads: 2)
        let wanted = (0..<6000).sorted { Self.precedes($0, $1, columns, keys) }
        #expect((0..<6000).allSatisfy { order[$0] == wanted[$0] })
    }
}
