import WarehouseBasics
import WarehouseColumns

/// Cuts batches whose expressions make more than `TextBudget` allows at once. Remembers how many rows went well, and
/// seldom tries more: what overflows is computed again, with all that stands beside it.
final class BatchSlices {
    private var sliceRows = Int.max
    private var batches = 0
    private let slice = Batch()
    private static let batchesBetweenTrials = 64

    /// Whether a batch of so many rows may be tried as it is.
    func admits(_ rows: Int) -> Bool { rows <= sliceRows }

    /// Evaluates and hands on the rows of a batch by slices; false when no more are wanted. `body` gets a slice and its
    /// first row.
    func run(_ batch: Batch, evaluate: (Batch) throws -> Void, then: (Batch, Int) throws -> Bool) throws -> Bool {
        if sliceRows >= batch.rowCount { sliceRows = max(1, batch.rowCount / 2) }
        var start = 0
        while start < batch.rowCount {
            try Interruption.check()
            let count = min(sliceRows, batch.rowCount - start)
            show(batch, start, count)
            do {
                if count == 1 {
                    try TextBudget.$isForOneRow.withValue(true) { try evaluate(slice) }
                } else {
                    try evaluate(slice)
                }
            } catch is BatchOverflow {
                guard count > 1 else { throw BatchOverflow() }
                sliceRows = count / 2
                continue
            }
            guard try then(slice, start) else { return false }
            start += count
        }
        batches += 1
        // Later rows may be shorter again.
        if batches % BatchSlices.batchesBetweenTrials == 0 { sliceRows = sliceRows.multipliedClamped(by: 2) }
        return true
    }

    private func show(_ batch: Batch, _ start: Int, _ count: Int) {
        while slice.vectors.count < batch.vectors.count {
            let like = batch.vectors[slice.vectors.count]
            slice.vectors.append(Vector(like.physicalType, capacity: 1,
                                        child: like.valueHolder.child.map { Vector($0.physicalType, capacity: 1) }))
        }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { rows in
            for index in 0..<count { rows[index] = Int32(truncatingIfNeeded: start + index) }
            let chosen = UnsafeBufferPointer(rows)
            for column in batch.vectors.indices { slice.vectors[column].gather(batch.vectors[column], chosen) }
        }
        slice.rowCount = count
    }
}
