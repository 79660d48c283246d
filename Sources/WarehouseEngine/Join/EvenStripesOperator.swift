import WarehouseBasics
import WarehouseColumns

/// Cuts the rows of an input of few stripes into more where each of them means much work, so that all threads have some.
/// How they are cut follows from the rows alone.
final class EvenStripesOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let resources: OperatorResources
    /// Of each row: how many others it may meet. Set before `prepare`.
    var workPerRow = 0
    private var source: any PhysicalOperator
    private var reservation: MemoryReservation?

    var outputTypes: [PhysicalType] { input.outputTypes }

    /// So many stripes keep the threads of most machines at work, and few rows wait for the last one.
    private static let wantedStripes = 32
    private static let enoughStripes = 8
    /// With less work the rows are not worth a copy.
    private static let leastWork = 16
    /// A few milliseconds of work.
    private static let stripeWork = 1 << 18

    init(_ input: any PhysicalOperator, _ resources: OperatorResources) {
        self.input = input
        self.resources = resources
        source = input
    }

    func prepare(_ context: QueryContext) throws -> Int {
        source = input
        let stripes = try input.prepare(context)
        guard stripes > 0, stripes < Self.enoughStripes, workPerRow >= Self.leastWork else { return stripes }
        let held = MemoryReservation(context.memory)
        let prepared = PreparedOperator(input, stripes: stripes)
        switch try prepared.collectElastically(context, reservation: held, resources: resources) {
        case .disk(let rows):
            source = SpilledSource(rows)
            return rows.stripes.count
        case .memory(let parts):
            let rows = try RowBuffer.concatenated(draining: parts, types: outputTypes, context)
            reservation = held
            let work = rows.rowCount.multipliedReportingOverflow(by: workPerRow)
            let wanted = work.overflow ? Self.wantedStripes : min(Self.wantedStripes, work.partialValue / Self.stripeWork)
            let cut = CutRows(rows, stripes: min(rows.rowCount, max(1, wanted)))
            source = cut
            return try cut.prepare(context)
        }
    }

    /// Gives the rows' memory back, once all stripes have been.
    func release() {
        source = input
        reservation = nil
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try source.run(stripe: stripe, context, into: consumer)
    }
}

/// An operator that has been prepared.
private final class PreparedOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    private let stripes: Int
    var outputTypes: [PhysicalType] { input.outputTypes }

    init(_ input: any PhysicalOperator, stripes: Int) {
        self.input = input
        self.stripes = stripes
    }

    func prepare(_ context: QueryContext) throws -> Int { stripes }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        try input.run(stripe: stripe, context, into: consumer)
    }
}

/// Rows in memory in stripes of like size.
private final class CutRows: PhysicalOperator {
    private let rows: RowBuffer
    private let stripes: Int
    var outputTypes: [PhysicalType] { rows.types }

    init(_ rows: RowBuffer, stripes: Int) {
        self.rows = rows
        self.stripes = stripes
    }

    func prepare(_ context: QueryContext) throws -> Int { stripes }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let start = rows.rowCount * stripe / stripes, end = rows.rowCount * (stripe + 1) / stripes
        try rows.push(into: consumer, context: context, range: start..<end)
    }
}
