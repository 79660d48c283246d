import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// COUNT, and SUM and AVG of integers, over any frame, by differences of running sums. Running sums may wrap; their
/// difference is right whenever the result fits.
struct FrameSumFunction: WindowFunction {
    /// nil: COUNT.
    var finish: SumFinish?
    /// nil: COUNT(*).
    var column: Int?
    var frame: FrameBounds
    var resultType: PhysicalType
    var streaming: WindowStreaming? { .over(frame, make: { RunningSum(self) }, placed: { PlacedSum(self, $0) }) }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let result = WindowColumn(resultType, rows: window.rowCount), order = window.order
        let source = column.map { window.rows.columns[$0] }
        if frame.needsPeers { _ = try window.peerStarts(context) }
        try window.forEachPartition(context) { places in
            var sums = [Int128](repeating: 0, count: finish == nil ? 0 : places.count + 1)
            var counts = [Int64](repeating: 0, count: places.count + 1)
            for (index, place) in places.enumerated() {
                if index & 0xFFFF == 0 { try context.checkCancelled() }
                let row = order[place]
                let value = finish == nil ? 0 : source?.integer(row) ?? 0
                let isPresent = source.map { !$0.isNull(row) } ?? true
                counts[index + 1] = counts[index] + (isPresent ? 1 : 0)
                if finish != nil { sums[index + 1] = sums[index] &+ value }
            }
            var frames = WindowFrames(frame, window, places)
            for place in places {
                if place & 0xFFF == 0 { try context.checkCancelled() }
                let range = frames.range(place), row = order[place]
                let first = range.lowerBound - places.lowerBound, end = range.upperBound - places.lowerBound
                let count = counts[end] - counts[first]
                var value: Int128? = Int128(count)
                if let finish { value = try finish.value(sum: sums[end] &- sums[first], count: count) }
                guard let value else {
                    result.writeNull(row)
                    continue
                }
                guard result.write(value, row) else { throw SumFinish.overflow }
            }
        }
        return try result.finish(context)
    }
}

/// SUM and AVG of FLOAT over frames: running where the frame begins with its partition, else from sums of blocks, so
/// that nothing is ever subtracted.
struct FrameDoubleFunction: WindowFunction {
    var isAverage: Bool
    var column: Int
    var frame: FrameBounds
    var resultType: PhysicalType { .double }

    var streaming: WindowStreaming? {
        .over(frame, blockRows: FrameTotals.smallRows, make: { RunningDoubleSum(self) }, placed: { PlacedDoubleSum(self, $0) })
    }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let result = WindowColumn(.double, rows: window.rowCount), order = window.order
        let source = window.rows.columns[column]
        if frame.needsPeers { _ = try window.peerStarts(context) }
        try window.forEachPartition(context) { places in
            var frames = WindowFrames(frame, window, places)
            let totals = frame.startsAtPartition ? FrameTotals() : try totals(source, order, places, context)
            var running = FrameTotals.Total(), next = places.lowerBound
            for place in places {
                if place & 0xFF == 0 { try context.checkCancelled() }
                let range = frames.range(place), row = order[place], total: FrameTotals.Total
                if frame.startsAtPartition {
                    add(source, order, next..<max(next, range.upperBound), &running)
                    next = max(next, range.upperBound)
                    total = running
                } else {
                    let start = places.lowerBound
                    total = totals.total((range.lowerBound - start)..<(range.upperBound - start)) { part, total in
                        add(source, order, (part.lowerBound + start)..<(part.upperBound + start), &total)
                    }
                }
                if total.count == 0 || range.isEmpty { result.writeNull(row) }
                else { result.doubles[row] = isAverage ? total.sum / Double(total.count) : total.sum }
            }
        }
        return try result.finish(context)
    }

    @inline(__always)
    private func add(_ source: ColumnBuffer, _ order: RowOrder, _ places: Range<Int>, _ total: inout FrameTotals.Total) {
        for place in places {
            let row = order[place]
            guard !source.isNull(row) else { continue }
            total.sum += source.doubles[row]
            total.count += 1
        }
    }

    private func totals(_ source: ColumnBuffer, _ order: RowOrder, _ places: Range<Int>, _ context: QueryContext) throws
        -> FrameTotals {
        var totals = FrameTotals(), start = places.lowerBound
        while start + FrameTotals.smallRows <= places.upperBound {
            if start & 0xFF80 == 0 { try context.checkCancelled() }
            var block = FrameTotals.Total()
            add(source, order, start..<(start + FrameTotals.smallRows), &block)
            totals.append(block)
            start += FrameTotals.smallRows
        }
        return totals
    }
}
