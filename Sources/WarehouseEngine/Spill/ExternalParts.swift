import WarehouseBasics
import WarehouseColumns

/// Rows of an aggregate on disk, cut until the distinct values of each part fit in memory.
struct ExternalParts {
    private let overflow: AggregateOverflow
    private let context: QueryContext

    init(_ overflow: AggregateOverflow, _ context: QueryContext) {
        self.overflow = overflow
        self.context = context
    }

    func makeFile() throws -> SpillFile { try overflow.makeFile() }

    /// Cuts rows by the hash of their first columns, again where memory has no room for what `build` makes of a part.
    func forEach<Part>(
        _ types: [PhysicalType], _ fields: [KeyField], level: Int = 0, of rows: (@escaping (Batch) throws -> Void) throws -> Void,
        build: (SpilledRows, [SpillBlock]) throws -> Part, take: (Part) throws -> Void
    ) throws {
        let cut = SpilledRows(file: try overflow.makeFile(), types: types, stripes: [])
        let partitioning = SpillPartitioning(
            keys: Array(fields.indices), fields: fields,
            count: level == 0 ? AggregateOverflow.standardPartitions : AggregateOverflow.furtherPartitions, level: level)
        let writer = PartitionWriter(cut.file, partitioning, types: types, context)
        try rows { try writer.add($0) }
        try writer.flush()
        for blocks in writer.partitions where !blocks.isEmpty {
            let part: Part
            do {
                part = try build(cut, blocks)
            } catch {
                guard error.isMemoryLimit, level < SpillPartitioning.maximumLevel else { throw error }
                try forEach(types, fields, level: level + 1, of: { body in
                    try self.forEachBatch(cut, blocks, body)
                }, build: build, take: take)
                continue
            }
            try take(part)
        }
    }

    /// The distinct values of the first columns of rows, how often each comes where `counts`: their positions then stand
    /// behind.
    func values(_ fields: [KeyField], of rows: SpilledRows, _ blocks: [SpillBlock], counts: Bool = false) throws
        -> PartValues {
        let values = try PartValues(fields, context, rows: blocks.rowCount, counts: counts)
        try forEachBatch(rows, blocks) { try values.add($0.vectors, $0.rowCount) }
        return values
    }

    func forEachBatch(_ rows: SpilledRows, _ blocks: [SpillBlock], _ body: @escaping (Batch) throws -> Void) throws {
        _ = try rows.push(blocks, columns: rows.types.count, into: ClosureConsumer { batch in
            try body(batch)
            return true
        }, context: context)
    }

    /// The rows of a batch that have values in the columns `required`.
    static func withoutNulls(_ batch: Batch, in required: [Int], _ types: [PhysicalType]) -> RowBuffer {
        let rows = RowBuffer(types)
        let nullable = required.compactMap { column in
            batch.vectors[column].hasNulls ? batch.vectors[column].flatValidity(rows: batch.rowCount) : nil
        }
        if nullable.isEmpty {
            rows.append(batch)
            return rows
        }
        var kept = RowList(capacity: batch.rowCount)
        for row in 0..<batch.rowCount
        where nullable.allSatisfy({ $0[row >> 6] >> UInt64(row & 63) & 1 != 0 }) { kept.append(row) }
        rows.append(batch, selection: kept.selection)
        return rows
    }
}
