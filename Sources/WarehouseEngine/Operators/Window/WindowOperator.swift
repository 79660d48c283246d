import WarehouseBasics
import WarehouseColumns

/// Window functions over one partitioning and order. All rows are kept; the input's columns come out as they came,
/// in their order, with the functions' results behind. Rows that do not fit in memory go to disk by the hash of their
/// partition's key; those of one partition go by in their order, where all functions can be computed so.
final class WindowOperator: ResourcefulOperator {
    private let input: any PhysicalOperator
    private let partition: [Int]
    private let fields: [KeyField]
    private let order: [SortColumn]
    private let functions: [any WindowFunction]
    /// How many of the input's first columns go through.
    private let inputCount: Int
    let outputTypes: [PhysicalType]
    private var result: RowBuffer?
    private var reservation: MemoryReservation?
    private var resultOnDisk: SpilledSource?
    let resources = OperatorResources()

    init(input: any PhysicalOperator, partition: [Int], fields: [KeyField], order: [SortColumn],
         functions: [any WindowFunction], inputCount: Int) {
        self.input = input
        self.partition = partition
        self.fields = fields
        self.order = order
        self.functions = functions
        self.inputCount = inputCount
        outputTypes = Array(input.outputTypes.prefix(inputCount)) + functions.map(\.resultType)
    }

    func prepare(_ context: QueryContext) throws -> Int {
        let held = MemoryReservation(context.memory)
        reservation = held
        let collected = try collectInput(context, held)
        guard case .memory(let parts) = collected else {
            if case .disk(let rows) = collected { return try computeOnDisk(rows, context) }
            return 0
        }
        let rows = try RowBuffer.concatenated(draining: parts, types: input.outputTypes, context)
        do {
            try held.grow(to: rows.allocatedBytes)
            result = RowBuffer(columns: try compute(rows, held, context), rowCount: rows.rowCount)
        } catch {
            // Narrow rows may fit where their order and the results do not.
            guard error.isMemoryLimit, goesToDisk,
                  let spilled = try SpilledRows.written([rows], types: input.outputTypes, context) else { throw error }
            held.shrink(to: 0)
            return try computeOnDisk(spilled, context)
        }
        resources.note(peak: held.bytes)
        return (rows.rowCount + SortOperator.stripeRows - 1) / SortOperator.stripeRows
    }

    /// The input's columns that go through, and the functions' results.
    private func compute(_ rows: RowBuffer, _ held: MemoryReservation, _ context: QueryContext) throws -> [ColumnBuffer] {
        let window = try WindowPartitions(rows, partition: partition, fields: fields, order: order, context: context)
        var columns = Array(rows.columns.prefix(inputCount))
        for function in functions {
            try context.checkCancelled()
            let column = try function.compute(window, context)
            try held.resize(to: held.bytes + column.allocatedBytes)
            columns.append(column)
        }
        return columns
    }

    // MARK: On disk

    private var goesToDisk: Bool {
        // Numbers of a sequence go to rows in their order, whatever their partition.
        (!partition.isEmpty || StreamedWindow.serves(functions)) && !functions.contains { $0 is SequenceFunction }
    }

    private func collectInput(_ context: QueryContext, _ held: MemoryReservation) throws -> CollectedRows {
        guard goesToDisk else { return .memory(try input.collect(context, reservation: held)) }
        return try input.collectElastically(context, reservation: held, resources: resources)
    }

    private func computeOnDisk(_ rows: SpilledRows, _ context: QueryContext) throws -> Int {
        let window = SpilledWindow(partition: partition, fields: fields, order: order, functions: functions,
                                   inputCount: inputCount, outputTypes: outputTypes, context) { [self] in
            try compute($0, $1, context)
        }
        let result = try window.run(rows)
        resources.note(spilled: result.file.byteCount + window.writtenBytes)
        let source = SpilledSource(result)
        resultOnDisk = source
        return try source.prepare(context)
    }

