import WarehouseBasics
import WarehouseColumns

/// Any aggregate over any frame, fed as `FrameFeeder` feeds it. The states of an aggregate that keeps its rows must
/// have room for those of one frame.
final class PlacedAggregate: PlacedWindow {
    private let definition: AggregateDefinition
    private let frames: PlacedFrames
    private let grows: Bool
    /// Whether an extreme is wanted: of equal values the first of the frame.
    private let isExtreme: Bool
    private let context: QueryContext
    private let reader: PlacedReader
    private var aggregator: Aggregator?
    private var states: FrameStates?
    private var growing: Aggregator?
    private var fed = 0, groupCount = 0, fedRows = 0
    private var last: Range<Int>?
    /// The result of the row before.
    private var kept: ColumnBuffer?

    init(_ definition: AggregateDefinition, _ frame: FrameBounds, isExtreme: Bool = false, _ source: PlacedSource) {
        self.definition = definition
        self.isExtreme = isExtreme
        frames = PlacedFrames(frame, source)
        grows = frame.startsAtPartition
        context = source.context
        reader = PlacedReader(source, definition)
    }

    func run(_ slice: PlacedSlice) throws -> ColumnBuffer {
        var parts = kept.map { [$0] } ?? []
        var done = parts.count
        var picks = [Int](repeating: 0, count: slice.places.count)
        func endRound() throws {
            guard groupCount > 0, let state = aggregator else { return }
            parts.append(try state.finish(groups: groupCount))
            done += groupCount
            (aggregator, groupCount, fedRows) = (nil, 0, 0)
            try note(nil)
        }
        for index in picks.indices {
            let start = slice.partitionStart(index), range = try frames.range(slice, index)
            if slice.rows.numbers[index] == 1 {
                (last, states, growing, fed) = (nil, nil, nil, start)
            }
            if range != last {
                try context.checkCancelled()
                if isRoundFull { try endRound() }
                groupCount += 1
                try take(range, start)
                last = range
            }
            picks[index] = done + groupCount - 1
        }
        try endRound()
        let values = try ColumnBuffer.concatenated(parts, rowCount: done) { try context.checkCancelled() }
        kept = done > 0 ? values.slice((done - 1)..<done) : nil
        return try values.gathered(picks.count, { try context.checkCancelled() }) { picks[$0] }
    }

    private var isRoundFull: Bool {
        guard let aggregator, fedRows >= Vector.standardCapacity else { return false }
        return aggregator.allocatedBytes > SpillSizes(context).workBytes / 16
    }

    private func take(_ frame: Range<Int>, _ start: Int) throws {
        let state = try aggregator ?? definition.make(), group = groupCount - 1
        aggregator = state
        state.reserve(groups: groupCount)
        fedRows += frame.count
        guard state.hasSmallStates || isExtreme else { return try feed(frame, reader.first, state, group) }
        if grows {
            let growing = try self.growing ?? definition.make()
            self.growing = growing
            try feed(fed..<max(fed, frame.upperBound), reader.first, growing, 0)
            fed = max(fed, frame.upperBound)
            growing.reserve(groups: 1)
            return try withUnsafePointer(to: Int32(0)) { from in
                try withUnsafePointer(to: Int32(truncatingIfNeeded: group)) { to in
                    try state.merge(growing, from: from, to: to, count: 1)
                }
            }
        }
        guard frame.count >= FrameStates.shortestFrame else { return try feed(frame, reader.first, state, group) }
        let places = (frame.lowerBound - start)..<(frame.upperBound - start), (head, tail) = FrameStates.ends(places)
        let states = try self.states ?? makeStates(start)
        if isExtreme { try feed(head, start, reader.first, state, group) }
        try states.merge(places, into: state, group: group)
        if !isExtreme { try feed(head, start, reader.first, state, group) }
        try feed(tail, start, reader.second, state, group)
    }

    private func makeStates(_ start: Int) throws -> FrameStates {
        let made = try FrameStates(definition) { [reader] places, state, group in
            try reader.feed((places.lowerBound + start)..<(places.upperBound + start), reader.second, state, group) {}
        }
        states = made
        return made
    }

    private func feed(_ places: Range<Int>, _ start: Int, _ cursor: PlacedCursor, _ state: Aggregator,
                      _ group: Int) throws {
        try feed((places.lowerBound + start)..<(places.upperBound + start), cursor, state, group)
    }

    private func feed(_ places: Range<Int>, _ cursor: PlacedCursor, _ state: Aggregator, _ group: Int) throws {
        try reader.feed(places, cursor, state, group) { try note(state) }
    }

    /// Counts what is held, of long frames as they grow.
    private func note(_ state: Aggregator?) throws {
        try reader.held.resize(to: (state?.allocatedBytes ?? 0) + (growing?.allocatedBytes ?? 0)
            + (states?.allocatedBytes ?? 0))
    }
}

/// Gives aggregates the rows of places.
private final class PlacedReader {
    let first: PlacedCursor
    let second: PlacedCursor
    let held: MemoryReservation
    private let arguments: [Int]
    private var vectors: [Vector] = []

    init(_ source: PlacedSource, _ definition: AggregateDefinition) {
        first = PlacedCursor(source.rows)
        second = PlacedCursor(source.rows)
        held = MemoryReservation(source.context.memory)
        arguments = definition.arguments
    }

    /// `check` is called when many rows have been fed.
    func feed(_ places: Range<Int>, _ cursor: PlacedCursor, _ state: Aggregator, _ group: Int,
              check: () throws -> Void) throws {
        var unchecked = 0
        try cursor.forEach(places) { rows, range in
            var row = range.lowerBound
            while row < range.upperBound {
                let count = min(range.upperBound - row, Vector.standardCapacity)
                if vectors.isEmpty {
                    vectors = arguments.map { Vector(rows.columns[$0].physicalType, capacity: 1) }
                }
                for (vector, column) in zip(vectors, arguments) { rows.columns[column].fill(vector, from: row, count: count) }
                try state.update(vectors, rows: count, toGroup: group)
                row += count
                unchecked += count
                if unchecked >= 1024 {
                    try check()
                    unchecked = 0
                }
            }
        }
        // What was borrowed would keep the block.
        vectors = []
    }
}
