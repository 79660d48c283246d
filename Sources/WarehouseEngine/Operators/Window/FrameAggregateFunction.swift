import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Any aggregate over frames: each distinct frame is a group, fed with the rows it covers.
struct FrameAggregateFunction: WindowFunction {
    var definition: AggregateDefinition
    var frame: FrameBounds
    var resultType: PhysicalType { definition.resultType }
    var streaming: WindowStreaming? {
        .over(frame, blockRows: FrameStates.smallRows, make: nil) { PlacedAggregate(definition, frame, $0) }
    }

    /// Rows fed to one state before its results are taken.
    private static let rowsPerRound = 1 << 20

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let picks = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, window.rowCount))
        defer { picks.deallocate() }
        if frame.needsPeers { _ = try window.peerStarts(context) }
        let reader = WindowFrameReader(window, definition)
        let feeder = FrameFeeder(definition, grows: frame.startsAtPartition, reader)
        let rowsPerRound = min(Self.rowsPerRound, max(Vector.standardCapacity, (context.memory.limitBytes ?? .max) / 128))
        var parts: [ColumnBuffer] = []
        var done = 0
        func endRound() throws {
            let groups = feeder.groupCount
            parts.append(try feeder.finish())
            done += groups
        }
        for partition in 0..<window.partitionCount {
            let places = window.starts[partition]..<window.starts[partition + 1]
            var frames = WindowFrames(frame, window, places)
            var last: Range<Int>?
            feeder.beginPartition(places.lowerBound)
            for place in places {
                let range = frames.range(place)
                if range != last {
                    if feeder.rowCount >= rowsPerRound { try endRound() }
                    try context.checkCancelled()
                    try feeder.add(range)
                    last = range
                }
                picks[window.order[place]] = Int32(truncatingIfNeeded: done + feeder.groupCount - 1)
            }
        }
        try endRound()
        let values = try ColumnBuffer.concatenated(parts, rowCount: parts.reduce(0) { $0 + $1.count }) {
            try context.checkCancelled()
        }
        return try values.gathered(window.rowCount, { try context.checkCancelled() }) { Int(picks[$0]) }
    }
}
