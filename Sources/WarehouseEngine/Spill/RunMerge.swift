import WarehouseBasics
import WarehouseColumns

/// Merges sorted runs on disk. Equal rows come in the order of their runs.
final class RunMerge {
    private let source: SpilledRows
    private let columns: [SortColumn]
    private let context: QueryContext

    /// `source`: file and types of the runs.
    init(_ source: SpilledRows, by columns: [SortColumn], context: QueryContext) {
        self.source = source
        self.columns = columns
        self.context = context
    }

    /// Merges runs, some at a time until one merge takes all that are left, whose rows go to `sink`. A batch is valid
    /// during the call only.
    func merge(_ runs: [[SpillBlock]], into sink: (Batch) throws -> Void) throws {
        var runs = runs.filter { !$0.isEmpty }
        let fanIn = SpillSizes(context).fanIn
        while runs.count > fanIn {
            // Neighbours are merged, so that equal rows keep their order.
            let pieces = stride(from: 0, to: runs.count, by: fanIn).map { Array(runs[$0..<min(runs.count, $0 + fanIn)]) }
            var merged: [[SpillBlock]] = []
            for piece in pieces {
                let writer = SpillWriter(source.file)
                try mergeOnce(piece) { try self.write($0, writer) }
                merged.append(writer.blocks)
            }
            runs = merged
        }
        try mergeOnce(runs, into: sink)
    }

    private func write(_ batch: Batch, _ writer: SpillWriter) throws {
        try writer.write(batch.vectors, rows: batch.rowCount)
    }

    private func mergeOnce(_ runs: [[SpillBlock]], into sink: (Batch) throws -> Void) throws {
        let scratch = SpillScratch()
        var readers: [RunReader] = []
        for run in runs {
            let reader = RunReader(source, run, columns, scratch)
            if try reader.advance() { readers.append(reader) }
        }
        let output = MergeOutput(source.types, readers)
        var heap = MergeHeap(readers.map(\.cursor), keyCount: columns.count)
        while let first = heap.first {
            let cursor = readers[first].cursor
            output.add(first, cursor.pointee.place)
            cursor.pointee.place += 1
            if output.isFull { try output.flush(into: sink, context) }
            if cursor.pointee.isAtEnd {
                // The block's bytes go: rows that show them must be out before.
                try output.flush(into: sink, context)
                if try !readers[first].advance() {
                    heap.removeFirst()
                    continue
                }
                output.renew(first)
            }
            heap.sinkFirst()
        }
        try output.flush(into: sink, context)
    }
}

/// The runs of a merge, the one with the least next row first.
private struct MergeHeap {
    private let cursors: [UnsafeMutablePointer<RunCursor>]
    private let keyCount: Int
    private var order: [Int]

