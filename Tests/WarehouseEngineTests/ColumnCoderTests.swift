import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Doubles kept as codes while rows are sorted, against the doubles themselves.
@Suite struct ColumnCoderTests {
    /// Parts of doubles (and a column of row numbers before them); every `nullEvery`th value is null.
    static func parts(_ sizes: [Int], distinct: Int, nullEvery: Int, seed: UInt64) -> ([RowBuffer], [Double?]) {
        var random = SeededGenerator(seed: seed), values: [Double?] = []
        let parts = sizes.map { size in
            let rows = ColumnBuffer(.int64), doubles = ColumnBuffer(.double)
            for _ in 0..<size {
                rows.append(integer: Int128(values.count))
                if nullEvery > 0, values.count % nullEvery == 3 {
                    doubles.appendNull()
                    values.append(nil)
                    continue
                }
                // Both zeros, and what is no number, are values of their own.
                let number = Int.random(in: 0..<distinct, using: &random)
                let value = number == 1 ? -0.0 : number == 2 ? Double.nan : Double(number / 3) * 0.37
                doubles.append(double: value)
                values.append(value)
            }
            return RowBuffer(columns: [rows, doubles], rowCount: size)
        }
        return (parts, values)
    }

    static func same(_ a: Double?, _ b: Double?) -> Bool { a?.bitPattern == b?.bitPattern }

    @Test(arguments: [0, 5], [1, 2, 7])
    func fewValuesBecomeCodes(nullEvery: Int, threads: Int) throws {
        let (parts, values) = Self.parts([5000, 1, 70_000, 200_000, 300], distinct: 700, nullEvery: nullEvery, seed: 3)
        let context = QueryContext(session: Runner.session, threads: threads)
        let column = try #require(try ColumnCoder.drain(1, of: parts, rowCount: values.count, context))
        #expect(column.allocatedBytes == values.count)
        var random = SeededGenerator(seed: 9)
        let picked = (0..<4000).map { _ in Int32.random(in: 0..<Int32(values.count), using: &random) }
        let vector = Vector(.double)
        picked.withUnsafeBufferPointer { column.gather($0, into: vector) }
        let found = ColumnBuffer(.double)
        found.append(vector)
        #expect(picked.indices.allSatisfy { place in
            Self.same(found.isNull(place) ? nil : found.doubles[place], values[Int(picked[place])])
        })
    }

    /// The last part brings too many values when all others are codes already.
    @Test(arguments: [0, 5], [1, 3])
    func manyValuesStay(nullEvery: Int, threads: Int) throws {
        let (few, first) = Self.parts([60_000, 250_000], distinct: 100, nullEvery: nullEvery, seed: 4)
        let (many, rest) = Self.parts([3000], distinct: 2000, nullEvery: nullEvery, seed: 5)
        let parts = few + many, values = first + rest
        let context = QueryContext(session: Runner.session, threads: threads)
        #expect(try ColumnCoder.drain(1, of: parts, rowCount: values.count, context) == nil)
        let whole = try RowBuffer.concatenated(draining: parts, types: [.int64, .double], context)
        #expect(whole.rowCount == values.count && whole.columns[1].count == values.count)
        let column = whole.columns[1]
        #expect(values.indices.allSatisfy { Self.same(column.isNull($0) ? nil : column.doubles[$0], values[$0]) })
    }

    /// Parts of text with nulls, in one buffer: the parts themselves go, the bytes of their strings stay.
    @Test(arguments: [1, 3])
    func stringsOutliveTheirParts(threads: Int) throws {
        var wanted: [String?] = []
        var parts: [RowBuffer] = []
        for size in [100_000, 3, 200_000] {
            let text = ColumnBuffer(.string)
            for _ in 0..<size {
                let value = wanted.count % 7 == 2 ? nil : "value number \(wanted.count)"
                if let value { text.append(Array(value.utf8)) } else { text.appendNull() }
                wanted.append(value)
            }
            parts.append(RowBuffer(columns: [text], rowCount: size))
        }
        let context = QueryContext(session: Runner.session, threads: threads)
        let whole = try RowBuffer.concatenated(draining: parts, types: [.string], context)
        parts = []
        let column = whole.columns[0]
        #expect(whole.rowCount == wanted.count)
        #expect(wanted.indices.allSatisfy { row in
            if column.isNull(row) { return wanted[row] == nil }
            let view = column.strings[row]
            return wanted[row].map { Array($0.utf8) == Array(UnsafeBufferPointer(start: view.bytes, count: view.count)) } ?? false
        })
    }
}
