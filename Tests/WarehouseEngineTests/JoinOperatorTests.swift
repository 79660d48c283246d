import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct JoinOperatorTests {
    static let types: [LogicalType] = [.integer, .text, .float, .integer]

    static func table(_ count: Int, _ spread: Int, seed: UInt64, tells: Bool = true) -> MemoryTable {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<count).map { _ in
            [random.integer(0...spread, nulls: 8), random.text(6, nulls: 8), random.double(nulls: 8),
             random.integer(0...20)]
        }
        return MemoryTable(types, rows, stripeRows: 130, batchRows: 64, tellsStatistics: tells)
    }

    /// The join by definition.
    static func expected(_ kind: JoinKind, _ left: [[ScalarValue]], _ right: [[ScalarValue]],
                         _ matches: ([ScalarValue], [ScalarValue]) -> Bool) -> [[ScalarValue]] {
        let nulls = [ScalarValue](repeating: .null, count: 4)
        var out: [[ScalarValue]] = []
        var used = Set<Int>()
        for row in left {
            let found = right.indices.filter { matches(row, right[$0]) }
            used.formUnion(found)
            switch kind {
            case .semi: if !found.isEmpty { out.append(row) }
            case .anti: if found.isEmpty { out.append(row) }
            default:
                for index in found { out.append(row + right[index]) }
                if found.isEmpty, kind == .left || kind == .full { out.append(row + nulls) }
            }
        }
        if kind == .right || kind == .full {
            for index in right.indices where !used.contains(index) { out.append(nulls + right[index]) }
        }
        return out
    }

    static let kinds: [JoinKind] = [.inner, .left, .right, .full, .semi, .anti]

    @Test(arguments: kinds, [[0], [1], [2], [0, 1], [0, 1, 2]])
    func keysAloneMatchTheModel(kind: JoinKind, keys: [Int]) throws {
        for (leftCount, rightCount, spread) in [(400, 60, 40), (0, 5, 3), (5, 0, 3), (300, 40, 4000)] {
            for tells in [true, false] {
                let left = Self.table(leftCount, spread, seed: 1, tells: tells)
                let right = Self.table(rightCount, spread, seed: 2, tells: tells)
                try check(kind, left, right, keys, residual: false, nullsEqual: false)
                try check(kind, left, right, keys, residual: false, nullsEqual: true)
            }
        }
    }

    @Test(arguments: kinds, [[0], [1, 2], []])
    func residualsMatchTheModel(kind: JoinKind, keys: [Int]) throws {
        for (leftCount, rightCount, spread) in [(300, 50, 5), (0, 5, 3), (5, 0, 3), (90, 90, 1)] {
            let left = Self.table(leftCount, spread, seed: 3), right = Self.table(rightCount, spread, seed: 4)
            try check(kind, left, right, keys, residual: true, nullsEqual: false)
        }
    }

    @Test(arguments: kinds)
    func crossJoinsMatchTheModel(kind: JoinKind) throws {
        for (leftCount, rightCount) in [(70, 50), (0, 3), (3, 0), (2, 5000)] {
            let left = Self.table(leftCount, 5, seed: 5), right = Self.table(rightCount, 5, seed: 6)
            try check(kind, left, right, [], residual: false, nullsEqual: false)
        }
    }

    private func check(_ kind: JoinKind, _ left: MemoryTable, _ right: MemoryTable, _ keys: [Int], residual: Bool,
                       nullsEqual: Bool) throws {
        var maker = PlanMaker()
        let first = maker.scan(left), second = maker.scan(right)
        let pairs = keys.map { JoinKey(left: first.reference($0), right: second.reference($0), nullsEqual: nullsEqual) }
        let condition: BoundExpression? = residual ? .comparison(.less, first.reference(3), second.reference(3)) : nil
        var join = LogicalJoin(kind: kind, left: first, right: second, keys: pairs, residual: condition)
        let model = Self.expected(kind, left.rows, right.rows) { a, b in
            for key in keys {
                if a[key] == .null || b[key] == .null {
                    if !(nullsEqual && a[key] == b[key]) { return false }
                } else if Scalars.compare(a[key], b[key]) != 0 {
                    return false
                }
            }
            return !residual || Scalars.compare(a[3], b[3]) < 0
        }
        for buildsLeft in [false, true] where !buildsLeft || !keys.isEmpty && [.semi, .anti].contains(kind) {
            join.buildsLeft = buildsLeft
            let answer = try Runner.rows(.join(join))
            #expect(answer.count == model.count, "\(kind) \(keys) \(buildsLeft)")
            let same = zip(answer, model).allSatisfy { Scalars.same($0, $1) }
            #expect(same, "\(kind) \(keys) residual \(residual) builds left \(buildsLeft)")
        }
    }

    @Test func setOperationsAreDistinct() throws {
        let left = MemoryTable([.integer, .text], [[.integer(1), .null], [.integer(1), .null], [.integer(2), .null],
                                                   [.null, .null], [.null, .null]])
        let right = MemoryTable([.integer, .text], [[.integer(1), .null], [.null, .null]])
        for (kind, wanted) in [(SetOperationKind.intersect, [[ScalarValue.integer(1), .null], [.null, .null]]),
                               (.except, [[.integer(2), .null]])] {
            var maker = PlanMaker()
            let first = maker.scan(left), second = maker.scan(right)
            let columns = [maker.column(.integer), maker.column(.text)]
            let answer = try Runner.rows(.setOperation(kind, first, second, columns: columns))
            #expect(answer == wanted)
        }
    }
}
