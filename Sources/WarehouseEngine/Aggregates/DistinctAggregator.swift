import WarehouseColumns

/// An aggregate over the distinct argument rows of each group: keeps the distinct (group, arguments) in the order they
/// first come, and feeds them to the plain aggregate at the end.
final class DistinctAggregator: Aggregator {
    private let inner: Aggregator
    private let table: GroupTable
    private let argumentCount: Int
    /// Without grouping every row is of group 0, and the arguments alone are the key.
    private let isGrouped: Bool
    private var ids: [Int32] = []
    private let groupVector = Vector(.int32)
    private var lentRuns: Vector?

    init(_ inner: Aggregator, arguments: [KeyField], isGrouped: Bool, expectedRows: Int?) throws {
        self.inner = inner
        argumentCount = arguments.count
        self.isGrouped = isGrouped
        let growth = GrowthCheck()
        table = try GroupTable((isGrouped ? [KeyField(.int32, range: 0...Int128(Int32.max))] : []) + arguments,
                               expectedRows: expectedRows, check: growth.run)
        super.init()
        growth.owner = self
    }

    override var context: QueryContext? { didSet { inner.context = context } }
    override var allocatedBytes: Int { inner.allocatedBytes + table.allocatedBytes }
    override func reserve(groups: Int) { inner.reserve(groups: groups) }

    override func pushRows(_ body: @escaping (Batch) throws -> Void) throws {
        var columns = table.keyColumns
        if isGrouped { columns.append(columns.removeFirst()) }
        try RowBuffer(columns: columns, rowCount: table.count).forEachBatch(checkCancelled, body)
    }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        if argumentCount == 1, !isGrouped, arguments[0].form == .runs {
            return try insert([runValues(arguments[0])], arguments[0].runCount)
        }
        if isGrouped {
            groupVector.beginFlat(rows)
            let target = groupVector.int32s
            groups.forEachRow(rows) { group, row in target[row] = Int32(truncatingIfNeeded: group) }
        }
        try insert((isGrouped ? [groupVector] : []) + arguments.prefix(argumentCount), rows)
    }

    private func runValues(_ vector: Vector) -> Vector {
        let values = lentRuns ?? Vector(vector.physicalType, capacity: 1)
        lentRuns = values
        values.borrowFlat(vector.values, count: vector.runCount, owner: vector)
        return values
    }

    private func insert(_ keys: [Vector], _ rows: Int) throws {
        if ids.count < rows { ids = Array(repeating: 0, count: max(rows, Vector.standardCapacity)) }
        try ids.withUnsafeMutableBufferPointer {
            if let base = $0.baseAddress { try table.insert(keys, rows: rows, into: base) }
        }
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? DistinctAggregator else { return }
        var targets: [Int32] = []
        if isGrouped, count > 0 {
            let highest = UnsafeBufferPointer(start: from, count: count).max() ?? 0
            targets = Array(repeating: -1, count: Int(highest) + 1)
            for index in 0..<count { targets[Int(from[index])] = to[index] }
        }
        let rows = RowBuffer(columns: other.table.keyColumns, rowCount: other.table.count)
        let batch = rows.makeBatch()
        var start = 0
        while start < rows.rowCount {
            let count = min(Vector.standardCapacity, rows.rowCount - start)
            try checkCancelled()
            rows.show(batch, from: start, count: count)
            try mergeBatch(batch, targets)
            start += count
        }
    }

    private func mergeBatch(_ batch: Batch, _ targets: [Int32]) throws {
        guard isGrouped else { return try insert(batch.vectors, batch.rowCount) }
        var kept = RowList(capacity: batch.rowCount)
        let old = batch.vectors[0].int32s
        var new: [Int32] = []
        for row in 0..<batch.rowCount {
            let group = Int(old[row])
            let target = group < targets.count ? targets[group] : -1
            guard target >= 0 else { continue }
            kept.append(row)
            new.append(target)
        }
        guard kept.count > 0 else { return }
        groupVector.beginFlat(kept.count)
        for (row, group) in new.enumerated() { groupVector.int32s[row] = group }
        var keys = [groupVector]
        for vector in batch.vectors.dropFirst() {
            let picked = Vector(vector.physicalType, child: vector.child.map { Vector($0.physicalType) })
            picked.gather(vector, kept.selection)
            keys.append(picked)
        }
        try insert(keys, kept.count)
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        inner.reserve(groups: groups)
        let rows = RowBuffer(columns: table.keyColumns, rowCount: table.count)
        let batch = rows.makeBatch()
        var start = 0
        while start < rows.rowCount {
            let count = min(Vector.standardCapacity, rows.rowCount - start)
            try checkCancelled()
            rows.show(batch, from: start, count: count)
            if isGrouped {
                let ids = batch.vectors[0].int32s
                try inner.update(Array(batch.vectors.dropFirst()), rows: count, groups: .rows(ids))
            } else {
                try GroupAssignment.single(rows: count) { try inner.update(batch.vectors, rows: count, groups: $0) }
            }
            start += count
        }
        return try inner.finish(groups: groups)
    }
}

/// What a table of an aggregator asks while it grows; the aggregator learns of its query only later.
private final class GrowthCheck {
    weak var owner: Aggregator?

    func run() throws { try owner?.checkCancelled() }
}
