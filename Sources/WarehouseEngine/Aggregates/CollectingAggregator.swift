import WarehouseBasics
import WarehouseColumns

/// Aggregates that need all their rows at the end: LISTAGG, ARRAY_AGG, OBJECT_AGG, MEDIAN, percentiles, MODE, MIN_BY
/// and MAX_BY. Keeps the argument and order columns in scan order; at the end each group's rows are ordered and
/// reduced.
final class CollectingAggregator: Aggregator {
    private var rows: RowBuffer
    private let groups = ColumnBuffer(.int32)
    private let required: [Int]
    private let order: [SortColumn]
    /// Columns whose equal values count once.
    private let distinct: [KeyColumn]
    /// The order columns', which stand last.
    private let orderFields: [KeyField]
    private let reducer: any GroupReducer
    /// Knows the rows that are kept where equal values count once: of rows alike in their order too, the first is.
    private var firsts: FirstRows?
    private var picked = RowList()
    private let groupVector = Vector(.int32)

    /// - Parameters:
    ///   - types: of the argument columns, then the order columns.
    ///   - required: columns in which a null leaves a row out.
    ///   - orderFields: of the order columns.
    init(types: [PhysicalType], required: [Int], order: [SortColumn], distinct: [KeyColumn],
         orderFields: [KeyField] = [], reducer: any GroupReducer) {
        rows = RowBuffer(types)
        self.required = required
        self.order = order
        self.distinct = distinct
        self.orderFields = orderFields
        self.reducer = reducer
    }

    override var allocatedBytes: Int {
        rows.allocatedBytes + groups.allocatedBytes + (firsts?.allocatedBytes ?? 0)
    }

    override func pushRows(_ body: @escaping (Batch) throws -> Void) throws {
        try RowBuffer(columns: rows.columns + [groups], rowCount: rows.rowCount).forEachBatch(checkCancelled, body)
    }

    override func update(_ arguments: [Vector], rows count: Int, groups assignment: GroupAssignment) throws {
        picked.reset(capacity: count)
        groupVector.beginFlat(count)
        let target = groupVector.int32s
        assignment.forEachRow(count) { group, row in target[row] = Int32(truncatingIfNeeded: group) }
        let nullable = required.compactMap { arguments[$0].hasNulls ? arguments[$0].flatValidity(rows: count) : nil }
        for row in 0..<count
        where nullable.allSatisfy({ $0[row >> 6] >> UInt64(row & 63) & 1 != 0 }) { picked.append(row) }
        try keep(Batch(arguments, rowCount: count))
    }

    /// Keeps the picked rows of a batch, whose groups are known.
    private func keep(_ batch: Batch) throws {
        if !distinct.isEmpty { try dropKnown(batch) }
        if picked.count == batch.rowCount {
            rows.append(batch)
            groups.append(groupVector)
        } else {
            rows.append(batch, selection: picked.selection)
            groups.append(groupVector, selection: picked.selection)
        }
    }

    private func dropKnown(_ batch: Batch) throws {
        let known = try firsts ?? FirstRows(distinct.map(\.field) + orderFields) { [weak self] in try self?.checkCancelled() }
        firsts = known
        let ordered = batch.vectors.count - orderFields.count
        try known.pick(groupVector, distinct.map { batch.vectors[$0.column] } + batch.vectors[ordered...], &picked)
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? CollectingAggregator, other.rows.rowCount > 0, count > 0 else { return }
        let highest = UnsafeBufferPointer(start: from, count: count).max() ?? 0
        var targets = [Int32](repeating: -1, count: Int(highest) + 1)
        for index in 0..<count { targets[Int(from[index])] = to[index] }
        let batch = other.rows.makeBatch()
        var start = 0
        while start < other.rows.rowCount {
            let size = min(Vector.standardCapacity, other.rows.rowCount - start)
            try checkCancelled()
            other.rows.show(batch, from: start, count: size)
            picked.reset(capacity: size)
            groupVector.beginFlat(size)
            for row in 0..<size {
                let group = Int(other.groups.int32s[start + row])
                groupVector.int32s[row] = group < targets.count ? targets[group] : -1
                if groupVector.int32s[row] >= 0 { picked.append(row) }
            }
            try keep(batch)
            start += size
        }
    }

    override func finish(groups count: Int) throws -> ColumnBuffer {
        let all = RowBuffer(columns: rows.columns + [groups], rowCount: rows.rowCount)
        let order = try RowOrdering.order(all, by: [SortColumn(column: rows.columns.count)] + order,
                                          threads: 1, check: { [self] in try checkCancelled() })
        let keeps = try firstOfEach(order)
        var result = reducer.makeColumn(rows, groups: count)
        var place = 0
        var members: [Int] = []
        for group in 0..<count {
            if group & 0xFF == 0 { try checkCancelled() }
            members.removeAll(keepingCapacity: true)
            while place < order.count, groups.int32s[order[place]] == Int32(group) {
                if place & 0xFFFF == 0 { try checkCancelled() }
                if keeps.isEmpty || keeps[place] { members.append(order[place]) }
                place += 1
            }
            try reducer.reduce(rows, members, into: &result, check: checkCancelled)
        }
        return result
    }

    /// For each place whether its row is the first of its group with its distinct values; empty when all count.
    private func firstOfEach(_ order: RowOrder) throws -> [Bool] {
        // Without order columns those that are kept are the first already.
        guard !distinct.isEmpty, !orderFields.isEmpty else { return [] }
        var keeps = [Bool](repeating: false, count: order.count)
        let known = try FirstRows(distinct.map(\.field)) { [self] in try checkCancelled() }
        let groupColumn = groups.vector(), columns = distinct.map { rows.columns[$0.column].vector() }
        var places = RowList()
        for start in stride(from: 0, to: order.count, by: Vector.standardCapacity) {
            try checkCancelled()
            let count = min(Vector.standardCapacity, order.count - start)
            picked.reset(capacity: count)
            for place in start..<(start + count) { picked.append(order[place]) }
            try known.pick(groupColumn, columns, &picked, places: &places)
            for index in 0..<places.count { keeps[start + Int(places.rows[index])] = true }
        }
        return keeps
    }
}

/// Makes one result of one group's rows.
protocol GroupReducer {
    /// The column that results go to.
    func makeColumn(_ rows: RowBuffer, groups: Int) -> ColumnBuffer
    /// Appends the result of the group whose rows are `members`, in order. `check` ends it by throwing.
    func reduce(_ rows: RowBuffer, _ members: [Int], into column: inout ColumnBuffer, check: () throws -> Void) throws
}
