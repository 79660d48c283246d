import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// As `WindowFrames`, over rows on disk.
final class PlacedFrames {
    private let frame: FrameBounds
    private let scout: PlacedScout
    private let startFinder: PlacedBoundFinder?
    private let endFinder: PlacedBoundFinder?
    /// Of the row that is at work: the places behind its partition and behind its peers.
    private var partitionEnd = 0, peerEnd = 0

    init(_ frame: FrameBounds, _ source: PlacedSource, _ scout: PlacedScout) {
        self.frame = frame
        self.scout = scout
        let values = frame.values
        startFinder = values.flatMap { values in
            values.start.map { PlacedBoundFinder(values, column: $0, isEnd: false, source) }
        }
        endFinder = values.flatMap { values in
            values.end.map { PlacedBoundFinder(values, column: $0, isEnd: true, source) }
        }
    }

    /// The places of the frames of a slice's rows; slices come one after another.
    func ranges(_ slice: PlacedSlice) throws -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(slice.places.count)
        for index in 0..<slice.places.count {
            try findEnds(slice, index)
            let partition = slice.partitionStart(index)..<partitionEnd
            let start = try bound(frame.start, slice, index, partition, isEnd: false)
            let end = try bound(frame.end, slice, index, partition, isEnd: true)
            let first = max(partition.lowerBound, min(partitionEnd, start))
            ranges.append(first..<max(first, min(partitionEnd, end)))
        }
        return ranges
    }

    /// Ends within the slice are known of its rows; only those behind it are looked for on disk.
    private func findEnds(_ slice: PlacedSlice, _ index: Int) throws {
        let place = slice.places.lowerBound + index, numbers = slice.rows.numbers, peerStarts = slice.rows.peerStarts
        if place >= partitionEnd {
            var next = index + 1
            while next < numbers.count, numbers[next] != 1 { next += 1 }
            partitionEnd = next < numbers.count ? slice.places.lowerBound + next
                : try scout.partitionEnd(slice.places.upperBound - 1)
        }
        if frame.needsPeers, place >= peerEnd {
            var next = index + 1
            while next < numbers.count, numbers[next] != 1, peerStarts[next] == peerStarts[index] { next += 1 }
            peerEnd = next < numbers.count ? slice.places.lowerBound + next
                : try scout.peerEnd(slice.places.upperBound - 1)
        }
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
            return isEnd ? peerEnd : slice.peerStart(index)
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
    private let keys: PlacedCursor
    private var place = 0

    init(_ values: FrameBounds.Values, column: Int, isEnd: Bool, _ source: PlacedSource) {
        self.values = values
        self.column = column
        self.isEnd = isEnd
        keys = source.cursor(values.key)
    }

    func find(_ slice: PlacedSlice, _ index: Int, _ partition: Range<Int>) throws -> Int {
        let bounds = slice.rows.rows.columns[column], row = slice.rows.range.lowerBound + index
        place = max(place, partition.lowerBound)
        while place < partition.upperBound {
            let (keys, keyRow) = try keys.seek(place)
            let comparison = RangeBoundFinder.compare(keys, keyRow, bounds, row, values)
            if comparison > 0 || comparison == 0 && !isEnd { break }
            place += 1
        }
        return place
    }
}
