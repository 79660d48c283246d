import Synchronization
import WarehouseBasics
import WarehouseColumns

/// An operator whose rows are groups.
protocol GroupsOperator: PhysicalOperator {
    /// Has it put out rows of which nobody reads a column; false where it cannot. Called before `prepare`.
    func dropKeys() -> Bool
}

/// COUNT(*) of groups, and COUNT of a key that is never null: one row with the number of rows, once a call. The groups'
/// keys are kept for nobody: of 2 million digests that is 32 MB less to write and read.
final class CountRowsOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    let outputTypes: [PhysicalType]
    private let count = Atomic<Int>(0)

    init(_ input: any PhysicalOperator, types: [PhysicalType]) {
        self.input = input
        outputTypes = types
    }

    func prepare(_ context: QueryContext) throws -> Int {
        count.store(0, ordering: .relaxed)
        try TaskPool.run(stripes: try input.prepare(context), threads: context.threads) { stripe in
            try context.checkCancelled()
            try input.run(stripe: stripe, context, into: ClosureConsumer { [self] batch in
                count.add(batch.rowCount, ordering: .relaxed)
                return true
            })
        }
        return 1
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let columns = outputTypes.map { ColumnBuffer($0) }
        for column in columns { column.append(integer: Int128(count.load(ordering: .relaxed))) }
        try RowBuffer(columns: columns, rowCount: 1).push(into: consumer, context: context)
    }
}
