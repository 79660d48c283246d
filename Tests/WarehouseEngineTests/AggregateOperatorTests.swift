import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct AggregateOperatorTests {
    static let wide = LogicalType.number(precision: 38, scale: 0)

    /// Rows of: small integer, wide integer, text, double, boolean, value.
    static func table(_ count: Int, seed: UInt64, tells: Bool) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { _ -> [ScalarValue] in
            let big: Int128 = Int128(Int.random(in: 0...3, using: &random)) << 80
            return [random.integer(-3...9, nulls: 10), .integer(big), random.text(25, nulls: 10),
                    random.double(nulls: 10), .boolean(Bool.random(using: &random)),
                    random.integer(-1000...1000, nulls: 20)]
        }
        return MemoryTable([.integer, wide, .text, .float, .boolean, .number(precision: 12, scale: 2)], rows,
                           tellsStatistics: tells)
    }

    struct Model {
        var count: Int64 = 0
        var values: [Int128] = []
        var distinct: Set<Int128> = []
        var first: ScalarValue?
    }

    static func expected(_ table: MemoryTable, keys: [Int]) -> [([ScalarValue], Model)] {
        var order: [[ScalarValue]] = []
        var groups: [[ScalarValue]: (first: [ScalarValue], model: Model)] = [:]
        for row in table.rows {
            let values = keys.map { row[$0] }, key = Scalars.key(values)
            if groups[key] == nil {
                order.append(key)
                groups[key] = (values, Model())
            }
            groups[key]?.model.count += 1
            if groups[key]?.model.first == nil { groups[key]?.model.first = row[5] }
            if case .integer(let value) = row[5] {
                groups[key]?.model.values.append(value)
                groups[key]?.model.distinct.insert(value)
            }
        }
        return order.compactMap { groups[$0] }.map { ($0.first, $0.model) }
    }

    static func average(_ values: [Int128], shift: Int128) -> ScalarValue {
        guard !values.isEmpty else { return .null }
        let sum = values.reduce(0, +) * shift, count = Int128(values.count)
        let magnitude = (2 * (sum < 0 ? -sum : sum) + count) / (2 * count)
        return .integer(sum < 0 ? -magnitude : magnitude)
    }

    @Test(arguments: [[0], [1], [2], [3], [4], [0, 2], [2, 3], [0, 1, 2, 3, 4], [3, 1, 1, 3], []], [true, false])
    func groupsLikeTheModel(keys: [Int], tells: Bool) throws {
        for count in [0, 1, 2500] {
            let table = Self.table(count, seed: UInt64(count + keys.count), tells: tells)
            var maker = PlanMaker()
            let scan = maker.scan(table), value = scan.reference(5)
            let groups = keys.map { Projection(maker.column(table.columns[$0].type), scan.reference($0)) }
            let calls = [
                maker.call("COUNT_STAR", [], .number(precision: 18, scale: 0)),
                maker.call("COUNT", [value], .number(precision: 18, scale: 0)),
                maker.call("SUM", [value], .number(precision: 38, scale: 2)),
                maker.call("AVG", [value], .number(precision: 38, scale: 8)),
                maker.call("MIN", [value], .number(precision: 12, scale: 2)),
                maker.call("MAX", [value], .number(precision: 12, scale: 2)),
                maker.call("COUNT", [value], .number(precision: 18, scale: 0), isDistinct: true),
                maker.call("SUM", [value], .number(precision: 38, scale: 2), isDistinct: true),
                maker.call("ANY_VALUE", [value], .number(precision: 12, scale: 2)),
            ]
            let plan = LogicalPlan.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls))
            let answer = try Runner.rows(plan)
            var model = Self.expected(table, keys: keys)
            if keys.isEmpty, model.isEmpty { model = [([], Model())] }
            #expect(answer.count == model.count)
            for (row, (key, group)) in zip(answer, model) {
                let sum: ScalarValue = group.values.isEmpty ? .null : .integer(group.values.reduce(0, +))
                let distinctSum: ScalarValue = group.values.isEmpty ? .null : .integer(group.distinct.reduce(0, +))
                let wanted = key + [
                    .integer(Int128(group.count)), .integer(Int128(group.values.count)), sum,
                    Self.average(group.values, shift: 1_000_000), group.values.min().map { .integer($0) } ?? .null,
                    group.values.max().map { .integer($0) } ?? .null, .integer(Int128(group.distinct.count)),
                    distinctSum, group.first ?? .null,
                ]
                #expect(Scalars.same(row, wanted), "\(row) is not \(wanted)")
            }
        }
    }

    @Test func manyGroupsMergeInPartitions() throws {
        var random = SeededGenerator(seed: 7)
        let rows = (0..<90_000).map { _ in [random.integer(0...1_000_000), random.text(300), .double(0.1)] }
        let table = MemoryTable([.integer, .text, .float], rows, stripeRows: 30_000, batchRows: 2048,
                                tellsStatistics: false)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let groups = (0..<2).map { Projection(maker.column(table.columns[$0].type), scan.reference($0)) }
        let calls = [maker.call("COUNT_STAR", [], .integer), maker.call("SUM", [scan.reference(2)], .float),
                     maker.call("COUNT", [scan.reference(1)], .integer, isDistinct: true)]
        let answer = try Runner.rows(.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls)))
        var counts: [[ScalarValue]: Int128] = [:]
        for row in rows { counts[Array(row.prefix(2)), default: 0] += 1 }
        #expect(answer.count == counts.count)
        for row in answer {
            #expect(row[2] == .integer(counts[Array(row.prefix(2))] ?? -1))
            #expect(row[4] == .integer(1))
        }
    }

    @Test func clusteredKeysAreTakenByRuns() throws {
        let rows = (0..<5000).map { [ScalarValue.integer(Int128($0 / 97)), .double(Double($0) * 0.1)] }
        let table = MemoryTable([.integer, .float], rows, stripeRows: 1111, batchRows: 400)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let groups = [Projection(maker.column(.integer), scan.reference(0))]
        let calls = [maker.call("AVG", [scan.reference(1)], .float), maker.call("COUNT_STAR", [], .integer)]
        let answer = try Runner.rows(.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls)))
        #expect(answer.count == 52)
        for (index, row) in answer.enumerated() {
            let values = rows.filter { $0[0] == .integer(Int128(index)) }
            #expect(row[2] == .integer(Int128(values.count)))
            guard case .double(let mean) = row[1] else { throw WarehouseError(.internalFault, "no double") }
            let first = Double(index * 97), last = Double(min(4999, index * 97 + 96))
            #expect(abs(mean - (first + last) / 20) < 1e-9)
        }
    }

    @Test func sumBeyond38DigitsIsAnError() throws {
        let nines: Int128 = 99_999_999_999_999_999_999_999_999_999_999_999_999
        let table = MemoryTable([.integer], [[.integer(nines)], [.integer(1)]], tellsStatistics: false)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let sum = maker.call("SUM", [scan.reference(0)], .integer)
        let plan = LogicalPlan.aggregate(LogicalAggregate(input: scan, groups: [], aggregates: [sum]))
        #expect(throws: WarehouseError.self) { try Runner.rows(plan) }
    }

    @Test func memoryLimitIsAnError() throws {
        let rows = (0..<20_000).map { [ScalarValue.integer(Int128($0))] }
        var maker = PlanMaker()
        let scan = maker.scan(MemoryTable([.integer], rows))
        let plan = LogicalPlan.distinct(scan)
        let context = QueryContext(session: Runner.session, threads: 1, memory: MemoryAccount(limitBytes: 50_000))
        #expect(throws: WarehouseError.self) { try QueryRunner.run(plan, context: context) }
        #expect(context.memory.usedBytes == 0)
    }
}

