import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Any aggregate over frames: each distinct frame is a group, fed with the rows it covers.
struct FrameAggregateFunction: WindowFunction {
    var definition: AggregateDefinition
    var frame: FrameBounds
    var resultType: PhysicalType { definition.resultType }

    /// Rows fed to one state before its results are taken.
    private static let rowsPerRound = 1 << 20

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let picks = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, window.rowCount))
        defer { picks.deallocate() }
        if frame.needsPeers { _ = window.peerStarts() }
        let feeder = FrameFeeder(window, definition)
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
            for place in places {
                let range = frames.range(place)
                if range != last {
                    if feeder.rowCount >= Self.rowsPerRound { try endRound() }
                    try context.checkCancelled()
                    try feeder.add(range)
                    last = range
                }
                picks[window.order[place]] = Int32(truncatingIfNeeded: done + feeder.groupCount - 1)
            }
        }
        try endRound()
        let values = ColumnBuffer.concatenated(parts, rowCount: parts.reduce(0) { $0 + $1.count })
        return values.gathered(window.rowCount) { Int(picks[$0]) }
    }
}

/// Feeds frames to an aggregate's state, a group a frame.
private final class FrameFeeder {
    private let window: WindowPartitions
    private let definition: AggregateDefinition
    private let sources: [Vector]
    private let picked: [Vector]
    private var aggregator: Aggregator?
    private var rows = RowList(), groups = RowList()
    private(set) var groupCount = 0
    private(set) var rowCount = 0

    init(_ window: WindowPartitions, _ definition: AggregateDefinition) {
        self.window = window
        self.definition = definition
        sources = definition.arguments.map { window.rows.columns[$0].vector() }
        picked = sources.map { source in
            Vector(source.physicalType, child: source.child.map { Vector($0.physicalType) })
        }
    }

    func add(_ frame: Range<Int>) throws {
        groupCount += 1
        rowCount += frame.count + 1
        for place in frame {
            rows.append(window.order[place])
            groups.append(groupCount - 1)
            if rows.count == Vector.standardCapacity { try flush() }
        }
    }

    private func state() throws -> Aggregator {
        if let aggregator { return aggregator }
        let made = try definition.make()
        aggregator = made
        return made
    }

    private func flush() throws {
        let state = try state()
        state.reserve(groups: groupCount)
        guard rows.count > 0 else { return }
        for index in sources.indices { picked[index].gather(sources[index], rows.selection) }
        try state.update(picked, rows: rows.count, groups: .rows(UnsafePointer(groups.rows)))
        rows.count = 0
        groups.count = 0
    }

    func finish() throws -> ColumnBuffer {
        try flush()
        let column = try state().finish(groups: groupCount)
        aggregator = nil
        groupCount = 0
        rowCount = 0
        return column
    }
}
