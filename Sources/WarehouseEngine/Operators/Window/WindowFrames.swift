import WarehouseBasics
import WarehousePlan

/// Ranges of places that frames cover. Both ends never move back along a partition.
struct WindowFrames {
    private let frame: FrameBounds
    private let peerStarts: [UInt32]
    private let partition: Range<Int>
    private var peerEnd: Int
    private var startFinder: RangeBoundFinder?
    private var endFinder: RangeBoundFinder?

    init(_ frame: FrameBounds, _ window: WindowPartitions, _ partition: Range<Int>) {
        self.frame = frame
        self.partition = partition
        peerStarts = frame.needsPeers ? window.knownPeerStarts : []
        peerEnd = partition.lowerBound
        if let values = frame.values {
            startFinder = values.start.map { RangeBoundFinder(values, column: $0, window, partition) }
            endFinder = values.end.map { RangeBoundFinder(values, column: $0, window, partition) }
        }
    }

    /// The frame of a place; places come ascending.
    mutating func range(_ place: Int) -> Range<Int> {
        if frame.needsPeers, place >= peerEnd {
            peerEnd = place + 1
            while peerEnd < partition.upperBound, peerStarts[peerEnd] == peerStarts[place] { peerEnd += 1 }
        }
        let start = max(partition.lowerBound, min(partition.upperBound, bound(frame.start, place, isEnd: false)))
        let end = max(partition.lowerBound, min(partition.upperBound, bound(frame.end, place, isEnd: true)))
        return start..<max(start, end)
    }

    private mutating func bound(_ bound: WindowFrame.Bound, _ place: Int, isEnd: Bool) -> Int {
        switch bound {
        case .value: return (isEnd ? endFinder?.find(place, isEnd: true) : startFinder?.find(place, isEnd: false)) ?? place
        case .unboundedPreceding: return partition.lowerBound
        case .unboundedFollowing: return partition.upperBound
        case .currentRow:
            if frame.unit == .rows { return isEnd ? place + 1 : place }
            return isEnd ? peerEnd : Int(peerStarts[place])
        case .preceding(let count): return WindowFrames.move(place, by: -max(-Int.max, count), isEnd)
        case .following(let count): return WindowFrames.move(place, by: count, isEnd)
        }
    }

    static func move(_ place: Int, by count: Int, _ isEnd: Bool) -> Int {
        let (moved, overflow) = place.addingReportingOverflow(count)
        if overflow { return count < 0 ? Int.min : Int.max }
        return isEnd && moved < Int.max ? moved + 1 : moved
    }
}
