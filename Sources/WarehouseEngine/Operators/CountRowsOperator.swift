import WarehouseBasics
import WarehouseColumns

/// An operator whose rows are groups.
protocol GroupsOperator: PhysicalOperator {
    /// Whether it can, and from now on does, put out rows of which nobody reads a column. Called before `prepare`.
    func countGroupsOnly() -> Bool
}

/// COUNT(*) of groups, and COUNT of a key that is never null: one row with the number of rows, once a call. The groups'
/// keys are kept for nobody: of 2 million digests that is 32 MB less to write and read.
final class CountRowsOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    let outputTypes: [PhysicalType]
    private var count = 0

    init(_ input: any PhysicalOperator, types: [PhysicalType]) {
        self.input = input
        outputTypes = types
    }

    func prepare(_ context: QueryContext) throws -> Int {
        count = 0
        for stripe in 0..<(try input.prepare(context)) {
            try input.run(stripe: stripe, context, into: ClosureConsumer { [self] batch in
                count += batch.rowCount
                return true
            })
        }
        return 1
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let columns = outputTypes.map { ColumnBuffer($0) }
        for column in columns { column.append(integer: Int128(count)) }
        try RowBuffer(columns: columns, rowCount: 1).push(into: consumer, context: context)
    }
}
