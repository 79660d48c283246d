import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// A column of the right input that is bounded by one of the left: `left op right`.
struct RangeKey {
    var left: Int
    var right: Int
    /// One of `<`, `<=`, `>` and `>=`.
    var op: ComparisonOperator
    /// TIMESTAMP_TZ, which is compared by instant.
    var isZoned: Bool
    /// Whether one side has integers of 128 bits.
    var isWide: Bool

    /// Whether the right value lies above the left one.
    var isLower: Bool { op == .less || op == .lessOrEqual }
    /// Keys before this edge of a left value lie below a lower bound, or within an upper one.
    var edge: SortedKeys.Edge { op == .less || op == .greaterOrEqual ? .behind : .before }
}

/// As `RangeCondition`, by columns.
struct RangeKeys {
    /// Of one right column: a bound, or a lower and an upper one.
    let bounds: [RangeKey]
    let second: RangeKey?

    init(_ keys: [RangeKey], boundCount: Int) {
        // Of one right column: in one form, whatever the left ones are.
        let isWide = keys.prefix(boundCount).contains(where: \.isWide)
        bounds = keys.prefix(boundCount).map { key in
            var key = key
            key.isWide = isWide
            return key
        }
        second = keys.dropFirst(boundCount).first
    }
}

/// The rows of a build side in the order of one column, each with its place in the order of another. The rows between two
/// bounds of the first are a run of places; those beyond a bound of the other are found by their maxima, so that a probing
/// row costs about as much as it has matches.
final class RangeIndex: JoinIndex {
    let keys: RangeKeys
    /// Rows without nulls in the columns, in the order of the first.
    private let order: ColumnBuffer
    let first: SortedKeys
    let second: SortedKeys?
    /// The place of each of those rows in the order of the second column, counted from the end where its bound is an upper
    /// one: those within are at some place or behind it.
    let places: BlockMaxima?

    /// What probes take beside it.
    private let probeBytes: Int

    var rowCount: Int { order.count }
    var rows: UnsafePointer<Int32> { UnsafePointer(order.int32s) }

    var allocatedBytes: Int {
        rowCount * MemoryLayout<Int32>.stride + first.allocatedBytes + (second?.allocatedBytes ?? 0)
            + (places == nil ? 0 : BlockMaxima.bytes(rowCount)) + probeBytes
    }

    /// `reserve` is told how many bytes will be held next, and throws where that is too much.
    init(_ rows: RowBuffer, _ keys: RangeKeys, _ context: QueryContext, reserve: (Int) throws -> Void) throws {
        let check = { try context.checkCancelled() }
        let numberBytes = rows.rowCount * MemoryLayout<Int32>.stride
        self.keys = keys
        let key = keys.bounds[0], other = keys.second
        probeBytes = CandidateRows.bytes(rows: rows.rowCount) * context.threads
        var bytes = probeBytes + numberBytes
        try reserve(bytes)
        order = try RangeIndex.order(rows, by: key, without: other, context)
        bytes += rows.rowCount * SortedKeys.width(rows.columns[key.right].physicalType, isWide: key.isWide)
        try reserve(bytes)
        first = try SortedKeys(rows.columns[key.right], order.int32s, count: order.count, isWide: key.isWide,
                               isZoned: key.isZoned, check: check)
        guard let other else {
            (second, places) = (nil, nil)
            return
        }
        bytes += numberBytes
        try reserve(bytes)
        let others = try RangeIndex.order(rows, by: other, without: key, context)
        bytes += rows.rowCount * SortedKeys.width(rows.columns[other.right].physicalType, isWide: other.isWide)
        try reserve(bytes + 2 * numberBytes)
        second = try SortedKeys(rows.columns[other.right], others.int32s, count: others.count, isWide: other.isWide,
                                isZoned: other.isZoned, check: check)
        let numbers = try RangeIndex.places(of: order, in: others, fromEnd: !other.isLower, rows.rowCount, check)
        places = try BlockMaxima(numbers, check: check)
    }