extension AggregateOperatorTests {
    @Test func stripesWithoutRowsMergeAsEmpty() throws {
        let rows = (0..<1000).map { [ScalarValue.integer(Int128($0)), .bytes(Array("t\($0 % 10)".utf8))] }
        let table = MemoryTable([.integer, .text], rows, stripeRows: 100)
        for wanted in [950, 5, 2000] {
            var maker = PlanMaker()
            let scan = maker.scan(table), number = scan.reference(0), text = scan.reference(1)
            let bound = BoundExpression.constant(Constant(.integer(Int128(wanted)), .integer))
            let calls = ["COUNT", "SUM", "MIN", "ANY_VALUE", "MEDIAN", "BITOR_AGG"].map {
                maker.call($0, [number], .integer)
            } + [maker.call("MAX", [text], .text), maker.call("COUNT", [text], .integer, isDistinct: true)]
            let filter = LogicalPlan.filter(scan, .comparison(.equal, number, bound))
            let plan = LogicalPlan.aggregate(LogicalAggregate(input: filter, groups: [], aggregates: calls))
            let value = wanted < 1000 ? ScalarValue.integer(Int128(wanted)) : .null
            let known: Int128 = wanted < 1000 ? 1 : 0
            let last = known == 1 ? ScalarValue.bytes(Array("t\(wanted % 10)".utf8)) : .null
            #expect(try Runner.rows(plan) == [[.integer(known), value, value, value, value, value, last,
                                               .integer(known)]])
        }
    }
}
