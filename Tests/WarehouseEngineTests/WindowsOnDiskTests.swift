import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// Every window function over frames of any form, on disk as in memory to the last digit.
@Suite struct WindowsOnDiskTests {
    struct Shape: CustomStringConvertible {
        var frame: WindowFrame
        /// Offsets of its bounds by value.
        var values: [Int] = []
        var isDescending = false
        var description: String { "\(frame) \(values)\(isDescending ? " descending" : "")" }
    }

    /// `widest`: rows that a bound may lie away.
    static func shape(_ random: inout SeededGenerator, widest: Int) -> Shape {
        func offset() -> Int {
            let most = [3, 40, 700, 9000, 30_000].filter { $0 <= widest }.randomElement(using: &random) ?? 0
            return Int.random(in: 0...most, using: &random)
        }
        while true {
            let unit: WindowFrame.Unit = Bool.random(using: &random) ? .rows : .range
            var values: [Int] = []
            func bound(isEnd: Bool) -> WindowFrame.Bound {
                switch Int.random(in: 0..<5, using: &random) {
                case 0 where widest > 700: return isEnd ? .unboundedFollowing : .unboundedPreceding
                case 1: return .currentRow
                default:
                    guard unit == .range else {
                        return Bool.random(using: &random) ? .preceding(offset()) : .following(offset())
                    }
                    let reach = widest > 700 ? 600 : 20
                    values.append(Int.random(in: -reach...reach, using: &random))
                    return .value
                }
            }
            let frame = WindowFrame(unit, bound(isEnd: false), bound(isEnd: true))
            return Shape(frame: frame, values: values, isDescending: Bool.random(using: &random))
        }
    }

    /// Functions that look at any frame at little cost.
    static func calls(_ maker: inout PlanMaker, _ scan: LogicalPlan, _ shape: Shape, _ random: inout SeededGenerator)
        -> [WindowCall] {
        let number = scan.reference(2), real = scan.reference(3), text = scan.reference(4)
        let isPositive = BoundExpression.comparison(.less, .constant(.integer(0)), number)
        var calls: [WindowCall] = []
        func add(_ type: LogicalType, _ name: String, _ arguments: [BoundExpression]) {
            calls.append(WindowCall(maker.column(type), name, arguments, frame: shape.frame))
        }
        for name in ["VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP", "SKEW", "KURTOSIS", "SUM", "AVG"] {
            add(.float, name, [real])
        }
        for name in ["COVAR_POP", "CORR", "REGR_SLOPE", "REGR_R2"] { add(.float, name, [real, .cast(number, to: .float, isTry: false)]) }
        for name in ["BITAND_AGG", "BITOR_AGG", "BITXOR_AGG", "SUM", "COUNT", "MIN", "MAX"] { add(.integer, name, [number]) }
        for name in ["BOOLAND_AGG", "BOOLOR_AGG", "BOOLXOR_AGG"] { add(.boolean, name, [isPositive]) }
        add(.integer, "AVG", [number])
        add(.integer, "HASH_AGG", [text, number])
        add(.integer, "COUNT_STAR", [])
        for name in ["MIN", "MAX"] { add(.text, name, [text]) }
        for name in ["MIN", "MAX"] { add(.float, name, [real]) }
        for name in ["MIN_BY", "MAX_BY"] { add(.text, name, [text, real]) }
        let place = BoundExpression.constant(.integer(([1, 2, 5, 900].randomElement(using: &random) ?? 1)))
        let fromEnd = BoundExpression.constant(.integer(-([1, 2, 5, 900].randomElement(using: &random) ?? 1)))
        for name in ["FIRST_VALUE", "LAST_VALUE"] {
            add(.text, name, [text])
            add(.text, name + "_IGNORE_NULLS", [text])
        }
        for number in [place, fromEnd] {
            add(.text, "NTH_VALUE", [text, number])
            add(.text, "NTH_VALUE_IGNORE_NULLS", [text, number])
        }
        let far = BoundExpression.constant(.integer(([0, 1, 3, 5000, 40_000].randomElement(using: &random) ?? 1)))
        let nothing = BoundExpression.constant(Constant(.null, .integer))
        for name in ["LAG", "LEAD", "LAG_IGNORE_NULLS", "LEAD_IGNORE_NULLS"] {
            add(.integer, name, [number, far, nothing])
            add(.integer, name, [number, far, scan.reference(0)])
        }
        add(.integer, "NTILE", [.constant(.integer(Int.random(in: 1...9, using: &random)))])
        for name in ["ROW_NUMBER", "RANK", "DENSE_RANK"] { add(.integer, name, []) }
        for name in ["PERCENT_RANK", "CUME_DIST"] { add(.float, name, []) }
        add(.integer, "CONDITIONAL_CHANGE_EVENT", [text])
        add(.integer, "CONDITIONAL_TRUE_EVENT", [isPositive])
        return calls
    }

