import WarehouseBasics
import WarehouseColumns

/// Rows that wait for their turn: in memory while the limit has room for them, else on disk, in their order.
public final class HeldRows {
    private let context: QueryContext
    private var types: [PhysicalType] = []
    private var collector: RowCollector?

    public init(_ context: QueryContext) { self.context = context }

    /// Batches of one shape, one call at a time.
    public func add(_ batch: Batch) throws {
        let rows = collector ?? begin(batch)
        try rows.add(batch, 0)
    }

    private func begin(_ batch: Batch) -> RowCollector {
        types = batch.vectors.map(\.physicalType)
        let made = RowCollector(1, types: types, context, MemoryReservation(context.memory))
        collector = made
        return made
    }

    /// Gives the rows back, and the memory and disk that they took. A batch is valid during the call only.
    public func take(_ body: (Batch) throws -> Void) throws {
        guard let collector else { return }
        self.collector = nil
        try collector.finish(0)
        try withoutActuallyEscaping(body) { body in
            let consumer = ClosureConsumer { batch in
                try body(batch)
                return true
            }
            switch try collector.rows() {
            case .memory(let parts): for rows in parts { try rows.push(into: consumer, context: context) }
            case .disk(let rows):
                for blocks in rows.stripes { try rows.push(blocks, columns: types.count, into: consumer, context: context) }
            }
        }
    }
}
