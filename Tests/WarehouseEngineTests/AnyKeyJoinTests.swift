import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// Joins on an OR of equalities against nested loops over the same rows, which test every pair.
@Suite struct AnyKeyJoinTests {
    /// Two to four branches of one or two equalities, some with another term; sometimes a term beside the OR.
    static func condition(_ left: LogicalPlan, _ right: LogicalPlan, _ random: inout SeededGenerator) -> [BoundExpression] {
        func equality() -> BoundExpression {
            let family = RangeJoinTests.families.randomElement(using: &random)!
            let a = left.reference(family.randomElement(using: &random)!)
            let b = right.reference(family.randomElement(using: &random)!)
            let op: ComparisonOperator = Int.random(in: 0..<5, using: &random) == 0 ? .notDistinct : .equal
            return Bool.random(using: &random) ? .comparison(op, a, b) : .comparison(op, b, a)
        }
        let branches = (0..<Int.random(in: 2...4, using: &random)).map { _ -> BoundExpression in
            switch Int.random(in: 0..<5, using: &random) {
            case 0: .conjunction([equality(), equality()])
            case 1: .conjunction([equality(), .isNull(left.reference(2), negated: true)])
            case 2: .conjunction([equality(), .comparison(.less, left.reference(0), right.reference(0))])
            default: equality()
            }
        }
        var terms: [BoundExpression] = [.disjunction(branches)]
        if Int.random(in: 0..<3, using: &random) == 0 {
            terms.append(.comparison(.notEqual, left.reference(4), right.reference(5)))
        }
        return terms
    }

    @Test(arguments: 1...Effort.pick(25, long: 500)) func keysMatchTheNestedLoop(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(2000 + seed))
        let sizes = [0, 1, 3, 20, 70, 150], spread = [3, 40, 4000].randomElement(using: &random)!
        let left = RangeJoinTests.table(sizes.randomElement(using: &random)!, spread: spread, &random)
        let right = RangeJoinTests.table(sizes.randomElement(using: &random)!, spread: spread, &random)
        for kind in JoinOperatorTests.kinds {
            var maker = PlanMaker()
            let first = maker.scan(left), second = maker.scan(right)
            let join = LogicalJoin(kind: kind, left: first, right: second, keys: [],
                                   residual: .all(Self.condition(first, second, &random)))
            guard case .anyKey = join.method else {
                Issue.record("seed \(seed): no keys in \(PlanPrinter.line(.join(join)))")
                continue
            }
            try RangeJoinTests.expectAnswersOfNestedLoop(join, "seed \(seed)")
        }
    }

    @Test(arguments: JoinOperatorTests.kinds) func onDisk(kind: JoinKind) throws {
        let left = SpillJoinTests.table(300, keys: 3000, seed: 41), right = SpillJoinTests.table(6_000, keys: 3000, seed: 42)
        var maker = PlanMaker()
        let first = maker.scan(left), second = maker.scan(right)
        let either = BoundExpression.disjunction([
            .comparison(.equal, first.reference(0), second.reference(0)),
            .comparison(.equal, first.reference(3), second.reference(0)),
        ])
        try Spilling.check(.join(LogicalJoin(kind: kind, left: first, right: second, keys: [], residual: either)), limit: 500_000)
    }
}
