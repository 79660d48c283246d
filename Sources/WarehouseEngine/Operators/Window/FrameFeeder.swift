import WarehouseColumns

/// Feeds frames to an aggregate's state, a group a frame. A long frame takes the blocks of places inside it as states
/// made once, so that frames that grow or slide over a large partition cost little more than their results.
final class FrameFeeder {
    private let window: WindowPartitions
    private let definition: AggregateDefinition
    private let sources: [Vector]
    private let picked: [Vector]
    private var aggregator: Aggregator?
    private var blocks: FrameBlocks?
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
        rowCount += 1
        guard frame.count >= FrameBlocks.shortestFrame, try state().hasSmallStates else { return try feed(frame) }
        let blocks = try self.blocks ?? makeBlocks(), state = try state()
        state.reserve(groups: groupCount)
        let (head, tail) = try blocks.merge(frame, into: state, group: groupCount - 1)
        try feed(head)
        try feed(tail)
    }

    private func feed(_ places: Range<Int>) throws {
        rowCount += places.count
        for place in places {
            rows.append(window.order[place])
            groups.append(groupCount - 1)
            if rows.count == Vector.standardCapacity { try flush() }
        }
    }

    private func makeBlocks() throws -> FrameBlocks {
        try flush()
        let made = try FrameBlocks(rowCount: window.rowCount, definition: definition) { place, count, state, groups in
            rows.count = 0
            for offset in 0..<count { rows.append(window.order[place + offset]) }
            for index in sources.indices { picked[index].gather(sources[index], rows.selection) }
            try state.update(picked, rows: count, groups: groups)
            rows.count = 0
        }
        blocks = made
        return made
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
