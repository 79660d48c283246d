import WarehouseBasics
import WarehouseColumns

/// Writes the rows of a merge as stripes, the first columns of them only.
final class StripedWriter {
    /// How rows are cut into stripes.
    enum Cut {
        /// So many rows each.
        case rows(Int)
        /// By the stripe in a column of row positions; where that is null, the last one.
        case positions(column: Int, stripes: Int)
    }

    private let file: SpillFile
    private let types: [PhysicalType]
    private let cut: Cut
    private let writer: SpillWriter
    private var stripes: [[SpillBlock]]
    private var writtenRows = 0
    private let slice: Batch

    /// `types`: of the columns that are kept, the first of those written.
    init(_ file: SpillFile, types: [PhysicalType], cut: Cut) {
        self.file = file
        self.types = types
        self.cut = cut
        writer = SpillWriter(file)
        slice = Batch(types.map { Vector($0, capacity: 1) })
        switch cut {
        case .rows: stripes = []
        case .positions(_, let count): stripes = Array(repeating: [], count: count)
        }
    }

    func write(_ batch: Batch) throws {
        var start = 0
        while start < batch.rowCount {
            let (stripe, count) = piece(batch, start)
            while stripes.count <= stripe { stripes.append([]) }
            let before = writer.blocks.count
            if count == batch.rowCount {
                try writer.write(Array(batch.vectors.prefix(types.count)), rows: count)
            } else {
                let rows = RowBuffer(types)
                let kept = Batch(Array(batch.vectors.prefix(types.count)), rowCount: batch.rowCount)
                rows.append(kept, start..<(start + count))
                rows.show(slice, from: 0, count: count)
                try writer.write(slice.vectors, rows: count)
            }
            stripes[stripe] += writer.blocks[before...]
            writtenRows += count
            start += count
        }
    }

    /// The stripe of row `start`, and how many rows from there on are of it.
    private func piece(_ batch: Batch, _ start: Int) -> (stripe: Int, count: Int) {
        switch cut {
        case .rows(let size):
            return (writtenRows / size, min(batch.rowCount - start, size - writtenRows % size))
        case .positions(let column, let stripes):
            let vector = batch.vectors[column]
            func stripe(_ row: Int) -> Int {
                vector.isNull(row) ? stripes - 1 : min(stripes - 1, RowPosition.stripe(vector.int64s[row]))
            }
            let first = stripe(start)
            var end = start + 1
            while end < batch.rowCount, stripe(end) == first { end += 1 }
            return (first, end - start)
        }
    }

    var rows: SpilledRows { SpilledRows(file: file, types: types, stripes: stripes) }
}

/// Where a row stands in a relation: its stripe, and its number there.
enum RowPosition {
    private static let rowBits: Int64 = 40

    static func first(ofStripe stripe: Int) -> Int64 { Int64(stripe) << rowBits }
    static func stripe(_ position: Int64) -> Int { Int(position >> rowBits) }
}

/// The same rows, with their positions behind.
final class PositionOperator: PhysicalOperator {
    private let input: any PhysicalOperator
    let outputTypes: [PhysicalType]
    private(set) var stripeCount = 0

    init(_ input: any PhysicalOperator) {
        self.input = input
        outputTypes = input.outputTypes + [.int64]
    }

    func prepare(_ context: QueryContext) throws -> Int {
        stripeCount = try input.prepare(context)
        return stripeCount
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        let positions = RowPositions(first: RowPosition.first(ofStripe: stripe))
        try input.run(stripe: stripe, context, into: ClosureConsumer { try consumer.consume(positions.append(to: $0)) })
    }
}

/// Appends the positions of their rows to batches that follow one another.
final class RowPositions {
    private var next: Int64
    private let positions = Vector(.int64), wide = Batch()

    init(first: Int64 = 0) { next = first }

    /// Valid until the next call.
    func append(to batch: Batch) -> Batch {
        positions.beginFlat(batch.rowCount)
        let target = positions.int64s
        for row in 0..<batch.rowCount { target[row] = next &+ Int64(row) }
        next += Int64(batch.rowCount)
        wide.vectors.removeAll(keepingCapacity: true)
        wide.vectors.append(contentsOf: batch.vectors)
        wide.vectors.append(positions)
        wide.rowCount = batch.rowCount
        return wide
    }
}
