import WarehouseBasics
import WarehouseColumns

/// Window functions over rows on disk: cut by the hash of the partition's key, each part computed in memory, and the
/// results merged by the positions that rows had.
final class SpilledWindow {
    private let partition: [Int]
    private let fields: [KeyField]
    private let outputTypes: [PhysicalType]
    private let context: QueryContext
    /// Gives the columns put out for rows in memory.
    private let compute: (RowBuffer, MemoryReservation) throws -> [ColumnBuffer]
    private var runs: [[SpillBlock]] = []

    init(partition: [Int], fields: [KeyField], outputTypes: [PhysicalType], _ context: QueryContext,
         compute: @escaping (RowBuffer, MemoryReservation) throws -> [ColumnBuffer]) {
        self.partition = partition
        self.fields = fields
        self.outputTypes = outputTypes
        self.context = context
        self.compute = compute
    }

    func run(_ rows: SpilledRows) throws -> SpilledRows {
        guard let spill = context.spill else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let file = try spill.makeFile(), source = PositionOperator(SpilledSource(rows))
        let count = SpillPartitioning.count(for: rows.byteCount, target: SpillSizes(context).workBytes / 4)
        let parts = try SpilledRows.partitioned(source, partitioning(count, 0), file, context)
        for part in parts.stripes.indices { try add(parts, part, level: 1) }
        let writer = StripedWriter(file, types: outputTypes, cut: .rows(SortOperator.stripeRows))
        try RunMerge(SpilledRows(file: file, types: outputTypes + [.int64], stripes: []),
                     by: [SortColumn(column: outputTypes.count)], context: context).merge(runs) { try writer.write($0) }
        return writer.rows
    }

    private func partitioning(_ count: Int, _ level: Int) -> SpillPartitioning {
        SpillPartitioning(keys: partition, fields: fields, count: count, level: level)
    }

    private func add(_ parts: SpilledRows, _ part: Int, level: Int) throws {
        let blocks = parts.stripes[part]
        guard !blocks.isEmpty else { return }
        // Order, partitions and results, and the views of strings.
        let rowBytes = parts.types.reduce(64) { $0 + ($1 == .string ? 12 : 0) }
            + outputTypes.reduce(0) { $0 + $1.stride }
        let size = blocks.byteCount + blocks.rowCount * rowBytes
        if size > SpillSizes(context).workBytes, level < SpillPartitioning.maximumLevel {
            let rows = SpilledRows(file: parts.file, types: parts.types, stripes: [blocks])
            let further = try SpilledRows.partitioned(SpilledSource(rows), partitioning(16, level), parts.file, context)
            for part in further.stripes.indices { try add(further, part, level: level + 1) }
            return
        }
        let held = MemoryReservation(context.memory)
        let rows = try parts.load(blocks, held, context: context)
        let columns = try compute(rows, held) + [rows.columns[rows.columns.count - 1]]
        let writer = SpillWriter(parts.file)
        try writer.write(RowBuffer(columns: columns, rowCount: rows.rowCount),
                         blockBytes: SpillSizes(context).blockBytes, context: context)
        runs.append(writer.blocks)
    }
}
