import WarehouseColumns

/// Some rows of a batch as a batch of their own, with the columns one expression reads. Reused from batch to batch.
final class SelectedBatch {
    private let columns: [Int]
    private let batch = Batch()
    private var gathered: [Vector?]

    init(columns: Set<Int>) {
        self.columns = columns.sorted()
        gathered = Array(repeating: nil, count: columns.count)
    }

    /// Valid until the next call. Columns the expression does not read keep the vectors of `source`.
    func take(_ source: Batch, _ rows: UnsafeBufferPointer<Int32>) -> Batch {
        batch.rowCount = rows.count
        if columns.isEmpty { return batch }
        batch.vectors = source.vectors
        for (position, column) in columns.enumerated() {
            let vector = source.vectors[column]
            let target = gathered[position] ?? Vector(vector.physicalType, child: vector.valueHolder.child.map {
                Vector($0.physicalType)
            })
            gathered[position] = target
            target.gather(vector, rows)
            batch.vectors[column] = target
        }
        return batch
    }

    /// Drops references to the source's vectors.
    func forget() { batch.vectors.removeAll(keepingCapacity: true) }
}

/// An expression evaluated for chosen rows of a batch.
final class SelectedEvaluator {
    private let evaluator: ExpressionEvaluator
    private let selected: SelectedBatch
    let canFail: Bool
    let isConstant: Bool

    init(_ node: CompiledNode) {
        evaluator = node.make()
        selected = SelectedBatch(columns: node.columns)
        canFail = node.canFail
        isConstant = node.isConstant
    }

    func evaluateAll(_ batch: Batch) throws -> Vector { try evaluator.evaluate(batch) }

    /// The values for `rows`, in their order.
    func evaluate(_ batch: Batch, _ rows: UnsafeBufferPointer<Int32>) throws -> Vector {
        if rows.count == batch.rowCount { return try evaluator.evaluate(batch) }
        return try evaluator.evaluate(selected.take(batch, rows))
    }
}
