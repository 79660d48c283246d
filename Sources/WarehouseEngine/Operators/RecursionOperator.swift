import WarehouseBasics
import WarehouseColumns

/// The rows of an anchor, then round by round those of a step over the round before, until a round gives none, or rows
/// are enough.
/// Rows that memory has no room for go to disk, those of a round among them.
final class RecursionOperator: ResourcefulOperator {
    private let anchor: any PhysicalOperator
    /// No round begins with so many rows.
    private let rowLimit: Int
    private let makeStep: (CollectedRows) throws -> any PhysicalOperator
    private var result: RowBuffer?
    private var resultOnDisk: SpilledSource?
    let resources = OperatorResources()
    private var reservation: MemoryReservation?
    var outputTypes: [PhysicalType] { anchor.outputTypes }

    /// A recursion that goes on longer is taken for one without end.
    static let maximumRounds = 100_000
    private static let stripeRows = 1 << 20

    /// `makeStep` gives the step over one round's rows, with the output types of `anchor`.
    init(anchor: any PhysicalOperator, rowLimit: Int? = nil, makeStep: @escaping (CollectedRows) throws -> any PhysicalOperator) {
        self.anchor = anchor
        self.rowLimit = rowLimit ?? .max
        self.makeStep = makeStep
    }

    func prepare(_ context: QueryContext) throws -> Int {
        let held = MemoryReservation(context.memory)
        reservation = held
        guard context.spill != nil, context.memory.limitBytes != nil else {
            return try recurseInMemory(held, context)
        }
        let all = RowCollector(1, types: outputTypes, context, held)
        var working = MemoryReservation(context.memory)
        var rows = try anchor.collectElastically(context, reservation: working, resources: resources)
        var rounds = 0, total = 0, last = (stripe: 0, rows: 0)
        while rows.rowCount > 0 {
            try checkRound(rounds, context)
            rounds += 1
            total += rows.rowCount
            try keep(rows, in: all, &last, context)
            if total >= rowLimit { break }
            let next = MemoryReservation(context.memory)
            rows = try makeStep(rows).collectElastically(context, reservation: next, resources: resources)
            working = next
        }
        working.shrink(to: 0)
        try all.finish(last.stripe)
        resources.note(peak: all.peakBytes)
        switch try all.rows() {
        case .memory(let parts):
            let whole = try RowBuffer.concatenated(draining: parts, types: outputTypes, context)
            result = whole
            return (whole.rowCount + SortOperator.stripeRows - 1) / SortOperator.stripeRows
        case .disk(let rows):
            resources.note(spilled: rows.file.byteCount)
            let source = SpilledSource(rows)
            resultOnDisk = source
            return try source.prepare(context)
        }
    }

    private func recurseInMemory(_ held: MemoryReservation, _ context: QueryContext) throws -> Int {
        var rounds: [RowBuffer] = []
        func collected(_ source: any PhysicalOperator) throws -> RowBuffer {
            try RowBuffer.concatenated(draining: try source.collect(context, reservation: held), types: outputTypes,
                                       context)
        }
        var rows = try collected(anchor), total = 0
        while rows.rowCount > 0 {
            try checkRound(rounds.count, context)
            rounds.append(rows)
            total += rows.rowCount
            if total >= rowLimit { break }
            rows = try collected(makeStep(.memory([rows])))
        }
        let all = try RowBuffer.concatenated(draining: rounds, types: outputTypes, context)
        result = all
        return (all.rowCount + SortOperator.stripeRows - 1) / SortOperator.stripeRows
    }

    private func checkRound(_ rounds: Int, _ context: QueryContext) throws {
        try context.checkCancelled()
        guard rounds <= Self.maximumRounds else {
            throw WarehouseError(.limitExceeded, "Recursion exceeded max iteration count (\(Self.maximumRounds))",
                                 hint: "The recursive clause gives rows in every round: it needs a condition that "
                                     + "ends it.")
        }
    }

    private func keep(_ rows: CollectedRows, in all: RowCollector, _ last: inout (stripe: Int, rows: Int),
                      _ context: QueryContext) throws {
        var (stripe, count) = last
        defer { last = (stripe, count) }
        let sink = ClosureConsumer { batch in
            if count >= Self.stripeRows {
                try all.finish(stripe)
                (stripe, count) = (all.addStripe(), 0)
            }
            count += batch.rowCount
            try all.add(batch, stripe)
            return true
        }
        switch rows {
        case .memory(let parts): for part in parts { try part.push(into: sink, context: context) }
        case .disk(let rows):
            for stripe in rows.stripes { try rows.push(stripe, columns: rows.types.count, into: sink, context: context) }
        }
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let resultOnDisk { return try resultOnDisk.run(stripe: stripe, context, into: consumer) }
        guard let result else { return }
        let start = stripe * SortOperator.stripeRows
        try result.push(into: consumer, context: context,
                        range: start..<min(result.rowCount, start + SortOperator.stripeRows))
    }
}
