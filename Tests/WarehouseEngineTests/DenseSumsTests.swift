import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine

/// Sums at the place of their key against sums of a plain dictionary: the same groups in the same order, and doubles
/// with the same bits. Batches whose sums are exact are added up apart, before the others.
@Suite struct DenseSumsTests {
    enum Form: CaseIterable {
        case stars, quarters, halves, tenths, flat, nulls, constant, far

        static let together = allCases.filter { $0 != .far }
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
            case .stars, .quarters, .halves, .tenths, .far:
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
        switch form {
        // Ten numbers of four bits; more of eight, and some below; and some that take 23.
        case .stars: [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
        case .quarters: [-9.25, 0.5, 6, -0.75, 41.25]
        case .far: [16000, 16000.5]
        case .halves: [0.5, -3.5, 0, 4, 16383.99609375, -16383.5, 2.25]
        default: [0.1, -0.7, 1e17, 3, 0.30000000000000004]
        }
    }

    /// Whether batches of this form are added up apart: numbers that no word takes only where keys are few.
    static func isExact(_ form: Form, keys: Int) -> Bool {
        keys <= 1 << 18 && (form == .stars || form == .quarters || form == .far) || keys <= 1 << 16 && form == .halves
    }

    static func rows(_ count: Int, keys: ClosedRange<Int64>, _ form: Form, _ random: inout SeededGenerator) -> Rows {
        let list = entries(form)
        let one = Double.random(in: -9...9, using: &random)
        let values: [Double?] = (0..<count).map { _ in
            switch form {
            case .stars, .quarters, .halves, .tenths, .far: list.randomElement(using: &random)
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

    /// Groups in the order they first come. Each stripe is added up in row order, and stripes in theirs; what is added up
    /// apart comes first.
    static func expected(_ given: [[Rows]], keys: Int) -> [(Int64, Sum)] {
        let apart = Groups([given.joined().filter { isExact($0.form, keys: keys) }])
        let others = Groups(given.map { $0.filter { !isExact($0.form, keys: keys) } })
        var whole = apart
        whole.add(others)
        return whole.order.map { key in
            let (sum, count) = whole.sums[key] ?? (0, 0)
            return (key, Sum(bits: sum.bitPattern, count: count))
        }
    }

    /// Sums by key, and the keys in the order they first came.
    private struct Groups {
        var order: [Int64] = []
        var sums: [Int64: (Double, Int64)] = [:]

        init(_ stripes: [[Rows]]) {
            for stripe in stripes {
                var own = Groups([])
                for rows in stripe {
                    for (key, value) in zip(rows.keys, rows.values) {
                        if own.sums[key] == nil { own.order.append(key) }
                        let old = own.sums[key] ?? (0, 0)
                        own.sums[key] = value.map { (old.0 + $0, old.1 + 1) } ?? old
                    }
                }
                add(own)
            }
        }

        mutating func add(_ other: Groups) {
            for key in other.order {
                let more = other.sums[key] ?? (0, 0)
                if sums[key] == nil { order.append(key) }
                sums[key] = sums[key].map { ($0.0 + more.0, $0.1 + more.1) } ?? more
            }
        }
    }

    static func answer(_ stripes: [[Rows]], key: PhysicalType, range: ClosedRange<Int128>, threads: Int = 2) throws
        -> [(Int64, Sum)] {
        var sum = AggregateDefinition(arguments: [1], resultType: .double) { DoubleSumAggregator(isAverage: false) }
        sum.shared = (.double, .doubleSum)
        var count = AggregateDefinition(arguments: [1], resultType: .int64) { CountAggregator(resultType: .int64) }
        count.source = (0, .count(.int64))
        let rows = stripes.joined().reduce(0) { $0 + $1.keys.count }
        let operation = AggregateOperator(input: Batches(stripes, key: key), groupColumns: [0],
                                          fields: [KeyField(key, range: range)], calls: [sum, count], rowBound: rows)
        let context = QueryContext(session: Runner.session, threads: threads)
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
        let wanted = expected(stripes, keys: Int(range.upperBound - range.lowerBound) + 1)
        for threads in 1...3 {
            let found = try answer(stripes, key: key, range: range, threads: threads)
            #expect(found.map(\.0) == wanted.map(\.0))
            #expect(found.map(\.1) == wanted.map(\.1))
        }
    }

    /// Batches of one form, and the first batch where it changes, with and without a table of sums that large.
    @Test(arguments: Form.together, Form.together)
    func likeThePlainSum(first: Form, second: Form) throws {
        var random = SeededGenerator(seed: 77)
        for (key, keys) in [(PhysicalType.int32, -40...900 as ClosedRange<Int64>), (.int64, 5_000_000_000...5_000_150_000)] {
            let stripes = (0..<5).map { _ in
                [first, first, second, first].map { Self.rows(500, keys: keys, $0, &random) }
            }
            try Self.check(stripes, key: key, range: Int128(keys.lowerBound)...Int128(keys.upperBound))
        }
    }

    /// A word takes some thousand rows of stars, and 2,048 of quarters, all of them the greatest: then it is emptied.
    @Test(arguments: [Form.stars, .quarters]) func wordsThatAreFull(form: Form) throws {
        var random = SeededGenerator(seed: 78)
        var rows = Self.rows(8192, keys: 7...9, form, &random)
        let other = Self.rows(1000, keys: 7...9, .stars, &random), greatest = Self.entries(form).max()
        rows.values = rows.values.map { _ in greatest }
        let stripes = [Array(repeating: rows, count: 9) + [other], [other] + Array(repeating: rows, count: 9)]
        try Self.check(stripes, key: .int32, range: 7...9)
    }

    /// Numbers that no word takes together, in stripes that threads share by chance: each stripe's go by themselves.
    @Test func stripesThatNoWordTakesTogether() throws {
        var random = SeededGenerator(seed: 82)
        let stripes = (0..<12).map { stripe in
            (0..<3).map { _ in Self.rows(300, keys: 0...200_000, stripe % 3 == 0 ? .quarters : .far, &random) }
        }
        try Self.check(stripes, key: .int64, range: 0...200_000)
    }

    /// Few keys of a large domain: their groups are numbered by hashing, and exact sums go to banks.
    @Test func banksOfFewGroups() throws {
        var random = SeededGenerator(seed: 81)
        let batches = [Form.stars, .halves, .quarters, .stars].map { Self.rows(700, keys: 0...50, $0, &random) }
        let many = Self.rows(700, keys: 0...3_000_000, .stars, &random)
        try Self.check([batches, batches + [many], batches], key: .int64, range: 0...1 << 40)
        try Self.check([batches, batches], key: .int32, range: 0...1 << 30)
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
