import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// LAG, LEAD, FIRST_VALUE, LAST_VALUE, NTH_VALUE, and MIN and MAX over frames: functions whose result is the
/// argument's value of another row.
struct RowPickFunction: WindowFunction {
    enum Kind {
        /// So many rows on (LEAD) or back (LAG, negative); beyond the partition the default's column, or NULL.
        case offset(Int, defaultColumn: Int?)
        /// The n-th row of the frame from its start (1, 2, …) or its end (-1, -2, …).
        case nth(Int, FrameBounds)
        case extreme(isMaximum: Bool, FrameBounds)
    }
    var kind: Kind
    var column: Int
    var ignoresNulls = false
    var valueOrder = SortColumn.ValueOrder.plain
    var resultType: PhysicalType

    /// Of MIN and MAX: the aggregate, for frames on disk.
    var extreme: AggregateDefinition?

    var streaming: WindowStreaming? {
        let placed: (PlacedSource) -> any PlacedWindow = { PlacedPick(self, $0) }
        switch kind {
        case .offset(let offset, _):
            guard !ignoresNulls || offset == 0, abs(offset) <= WindowStreaming.farthest else { return .placed(placed) }
            return .near(before: max(0, -offset), behind: max(0, offset), blockRows: 1)
        case .nth(let number, let frame):
            return .over(frame, make: number >= -1 ? { RunningPick(self) } : nil, placed: placed)
        case .extreme(_, let frame):
            guard let extreme else { return nil }
            return .over(frame, make: { RunningPick(self) }) { PlacedAggregate(extreme, frame, isExtreme: true, $0) }
        }
    }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let source = window.rows.columns[column]
        let picks = PageMemory.allocate(Int32.self, count: window.rowCount)
        defer { PageMemory.deallocate(picks, count: window.rowCount) }
        try TaskPool.run(stripes: (window.rowCount + 0xFFFF) >> 16, threads: context.threads) { chunk in
            try context.checkCancelled()
            (picks + chunk << 16).initialize(repeating: -1, count: min(1 << 16, window.rowCount - chunk << 16))
        }
        switch kind {
        case .offset(let offset, _): try pickOffsets(window, source, offset, picks, context)
        case .nth(let number, let frame): try pickNth(window, source, number, frame, picks, context)
        case .extreme(let isMaximum, let frame): try pickExtremes(window, isMaximum, frame, picks, context)
        }
        guard case .offset(_, let defaultColumn?) = kind else {
            if let picked = try WindowColumn.gathered(source, picks, rows: window.rowCount, context) { return picked }
            return try source.gathered(window.rowCount, { try context.checkCancelled() }) { Int(picks[$0]) }
        }
        // Defaults stand behind the values, so that one gather serves both.
        let defaults = window.rows.columns[defaultColumn]
        let both = ColumnBuffer(source.physicalType, elementType: source.child?.physicalType)
        both.append(source)
        both.append(defaults)
        return try both.gathered(window.rowCount, { try context.checkCancelled() }) { row in
            picks[row] == -1 ? source.count + row : Int(picks[row])
        }
    }

    /// Places of the partition's non-null values.
    private func present(_ source: ColumnBuffer, _ order: RowOrder, _ places: Range<Int>) -> [Int] {
        places.filter { !source.isNull(order[$0]) }
    }

    private static func lowerBound(_ list: [Int], _ place: Int) -> Int {
        var low = 0, high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func pickOffsets(_ window: WindowPartitions, _ source: ColumnBuffer, _ offset: Int,
                             _ picks: UnsafeMutablePointer<Int32>, _ context: QueryContext) throws {
        let order = window.order
        try window.forEachPartition(context) { places in
            let list = ignoresNulls && offset != 0 ? present(source, order, places) : []
            for place in places {
                if place & 0xFFF == 0 { try context.checkCancelled() }
                if ignoresNulls, offset != 0 {
                    let next = RowPickFunction.lowerBound(list, offset > 0 ? place + 1 : place)
                    let (index, overflow) = next.addingReportingOverflow(offset > 0 ? offset - 1 : offset)
                    guard !overflow, list.indices.contains(index) else { continue }
                    picks[order[place]] = Int32(truncatingIfNeeded: order[list[index]])
                } else {
                    let (target, overflow) = place.addingReportingOverflow(offset)
                    if !overflow, places.contains(target) { picks[order[place]] = Int32(truncatingIfNeeded: order[target]) }
                }
            }
        }
    }

    private func pickNth(_ window: WindowPartitions, _ source: ColumnBuffer, _ number: Int, _ frame: FrameBounds,
                         _ picks: UnsafeMutablePointer<Int32>, _ context: QueryContext) throws {
        let order = window.order
        if frame.needsPeers { _ = try window.peerStarts(context) }
        try window.forEachPartition(context) { places in
            var frames = WindowFrames(frame, window, places)
            let list = ignoresNulls ? present(source, order, places) : []
            for place in places {
                if place & 0xFFF == 0 { try context.checkCancelled() }
                let range = frames.range(place)
                if ignoresNulls {
                    let first = RowPickFunction.lowerBound(list, range.lowerBound)
                    let end = RowPickFunction.lowerBound(list, range.upperBound)
                    let index = number > 0 ? first + number - 1 : end + number
                    if index >= first, index < end { picks[order[place]] = Int32(truncatingIfNeeded: order[list[index]]) }
                } else {
                    let target = number > 0 ? range.lowerBound + number - 1 : range.upperBound + number
                    if range.contains(target) { picks[order[place]] = Int32(truncatingIfNeeded: order[target]) }
                }
            }
        }
    }

    /// Candidates for the frame's best stand in a queue, better before worse and earlier before later.
    private func pickExtremes(_ window: WindowPartitions, _ isMaximum: Bool, _ frame: FrameBounds,
                              _ picks: UnsafeMutablePointer<Int32>, _ context: QueryContext) throws {
        let order = window.order, source = window.rows.columns[column]
        let comparator = try RowComparator(window.rows, [SortColumn(column: column, isDescending: isMaximum,
                                                                    order: valueOrder)])
        if frame.needsPeers { _ = try window.peerStarts(context) }
        try window.forEachPartition(context) { places in
            var frames = WindowFrames(frame, window, places)
            var queue: [Int] = []
            var head = 0, next = places.lowerBound
            for place in places {
                if place & 0xFFF == 0 { try context.checkCancelled() }
                let range = frames.range(place)
                next = max(next, range.lowerBound)
                while next < range.upperBound {
                    if !source.isNull(order[next]) {
                        while queue.count > head, let last = queue.last,
                              comparator.compare(order[next], order[last]) < 0 {
                            queue.removeLast()
                        }
                        queue.append(next)
                    }
                    next += 1
                }
                while head < queue.count, queue[head] < range.lowerBound { head += 1 }
                if head < queue.count, !range.isEmpty { picks[order[place]] = Int32(truncatingIfNeeded: order[queue[head]]) }
            }
        }
    }
}
