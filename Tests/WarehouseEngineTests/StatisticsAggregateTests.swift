import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// Expected figures are DuckDB's (skewness, kurtosis_pop, regr_*, quantile_cont), or by hand.
@Suite struct StatisticsAggregateTests {
    static func run(_ types: [LogicalType], _ rows: [[ScalarValue]], _ function: String, _ arguments: [Int],
                    _ result: LogicalType, constants: [BoundExpression] = [], order: [(Int, Bool)] = [],
                    isDistinct: Bool = false) throws -> ScalarValue {
        let table = MemoryTable(types, rows, stripeRows: 2, batchRows: 1)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let call = maker.call(function, arguments.map { scan.reference($0) } + constants, result,
                              isDistinct: isDistinct,
                              order: order.map { SortKey(scan.reference($0.0), isDescending: $0.1) })
        return try Runner.rows(.aggregate(LogicalAggregate(input: scan, groups: [], aggregates: [call])))[0][0]
    }

    static let pairs: [[ScalarValue]] = [(1, 2), (2, 2.5), (2.5, 1), (10, 7), (4, 4)]
        .map { [.double($0), .double($1)] } + [[.null, .double(3)]]

    @Test(arguments: [
        ("SKEW", 1.7559357054756042), ("KURTOSIS", 3.2318878173828143), ("STDDEV_SAMP", 3.5777087640),
        ("VAR_POP", 10.24),
        ("VAR_SAMP", 12.8), ("STDDEV_POP", 3.2),
    ])
    func moments(function: String, wanted: Double) throws {
        let answer = try Self.run([.float, .float], Self.pairs, function, [0], .float)
        guard case .double(let value) = answer else { throw WarehouseError(.internalFault, "\(answer)") }
        #expect(abs(value - wanted) < 1e-9, "\(function) \(value)")
    }

    @Test(arguments: [
        ("CORR", 0.9323840245199645), ("COVAR_SAMP", 7.7875), ("REGR_SLOPE", 1.4288990825688068),
        ("REGR_INTERCEPT", -0.8153669724770624),
        ("REGR_SXX", 21.8), ("REGR_AVGX", 3.3), ("REGR_AVGY", 3.9),
    ])
    func pairsOfDoubles(function: String, wanted: Double) throws {
        let answer = try Self.run([.float, .float], Self.pairs, function, [0, 1], .float)
        guard case .double(let value) = answer else { throw WarehouseError(.internalFault, "\(answer)") }
        #expect(abs(value - wanted) < 1e-6, "\(function) \(value)")
    }

