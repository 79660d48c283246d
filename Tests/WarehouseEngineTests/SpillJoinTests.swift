import TestSupport
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct SpillJoinTests {
    static func table(_ count: Int, keys: Int, seed: UInt64, skew: Bool = false) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { row in
            [skew && row % 3 == 0 ? .integer(7) : random.integer(0...keys, nulls: 3), random.text(keys, nulls: 3),
             random.integer(0...100), .integer(Int128(row)), random.text(100_000)]
        }
        return MemoryTable([.integer, .text, .integer, .integer, .text], rows, stripeRows: 2000, batchRows: 600)
    }

    static func plan(_ kind: JoinKind, _ left: MemoryTable, _ right: MemoryTable, keys: [Int], residual: Bool,
                     nullsEqual: Bool = false, buildsLeft: Bool = false) -> LogicalPlan {
        var maker = PlanMaker()
        let first = maker.scan(left), second = maker.scan(right)
        let pairs = keys.map { JoinKey(left: first.reference($0), right: second.reference($0), nullsEqual: nullsEqual) }
        let condition: BoundExpression? = residual ? .comparison(.less, first.reference(2), second.reference(2)) : nil
        var join = LogicalJoin(kind: kind, left: first, right: second, keys: pairs, residual: condition)
        join.buildsLeft = buildsLeft
        return .join(join)
    }

    @Test(arguments: JoinOperatorTests.kinds, [[0], [1, 0]])
    func joinsOnDiskAsInMemory(kind: JoinKind, keys: [Int]) throws {
        let left = Self.table(4_000, keys: 3000, seed: 21), right = Self.table(8_000, keys: 3000, seed: 22)
        for residual in Effort.pick([keys.count == 1], long: [false, true]) {
            try Spilling.check(Self.plan(kind, left, right, keys: keys, residual: residual, nullsEqual: residual),
                               limit: 700_000)
        }
    }

    @Test(arguments: [JoinKind.semi, .anti]) func leftSidesAreKeptOnDisk(kind: JoinKind) throws {
        let left = Self.table(9_000, keys: 3000, seed: 23), right = Self.table(4_000, keys: 3000, seed: 24)
        for residual in [false, true] {
            try Spilling.check(Self.plan(kind, left, right, keys: [0], residual: residual, buildsLeft: true),
                               limit: 700_000)
        }
    }

    /// A third of the right rows have one key: no hash cuts them.
    @Test(arguments: JoinOperatorTests.kinds) func oneKeyOfManyRows(kind: JoinKind) throws {
        let left = Self.table(60, keys: 20, seed: 25), right = Self.table(9_000, keys: 3000, seed: 26, skew: true)
        for residual in Effort.pick([true], long: [false, true]) {
            try Spilling.check(Self.plan(kind, left, right, keys: [0], residual: residual), limit: 500_000)
        }
    }

    /// Without keys, the right rows are taken block by block.
    @Test(arguments: JoinOperatorTests.kinds) func withoutKeys(kind: JoinKind) throws {
        let left = Self.table(8, keys: 20, seed: 28), right = Self.table(6_000, keys: 3000, seed: 29)
        for residual in [false, true] {
            try Spilling.check(Self.plan(kind, left, right, keys: [], residual: residual), limit: 400_000)
        }
        let none = Self.table(0, keys: 20, seed: 28)
        try Spilling.check(Self.plan(kind, none, right, keys: [], residual: true), limit: 400_000)
    }

    /// Each block of right rows has an index of its own.
    @Test(arguments: JoinOperatorTests.kinds) func rangesOfTwoColumns(kind: JoinKind) throws {
        let left = Self.table(12, keys: 3000, seed: 30), right = Self.table(6_000, keys: 3000, seed: 31)
        for isPoint in [false, true] {
            var maker = PlanMaker()
            let first = maker.scan(left), second = maker.scan(right)
            let bound = isPoint ? second.reference(2) : .call("ADD", [second.reference(0), second.reference(2)], .integer)
            let other = isPoint ? second.reference(2) : second.reference(0)
            let terms: [BoundExpression] = [
                .comparison(.lessOrEqual, first.reference(2), bound), .comparison(.greater, first.reference(0), other),
                .comparison(.notEqual, first.reference(1), second.reference(1)),
            ]
            try Spilling.check(.join(LogicalJoin(kind: kind, left: first, right: second, keys: [], residual: .all(terms))),
                               limit: 400_000)
        }
    }

    @Test func setOperationsOnDisk() throws {
        let left = Self.table(16_000, keys: 9000, seed: 27), right = Self.table(16_000, keys: 9000, seed: 27)
        for kind in [SetOperationKind.intersect, .except] {
            var maker = PlanMaker()
            let first = maker.scan(left), second = maker.scan(right)
            let columns = first.columns.map { maker.column($0.type) }
            try Spilling.check(.setOperation(kind, first, second, columns: columns), limit: 6_000_000, sorted: true)
        }
    }
}