    init(_ cursors: [UnsafeMutablePointer<RunCursor>], keyCount: Int) {
        self.cursors = cursors
        self.keyCount = keyCount
        order = Array(cursors.indices)
        for index in stride(from: order.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    var first: Int? { order.first }

    mutating func sinkFirst() { sink(0) }

    mutating func removeFirst() {
        order.swapAt(0, order.count - 1)
        order.removeLast()
        sink(0)
    }

    private mutating func sink(_ start: Int) {
        let count = order.count, keyCount = keyCount
        cursors.withUnsafeBufferPointer { cursors in
            order.withUnsafeMutableBufferPointer { order in
                func precedes(_ a: Int, _ b: Int) -> Bool {
                    let x = cursors[a], y = cursors[b]
                    let found = RowComparator.compare(x.pointee.keys, x.pointee.place, y.pointee.keys, y.pointee.place,
                                                      count: keyCount)
                    return found != 0 ? found < 0 : a < b
                }
                var index = start
                while true {
                    let left = 2 * index + 1
                    guard left < count else { return }
                    var least = left
                    if left + 1 < count, precedes(order[left + 1], order[left]) { least = left + 1 }
                    guard precedes(order[least], order[index]) else { return }
                    order.swapAt(index, least)
                    index = least
                }
            }
        }
    }
}

/// Gathers rows of several readers' blocks.
private final class MergeOutput {
    private let readers: [RunReader]
    private let batch: Batch
    private var from: [Int32]
    private var rows: [Int32]
    private var count = 0
    private let limit: Int
    /// Values of each column and reader, and which of them are NULL.
    private var bases: [[UnsafeMutableRawPointer]]
    private var validities: [[UnsafeMutablePointer<UInt64>?]]

    init(_ types: [PhysicalType], _ readers: [RunReader]) {
        self.readers = readers
        batch = Batch(types.map { Vector($0, capacity: 1) })
        // Blocks of wide rows have few; so have those that are made of them.
        limit = max(1, min(Vector.standardCapacity, readers.map(\.rows.rowCount).max() ?? 1))
        from = Array(repeating: 0, count: limit)
        rows = from
        bases = types.indices.map { column in readers.map { $0.rows.columns[column].values } }
        validities = types.indices.map { column in readers.map { $0.rows.columns[column].validity } }
    }

    var isFull: Bool { count == limit }

    @inline(__always)
    func add(_ reader: Int, _ row: Int) {
        from[count] = Int32(truncatingIfNeeded: reader)
        rows[count] = Int32(truncatingIfNeeded: row)
        count += 1
    }

    /// A reader has another block.
    func renew(_ reader: Int) {
        let columns = readers[reader].rows.columns
        for column in columns.indices {
            bases[column][reader] = columns[column].values
            validities[column][reader] = columns[column].validity
        }
    }

    func flush(into sink: (Batch) throws -> Void, _ context: QueryContext) throws {
        guard count > 0 else { return }
        try context.checkCancelled()
        for column in bases.indices { fill(column) }
        batch.rowCount = count
        count = 0
        try sink(batch)
    }

    private func fill(_ column: Int) {
        let vector = batch.vectors[column]
        if vector.physicalType == .list { return fillLists(column) }
        vector.beginFlat(count)
        switch vector.physicalType.stride {
        case 1: pick(column, vector, as: UInt8.self)
        case 4: pick(column, vector, as: Int32.self)
        case 8: pick(column, vector, as: Int64.self)
        default: pick(column, vector, as: Int128.self)
        }
        validities[column].withUnsafeBufferPointer { validities in
            for index in 0..<count {
                guard let words = validities[Int(from[index])] else { continue }
                if !ValidityWords.isValid(words, Int(rows[index])) { vector.setNull(index) }
            }
        }
    }

    private func pick<T: BitwiseCopyable>(_ column: Int, _ vector: Vector, as type: T.Type) {
        let target = vector.values.assumingMemoryBound(to: T.self), count = count
        bases[column].withUnsafeBufferPointer { bases in
            from.withUnsafeBufferPointer { from in
                rows.withUnsafeBufferPointer { rows in
                    for index in 0..<count {
                        target[index] = bases[Int(from[index])].assumingMemoryBound(to: T.self)[Int(rows[index])]
                    }
                }
            }
        }
    }

    private func fillLists(_ column: Int) {
        let sources = readers.map { $0.rows.columns[column] }
        let type = sources.first { $0.child.map { $0.count > 0 } ?? false }?.child?.physicalType
        let all = ColumnBuffer(.list, elementType: type ?? sources.first?.child?.physicalType)
        let vectors = sources.map { $0.vector() }
        for index in 0..<count {
            let row = Int(rows[index]), source = vectors[Int(from[index])]
            if source.isNull(row) || source.offsets[row] == source.offsets[row + 1] {
                all.commitList()
                if source.isNull(row) { all.setNull(all.count - 1) }
            } else {
                all.append(source, row..<(row + 1))
            }
        }
        batch.vectors[column] = all.vector()
    }
}