    /// The rows in the order of one column, without those that are null in it or in the other.
    private static func order(_ rows: RowBuffer, by key: RangeKey, without other: RangeKey?, _ context: QueryContext)
        throws -> ColumnBuffer {
        let count = rows.rowCount, result = ColumnBuffer(.int32, capacity: count)
        guard count > 0 else { return result }
        let column = SortColumn(column: key.right, order: key.isZoned ? .zoned : .plain)
        let order = try RowOrdering.order(rows, by: [column], context: context)
        let own = rows.columns[key.right], others = other.map { rows.columns[$0.right] }
        var kept = 0
        try Pieces.run(count, { try context.checkCancelled() }) { range in
            for place in range {
                let row = order[place]
                if own.isNull(row) || others?.isNull(row) ?? false { continue }
                result.int32s[kept] = Int32(truncatingIfNeeded: row)
                kept += 1
            }
        }
        result.commit(kept)
        return result
    }

    /// For each of the rows in one order its place in another order of the same rows.
    private static func places(of order: ColumnBuffer, in others: ColumnBuffer, fromEnd: Bool, _ rowCount: Int,
                               _ check: () throws -> Void) throws -> ColumnBuffer {
        let count = order.count, byRow = ColumnBuffer(.int32, capacity: rowCount)
        let result = ColumnBuffer(.int32, capacity: count)
        try Pieces.run(count, check) { range in
            for place in range {
                byRow.int32s[Int(others.int32s[place])] = Int32(truncatingIfNeeded: fromEnd ? count - 1 - place : place)
            }
        }
        try Pieces.run(count, check) { range in
            for place in range { result.int32s[place] = byRow.int32s[Int(order.int32s[place])] }
        }
        result.commit(count)
        return result
    }

    func makeFinder(leftTypes: [PhysicalType], _ context: QueryContext) -> any CandidateFinder {
        RangeFinder(self, leftTypes: leftTypes, context)
    }
}

/// Looks the rows of batches up in a range index.
final class RangeFinder: CandidateFinder {
    private let index: RangeIndex
    private let context: QueryContext
    private let rows: UnsafePointer<Int32>
    private let scratch: [PhysicalType: Vector]
    /// Of each row of the batch: its run of places, and the least number that is wanted among them.
    private var starts = RowList(), ends = RowList(), least = RowList()

    init(_ index: RangeIndex, leftTypes: [PhysicalType], _ context: QueryContext) {
        self.index = index
        self.context = context
        rows = index.rows
        let ranges = index.keys.bounds + (index.keys.second.map { [$0] } ?? [])
        scratch = Dictionary(uniqueKeysWithValues: Set(ranges.map { leftTypes[$0.left] }).map { ($0, Vector($0)) })
    }

    func begin(_ batch: Batch) throws {
        let count = batch.rowCount, all = Int32(truncatingIfNeeded: index.rowCount)
        starts.reset(capacity: count)
        ends.reset(capacity: count)
        least.reset(capacity: count)
        starts.rows.update(repeating: 0, count: count)
        ends.rows.update(repeating: all, count: count)
        for bound in index.keys.bounds {
            let places = bound.isLower ? starts.rows : ends.rows
            try search(batch, index.first, bound, into: places)
            // A null matches nothing: its run begins behind all, or ends before.
            let empty = bound.isLower ? all : 0
            for row in 0..<count where places[row] < 0 { places[row] = empty }
        }
        guard let second = index.second, let bound = index.keys.second else { return }
        let places = least.rows
        try search(batch, second, bound, into: places)
        if bound.isLower {
            for row in 0..<count where places[row] < 0 { places[row] = all }
        } else {
            for row in 0..<count { places[row] = places[row] < 0 ? all : all - places[row] }
        }
    }

    private func search(_ batch: Batch, _ keys: SortedKeys, _ bound: RangeKey,
                        into places: UnsafeMutablePointer<Int32>) throws {
        let vector = batch.vectors[bound.left]
        let flat = scratch[vector.physicalType].map { vector.flattened(into: $0) } ?? vector
        try keys.places(flat, rows: batch.rowCount, bound.edge, into: places)
    }

    func hasAny(_ row: Int) -> Bool {
        let start = Int(starts.rows[row]), end = Int(ends.rows[row])
        guard start < end else { return false }
        return index.places?.has(in: start..<end, atLeast: least.rows[row]) ?? true
    }

    func find(_ row: Int, into candidates: CandidateRows) throws {
        let start = Int(starts.rows[row]), end = Int(ends.rows[row]), rows = rows
        guard start < end else { return }
        guard let places = index.places else {
            return try Pieces.run(start..<end, { try context.checkCancelled() }) { range in
                for place in range { candidates.add(rows[place]) }
            }
        }
        try places.forEach(in: start..<end, atLeast: least.rows[row], { try context.checkCancelled() }) { place in
            candidates.add(rows[place])
            return true
        }
    }
}
