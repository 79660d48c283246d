import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Sums of integers and counts of rows at the place of their key, against those of a plain dictionary.
@Suite struct ExactSumsTests {
    enum Form: CaseIterable {
        case narrow, wide, nulls, few, manyBits
    }

    struct Rows {
        var keys: [Int64]
        var values: [Int64?]
        var form: Form
    }

    static func entries(_ form: Form) -> [Int64] { form == .few ? [-6, 10, 2, 18, 2] : [1 << 39, 0, -(1 << 39), 77] }

    static func rows(_ count: Int, keys: ClosedRange<Int64>, _ form: Form, _ random: inout SeededGenerator) -> Rows {
        let values: [Int64?] = (0..<count).map { _ in
            switch form {
            case .narrow: Int64.random(in: -1000...1000, using: &random)
            case .wide: Int64.random(in: -(1 << 45)...(1 << 45), using: &random)
            case .nulls: Bool.random(using: &random) ? nil : 5
            case .few, .manyBits: entries(form).randomElement(using: &random)
            }
        }
        return Rows(keys: (0..<count).map { _ in Int64.random(in: keys, using: &random) }, values: values, form: form)
    }

    private final class Batches: PhysicalOperator {
        let outputTypes: [PhysicalType] = [.int64, .int64]
        private let stripes: [[Rows]]

        init(_ stripes: [[Rows]]) { self.stripes = stripes }

        func prepare(_ context: QueryContext) throws -> Int { stripes.count }

        func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
            for rows in stripes[stripe] {
                let key = Vector(.int64)
                key.beginFlat(rows.keys.count)
                for (row, value) in rows.keys.enumerated() { key.int64s[row] = value }
                guard try consumer.consume(Batch([key, Self.argument(rows)], rowCount: rows.keys.count)) else { return }
            }
        }

