import WarehouseColumns

/// Feeds frames to an aggregate's state, a group a frame. A long frame takes the blocks of places inside it as states
/// made once, and one that grows along its partition the state of the frame before, so that frames that grow or slide
/// over a large partition cost little more than their results.
final class FrameFeeder {
    private let window: WindowPartitions
    private let definition: AggregateDefinition
    private let sources: [Vector]
    private let picked: [Vector]
    private let grows: Bool
    private var aggregator: Aggregator?
    /// Of the partition, which begins at `start`; of frames that grow the state of the rows before `fed`.
    private var states: FrameStates?
    private var growing: Aggregator?
    private var start = 0, fed = 0
    private var rows = RowList(), groups = RowList()
    private var own = RowList()
    private(set) var groupCount = 0
    private(set) var rowCount = 0

    /// `grows`: frames begin where their partition does.
    init(_ window: WindowPartitions, _ definition: AggregateDefinition, grows: Bool) {
        self.window = window
        self.definition = definition
        self.grows = grows
        sources = definition.arguments.map { window.rows.columns[$0].vector() }
        picked = sources.map { source in
            Vector(source.physicalType, child: source.child.map { Vector($0.physicalType) })
        }
    }

    func beginPartition(_ place: Int) {
        states = nil
        growing = nil
        (start, fed) = (place, place)
    }

    func add(_ frame: Range<Int>) throws {
        groupCount += 1
        rowCount += 1
        let state = try state()
        guard state.hasSmallStates else { return try feed(frame) }
        if grows { return try grow(to: frame.upperBound, state) }
        guard frame.count >= FrameStates.shortestFrame else { return try feed(frame) }
        let places = (frame.lowerBound - start)..<(frame.upperBound - start)
        let states = try self.states ?? makeStates()
        state.reserve(groups: groupCount)
        try states.merge(places, into: state, group: groupCount - 1)
        let (head, tail) = FrameStates.ends(places)
        try feed((head.lowerBound + start)..<(head.upperBound + start))
        try feed((tail.lowerBound + start)..<(tail.upperBound + start))
    }

    private func grow(to end: Int, _ state: Aggregator) throws {
        let growing = try self.growing ?? definition.make()
        self.growing = growing
        try feed(fed..<max(fed, end), growing, 0)
        fed = max(fed, end)
        rowCount += 1
        growing.reserve(groups: 1)
        state.reserve(groups: groupCount)
        try withUnsafePointer(to: Int32(0)) { from in
            try withUnsafePointer(to: Int32(truncatingIfNeeded: groupCount - 1)) { to in
                try state.merge(growing, from: from, to: to, count: 1)
            }
        }
    }

    private func feed(_ places: Range<Int>) throws {
        rowCount += places.count
        for place in places {
            rows.append(window.order[place])
            groups.append(groupCount - 1)
            if rows.count == Vector.standardCapacity { try flush() }
        }
    }

    private func makeStates() throws -> FrameStates {
        let start = start
        let made = try FrameStates(definition) { [unowned self] places, state, group in
            try feed((places.lowerBound + start)..<(places.upperBound + start), state, group)
        }
        states = made
        return made
    }

    /// Gives a group of another state the rows of some places.
    private func feed(_ places: Range<Int>, _ state: Aggregator, _ group: Int) throws {
        var place = places.lowerBound
        while place < places.upperBound {
            let end = min(places.upperBound, place + Vector.standardCapacity)
            own.count = 0
            for place in place..<end { own.append(window.order[place]) }
            for index in sources.indices { picked[index].gather(sources[index], own.selection) }
            try state.update(picked, rows: end - place, toGroup: group)
            place = end
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

extension Aggregator {
    /// Takes in rows that all belong to one group.
    func update(_ arguments: [Vector], rows: Int, toGroup group: Int) throws {
        reserve(groups: group + 1)
        try withUnsafePointer(to: Int32(truncatingIfNeeded: group)) { group in
            try withUnsafePointer(to: Int32(truncatingIfNeeded: rows)) { end in
                try update(arguments, rows: rows, groups: .runs(groups: group, ends: end, count: 1))
            }
        }
    }
}
