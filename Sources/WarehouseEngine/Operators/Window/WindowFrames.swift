import WarehouseBasics
import WarehousePlan

/// Ranges of places that frames cover. Both ends never move back along a partition.
struct WindowFrames {
    private let frame: WindowFrame
    private let peerStarts: [UInt32]
    private let partition: Range<Int>
    private var peerEnd: Int

    /// Throws `unsupported` for RANGE with an offset.
    init(_ frame: WindowFrame, _ window: WindowPartitions, _ partition: Range<Int>) throws {
        self.frame = frame
        self.partition = partition
        peerStarts = frame.needsPeers ? window.peerStarts() : []
        peerEnd = partition.lowerBound
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

    private func bound(_ bound: WindowFrame.Bound, _ place: Int, isEnd: Bool) -> Int {
        switch bound {
        case .unboundedPreceding: return partition.lowerBound
        case .unboundedFollowing: return partition.upperBound
        case .currentRow:
            if frame.unit == .rows { return isEnd ? place + 1 : place }
            return isEnd ? peerEnd : Int(peerStarts[place])
        case .preceding(let count): return WindowFrames.move(place, by: -max(-Int.max, count), isEnd)
        case .following(let count): return WindowFrames.move(place, by: count, isEnd)
        }
    }

    private static func move(_ place: Int, by count: Int, _ isEnd: Bool) -> Int {
        let (moved, overflow) = place.addingReportingOverflow(count)
        if overflow { return count < 0 ? Int.min : Int.max }
        return isEnd && moved < Int.max ? moved + 1 : moved
    }
}

extension WindowFrame {
    /// Whether its ends are those of the current row's peers.
    var needsPeers: Bool { unit == .range && (start == .currentRow || end == .currentRow) }

    /// Whether it begins where its partition does.
    var startsAtPartition: Bool { start == .unboundedPreceding }

    /// RANGE with an offset is not known.
    func check() throws {
        for bound in [start, end] {
            switch bound {
            case .preceding, .following:
                if unit == .range {
                    throw WarehouseError(.unsupported, "RANGE frames with an offset are not supported.")
                }
            default: break
            }
        }
    }
}
