import WarehouseBasics
import WarehouseColumns

/// The way forward over sorted rows: gives the input's columns, positions, row numbers, those of first peers, and each
/// function's running results.
final class WindowForward {
    private let source: SpilledRows
    private let order: [SortColumn]
    private let functions: [any WindowFunction]
    private let streams: [(any RunningWindow)?]
    private let placed: PlacedFunctions
    private let columns: [Int]
    private let numberColumn: Int?
    private let writer: SpillWriter
    private let file: SpillFile
    private let context: QueryContext
    /// Rows of which a row must see so many before and behind it.
    private var before = 1, behind = 0, blockRows = 1
    private var hasNear = false
    private var buffer: RowBuffer
    /// Rows before those of `buffer`, and before those that come next.
    private var base = 0, next = 0
    /// Of the last row.
    private var number: Int64 = 0, peerStart: Int64 = 0, denseRank: Int64 = 0

    init(_ source: SpilledRows, order: [SortColumn], functions: [any WindowFunction], inputCount: Int, position: Int,
         numberColumn: Int?, _ file: SpillFile, _ context: QueryContext) {
        self.source = source
        self.order = order
        self.functions = functions
        self.numberColumn = numberColumn
        self.file = file
        self.context = context
        columns = Array(0..<inputCount) + [position]
        writer = SpillWriter(file)
        buffer = RowBuffer(columns: source.types.map { ColumnBuffer($0, textBytes: 1024) }, rowCount: 0)
        streams = functions.map { function in
            if case .running(_, let make)? = function.streaming { return make() }
            return nil
        }
        placed = PlacedFunctions(functions, source, order: order, numberColumn: numberColumn, context)
        for function in functions {
            guard case .near(let before, let behind, let blockRows)? = function.streaming else { continue }
            hasNear = true
            self.before = max(self.before, before)
            self.behind = max(self.behind, behind)
            self.blockRows = max(self.blockRows, blockRows)
        }
    }

    func run() throws -> SpilledRows {
        let blocks = source.stripes.flatMap { $0 }, scratch = SpillScratch()
        let held = MemoryReservation(context.memory), partBytes = SpillSizes(context).workBytes / 8
        var block = 0
        try placed.prepare()
        while true {
            while block < blocks.count, buffer.rowCount - (next - base) <= behind || buffer.allocatedBytes < partBytes {
                try context.checkCancelled()
                try source.file.load(blocks[block], into: buffer, scratch)
                block += 1
            }
            let end = base + buffer.rowCount - (block < blocks.count ? behind : 0)
            guard end > next else { break }
            // Results, and order and partitions of those that look at rows near by.
            try placed.grow(held, to: 2 * buffer.allocatedBytes + buffer.rowCount * (32 + PlacedFunctions.bytesPerRow))
            try writeRows((next - base)..<(end - base))
            next = end
            dropRows()
            held.shrink(to: buffer.allocatedBytes)
        }
        let types = columns.map { source.types[$0] } + [.int64, .int64] + functions.map(\.resultType)
        return SpilledRows(file: file, types: types, stripes: [writer.blocks])
    }

    private func writeRows(_ range: Range<Int>) throws {
        let slice = try number(range)
        let window = hasNear ? try partitions() : nil
        let places = PlacedSlice(rows: slice, places: (base + range.lowerBound)..<(base + range.upperBound))
        var made = columns.map { buffer.columns[$0].slice(range) }
        made += [slice.numbers, slice.peerStarts].map { values in
            let column = ColumnBuffer(.int64, capacity: max(1, values.count))
            for (row, value) in values.enumerated() { column.int64s[row] = value }
            column.commit(values.count)
            return column
        }
        let results = try placed.run(places)
        for (index, function) in functions.enumerated() {
            try context.checkCancelled()
            if let stream = streams[index] { made.append(try stream.run(slice)) }
            else if let result = results[index] { made.append(result) }
            else if let window { made.append(try function.compute(window, context).slice(range)) }
        }
        try writer.write(RowBuffer(columns: made, rowCount: range.count), blockBytes: SpillSizes(context).blockBytes,
                         context: context)
    }

    private func partitions() throws -> WindowPartitions {
        try WindowPartitions(buffer, partition: numberColumn.map { [$0] } ?? [],
                             fields: numberColumn == nil ? [] : [KeyField(.int32)], order: order, context: context)
    }

    private func number(_ range: Range<Int>) throws -> WindowSlice {
        let comparator = try RowComparator(buffer, order), partitions = numberColumn.map { buffer.columns[$0] }
        var numbers = [Int64](repeating: 0, count: range.count), peerStarts = numbers, denseRanks = numbers
        for (index, row) in range.enumerated() {
            if index & 0xFFFF == 0 { try context.checkCancelled() }
            if number == 0 || partitions.map({ $0.int32s[row] != $0.int32s[row - 1] }) ?? false {
                (number, peerStart, denseRank) = (1, 1, 1)
            } else {
                number += 1
                if !order.isEmpty, comparator.compare(row - 1, row) != 0 {
                    peerStart = number
                    denseRank += 1
                }
            }
            (numbers[index], peerStarts[index], denseRanks[index]) = (number, peerStart, denseRank)
        }
        return WindowSlice(rows: buffer, range: range, numbers: numbers, peerStarts: peerStarts, denseRanks: denseRanks)
    }

    /// Lets go of rows that nobody will look at. What is left begins where blocks of sums of the partition do, so that
    /// FLOATs are added in the same way.
    private func dropRows() {
        let start = next - Int(number)
        let kept = max(base, start + max(0, next - before - start) / blockRows * blockRows)
        guard kept > base else { return }
        let rest = (kept - base)..<buffer.rowCount
        buffer = RowBuffer(columns: buffer.columns.map { $0.slice(rest) }, rowCount: rest.count)
        base = kept
    }
}
