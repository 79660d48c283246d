import Synchronization
import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

/// A stripe that fails must not leave another one waiting for it.
@Suite struct FailingStripeTests {
    /// Stripes of one row; `failing` fails once `witness` has run.
    private final class Stripes: PhysicalOperator {
        let outputTypes: [PhysicalType] = [.int32]
        private let count: Int
        private let failing: Int
        private let witness: Int
        private let hasRun = Atomic<Bool>(false)

        init(_ count: Int, failing: Int, after witness: Int) {
            self.count = count
            self.failing = failing
            self.witness = witness
        }

        func prepare(_ context: QueryContext) throws -> Int { count }

        func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
            if stripe == failing {
                while !hasRun.load(ordering: .acquiring) {}
                throw WarehouseError(.divisionByZero, "stripe \(stripe)")
            }
            let column = ColumnBuffer(.int32)
            column.append(integer: Int128(stripe))
            _ = try consumer.consume(Batch([column.vector()], rowCount: 1))
            if stripe == witness { hasRun.store(true, ordering: .releasing) }
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [JoinKind.right, .full])
    func groupsOverAnOuterJoin(kind: JoinKind) throws {
        let rows = ColumnBuffer(.int32)
        rows.append(integer: 100)
        let right = ValuesOperator(rows: RowBuffer(columns: [rows], rowCount: 1))
        let shape = JoinShape(kind: kind, leftColumns: [0], rightColumns: [0], residual: nil, residualColumns: [])
        // Twenty-one stripes in eight spans: 15, 16, 17 are one, and 18, 19 and that of the unmatched rows the last.
        let join = HashJoinOperator(shape, left: Stripes(20, failing: 15, after: 19), right: right, leftKeys: [0],
                                    rightKeys: [0], nullsEqual: [false], equalities: [.plain])
        let groups = AggregateOperator(input: join, groupColumns: [0], fields: [KeyField(.int32)], calls: [],
                                       rowBound: nil, rowEstimate: 1, expectedGroups: 1)
        let context = QueryContext(session: Runner.session, threads: 2)
        #expect { try groups.prepare(context) } throws: { ($0 as? WarehouseError)?.message == "stripe 15" }
    }
}
