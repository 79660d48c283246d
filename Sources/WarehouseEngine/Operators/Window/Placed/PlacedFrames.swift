import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// As `WindowFrames`, over rows on disk.
final class PlacedFrames {
    private let frame: FrameBounds
    private let source: PlacedSource
    private let startFinder: PlacedBoundFinder?
    private let endFinder: PlacedBoundFinder?

    init(_ frame: FrameBounds, _ source: PlacedSource) {
        self.frame = frame
        self.source = source
        let values = frame.values
        startFinder = values.flatMap { values in
            values.start.map { PlacedBoundFinder(values, column: $0, isEnd: false, source.rows) }
        }
        endFinder = values.flatMap { values in
            values.end.map { PlacedBoundFinder(values, column: $0, isEnd: true, source.rows) }
        }
    }

    /// The places of the frame of the row at `index` of a slice; rows come one after another.
    func range(_ slice: PlacedSlice, _ index: Int) throws -> Range<Int> {
        let first = slice.partitionStart(index), behind = try source.scout.partitionEnd(slice.places.lowerBound + index)
        let partition = first..<behind
        let start = max(first, min(behind, try bound(frame.start, slice, index, partition, isEnd: false)))
        let end = max(first, min(behind, try bound(frame.end, slice, index, partition, isEnd: true)))
        return start..<max(start, end)
    }

    private func bound(_ bound: WindowFrame.Bound, _ slice: PlacedSlice, _ index: Int, _ partition: Range<Int>,
                       isEnd: Bool) throws -> Int {
        let place = slice.places.lowerBound + index
        switch bound {
        case .value: return try (isEnd ? endFinder : startFinder)?.find(slice, index, partition) ?? place
        case .unboundedPreceding: return partition.lowerBound
        case .unboundedFollowing: return partition.upperBound
        case .currentRow:
            if frame.unit == .rows { return isEnd ? place + 1 : place }
            return isEnd ? try source.scout.peerEnd(place) : slice.peerStart(index)
        case .preceding(let count): return WindowFrames.move(place, by: -max(-Int.max, count), isEnd)
        case .following(let count): return WindowFrames.move(place, by: count, isEnd)
        }
    }
}

/// As `RangeBoundFinder`, over rows on disk.
final class PlacedBoundFinder {
    private let values: FrameBounds.Values
    private let column: Int
    private let isEnd: Bool
    private let cursor: PlacedCursor
    private var place = 0

    init(_ values: FrameBounds.Values, column: Int, isEnd: Bool, _ rows: PlacedRows) {
        self.values = values
        self.column = column
        self.isEnd = isEnd
        cursor = PlacedCursor(rows)
    }

    func find(_ slice: PlacedSlice, _ index: Int, _ partition: Range<Int>) throws -> Int {
        let bounds = slice.rows.rows.columns[column], row = slice.rows.range.lowerBound + index
        place = max(place, partition.lowerBound)
        while place < partition.upperBound {
            let (block, keyRow) = try cursor.seek(place)
            let comparison = RangeBoundFinder.compare(block.columns[values.key], keyRow, bounds, row, values)
            if comparison > 0 || comparison == 0 && !isEnd { break }
            place += 1
        }
        return place
    }
}
