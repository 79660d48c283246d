import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// Range joins against nested loops over the same rows, which test every pair.
@Suite struct RangeJoinTests {
    /// Whole numbers of three widths, FLOAT with NaN, text, dates, instants with offsets and flags; each type twice, so that
    /// intervals can be made.
    static let types: [LogicalType] = [
        .number(precision: 9, scale: 0), .integer, .float, .float, .text, .text, .date, .date,
        .timestampTZ(scale: 9), .timestampTZ(scale: 9), .boolean, .number(precision: 18, scale: 0),
    ]
    /// Columns that may be compared with one another.
    static let families = [[0, 1, 11], [2, 3], [4, 5], [6, 7], [8, 9], [10]]

    static func table(_ count: Int, spread: Int, _ random: inout SeededGenerator) -> MemoryTable {
        let isWide = Bool.random(using: &random)
        let rows = (0..<count).map { _ in
            types.map { type -> ScalarValue in
                switch type {
                case .float: return random.double(nulls: 8)
                case .varchar: return random.text(12, nulls: 8)
                case .boolean: return Int.random(in: 0..<10, using: &random) == 0 ? .null : .boolean(Bool.random(using: &random))
                case .timestampTZ:
                    guard case .integer(let tick) = random.integer(0...spread, nulls: 8) else { return .null }
                    return .integer(tick << 16 | Int128(32768 + Int.random(in: -3...3, using: &random) * 60))
                case .number(38, _):
                    let far = isWide && Int.random(in: 0..<9, using: &random) == 0
                    return far ? .integer(Int128(1) << 80) : random.integer(0...spread, nulls: 8)
                default: return random.integer(0...spread, nulls: 8)
                }
            }
        }
        return MemoryTable(types, rows, stripeRows: 130, batchRows: 64, tellsStatistics: Bool.random(using: &random))
    }

