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
    var streaming: WindowStreaming? { .over(frame) { RunningSum(self) } }

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

    var streaming: WindowStreaming? { .over(frame, blockRows: Self.blockSize) { RunningDoubleSum(self) } }

    private static let blockSize = 128

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let result = WindowColumn(.double, rows: window.rowCount), order = window.order
        let source = window.rows.columns[column]
        if frame.needsPeers { _ = try window.peerStarts(context) }
        try window.forEachPartition(context) { places in
            var frames = WindowFrames(frame, window, places)
            let blocks = frame.startsAtPartition ? [] : try blockSums(source, order, places, context)
            var sum = 0.0, count = 0, next = places.lowerBound
            for place in places {
                if place & 0xFF == 0 { try context.checkCancelled() }
                let range = frames.range(place)
                if frame.startsAtPartition {
                    while next < range.upperBound {
                        add(source, order[next], &sum, &count)
                        next += 1
                    }
                } else {
                    (sum, count) = total(source, order, places, range, blocks)
                }
                let row = order[place]
                if count == 0 || range.isEmpty { result.writeNull(row) }
                else { result.doubles[row] = isAverage ? sum / Double(count) : sum }
            }
        }
        return try result.finish(context)
    }

    @inline(__always)
    private func add(_ source: ColumnBuffer, _ row: Int, _ sum: inout Double, _ count: inout Int) {
        guard !source.isNull(row) else { return }
        sum += source.doubles[row]
        count += 1
    }

    private func blockSums(_ source: ColumnBuffer, _ order: RowOrder, _ places: Range<Int>,
                           _ context: QueryContext) throws -> [(Double, Int)] {
        try stride(from: places.lowerBound, to: places.upperBound, by: Self.blockSize).map { start in
            if start & 0xFF80 == 0 { try context.checkCancelled() }
            var sum = 0.0, count = 0
            for place in start..<min(places.upperBound, start + Self.blockSize) {
                add(source, order[place], &sum, &count)
            }
            return (sum, count)
        }
    }

    private func total(_ source: ColumnBuffer, _ order: RowOrder, _ places: Range<Int>, _ range: Range<Int>,
                       _ blocks: [(Double, Int)]) -> (Double, Int) {
        var sum = 0.0, count = 0, place = range.lowerBound
        while place < range.upperBound {
            let index = place - places.lowerBound
            if index % Self.blockSize == 0, place + Self.blockSize <= range.upperBound {
                sum += blocks[index / Self.blockSize].0
                count += blocks[index / Self.blockSize].1
                place += Self.blockSize
            } else {
                add(source, order[place], &sum, &count)
                place += 1
            }
        }
        return (sum, count)
    }
}
