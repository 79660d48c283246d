import WarehouseColumns

/// An aggregate's states of aligned blocks of places: small ones, and large ones made of small ones.
final class FrameBlocks {
    /// Frames of fewer rows are fed row by row.
    static let shortestFrame = 2 * small
    private static let small = 128
    private static let large = 64 * small
    /// Rows of the largest blocks.
    static let largestRows = large

    private let smallStates: Aggregator
    private let largeStates: Aggregator

    /// `feed` gives a state the rows of `count` places from `place` on.
    init(rowCount: Int, definition: AggregateDefinition,
         feed: (_ place: Int, _ count: Int, Aggregator, GroupAssignment) throws -> Void) throws {
        smallStates = try definition.make()
        largeStates = try definition.make()
        let smallCount = rowCount / Self.small, largeCount = rowCount / Self.large
        smallStates.reserve(groups: max(1, smallCount))
        largeStates.reserve(groups: max(1, largeCount))
        for block in 0..<smallCount {
            try withUnsafePointer(to: Int32(truncatingIfNeeded: block)) { group in
                try withUnsafePointer(to: Int32(Self.small)) { end in
                    try feed(block * Self.small, Self.small, smallStates, .runs(groups: group, ends: end, count: 1))
                }
            }
        }
        let ratio = Self.large / Self.small
        for block in 0..<largeCount {
            try Self.merge(smallStates, block * ratio..<(block + 1) * ratio, into: largeStates, group: block)
        }
    }

    /// Takes the whole blocks of a frame into a group; gives the places before and after them.
    func merge(_ frame: Range<Int>, into state: Aggregator, group: Int) throws -> (Range<Int>, Range<Int>) {
        let ratio = Self.large / Self.small
        let first = (frame.lowerBound + Self.small - 1) / Self.small, end = frame.upperBound / Self.small
        guard first < end else { return (frame, frame.upperBound..<frame.upperBound) }
        let firstLarge = (first + ratio - 1) / ratio, endLarge = end / ratio
        if firstLarge < endLarge {
            try Self.merge(smallStates, first..<firstLarge * ratio, into: state, group: group)
            try Self.merge(largeStates, firstLarge..<endLarge, into: state, group: group)
            try Self.merge(smallStates, endLarge * ratio..<end, into: state, group: group)
        } else {
            try Self.merge(smallStates, first..<end, into: state, group: group)
        }
        return (frame.lowerBound..<first * Self.small, end * Self.small..<frame.upperBound)
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
