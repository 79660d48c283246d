import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Sums at the place of their key against sums of a plain dictionary: the same groups in the same order, and doubles
/// with the same bits.
@Suite struct DenseSumsTests {
    enum Form: CaseIterable {
        case halves, tenths, flat, nulls, constant
    }

    struct Rows {
        var keys: [Int64]
        var values: [Double?]
        var form: Form
    }

    private final class Batches: PhysicalOperator {
        let outputTypes: [PhysicalType]
        private let stripes: [[Rows]]

        init(_ stripes: [[Rows]], key: PhysicalType) {
            self.stripes = stripes
            outputTypes = [key, .double]
        }

        func prepare(_ context: QueryContext) throws -> Int { stripes.count }

        func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
            for rows in stripes[stripe] {
                let batch = Batch([key(rows), Self.argument(rows)], rowCount: rows.keys.count)
                guard try consumer.consume(batch) else { return }
            }
        }

        private func key(_ rows: Rows) -> Vector {
            let vector = Vector(outputTypes[0])
            vector.beginFlat(rows.keys.count)
            for (row, key) in rows.keys.enumerated() {
                if outputTypes[0] == .int32 { vector.int32s[row] = Int32(key) } else { vector.int64s[row] = key }
            }
            return vector
        }

        private static func argument(_ rows: Rows) -> Vector {
            let vector = Vector(.double)
            switch rows.form {
            case .flat, .nulls:
                vector.beginFlat(rows.values.count)
                for (row, value) in rows.values.enumerated() {
                    vector.doubles[row] = value ?? 0
                    if value == nil { vector.setNull(row) }
                }
            case .constant:
                vector.beginConstant(rows: rows.values.count)
                vector.doubles[0] = (rows.values.first ?? 0) ?? 0
            case .halves, .tenths:
                let entries = DenseSumsTests.entries(rows.form), dictionary = Vector(.double)
                dictionary.beginFlat(entries.count)
                for (code, entry) in entries.enumerated() { dictionary.doubles[code] = entry }
                vector.beginDictionary(dictionary, count: rows.values.count)
                for (row, value) in rows.values.enumerated() {
                    vector.codes[row] = Int32(entries.firstIndex { $0 == value } ?? 0)
                }
            }
            return vector
        }
    }

    static func entries(_ form: Form) -> [Double] {
        form == .halves ? [0.5, -3.5, 0, 4, 16383.99609375, -16383.5, 2.25] : [0.1, -0.7, 1e17, 3, 0.30000000000000004]
    }

    static func rows(_ count: Int, keys: ClosedRange<Int64>, _ form: Form, _ random: inout SeededGenerator) -> Rows {
        let list = entries(form)
        let one = Double.random(in: -9...9, using: &random)
        let values: [Double?] = (0..<count).map { _ in
            switch form {
            case .halves, .tenths: list.randomElement(using: &random)
            case .flat: Double.random(in: -1e9...1e9, using: &random)
            case .nulls: Bool.random(using: &random) ? nil : 0.1
            case .constant: one
            }
        }
        return Rows(keys: (0..<count).map { _ in Int64.random(in: keys, using: &random) }, values: values, form: form)
    }

    struct Sum: Equatable {
        var bits: UInt64 = 0
        var count: Int64 = 0
    }

    /// Groups in the order they first come; each stripe is added up in row order, and stripes in theirs.
    static func expected(_ stripes: [[Rows]]) -> [(Int64, Sum)] {
        var order: [Int64] = [], whole: [Int64: Sum] = [:]
        for stripe in stripes {
            var local: [Int64] = [], sums: [Int64: (Double, Int64)] = [:]
            for rows in stripe {
                for (key, value) in zip(rows.keys, rows.values) {
                    if sums[key] == nil { local.append(key) }
                    let old = sums[key] ?? (0, 0)
                    sums[key] = value.map { (old.0 + $0, old.1 + 1) } ?? old
                }
            }
            for key in local {
                let sum = sums[key] ?? (0, 0)
                if let known = whole[key] {
                    whole[key] = Sum(bits: (Double(bitPattern: known.bits) + sum.0).bitPattern, count: known.count + sum.1)
                } else {
                    order.append(key)
                    whole[key] = Sum(bits: sum.0.bitPattern, count: sum.1)
                }
            }
        }
        return order.map { ($0, whole[$0] ?? Sum()) }
    }

    static func answer(_ stripes: [[Rows]], key: PhysicalType, range: ClosedRange<Int128>) throws -> [(Int64, Sum)] {
        var sum = AggregateDefinition(arguments: [1], resultType: .double) { DoubleSumAggregator(isAverage: false) }
        sum.shared = (.double, .doubleSum)
        var count = AggregateDefinition(arguments: [1], resultType: .int64) { CountAggregator(resultType: .int64) }
        count.source = (0, .count(.int64))
        let rows = stripes.joined().reduce(0) { $0 + $1.keys.count }
        let operation = AggregateOperator(input: Batches(stripes, key: key), groupColumns: [0],
                                          fields: [KeyField(key, range: range)], calls: [sum, count], rowBound: rows)
        let context = QueryContext(session: Runner.session, threads: 2)
        var found: [(Int64, Sum)] = []
        for stripe in 0..<(try operation.prepare(context)) {
            try operation.run(stripe: stripe, context, into: ClosureConsumer { batch in
                for row in 0..<batch.rowCount {
                    let sum = batch.vectors[1], bits = sum.isNull(row) ? 0 : sum.doubles[row].bitPattern
                    let number = key == .int32 ? Int64(batch.vectors[0].int32s[row]) : batch.vectors[0].int64s[row]
                    found.append((number, Sum(bits: bits, count: batch.vectors[2].int64s[row])))
                }
                return true
            })
        }
        return found
    }

    static func check(_ stripes: [[Rows]], key: PhysicalType, range: ClosedRange<Int128>) throws {
        let found = try answer(stripes, key: key, range: range), wanted = expected(stripes)
        #expect(found.map(\.0) == wanted.map(\.0))
        #expect(found.map(\.1) == wanted.map(\.1))
    }

    /// Batches of one form, and the first batch where it changes, with and without a table of sums that large.
    @Test(arguments: Form.allCases, Form.allCases)
    func likeThePlainSum(first: Form, second: Form) throws {
        var random = SeededGenerator(seed: 77)
        for (key, keys) in [(PhysicalType.int32, -40...900 as ClosedRange<Int64>), (.int64, 5_000_000_000...5_000_150_000)] {
            let stripes = (0..<2).map { _ in
                [first, first, second, first].map { Self.rows(500, keys: keys, $0, &random) }
            }
            try Self.check(stripes, key: key, range: Int128(keys.lowerBound)...Int128(keys.upperBound))
        }
    }

    /// One word of a count and a sum takes about a million rows: then it is emptied.
    @Test func wordsThatAreFull() throws {
        var random = SeededGenerator(seed: 78)
        var rows = Self.rows(8192, keys: 7...9, .halves, &random)
        rows.values = rows.values.map { _ in 16383.99609375 }
        let stripes = [Array(repeating: rows, count: 300)]
        try Self.check(stripes, key: .int32, range: 7...9)
    }

    /// Runs of keys are taken another way, from there on.
    @Test func runsOfKeysAfterOthers() throws {
        var random = SeededGenerator(seed: 79)
        let mixed = Self.rows(400, keys: 0...50, .tenths, &random)
        var sorted = Self.rows(400, keys: 0...50, .flat, &random)
        sorted.keys.sort()
        try Self.check([[mixed, sorted, mixed], [sorted, mixed]], key: .int64, range: 0...50)
    }

    /// Values that lie where statistics say that none does.
    @Test func keysOutOfTheirRangeAreAFault() throws {
        var random = SeededGenerator(seed: 80)
        let rows = Self.rows(100, keys: 0...50, .halves, &random)
        #expect(throws: WarehouseError.self) { try Self.answer([[rows]], key: .int64, range: 0...20) }
    }
}
