import WarehouseBasics
import WarehouseColumns

/// Rows that several operators of a query read and that are computed once, when the first of them is prepared.
final class SharedRows {
    private let source: any PhysicalOperator
    private let lock = Monitor()
    private var reservation: MemoryReservation?
    private var rows: CollectedRows?

    init(_ source: any PhysicalOperator) { self.source = source }

    let resources = OperatorResources()

    /// The rows, in order, by stripes; on disk where memory has no room for them.
    func rows(_ context: QueryContext) throws -> CollectedRows {
        try lock.withLock {
            if let rows { return rows }
            let held = MemoryReservation(context.memory)
            var made = try source.collectElastically(context, reservation: held, resources: resources)
            if case .memory(let parts) = made { made = .memory(parts.filter { $0.rowCount > 0 }) }
            resources.note(peak: held.bytes)
            reservation = held
            rows = made
            return made
        }
    }
}

/// One reader of shared rows.
final class SharedOperator: ResourcefulOperator {
    private let shared: SharedRows
    private let places: [Int]
    let outputTypes: [PhysicalType]
    private var parts: [RowBuffer] = []
    private var rowsOnDisk: SpilledSource?
    var resources: OperatorResources { shared.resources }

    /// `places`: the rows' columns that are put out.
    init(_ shared: SharedRows, places: [Int], outputTypes: [PhysicalType]) {
        self.shared = shared
        self.places = places
        self.outputTypes = outputTypes
    }

    func prepare(_ context: QueryContext) throws -> Int {
        switch try shared.rows(context) {
        case .memory(let rows):
            parts = rows.map { rows in
                RowBuffer(columns: places.map { rows.columns[$0] }, rowCount: rows.rowCount)
            }
            return parts.count
        case .disk(let rows):
            rowsOnDisk = SpilledSource(rows, places: places)
            return rows.stripes.count
        }
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let rowsOnDisk { return try rowsOnDisk.run(stripe: stripe, context, into: consumer) }
        try parts[stripe].push(into: consumer, context: context)
    }
}
