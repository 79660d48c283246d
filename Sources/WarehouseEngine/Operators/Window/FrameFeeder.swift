import WarehouseColumns

/// Gives an aggregate's states the rows of frames, in memory or on disk.
protocol FrameReader: AnyObject {
    /// Gives rows to a group, perhaps only with `flush`: those where frames end where `isTail`, else where they begin.
    func add(_ places: Range<Int>, isTail: Bool, to state: Aggregator, _ group: Int) throws
    /// Gives rows to a group at once.
    func feed(_ places: Range<Int>, to state: Aggregator, _ group: Int) throws
    /// Gives the rows that wait.
    func flush(_ state: Aggregator) throws
}

/// Feeds frames to an aggregate's state, a group a frame. A long frame takes the blocks of places inside it as states
/// made once, and one that grows along its partition the state of the frame before, so that frames that grow or slide
/// over a large partition cost little more than their results.
final class FrameFeeder {
    private let definition: AggregateDefinition
    private let reader: any FrameReader
    private let grows: Bool
    /// Whether an extreme is wanted: of equal values the first of the frame.
    private let isExtreme: Bool
    private var aggregator: Aggregator?
    /// Of the partition, which begins at `start`; of frames that grow the state of the rows before `fed`.
    private var states: FrameStates?
    private var growing: Aggregator?
    private var start = 0, fed = 0
    private(set) var groupCount = 0
    private(set) var rowCount = 0

    /// `grows`: frames begin where their partition does.
    init(_ definition: AggregateDefinition, grows: Bool, isExtreme: Bool = false, _ reader: any FrameReader) {
        self.definition = definition
        self.grows = grows
        self.isExtreme = isExtreme
        self.reader = reader
    }

    /// Bytes of the frames' groups, and of all states.
    var groupBytes: Int { aggregator?.allocatedBytes ?? 0 }
    var allocatedBytes: Int { groupBytes + (growing?.allocatedBytes ?? 0) + (states?.allocatedBytes ?? 0) }

    func beginPartition(_ place: Int) {
        states = nil
        growing = nil
        (start, fed) = (place, place)
    }

    func add(_ frame: Range<Int>) throws {
        groupCount += 1
        rowCount += 1
        let state = try state()
        guard state.hasSmallStates || isExtreme else { return try feed(frame, state) }
        if grows { return try grow(to: frame.upperBound, state) }
        guard frame.count >= FrameStates.shortestFrame else { return try feed(frame, state) }
        let places = (frame.lowerBound - start)..<(frame.upperBound - start), (head, tail) = FrameStates.ends(places)
        let states = try self.states ?? makeStates()
        state.reserve(groups: groupCount)
        let isOrdered = isExtreme || state.prefersFirst
        if isOrdered {
            try feed((head.lowerBound + start)..<(head.upperBound + start), state)
            try reader.flush(state)
        }
        try states.merge(places, into: state, group: groupCount - 1)
        if !isOrdered { try feed((head.lowerBound + start)..<(head.upperBound + start), state) }
        try feed((tail.lowerBound + start)..<(tail.upperBound + start), isTail: true, state)
    }

    private func grow(to end: Int, _ state: Aggregator) throws {
        let growing = try self.growing ?? definition.make()
        self.growing = growing
        try reader.feed(fed..<max(fed, end), to: growing, 0)
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

    private func feed(_ places: Range<Int>, isTail: Bool = false, _ state: Aggregator) throws {
        rowCount += places.count
        try reader.add(places, isTail: isTail, to: state, groupCount - 1)
    }

    private func makeStates() throws -> FrameStates {
        let made = try FrameStates(definition) { [reader, start] places, state, group in
            try reader.feed((places.lowerBound + start)..<(places.upperBound + start), to: state, group)
        }
        states = made
        return made
    }

    private func state() throws -> Aggregator {
        if let aggregator { return aggregator }
        let made = try definition.make()
        aggregator = made
        return made
    }

    func finish() throws -> ColumnBuffer {
        let state = try state()
        state.reserve(groups: groupCount)
        try reader.flush(state)
        let column = try state.finish(groups: groupCount)
        aggregator = nil
        groupCount = 0
        rowCount = 0
        return column
    }
}

/// Rows in memory. Those of short frames wait for others: a state takes many rows at once.
final class WindowFrameReader: FrameReader {
    private let order: RowOrder
    private let sources: [Vector]
    private let picked: [Vector]
    private var rows = RowList(), groups = RowList()
    private var own = RowList()

    init(_ window: WindowPartitions, _ definition: AggregateDefinition) {
        order = window.order
        sources = definition.arguments.map { window.rows.columns[$0].vector() }
        picked = sources.map { source in
            Vector(source.physicalType, child: source.child.map { Vector($0.physicalType) })
        }
    }

    func add(_ places: Range<Int>, isTail: Bool, to state: Aggregator, _ group: Int) throws {
        for place in places {
            rows.append(order[place])
            groups.append(group)
            if rows.count == Vector.standardCapacity {
                state.reserve(groups: group + 1)
                try flush(state)
            }
        }
    }

    func flush(_ state: Aggregator) throws {
        guard rows.count > 0 else { return }
        for index in sources.indices { picked[index].gather(sources[index], rows.selection) }
        try state.update(picked, rows: rows.count, groups: .rows(UnsafePointer(groups.rows)))
        rows.count = 0
        groups.count = 0
    }

    func feed(_ places: Range<Int>, to state: Aggregator, _ group: Int) throws {
        var place = places.lowerBound
        while place < places.upperBound {
            let end = min(places.upperBound, place + Vector.standardCapacity)
            own.count = 0
            for place in place..<end { own.append(order[place]) }
            for index in sources.indices { picked[index].gather(sources[index], own.selection) }
            try state.update(picked, rows: end - place, toGroup: group)
            place = end
        }
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