    func run(stripe: Int, _ context: QueryContext, into consumer: any BatchConsumer) throws {
        if let resultOnDisk { return try resultOnDisk.run(stripe: stripe, context, into: consumer) }
        guard let result else { return }
        let start = stripe * SortOperator.stripeRows
        try result.push(into: consumer, context: context,
                        range: start..<min(result.rowCount, start + SortOperator.stripeRows))
    }
}

/// One window function with its arguments' columns.
protocol WindowFunction {
    var resultType: PhysicalType { get }
    /// The results, a row for each row of the window, in the rows' own order.
    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer
    /// How it is computed where a partition does not fit in memory; nil: not at all.
    var streaming: WindowStreaming? { get }
}

extension WindowFunction {
    var streaming: WindowStreaming? { nil }
}

/// Results written in any order, by several threads.
final class WindowColumn {
    private let column: ColumnBuffer
    private let rowCount: Int
    /// 1 where the result is NULL.
    let nulls: UnsafeMutablePointer<UInt8>

    init(_ type: PhysicalType, rows: Int) {
        column = ColumnBuffer(type, capacity: max(1, rows))
        rowCount = rows
        nulls = PageMemory.allocate(UInt8.self, count: rows)
        nulls.initialize(repeating: 0, count: rows)
    }

    deinit { PageMemory.deallocate(nulls, count: rowCount) }

    var int64s: UnsafeMutablePointer<Int64> { column.int64s }
    var doubles: UnsafeMutablePointer<Double> { column.doubles }

    /// Writes an integer that fits the column's width; false when it does not.
    @inline(__always)
    func write(_ value: Int128, _ row: Int) -> Bool {
        switch column.physicalType {
        case .int32:
            guard let narrow = Int32(exactly: value) else { return false }
            column.int32s[row] = narrow
        case .int64:
            guard let narrow = Int64(exactly: value) else { return false }
            column.int64s[row] = narrow
        default: column.int128s[row] = value
        }
        return true
    }

    @inline(__always)
    func writeNull(_ row: Int) {
        nulls[row] = 1
        switch column.physicalType {
        case .int32: column.int32s[row] = 0
        case .int64, .double: column.int64s[row] = 0
        default: column.int128s[row] = 0
        }
    }

    /// The rows `picks` of a column of fixed width, NULL where they are negative, by all threads; nil for other columns.
    static func gathered(_ source: ColumnBuffer, _ picks: UnsafePointer<Int32>, rows: Int, _ context: QueryContext) throws
        -> ColumnBuffer? {
        guard source.physicalType != .string, source.physicalType != .list else { return nil }
        let result = WindowColumn(source.physicalType, rows: rows)
        try TaskPool.run(stripes: (rows + 0xFFFF) >> 16, threads: context.threads) { chunk in
            try context.checkCancelled()
            let range = chunk << 16..<min(rows, (chunk + 1) << 16)
            switch source.physicalType.stride {
            case 1: result.pick(source, UInt8.self, picks, range)
            case 4: result.pick(source, Int32.self, picks, range)
            case 8: result.pick(source, Int64.self, picks, range)
            default: result.pick(source, Int128.self, picks, range)
            }
        }
        return try result.finish(context)
    }

    private func pick<T: FixedWidthInteger & BitwiseCopyable>(_ source: ColumnBuffer, _ type: T.Type,
                                                              _ picks: UnsafePointer<Int32>, _ rows: Range<Int>) {
        let from = source.values.assumingMemoryBound(to: T.self), to = column.values.assumingMemoryBound(to: T.self)
        let validity = source.validity
        for row in rows {
            let pick = Int(picks[row])
            let isPresent = pick >= 0 && validity.map { ValidityWords.isValid($0, pick) } ?? true
            to[row] = isPresent ? from[pick] : 0
            nulls[row] = isPresent ? 0 : 1
        }
    }

    func finish(_ context: QueryContext) throws -> ColumnBuffer {
        column.commit(rowCount)
        try Pieces.run(rowCount, { try context.checkCancelled() }) { range in
            for row in range where nulls[row] != 0 { column.setNull(row) }
        }
        return column
    }
}
