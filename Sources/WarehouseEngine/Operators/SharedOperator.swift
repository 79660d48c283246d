import WarehouseBasics
import WarehouseColumns

/// Rows that several operators of a query read and that are computed once, when the first of them is prepared.
final class SharedRows {
    private let source: any PhysicalOperator
    private let lock = Monitor()
    private var reservation: MemoryReservation?
    private var parts: [RowBuffer]?

    init(_ source: any PhysicalOperator) { self.source = source }

    /// The rows, in order, by stripes.
    func rows(_ context: QueryContext) throws -> [RowBuffer] {
        try lock.withLock {
            if let parts { return parts }
            let held = MemoryReservation(context.memory)
            let made = try source.collect(context, reservation: held).filter { $0.rowCount > 0 }
            reservation = held
            parts = made
            return made
        }
    }
}

/// One reader of shared rows.
final class SharedOperator: PhysicalOperator {
    private let shared: SharedRows
    private let places: [Int]
    let outputTypes: [PhysicalType]
    private var parts: [RowBuffer] = []

    /// `places`: the rows' columns that are put out.
    init(_ shared: SharedRows, places: [Int], outputTypes: [PhysicalType]) {
        self.shared = shared
        self.places = places
        self.outputTypes = outputTypes
    }

    func prepare(_ context: QueryContext) throws -> Int {
        parts = try shared.rows(context).map { rows in
            RowBuffer(columns: places.map { rows.columns[$0] }, rowCount: rows.rowCount)
        }
        return parts.count
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try parts[stripe].push(into: consumer, context: context)
    }
}