    /// Aggregates that keep the rows of a frame.
    static func keeping(_ maker: inout PlanMaker, _ scan: LogicalPlan, _ shape: Shape) -> [WindowCall] {
        let number = scan.reference(2), real = scan.reference(3), text = scan.reference(4)
        let share = BoundExpression.constant(Constant(.double(0.3), .float))
        var calls: [WindowCall] = []
        func add(_ type: LogicalType, _ name: String, _ arguments: [BoundExpression], isDistinct: Bool = false,
                 order: [SortKey] = []) {
            var call = WindowCall(maker.column(type), name, arguments, frame: shape.frame)
            call.isDistinct = isDistinct
            call.aggregateOrder = order
            calls.append(call)
        }
        add(.float, "MEDIAN", [real])
        add(.integer, "COUNT", [number], isDistinct: true)
        add(.integer, "COUNT", [text], isDistinct: true)
        add(.text, "MODE", [text])
        add(.float, "SUM", [real], isDistinct: true)
        add(.integer, "APPROX_COUNT_DISTINCT", [text])
        add(.text, "ANY_VALUE", [text])
        add(.float, "PERCENTILE_CONT", [share], order: [SortKey(real)])
        if shape.frame.unit == .rows, shape.frame != .wholePartition {
            add(.text, "LISTAGG", [text, .constant(Constant(.bytes(Array(",".utf8)), .text))], order: [SortKey(real)])
        }
        return calls
    }

    static func check(_ calls: [WindowCall], _ scan: LogicalPlan, _ shape: Shape, partition: Int?, step: Int, limit: Int)
        throws {
        let key = scan.reference(2)
        var calls = calls
        if !shape.values.isEmpty {
            let bounds = shape.values.map { BoundExpression.call("ADD", [key, .constant(.integer($0))], .integer) }
            for index in calls.indices { calls[index].rangeValues = [key] + bounds }
        }
        var order = [SortKey(key, isDescending: shape.isDescending)]
        if shape.frame.unit == .rows { order.append(SortKey(scan.reference(3))) }
        for start in stride(from: 0, to: calls.count, by: step) {
            let plan = LogicalPlan.window(LogicalWindow(
                input: scan, partition: partition.map { [scan.reference($0)] } ?? [], order: order,
                calls: Array(calls[start..<min(calls.count, start + step)])))
            try Spilling.check(plan, limit: limit)
        }
    }

    /// Seed 1 once found cursors that held whole blocks, 6 two sorts that passed the limit together.
    @Test(arguments: Effort.pick([1, 6], long: Array(1...32))) func anyFrame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed), maker = PlanMaker()
        let shape = Self.shape(&random, widest: 30_000), groups = [1, 40].randomElement(using: &random) ?? 1
        let partition = Bool.random(using: &random) ? 0 : nil
        print("seed \(seed): \(shape), partition \(partition ?? -1), groups \(groups)")
        let scan = maker.scan(SpillAggregateTests.table(14_000, groups: groups, seed: seed))
        try Self.check(Self.calls(&maker, scan, shape, &random), scan, shape, partition: partition, step: 9,
                       limit: 1_600_000)
    }

    @Test(arguments: Effort.pick([11], long: Array(11...20))) func rowsOfAFrame(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed), maker = PlanMaker()
        let shape = seed == 11 ? Shape(frame: .wholePartition) : Self.shape(&random, widest: 40)
        print("seed \(seed): \(shape)")
        let scan = maker.scan(SpillAggregateTests.table(12_000, groups: 3, seed: seed))
        try Self.check(Self.keeping(&maker, scan, shape), scan, shape, partition: Bool.random(using: &random) ? 0 : nil,
                       step: 3, limit: 1_600_000)
    }
}
