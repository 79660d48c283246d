import WarehouseBasics
import WarehouseColumns

/// A scalar subquery: its one row, a row of nulls when there is none, an error when there are more.
final class SingleRowOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private var row: RowBuffer?
    var outputTypes: [PhysicalType] { input.outputTypes }

    init(input: any PhysicalOperator) { self.input = input }

    func prepare(_ context: QueryContext) throws -> Int {
        let first = LimitOperator(input: input, limit: 2, offset: 0)
        let rows = RowBuffer(outputTypes)
        for stripe in 0..<(try first.prepare(context)) {
            try first.run(stripe: stripe, context, into: ClosureConsumer { batch in
                rows.append(batch)
                return true
            })
        }
        if rows.rowCount > 1 {
            throw WarehouseError(.singleRowSubquery, "Single-row subquery returns more than one row.")
        }
        if rows.rowCount == 0 {
            for column in rows.columns { column.appendNull() }
            row = RowBuffer(columns: rows.columns, rowCount: 1)
        } else {
            row = rows
        }
        return 1
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try row?.push(into: consumer, context: context)
    }
}
