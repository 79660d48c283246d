import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// How a window function is computed over ordered rows of which only a part is in memory.
enum WindowStreaming {
    /// From the rows that stand at most so many places before and behind the row. FLOATs are added in blocks of
    /// `blockRows` places of the partition: rows in memory must begin where one does.
    case near(before: Int, behind: Int, blockRows: Int)
    /// From the rows of the partition so far; what that gives is settled when the rows behind are known.
    case running(WindowSettling, make: () -> any RunningWindow)

    /// From rows at any places.
    case placed((PlacedSource) -> any PlacedWindow)

    /// Rows further away than this, which may be wide, are not kept in memory.
    static let farthest = 128

    /// For a function of the rows of a frame; `make` gives it for a frame that only grows along its partition, `placed`
    /// for any.
    static func over(_ frame: FrameBounds, blockRows: Int = 1, make: (() -> any RunningWindow)?,
                     placed: @escaping (PlacedSource) -> any PlacedWindow) -> WindowStreaming {
        if frame.values != nil { return .placed(placed) }
        if frame.startsAtPartition, let make {
            switch frame.end {
            case .unboundedFollowing: return .running(.atPartitionEnd, make: make)
            case .currentRow: return .running(frame.unit == .rows ? .here : .atPeerEnd, make: make)
            default: break
            }
        }
        guard frame.unit == .rows, let low = distance(frame.start), let high = distance(frame.end),
              abs(low) <= farthest, abs(high) <= farthest else { return .placed(placed) }
        return .near(before: max(0, -low), behind: max(0, high), blockRows: blockRows)
    }

    private static func distance(_ bound: WindowFrame.Bound) -> Int? {
        switch bound {
        case .currentRow: 0
        case .preceding(let count): count < 0 ? nil : -count
        case .following(let count): count < 0 ? nil : count
        case .value, .unboundedPreceding, .unboundedFollowing: nil
        }
    }
}

/// Which row's running result is a row's result.
enum WindowSettling {
    /// Its own.
    case here
    /// That of the last of its peers, or of its partition.
    case atPeerEnd, atPartitionEnd
    /// Made of the row's number, that of its first or last peer and the rows of its partition.
    case percentRank, cumeDist
    /// Likewise, where the running result is the number of tiles.
    case tile
}

/// A function that goes along ordered rows, partition by partition.
protocol RunningWindow: AnyObject {
    /// The running results of the next rows.
    func run(_ slice: WindowSlice) throws -> ColumnBuffer
}

/// Neighbouring rows of ordered ones.
struct WindowSlice {
    /// Rows in memory, those before and behind the slice among them.
    let rows: RowBuffer
    let range: Range<Int>
    /// By row of the range: its number in its partition, from 1; that of its first peer; how many groups of peers
    /// there are up to it.
    let numbers: [Int64]
    let peerStarts: [Int64]
    let denseRanks: [Int64]

    /// Rows of the range of a column of its own.
    func column(_ index: Int) -> ColumnBuffer { rows.columns[index].slice(range) }
}

extension ColumnBuffer {
    /// A copy of some rows.
    func slice(_ range: Range<Int>) -> ColumnBuffer {
        let result = ColumnBuffer(physicalType, elementType: child?.physicalType, capacity: max(1, range.count),
                                  textBytes: min(ByteArena.standardBlock, max(64, range.count * 32)))
        guard !range.isEmpty else { return result }
        let window = Vector(physicalType, capacity: 1, child: child.map { Vector($0.physicalType) })
        fill(window, from: range.lowerBound, count: range.count)
        result.append(window)
        return result
    }
}
