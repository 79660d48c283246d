import WarehouseBasics
import WarehouseColumns

/// Any aggregate over any frame, fed as in memory. The states of an aggregate that keeps its rows must have room for those
/// of one frame.
final class PlacedAggregate: PlacedWindow {
    let frame: FrameBounds
    private let source: PlacedSource
    private let feeder: FrameFeeder
    private let held: MemoryReservation
    private var last: Range<Int>?
    /// The result of the row before.
    private var kept: ColumnBuffer?

    /// `isExtreme`: of equal values the first of the frame is wanted.
    init(_ definition: AggregateDefinition, _ frame: FrameBounds, isExtreme: Bool = false, _ source: PlacedSource) {
        self.frame = frame
        self.source = source
        let reader = PlacedFrameReader(source, definition)
        feeder = FrameFeeder(definition, grows: frame.startsAtPartition, isExtreme: isExtreme, reader)
        held = MemoryReservation(source.context.memory)
        reader.check = { [unowned self] in try note() }
    }

    func run(_ slice: PlacedSlice, _ frames: [Range<Int>]) throws -> ColumnBuffer {
        var parts = kept.map { [$0] } ?? []
        var done = parts.count
        var picks = [Int](repeating: 0, count: frames.count)
        func endRound() throws {
            let groups = feeder.groupCount
            guard groups > 0 else { return }
            parts.append(try feeder.finish())
            done += groups
            try note()
        }
        for (index, range) in frames.enumerated() {
            if slice.rows.numbers[index] == 1 {
                last = nil
                feeder.beginPartition(slice.partitionStart(index))
            }
            if range != last {
                try source.context.checkCancelled()
                if isRoundFull { try endRound() }
                try feeder.add(range)
                last = range
            }
            picks[index] = done + feeder.groupCount - 1
        }
        try endRound()
        let values = try ColumnBuffer.concatenated(parts, rowCount: done) { try source.context.checkCancelled() }
        kept = done > 0 ? values.slice((done - 1)..<done) : nil
        return try values.gathered(picks.count, { try source.context.checkCancelled() }) { picks[$0] }
    }

    private var isRoundFull: Bool {
        guard feeder.rowCount >= Vector.standardCapacity else { return false }
        return feeder.groupBytes > SpillSizes(source.context).workBytes / 16
    }

    /// Counts what is held, of long frames as they grow.
    private func note() throws { try source.columns.resize(held, to: feeder.allocatedBytes) }
}

/// Rows on disk.
private final class PlacedFrameReader: FrameReader {
    /// Where frames begin and where they end, by argument.
    private let heads: [PlacedSpan]
    private let tails: [PlacedSpan]
    /// Called when many rows have been fed.
    var check: () throws -> Void = {}

    init(_ source: PlacedSource, _ definition: AggregateDefinition) {
        heads = definition.arguments.map { PlacedSpan(source, $0) }
        tails = definition.arguments.map { PlacedSpan(source, $0) }
    }

    func add(_ places: Range<Int>, isTail: Bool, to state: Aggregator, _ group: Int) throws {
        try feed(places, isTail ? tails : heads, state, group)
    }

    func feed(_ places: Range<Int>, to state: Aggregator, _ group: Int) throws {
        try feed(places, tails, state, group)
    }

    func flush(_ state: Aggregator) {}

    private func feed(_ places: Range<Int>, _ spans: [PlacedSpan], _ state: Aggregator, _ group: Int) throws {
        guard !places.isEmpty else { return }
        for span in spans { _ = try span.first.seek(places.lowerBound) }
        var place = places.lowerBound, unchecked = 0
        while place < places.upperBound {
            var end = min(places.upperBound, place + Vector.standardCapacity)
            for span in spans {
                let cursor = span.cursor(for: place)
                _ = try cursor.seek(place)
                end = min(end, cursor.places.upperBound)
            }
            let vectors = try spans.map { try $0.cursor(for: place).show(place..<end) }
            try state.update(vectors, rows: end - place, toGroup: group)
            unchecked += end - place
            place = end
            if unchecked >= 1024 {
                try check()
                unchecked = 0
            }
        }
    }
}