    @Test func percentiles() throws {
        let share = BoundExpression.constant(.float(0.3))
        #expect(try Self.run([.float, .float], Self.pairs, "PERCENTILE_CONT", [], .float, constants: [share],
                             order: [(0, false)]) == .double(2.1))
        #expect(try Self.run([.float, .float], Self.pairs, "PERCENTILE_DISC", [], .float, constants: [share],
                             order: [(0, false)]) == .double(2))
        #expect(try Self.run([.float, .float], Self.pairs, "PERCENTILE_DISC", [], .float, constants: [share],
                             order: [(0, true)]) == .double(4))
        #expect(try Self.run([.float, .float], Self.pairs, "MEDIAN", [0], .float) == .double(2.5))
        let even = [1, 2, 4, 9].map { [ScalarValue.integer($0)] }
        #expect(try Self.run([.integer], even, "MEDIAN", [0], .number(precision: 38, scale: 3)) == .integer(3000))
        #expect(try Self.run([.integer], [], "MEDIAN", [0], .number(precision: 38, scale: 3)) == .null)
    }

    static func text(_ text: String) -> ScalarValue { .bytes(Array(text.utf8)) }

    @Test func lists() throws {
        let rows: [[ScalarValue]] = [[text("b"), integer(2)], [.null, integer(1)], [text("a"), integer(3)],
                                     [text("b"), integer(0)], [text(""), integer(5)]]
            .map { [$0[0], $0[1]] }
        let comma = BoundExpression.constant(.text(", "))
        #expect(try Self.run([.text, .integer], rows, "LISTAGG", [0], .text, constants: [comma])
            == Self.text("b, a, b, "))
        #expect(try Self.run([.text, .integer], rows, "LISTAGG", [0], .text, constants: [comma], order: [(1, true)])
            == Self.text(", a, b, b"))
        #expect(try Self.run([.text, .integer], rows, "LISTAGG", [0], .text, constants: [comma], order: [(0, false)],
                             isDistinct: true) == Self.text(", a, b"))
        #expect(try Self.run([.text, .integer], [], "LISTAGG", [0], .text, constants: [comma]) == Self.text(""))
        #expect(try Self.run([.text, .integer], rows, "MIN_BY", [0, 1], .text) == Self.text("b"))
        #expect(try Self.run([.text, .integer], rows, "MAX_BY", [0, 1], .text) == Self.text(""))
        #expect(try Self.run([.text, .integer], rows, "MODE", [0], .text) == Self.text("b"))
        #expect(try Self.run([.text, .integer], rows, "MAX", [0], .text) == Self.text("b"))
        #expect(try Self.run([.text, .integer], rows, "MIN", [0], .text) == Self.text(""))
        #expect(try Self.run([.text, .integer], rows, "APPROX_COUNT_DISTINCT", [0], .integer) == .integer(3))
        #expect(try Self.run([.text, .integer], rows, "BITOR_AGG", [1], .integer) == .integer(7))
        #expect(try Self.run([.text, .integer], rows, "BITXOR_AGG", [1], .integer) == .integer(5))
    }

    private func text(_ text: String) -> ScalarValue { Self.text(text) }
    private func integer(_ value: Int) -> ScalarValue { .integer(Int128(value)) }

    @Test func arraysAndObjects() throws {
        func variant(_ text: String) -> ScalarValue { .bytes(VariantEncoding.string(text)) }
        let rows = [[text("k"), variant("x")], [text("a"), variant("y")], [text("b"), .null]]
        let array = try Self.run([.text, .variant], rows, "ARRAY_AGG", [1], .array(element: nil))
        let object = try Self.run([.text, .variant], rows, "OBJECT_AGG", [0, 1], .object)
        let builder = VariantBuilder()
        try builder.beginArray()
        builder.string("x")
        builder.string("y")
        try builder.endArray()
        #expect(array == .bytes(builder.buffer.array))
        builder.reset()
        try builder.beginObject()
        builder.key("a")
        builder.string("y")
        builder.key("k")
        builder.string("x")
        try builder.endObject()
        #expect(object == .bytes(builder.buffer.array))
    }

    @Test func booleans() throws {
        let rows: [[ScalarValue]] = [[.boolean(true)], [.null], [.boolean(false)]]
        #expect(try Self.run([.boolean], rows, "BOOLAND_AGG", [0], .boolean) == .boolean(false))
        #expect(try Self.run([.boolean], rows, "BOOLOR_AGG", [0], .boolean) == .boolean(true))
        #expect(try Self.run([.boolean], rows, "BOOLXOR_AGG", [0], .boolean) == .boolean(true))
        #expect(try Self.run([.boolean], [], "BOOLOR_AGG", [0], .boolean) == .null)
        #expect(try Self.run([.boolean], rows, "COUNT_IF", [0], .integer) == .integer(1))
        #expect(throws: WarehouseError.self) { try Self.run([.boolean], rows, "NO_SUCH", [0], .boolean) }
    }

    @Test func groupedCollectingMergesAcrossStripes() throws {
        let rows = (0..<600).map { [ScalarValue.integer(Int128($0 % 7)), .integer(Int128($0))] }
        let table = MemoryTable([.integer, .integer], rows, stripeRows: 50, batchRows: 20)
        var maker = PlanMaker()
        let scan = maker.scan(table)
        let calls = [maker.call("MEDIAN", [scan.reference(1)], .number(precision: 38, scale: 1)),
                     maker.call("MIN_BY", [scan.reference(1), scan.reference(1)], .integer)]
        let groups = [Projection(maker.column(.integer), scan.reference(0))]
        let answer = try Runner.rows(.aggregate(LogicalAggregate(input: scan, groups: groups, aggregates: calls)))
        for (group, row) in answer.enumerated() {
            let values = (0..<600).filter { $0 % 7 == group }
            let twice = values[(values.count - 1) / 2] + values[values.count / 2]
            #expect(row == [.integer(Int128(group)), .integer(Int128(twice * 5)), .integer(Int128(group))])
        }
    }
}
