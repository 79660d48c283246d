import WarehouseBasics
import WarehouseColumns

/// Finds runs of equal keys in batches: run-length vectors have them, and clustered columns are looked at.
struct RunFinder: ~Copyable {
    struct Found {
        /// One value a run.
        var values: Vector
        var ends: UnsafePointer<Int32>
        var count: Int
    }

    private var ends = RowList()
    private var starts = RowList()
    private var batchesUntilLook = 0
    private var picked: Vector?
    private var lent: Vector?

    /// After a look in vain this many batches go by before the next.
    static let patience = 64

    /// The runs of the vector, when there are at most a quarter as many as rows; nil else. Valid until the next call.
    mutating func find(_ vector: Vector, rows: Int) -> Found? {
        if vector.form == .runs { return lend(vector) }
        guard vector.form == .flat, !vector.hasNulls, rows >= 16 else { return nil }
        guard vector.physicalType == .int32 || vector.physicalType == .int64 else { return nil }
        if batchesUntilLook > 0 {
            batchesUntilLook -= 1
            return nil
        }
        ends.reset(capacity: rows)
        starts.reset(capacity: rows)
        let enough = vector.physicalType == .int32 ? scan(vector.int32s, rows) : scan(vector.int64s, rows)
        guard enough else {
            batchesUntilLook = RunFinder.patience
            return nil
        }
        let values = picked ?? Vector(vector.physicalType)
        picked = values
        values.gather(vector, starts.selection)
        return Found(values: values, ends: UnsafePointer(ends.rows), count: ends.count)
    }

    /// Fills `starts` and `ends`; false when runs are too short.
    private mutating func scan<T: FixedWidthInteger>(_ values: UnsafePointer<T>, _ rows: Int) -> Bool {
        var changes = 0
        for row in 1..<rows { changes &+= Int(unsafeBitCast(values[row] != values[row &- 1], to: UInt8.self)) }
        guard (changes + 1) * 4 <= rows else { return false }
        starts.append(0)
        for row in 1..<rows where values[row] != values[row &- 1] {
            ends.append(row)
            starts.append(row)
        }
        ends.append(rows)
        return true
    }

    private mutating func lend(_ vector: Vector) -> Found {
        let values = lent ?? Vector(vector.physicalType, capacity: 1)
        lent = values
        values.borrowFlat(vector.values, count: vector.runCount, owner: vector)
        return Found(values: values, ends: UnsafePointer(vector.runEnds), count: vector.runCount)
    }
}
