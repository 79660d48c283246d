import WarehouseColumns

/// An aggregate's states of aligned blocks of a partition's places: small ones, large ones of 64 small ones, and huge
/// ones of 64 large ones. Small states are kept of the large blocks that the frame's ends lie in, so that the states of
/// a partition, in memory or on disk, take little room. FLOATs are added in one order, however the rows come.
final class FrameStates {
    /// Frames of fewer rows are fed row by row.
    static let shortestFrame = 2 * smallRows
    static let smallRows = 128
    static let ratio = 64

    /// Gives a group of a state the rows of some places of the partition.
    typealias Feed = (_ places: Range<Int>, _ state: Aggregator, _ group: Int) throws -> Void

    private let definition: AggregateDefinition
    private let feed: Feed
    /// At most two; the one used last behind.
    private var sets: [SmallStates] = []
    private let large: Aggregator
    private let huge: Aggregator
    /// Large and huge blocks with a state, which is the group of their number from the first on.
    private var largeBlocks = 0..<0, hugeBlocks = 0..<0

    init(_ definition: AggregateDefinition, feed: @escaping Feed) throws {
        self.definition = definition
        self.feed = feed
        large = try definition.make()
        huge = try definition.make()
    }

    var allocatedBytes: Int {
        large.allocatedBytes + huge.allocatedBytes + sets.reduce(0) { $0 + $1.states.allocatedBytes }
    }

    /// The places of a frame before its whole blocks, and those behind them.
    static func ends(_ frame: Range<Int>) -> (Range<Int>, Range<Int>) {
        let first = (frame.lowerBound + smallRows - 1) / smallRows, end = frame.upperBound / smallRows
        guard first < end else { return (frame, frame.upperBound..<frame.upperBound) }
        return (frame.lowerBound..<first * smallRows, end * smallRows..<frame.upperBound)
    }

    /// Takes the whole blocks of a frame into a group, in their order. Neither end of frames ever moves back.
    func merge(_ frame: Range<Int>, into state: Aggregator, group: Int) throws {
        let ratio = Self.ratio
        let first = (frame.lowerBound + Self.smallRows - 1) / Self.smallRows, end = frame.upperBound / Self.smallRows
        guard first < end else { return }
        let firstLarge = (first + ratio - 1) / ratio, endLarge = end / ratio
        guard firstLarge < endLarge else {
            // Of one large block, or of the end of one and the start of the next.
            let border = min(end, max(first, (end / ratio) * ratio))
            try mergeSmall(first..<border, into: state, group)
            return try mergeSmall(border..<end, into: state, group)
        }
        try mergeSmall(first..<firstLarge * ratio, into: state, group)
        try mergeLarge(firstLarge..<endLarge, into: state, group)
        try mergeSmall(endLarge * ratio..<end, into: state, group)
    }

    /// Small blocks of one large block.
    private func mergeSmall(_ blocks: Range<Int>, into state: Aggregator, _ group: Int) throws {
        guard !blocks.isEmpty else { return }
        let large = blocks.lowerBound / Self.ratio, base = large * Self.ratio
        let wanted = (blocks.lowerBound - base)..<(blocks.upperBound - base)
        let set: SmallStates
        if let index = sets.firstIndex(where: { $0.holds(large, from: wanted.lowerBound) }) {
            set = sets.remove(at: index)
        } else {
            if sets.count == 2 { sets.removeFirst() }
            set = try SmallStates(large, first: wanted.lowerBound, definition)
        }
        sets.append(set)
        try set.extend(to: wanted.upperBound, feed)
        try Self.merge(set.states, wanted, into: state, group: group)
    }

    private func mergeLarge(_ blocks: Range<Int>, into state: Aggregator, _ group: Int) throws {
        if largeBlocks.isEmpty { largeBlocks = blocks.lowerBound..<blocks.lowerBound }
        while largeBlocks.upperBound < blocks.upperBound { try makeLarge(largeBlocks.upperBound) }
        let ratio = Self.ratio
        let first = (blocks.lowerBound + ratio - 1) / ratio, end = blocks.upperBound / ratio
        func merge(_ blocks: Range<Int>) throws {
            let base = largeBlocks.lowerBound
            try Self.merge(large, (blocks.lowerBound - base)..<(blocks.upperBound - base), into: state, group: group)
        }
        guard first < end else { return try merge(blocks) }
        try merge(blocks.lowerBound..<first * ratio)
        if hugeBlocks.isEmpty { hugeBlocks = first..<first }
        while hugeBlocks.upperBound < end { try makeHuge(hugeBlocks.upperBound) }
        let base = hugeBlocks.lowerBound
        try Self.merge(huge, (first - base)..<(end - base), into: state, group: group)
        try merge(end * ratio..<blocks.upperBound)
    }

    private func makeLarge(_ block: Int) throws {
        let set = try sets.first { $0.holds(block, from: 0) } ?? SmallStates(block, first: 0, definition)
        try set.extend(to: Self.ratio, feed)
        let group = block - largeBlocks.lowerBound
        large.reserve(groups: group + 1)
        try Self.merge(set.states, 0..<Self.ratio, into: large, group: group)
        largeBlocks = largeBlocks.lowerBound..<(block + 1)
    }

    private func makeHuge(_ block: Int) throws {
        let group = block - hugeBlocks.lowerBound, first = block * Self.ratio - largeBlocks.lowerBound
        huge.reserve(groups: group + 1)
        try Self.merge(large, first..<(first + Self.ratio), into: huge, group: group)
        hugeBlocks = hugeBlocks.lowerBound..<(block + 1)
    }

    private static func merge(_ blocks: Aggregator, _ range: Range<Int>, into state: Aggregator, group: Int) throws {
        guard !range.isEmpty else { return }
        let from = range.map { Int32(truncatingIfNeeded: $0) }
        let to = [Int32](repeating: Int32(truncatingIfNeeded: group), count: range.count)
        try from.withUnsafeBufferPointer { from in
            try to.withUnsafeBufferPointer { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                try state.merge(blocks, from: from, to: to, count: range.count)
            }
        }
    }
}

/// The states of small blocks of one large block, from one of them on.
private final class SmallStates {
    private let block: Int
    private var made: Range<Int>
    let states: Aggregator

    init(_ block: Int, first: Int, _ definition: AggregateDefinition) throws {
        self.block = block
        made = first..<first
        states = try definition.make()
        states.reserve(groups: FrameStates.ratio)
    }

    func holds(_ wanted: Int, from first: Int) -> Bool {
        block == wanted && made.lowerBound <= first
    }

    func extend(to end: Int, _ feed: FrameStates.Feed) throws {
        while made.upperBound < end {
            let start = (block * FrameStates.ratio + made.upperBound) * FrameStates.smallRows
            try feed(start..<(start + FrameStates.smallRows), states, made.upperBound)
            made = made.lowerBound..<(made.upperBound + 1)
        }
    }
}