    /// One to four comparisons of the two sides, most of them of one family, and sometimes a term of another form.
    static func condition(_ left: LogicalPlan, _ right: LogicalPlan, _ random: inout SeededGenerator) -> [BoundExpression] {
        let operators: [ComparisonOperator] = [.less, .lessOrEqual, .greater, .greaterOrEqual]
        var family = families.randomElement(using: &random)!
        var terms = (0..<Int.random(in: 1...4, using: &random)).map { _ -> BoundExpression in
            if Int.random(in: 0..<5, using: &random) == 0 { family = families.randomElement(using: &random)! }
            let a = left.reference(family.randomElement(using: &random)!)
            let b = right.reference(family.randomElement(using: &random)!)
            let op = operators.randomElement(using: &random)!
            return Bool.random(using: &random) ? .comparison(op, a, b) : .comparison(op.mirrored, b, a)
        }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: terms.append(.comparison(.notEqual, left.reference(4), right.reference(4)))
        case 1: terms.insert(.isNull(left.reference(2), negated: true), at: 0)
        case 2: terms.append(.isNull(right.reference(5), negated: true))
        default: break
        }
        return terms
    }

    @Test(arguments: 1...Effort.pick(30, long: 500)) func rangesMatchTheNestedLoop(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let sizes = [0, 1, 3, 20, 70, 150]
        let spread = [3, 40, 4000].randomElement(using: &random)!
        let left = Self.table(sizes.randomElement(using: &random)!, spread: spread, &random)
        let right = Self.table(sizes.randomElement(using: &random)!, spread: spread, &random)
        for kind in JoinOperatorTests.kinds { try check(kind, left, right, &random, "seed \(seed)") }
    }

    /// So many right rows that blocks have blocks, and that candidates are more than are listed.
    @Test(arguments: [JoinKind.inner, .full, .anti], 1...3) func manyRightRows(kind: JoinKind, seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(1000 + seed))
        let left = Self.table(5, spread: 100_000, &random), right = Self.table(9_000, spread: 100_000, &random)
        try check(kind, left, right, &random, "seed \(seed)")
    }

    private func check(_ kind: JoinKind, _ left: MemoryTable, _ right: MemoryTable, _ random: inout SeededGenerator,
                       _ label: String) throws {
        var maker = PlanMaker()
        let first = maker.scan(left), second = maker.scan(right)
        let terms = Self.condition(first, second, &random)
        let join = LogicalJoin(kind: kind, left: first, right: second, keys: [], residual: .all(terms))
        guard case .ranges = join.method else {
            Issue.record("\(label): no range in \(terms.map { PlanPrinter.text($0) })")
            return
        }
        try Self.expectAnswersOfNestedLoop(join, label)
    }

    /// The same rows in the same order as where the condition hides what rows could be found by.
    static func expectAnswersOfNestedLoop(_ join: LogicalJoin, _ label: String) throws {
        var loop = join
        loop.residual = join.residual.map { .not(.not($0)) }
        guard case .everyPair = loop.method else {
            Issue.record("\(label): the other side is no nested loop")
            return
        }
        let answer = try Runner.rows(.join(join)), model = try Runner.rows(.join(loop))
        let isSame = answer.count == model.count && zip(answer, model).allSatisfy { Scalars.same($0, $1) }
        #expect(isSame, "\(label): \(PlanPrinter.line(.join(join))): \(answer.count) rows, \(model.count) wanted")
    }

    @Test func largeNumbersAreFoundInTheirBlocks() throws {
        var random = SeededGenerator(seed: 77)
        for count in [1, 63, 64, 65, 4096, 9000] {
            let numbers = ColumnBuffer(.int32)
            for _ in 0..<count { numbers.append(.integer(Int128(Int.random(in: 0..<count, using: &random)))) }
            let blocks = try BlockMaxima(numbers) {}
            for _ in 0..<60 {
                let start = Int.random(in: 0...count, using: &random), end = Int.random(in: start...count, using: &random)
                let least = Int32(Int.random(in: 0...(count + 1), using: &random))
                let wanted = (start..<end).filter { numbers.int32s[$0] >= least }
                var found: [Int] = []
                blocks.forEach(in: start..<end, atLeast: least, {}, { place in
                    found.append(place)
                    return true
                })
                #expect(found == wanted)
                #expect(blocks.has(in: start..<end, atLeast: least) == !wanted.isEmpty)
            }
        }
    }

    @Test func candidatesComeAscendingAndOnce() {
        var random = SeededGenerator(seed: 78)
        for (rows, most) in [(50, 30), (100_000, 40), (100_000, 9_000), (200, 20_000)] {
            let candidates = CandidateRows(rows: rows)
            for round in 0..<20 {
                let added = (0..<Int.random(in: 0...most, using: &random)).map { _ in Int32.random(in: 0..<Int32(rows), using: &random) }
                for row in added { candidates.add(row) }
                #expect(candidates.isEmpty == added.isEmpty)
                var found: [Int32] = []
                let limit = round % 3 == 0 ? most / 2 : Int.max
                _ = candidates.drain { row in
                    found.append(row)
                    return found.count < limit
                }
                #expect(found == Array(Set(added).sorted().prefix(limit)))
                #expect(candidates.isEmpty)
            }
        }
    }

    /// A left input of one stripe is cut, so that more threads than one have work; its rows keep their order.
    @Test(arguments: [JoinKind.inner, .full]) func leftRowsAreCutForThreads(kind: JoinKind) throws {
        let left = MemoryTable([.integer], (0..<700).map { [.integer(Int128($0))] }, stripeRows: 10_000)
        let right = MemoryTable([.integer], (0..<1500).map { [.integer(Int128($0 * 3 % 1500))] })
        var maker = PlanMaker()
        let first = maker.scan(left), second = maker.scan(right)
        let sum = BoundExpression.call("ADD", [first.reference(0), second.reference(0)], .integer)
        let plan = LogicalPlan.join(LogicalJoin(
            kind: kind, left: first, right: second, keys: [],
            residual: .comparison(.equal, sum, .constant(Constant(.integer(1000), .integer)))))
        var wanted: [[ScalarValue]] = []
        for row in 0..<700 { for other in 0..<1500 where row + other * 3 % 1500 == 1000 {
            wanted.append([.integer(Int128(row)), .integer(Int128(other * 3 % 1500))])
        } }
        if kind == .full {
            for row in 0..<1500 where !(301...1000).contains(row * 3 % 1500) { wanted.append([.null, .integer(Int128(row * 3 % 1500))]) }
            for row in 0..<700 where !right.rows.contains([.integer(Int128(1000 - row))]) { wanted.append([.integer(Int128(row)), .null]) }
        }
        let answer = try Runner.rows(plan)
        #expect(kind == .full ? Spilling.ordered(answer) == Spilling.ordered(wanted) : answer == wanted)
    }
}