        private static func argument(_ rows: Rows) -> Vector {
            let vector = Vector(.int64)
            guard rows.form == .few || rows.form == .manyBits else {
                vector.beginFlat(rows.values.count)
                for (row, value) in rows.values.enumerated() {
                    vector.int64s[row] = value ?? 0
                    if value == nil { vector.setNull(row) }
                }
                return vector
            }
            let entries = ExactSumsTests.entries(rows.form), dictionary = Vector(.int64)
            dictionary.beginFlat(entries.count)
            for (code, entry) in entries.enumerated() { dictionary.int64s[code] = entry }
            vector.beginDictionary(dictionary, count: rows.values.count)
            for (row, value) in rows.values.enumerated() {
                vector.codes[row] = Int32(entries.firstIndex { $0 == value } ?? 0)
            }
            return vector
        }
    }

    struct Group: Equatable, Comparable {
        var key: Int64, sum: Int64, count: Int64

        static func < (a: Group, b: Group) -> Bool { a.key < b.key }
    }

    /// What `calls` make of the rows: a sum and a count of values, or a count of rows.
    static func groups(_ stripes: [[Rows]], range: ClosedRange<Int128>, threads: Int, countsRows: Bool) throws -> [Group] {
        let finish = SumFinish(kind: .sum, resultType: .int64)
        var sum = AggregateDefinition(arguments: [1], resultType: .int64) { IntegerSumAggregator(finish) }
        sum.shared = (.integer, .integerSum(finish))
        var count = AggregateDefinition(arguments: [1], resultType: .int64) { CountAggregator(resultType: .int64) }
        count.source = (0, .count(.int64))
        let all = AggregateDefinition(arguments: [], resultType: .int64) { CountAggregator(resultType: .int64) }
        let rows = stripes.joined().reduce(0) { $0 + $1.keys.count }
        let operation = AggregateOperator(
            input: Batches(stripes), groupColumns: [0], fields: [KeyField(.int64, range: range)],
            calls: countsRows ? [all] : [sum, count], rowBound: rows)
        let context = QueryContext(session: Runner.session, threads: threads)
        var found: [Group] = []
        for stripe in 0..<(try operation.prepare(context)) {
            try operation.run(stripe: stripe, context, into: ClosureConsumer { batch in
                for row in 0..<batch.rowCount {
                    let first = batch.vectors[1], value = first.isNull(row) ? 0 : first.int64s[row]
                    found.append(Group(key: batch.vectors[0].int64s[row], sum: countsRows ? 0 : value,
                                       count: countsRows ? value : batch.vectors[2].int64s[row]))
                }
                return true
            })
        }
        return found
    }

    static func expected(_ stripes: [[Rows]], countsRows: Bool) -> [Group] {
        var groups: [Int64: Group] = [:]
        for rows in stripes.joined() {
            for (key, value) in zip(rows.keys, rows.values) {
                var group = groups[key] ?? Group(key: key, sum: 0, count: 0)
                if countsRows || value != nil { group.count += 1 }
                if !countsRows { group.sum += value ?? 0 }
                groups[key] = group
            }
        }
        return groups.values.sorted()
    }

    @Test(arguments: Form.allCases, Form.allCases)
    func likeThePlainSum(first: Form, second: Form) throws {
        var random = SeededGenerator(seed: 91)
        for keys in [-40...900, 5_000_000_000...5_000_150_000 as ClosedRange<Int64>] {
            let stripes = (0..<5).map { _ in
                [first, second, first].map { Self.rows(700, keys: keys, $0, &random) }
            }
            let range = Int128(keys.lowerBound)...Int128(keys.upperBound)
            for countsRows in [false, true] {
                let wanted = Self.expected(stripes, countsRows: countsRows)
                let found = try (1...3).map { try Self.groups(stripes, range: range, threads: $0, countsRows: countsRows) }
                #expect(found[0].sorted() == wanted)
                // The order of groups too is that of the data, not of the threads.
                #expect(found[1] == found[0] && found[2] == found[0])
            }
        }
    }

    /// A word counts to 32,768, and is then emptied.
    @Test func countsThatFillWords() throws {
        var random = SeededGenerator(seed: 92)
        let rows = Self.rows(2048, keys: 3...4, .narrow, &random)
        let stripes = [Array(repeating: rows, count: 70), Array(repeating: rows, count: 33)]
        let found = try Self.groups(stripes, range: 3...4, threads: 2, countsRows: true)
        #expect(found.sorted() == Self.expected(stripes, countsRows: true))
    }

    @Test func keysOutOfTheirRangeAreAFault() throws {
        var random = SeededGenerator(seed: 93)
        for keys in [-1...50, 0...51 as ClosedRange<Int64>] {
            var rows = Self.rows(100, keys: keys, .few, &random)
            rows.keys[50] = keys.lowerBound < 0 ? -1 : 51
            let stripes = [[rows]]
            #expect(throws: WarehouseError.self) {
                try Self.groups(stripes, range: 0...50, threads: 1, countsRows: false)
            }
        }
    }

    /// Numbers of 15 bits, the greatest in all rows of a word but one, and of one bit more, which no word takes.
    @Test func widestAndNarrowestFormats() throws {
        let widest = try #require(TallyFormat(low: -5, high: -5 + (1 << 15 - 1) * 8, grain: 8))
        #expect(TallyFormat(low: 0, high: 1 << 15, grain: 1) == nil)
        var word = TallyFormat.flag
        for _ in 1..<widest.fullCount { word &+= widest.addend(-5 + (1 << 15 - 1) * 8) }
        #expect(word & TallyFormat.flag != 0)
        #expect(widest.count(of: word) == widest.fullCount - 1)
        #expect(widest.sum(of: word, count: widest.count(of: word)) == (widest.fullCount - 1) * (-5 + (1 << 15 - 1) * 8))
        word &+= widest.addend(-5)
        #expect(word & TallyFormat.flag == 0)
        #expect(widest.sum(of: word, count: widest.fullCount) == (widest.fullCount - 1) * (-5 + (1 << 15 - 1) * 8) - 5)
    }
}
