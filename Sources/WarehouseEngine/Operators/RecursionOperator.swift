import WarehouseBasics
import WarehouseColumns

/// The rows of an anchor, then round by round those of a step over the round before, until a round gives none.
final class RecursionOperator: PhysicalOperator {
    private let anchor: any PhysicalOperator
    private let makeStep: (RowBuffer) throws -> any PhysicalOperator
    private var result: RowBuffer?
    private var reservation: MemoryReservation?
    var outputTypes: [PhysicalType] { anchor.outputTypes }

    /// A recursion that goes on longer is taken for one without end.
    static let maximumRounds = 100_000

    /// `makeStep` gives the step over one round's rows, with the output types of `anchor`.
    init(anchor: any PhysicalOperator, makeStep: @escaping (RowBuffer) throws -> any PhysicalOperator) {
        self.anchor = anchor
        self.makeStep = makeStep
    }

    func prepare(_ context: QueryContext) throws -> Int {
        let held = MemoryReservation(context.memory)
        reservation = held
        var rounds: [RowBuffer] = []
        var rows = RowBuffer.concatenated(try anchor.collect(context, reservation: held), types: outputTypes)
        while rows.rowCount > 0 {
            try context.checkCancelled()
            guard rounds.count <= Self.maximumRounds else {
                throw WarehouseError(.limitExceeded, "Recursion exceeded max iteration count (\(Self.maximumRounds))",
                                     hint: "The recursive clause gives rows in every round: it needs a condition that "
                                         + "ends it.")
            }
            rounds.append(rows)
            let step = try makeStep(rows)
            rows = RowBuffer.concatenated(try step.collect(context, reservation: held), types: outputTypes)
        }
        let all = RowBuffer.concatenated(rounds, types: outputTypes)
        result = all
        return (all.rowCount + SortOperator.stripeRows - 1) / SortOperator.stripeRows
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        guard let result else { return }
        let start = stripe * SortOperator.stripeRows
        try result.push(into: consumer, context: context,
                        range: start..<min(result.rowCount, start + SortOperator.stripeRows))
    }
}
