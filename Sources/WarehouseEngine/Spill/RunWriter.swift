import WarehouseBasics
import WarehouseColumns

/// Writes batches of any form and size as blocks: some of their columns, in one stripe's order.
final class RunWriter: BatchConsumer {
    private let writer: SpillWriter
    private let columns: [Int]
    private let types: [PhysicalType]
    private let blockBytes: Int
    private let context: QueryContext
    private var rows: RowBuffer
    private let picked = Batch()

    /// `types`: of the chosen columns.
    init(_ file: SpillFile, columns: [Int], types: [PhysicalType], _ context: QueryContext) {
        writer = SpillWriter(file)
        self.columns = columns
        self.types = types
        self.context = context
        blockBytes = SpillSizes(context).blockBytes
        rows = RowBuffer(types)
    }

    func consume(_ batch: Batch) throws -> Bool {
        picked.vectors.removeAll(keepingCapacity: true)
        for column in columns { picked.vectors.append(batch.vectors[column]) }
        picked.rowCount = batch.rowCount
        rows.append(picked)
        if rows.rowCount >= Vector.standardCapacity || rows.contentBytes >= blockBytes { try flush() }
        return true
    }

    private func flush() throws {
        try writer.write(rows, blockBytes: blockBytes, context: context)
        rows = RowBuffer(types)
    }

    /// What was written, all of it.
    func finish() throws -> [SpillBlock] {
        try flush()
        return writer.blocks
    }
}
