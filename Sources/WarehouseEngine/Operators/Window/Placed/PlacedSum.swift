import WarehouseBasics
import WarehouseColumns

/// COUNT, and SUM and AVG of integers, over any frame: differences of the sums before its end and before its start.
final class PlacedSum: PlacedWindow {
    let frame: FrameBounds
    private let function: FrameSumFunction
    private let starts: RunningTotal
    private let ends: RunningTotal

    init(_ function: FrameSumFunction, _ source: PlacedSource) {
        self.function = function
        frame = function.frame
        starts = RunningTotal(source, function.column, sums: function.finish != nil)
        ends = RunningTotal(source, function.column, sums: function.finish != nil)
    }

    func run(_ slice: PlacedSlice, _ frames: [Range<Int>]) throws -> ColumnBuffer {
        let result = ColumnBuffer(function.resultType, capacity: max(1, frames.count))
        for range in frames {
            try starts.move(to: range.lowerBound)
            try ends.move(to: range.upperBound)
            let count = ends.count - starts.count
            var value: Int128? = Int128(count)
            if let finish = function.finish { value = try finish.value(sum: ends.sum &- starts.sum, count: count) }
            guard let value else {
                result.appendNull()
                continue
            }
            result.append(integer: value)
            guard result.physicalType == function.resultType else { throw SumFinish.overflow }
        }
        return result
    }
}

/// The sum and the count of a column's values before a place. Sums may wrap.
private final class RunningTotal {
    private let cursor: PlacedCursor?
    private let sums: Bool
    private var place = 0
    private(set) var sum: Int128 = 0
    private(set) var count: Int64 = 0

    init(_ source: PlacedSource, _ column: Int?, sums: Bool) {
        cursor = column.map { source.cursor($0) }
        self.sums = sums
    }

    func move(to wanted: Int) throws {
        guard wanted > place else { return }
        if let cursor {
            try cursor.forEach(place..<wanted) { values, range in
                for row in range where !values.isNull(row) {
                    count += 1
                    if sums { sum &+= values.integer(row) ?? 0 }
                }
            }
        } else {
            count += Int64(wanted - place)
        }
        place = wanted
    }
}

/// SUM and AVG of FLOAT over any frame, added as `FrameDoubleFunction` adds them.
final class PlacedDoubleSum: PlacedWindow {
    let frame: FrameBounds
    private let function: FrameDoubleFunction
    private let source: PlacedSource
    private let heads: PlacedSpan
    private let tails: PlacedSpan
    private let held: MemoryReservation
    private var totals = FrameTotals()
    private var running = FrameTotals.Total()
    private var next = 0

    init(_ function: FrameDoubleFunction, _ source: PlacedSource) {
        self.function = function
        self.source = source
        frame = function.frame
        heads = PlacedSpan(source, function.column)
        tails = PlacedSpan(source, function.column)
        held = MemoryReservation(source.context.memory)
    }

    func run(_ slice: PlacedSlice, _ frames: [Range<Int>]) throws -> ColumnBuffer {
        let result = ColumnBuffer(.double, capacity: max(1, frames.count))
        for (index, range) in frames.enumerated() {
            let start = slice.partitionStart(index)
            if slice.rows.numbers[index] == 1 {
                totals.removeAll()
                (running, next) = (FrameTotals.Total(), start)
            }
            let total = frame.startsAtPartition ? try grow(to: range.upperBound) : try total(range, start)
            if total.count == 0 || range.isEmpty { result.appendNull() }
            else { result.append(double: function.isAverage ? total.sum / Double(total.count) : total.sum) }
        }
        try note()
        return result
    }

    private func note() throws { try source.columns.resize(held, to: totals.allocatedBytes) }

    private func grow(to end: Int) throws -> FrameTotals.Total {
        try add(next..<max(next, end), tails, &running)
        next = max(next, end)
        return running
    }

    private func total(_ frame: Range<Int>, _ start: Int) throws -> FrameTotals.Total {
        let places = (frame.lowerBound - start)..<(frame.upperBound - start), rows = FrameTotals.smallRows
        while totals.placeCount + rows <= places.upperBound {
            var block = FrameTotals.Total()
            let first = start + totals.placeCount
            try add(first..<(first + rows), tails, &block)
            totals.append(block)
            if totals.placeCount & 0xFFFF == 0 { try note() }
        }
        return try totals.total(places) { part, total in
            let span = part.lowerBound == places.lowerBound ? heads : tails
            try add((part.lowerBound + start)..<(part.upperBound + start), span, &total)
        }
    }

    private func add(_ places: Range<Int>, _ span: PlacedSpan, _ total: inout FrameTotals.Total) throws {
        try span.forEach(places) { values, range in
            for row in range where !values.isNull(row) {
                total.sum += values.doubles[row]
                total.count += 1
            }
        }
    }
}
