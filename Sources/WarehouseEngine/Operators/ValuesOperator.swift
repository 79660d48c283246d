import WarehouseBasics
import WarehouseColumns

/// Rows that are there already, in one stripe.
final class ValuesOperator: PhysicalOperator {
    private let rows: RowBuffer
    var outputTypes: [PhysicalType] { rows.types }

    init(rows: RowBuffer) { self.rows = rows }

    func prepare(_ context: QueryContext) throws -> Int { 1 }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if rows.rowCount > 0 { try rows.push(into: consumer, context: context) }
    }
}
