import WarehouseBasics
import WarehouseColumns

/// Columns of parts that go one by one, each as soon as its rows stand elsewhere, so that they are not in memory twice.
final class DrainedParts {
    private let parts: UnsafeMutableBufferPointer<ColumnBuffer?>
    /// The rows of each part.
    let ranges: [Range<Int>]

    /// Fewer rows are not worth a second thread.
    private static let parallelAbove = 1 << 18

    init(_ columns: [ColumnBuffer]) {
        parts = .allocate(capacity: columns.count)
        _ = parts.initialize(from: columns.map { $0 })
        var start = 0
        ranges = columns.map { column in
            defer { start += column.count }
            return start..<start + column.count
        }
    }

    deinit {
        parts.deinitialize()
        parts.deallocate()
    }

    /// A part; nil: it went.
    subscript(index: Int) -> ColumnBuffer? { parts[index] }

    /// Calls `body` with each part that is left and its first row, on all threads. A part goes where that gives true.
    func forEach(_ context: QueryContext, _ body: (ColumnBuffer, Int) throws -> Bool) throws {
        let rows = ranges.last?.upperBound ?? 0
        try TaskPool.run(stripes: parts.count, threads: rows < DrainedParts.parallelAbove ? 1 : context.threads) { index in
            try context.checkCancelled()
            guard let part = parts[index] else { return }
            if try body(part, ranges[index].lowerBound) { parts[index] = nil }
        }
    }

    /// Copies the values of the parts that are left to their rows of `result`, whose rows are there; not of lists.
    func copy(into result: ColumnBuffer, _ context: QueryContext) throws {
        // Neighbouring parts share words of bits.
        for index in parts.indices {
            guard let part = parts[index] else { continue }
            if result.physicalType == .string { result.retainBytes(of: part) }
            guard let words = part.validity else { continue }
            let start = ranges[index].lowerBound
            for row in 0..<part.count where !ValidityWords.isValid(words, row) { result.setNull(start + row) }
        }
        let stride = result.physicalType.stride, values = result.values
        try forEach(context) { part, start in
            (values + start * stride).copyMemory(from: part.values, byteCount: part.count * stride)
            return true
        }
    }
}
