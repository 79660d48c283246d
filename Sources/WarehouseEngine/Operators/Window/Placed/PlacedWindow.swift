import WarehouseBasics
import WarehouseColumns

/// A window function over ordered rows on disk that may look at any of their places: frames however wide, from either
/// end of a partition, by value. Places that a cursor looks at never move back, so that each goes along its column once,
/// with one block in memory. Two things look back: small states that `FrameStates` makes again, once for each large block,
/// and an aggregate that reads every row of a frame anew because it keeps them, or because the rows of a short frame are
/// so wide that they lie in more than two blocks.
protocol PlacedWindow: AnyObject {
    /// The frames that it looks at.
    var frame: FrameBounds { get }
    /// The results of the next rows, whose frames are `frames`.
    func run(_ slice: PlacedSlice, _ frames: [Range<Int>]) throws -> ColumnBuffer
}

/// Neighbouring rows of ordered ones, and their places among all.
struct PlacedSlice {
    let rows: WindowSlice
    let places: Range<Int>

    /// The place where the partition of the row at `index` of the slice begins.
    func partitionStart(_ index: Int) -> Int { places.lowerBound + index - Int(rows.numbers[index]) + 1 }

    /// Likewise its first peer's.
    func peerStart(_ index: Int) -> Int { partitionStart(index) + Int(rows.peerStarts[index]) - 1 }
}

/// What a function over places looks at.
final class PlacedSource {
    let columns: PlacedColumns
    let context: QueryContext
    private var cursors: [PlacedCursor] = []

    init(_ columns: PlacedColumns, _ context: QueryContext) {
        self.columns = columns
        self.context = context
    }

    /// A cursor that leaves its block when the function has gone over a slice.
    func cursor(_ column: Int) -> PlacedCursor {
        let made = columns.cursor(column)
        cursors.append(made)
        return made
    }

    func leave() { for cursor in cursors { cursor.leave() } }
}

/// The functions of a window that look at rows at any places. Each frame is worked out once for all functions over it,
/// and only the function that is at work stands in blocks.
final class PlacedFunctions {
    private struct Member {
        let index: Int
        let function: any PlacedWindow
        let source: PlacedSource
    }

    private struct Group {
        let bounds: FrameBounds
        let frames: PlacedFrames
        let source: PlacedSource
        var members: [Member]
    }

    private let columns: PlacedColumns
    private let scout: PlacedScout
    private let scoutSource: PlacedSource
    private var groups: [Group] = []

    init(_ functions: [any WindowFunction], _ rows: SpilledRows, order: [SortColumn], numberColumn: Int?,
         _ context: QueryContext) {
        columns = PlacedColumns(rows, context)
        scoutSource = PlacedSource(columns, context)
        var members: [Member] = []
        for (index, function) in functions.enumerated() {
            guard case .placed(let make)? = function.streaming else { continue }
            let source = PlacedSource(columns, context)
            members.append(Member(index: index, function: make(source), source: source))
        }
        let needsPeers = members.contains { $0.function.frame.needsPeers }
        scout = PlacedScout(scoutSource, order: needsPeers ? order : [], numberColumn: members.isEmpty ? nil : numberColumn)
        for member in members { add(member, context) }
    }

    private func add(_ member: Member, _ context: QueryContext) {
        let bounds = member.function.frame
        if let known = groups.firstIndex(where: { $0.bounds == bounds }) { return groups[known].members.append(member) }
        let source = PlacedSource(columns, context)
        groups.append(Group(bounds: bounds, frames: PlacedFrames(bounds, source, scout), source: source, members: [member]))
    }

    /// Bytes a row of a slice that its frames take.
    static let bytesPerRow = MemoryLayout<Range<Int>>.stride

    /// Reads the rows once, before the first slice.
    func prepare() throws { try columns.write() }

    /// The results for the next rows, by the functions' numbers.
    func run(_ slice: PlacedSlice) throws -> [Int: ColumnBuffer] {
        var results: [Int: ColumnBuffer] = [:]
        for group in groups {
            let frames = try group.frames.ranges(slice)
            group.source.leave()
            scoutSource.leave()
            scout.leave()
            for member in group.members {
                results[member.index] = try member.function.run(slice, frames)
                member.source.leave()
            }
        }
        return results
    }

    /// Makes a reservation larger, at the cost of blocks that are kept.
    func grow(_ reservation: MemoryReservation, to bytes: Int) throws {
        if bytes > reservation.bytes { try columns.resize(reservation, to: bytes) }
    }
}
