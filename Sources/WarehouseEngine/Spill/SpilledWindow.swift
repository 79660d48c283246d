import WarehouseBasics
import WarehouseColumns

/// Window functions over rows on disk: cut by the hash of the partition's key, each part computed in memory, and the
/// results merged by the positions that rows had. What no hash cuts goes by in its order, a part at a time in memory.
final class SpilledWindow {
    private let partition: [Int]
    private let fields: [KeyField]
    private let order: [SortColumn]
    private let functions: [any WindowFunction]
    private let inputCount: Int
    private let outputTypes: [PhysicalType]
    private let context: QueryContext
    /// Gives the columns put out for rows in memory.
    private let compute: (RowBuffer, MemoryReservation) throws -> [ColumnBuffer]
    private var runs: [[SpillBlock]] = []

    /// Bytes written on the way to the result.
    private(set) var writtenBytes = 0

    init(partition: [Int], fields: [KeyField], order: [SortColumn], functions: [any WindowFunction], inputCount: Int,
         outputTypes: [PhysicalType], _ context: QueryContext,
         compute: @escaping (RowBuffer, MemoryReservation) throws -> [ColumnBuffer]) {
        self.partition = partition
        self.fields = fields
        self.order = order
        self.functions = functions
        self.inputCount = inputCount
        self.outputTypes = outputTypes
        self.context = context
        self.compute = compute
    }

    func run(_ rows: SpilledRows) throws -> SpilledRows {
        guard let spill = context.spill else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let file = try spill.makeFile(), source = PositionOperator(SpilledSource(rows))
        let count = partition.isEmpty ? 1
            : SpillPartitioning.count(for: rows.byteCount, target: SpillSizes(context).workBytes / 4)
        let parts = try SpilledRows.partitioned(source, partitioning(count, 0), file, context)
        for part in parts.stripes.indices { try add(parts, part, level: 1) }
        writtenBytes += file.byteCount
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
        if size <= SpillSizes(context).workBytes {
            do {
                return try compute(parts, blocks)
            } catch {
                // Others may hold much of the memory.
                guard error.isMemoryLimit else { throw error }
                return try addByPieces(parts, blocks, level: level, orElse: error)
            }
        }
        try addByPieces(parts, blocks, level: level, orElse: nil)
    }

    /// What does not fit in memory: cut again, or by a part at a time. Else it is computed in memory all the same, or
    /// `failure` is told.
    private func addByPieces(_ parts: SpilledRows, _ blocks: [SpillBlock], level: Int, orElse failure: (any Error)?) throws {
        let rows = SpilledRows(file: parts.file, types: parts.types, stripes: [blocks])
        if level < SpillPartitioning.maximumLevel, !partition.isEmpty {
            let further = try SpilledRows.partitioned(SpilledSource(rows), partitioning(16, level), parts.file, context)
            for part in further.stripes.indices { try add(further, part, level: level + 1) }
        } else if StreamedWindow.serves(functions) {
            try stream(rows)
        } else if let failure {
            throw failure
        } else {
            try compute(parts, blocks)
        }
    }

    private func compute(_ parts: SpilledRows, _ blocks: [SpillBlock]) throws {
        let held = MemoryReservation(context.memory)
        let rows = try parts.load(blocks, held, context: context)
        let columns = try compute(rows, held) + [rows.columns[rows.columns.count - 1]]
        let writer = SpillWriter(parts.file)
        try writer.write(RowBuffer(columns: columns, rowCount: rows.rowCount),
                         blockBytes: SpillSizes(context).blockBytes, context: context)
        runs.append(writer.blocks)
    }

    private func stream(_ rows: SpilledRows) throws {
        let position = rows.types.count - 1
        let window = StreamedWindow(partition.isEmpty ? rows : try numbered(rows), order: order, functions: functions,
                                    inputCount: inputCount, position: position, context: context)
        let result = try window.run()
        // A run of its own, in the file of its writing: the merge reads one file.
        let writer = SpillWriter(rows.file), scratch = SpillScratch()
        for block in result.stripes.flatMap({ $0 }) {
            try context.checkCancelled()
            let loaded = RowBuffer(result.types)
            try result.file.load(block, into: loaded, scratch)
            try writer.write(loaded, blockBytes: SpillSizes(context).blockBytes, context: context)
        }
        writtenBytes += result.file.byteCount
        runs.append(writer.blocks)
    }

    /// The rows with the numbers of their partitions behind.
    private func numbered(_ rows: SpilledRows) throws -> SpilledRows {
        let table = try GroupTable(fields, keepsKeys: false, check: { [context] in try context.checkCancelled() })
        let held = MemoryReservation(context.memory), writer = SpillWriter(rows.file), scratch = SpillScratch()
        for block in rows.stripes.flatMap({ $0 }) {
            try context.checkCancelled()
            let loaded = RowBuffer(rows.types), numbers = ColumnBuffer(.int32, capacity: max(1, block.rowCount))
            try rows.file.load(block, into: loaded, scratch)
            let batch = loaded.makeBatch()
            loaded.show(batch, from: 0, count: loaded.rowCount)
            try table.insert(partition.map { batch.vectors[$0] }, rows: loaded.rowCount, into: numbers.int32s)
            try held.grow(to: table.allocatedBytes)
            numbers.commit(loaded.rowCount)
            try writer.write(RowBuffer(columns: loaded.columns + [numbers], rowCount: loaded.rowCount),
                             blockBytes: SpillSizes(context).blockBytes, context: context)
        }
        return SpilledRows(file: rows.file, types: rows.types + [.int32], stripes: [writer.blocks])
    }
}
