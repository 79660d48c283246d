import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Which columns a join puts out, and what else a pair must satisfy.
struct JoinShape {
    var kind: JoinKind
    /// Columns of the left input in the output (and in the pairs that the residual sees).
    var leftColumns: [Int]
    /// Columns of the right input that stand behind them; a semi or anti join puts out none of them.
    var rightColumns: [Int]
    /// Over pairs: the left columns, then the right ones.
    var residual: CompiledPredicate?
    /// Pair columns that the residual reads.
    var residualColumns: [Int]

    var putsOutRight: Bool { kind != .semi && kind != .anti }
    /// Left rows without a match come out, with nulls on the right.
    var keepsLeft: Bool { kind == .left || kind == .full }
    /// Right rows without a match come out at the end, with nulls on the left.
    var keepsRight: Bool { kind == .right || kind == .full }
}

/// Gathers pairs of a left batch and the right side's columns, for one probing thread.
final class PairGather {
    private let shape: JoinShape
    private let right: [Vector]
    private let output: Batch
    /// Right strings and lists come out as codes into the whole column where it is not huge and has no nulls.
    private let asDictionary: [Bool]

    /// Above this many rows a dictionary would cost its users more than a copy.
    static let dictionaryRowLimit = 1 << 17

    /// `right`: whole columns of the right side by its own numbers.
    init(_ shape: JoinShape, leftTypes: [PhysicalType], right: [Vector]) {
        self.shape = shape
        self.right = shape.rightColumns.map { right[$0] }
        asDictionary = self.right.map { vector in
            (vector.physicalType == .string || vector.physicalType == .list) && !vector.hasNulls
                && vector.count > 0 && vector.count <= PairGather.dictionaryRowLimit
        }
        let left = shape.leftColumns.map { Vector(leftTypes[$0], capacity: 1) }
        output = Batch(left + self.right.map { vector in
            Vector(vector.physicalType, capacity: 1, child: vector.child.map { Vector($0.physicalType) })
        })
    }

    /// All pair columns. A right row of -1 gives nulls.
    func gather(_ left: Batch, _ leftRows: UnsafeBufferPointer<Int32>, _ rightRows: UnsafeBufferPointer<Int32>,
                mayMiss: Bool) -> Batch {
        for index in shape.leftColumns.indices { gatherLeft(index, left, leftRows) }
        for index in right.indices { gatherRight(index, rightRows, mayMiss) }
        output.rowCount = leftRows.count
        return output
    }

    /// The left rows go through whole: their vectors are put out by reference.
    func gatherRightOnly(_ left: Batch, _ rightRows: UnsafeBufferPointer<Int32>, mayMiss: Bool,
                         into batch: Batch) -> Batch {
        for index in right.indices { gatherRight(index, rightRows, mayMiss) }
        batch.vectors.removeAll(keepingCapacity: true)
        for column in shape.leftColumns { batch.vectors.append(left.vectors[column]) }
        batch.vectors.append(contentsOf: output.vectors[shape.leftColumns.count...])
        batch.rowCount = left.rowCount
        return batch
    }

    /// Only the columns that the residual reads; the others hold what they held.
    func gatherForResidual(_ left: Batch, _ leftRows: UnsafeBufferPointer<Int32>,
                           _ rightRows: UnsafeBufferPointer<Int32>) -> Batch {
        let leftCount = shape.leftColumns.count
        for column in shape.residualColumns {
            if column < leftCount {
                gatherLeft(column, left, leftRows)
            } else {
                gatherRight(column - leftCount, rightRows, false)
            }
        }
        output.rowCount = leftRows.count
        return output
    }

    /// Rows of the right side beside a left side of nulls.
    func gatherUnmatchedRight(_ rightRows: UnsafeBufferPointer<Int32>) -> Batch {
        for index in shape.leftColumns.indices { output.vectors[index].fillNull(rows: rightRows.count) }
        for index in right.indices { gatherRight(index, rightRows, false) }
        output.rowCount = rightRows.count
        return output
    }

    private func gatherLeft(_ index: Int, _ left: Batch, _ rows: UnsafeBufferPointer<Int32>) {
        output.vectors[index].gather(left.vectors[shape.leftColumns[index]], rows)
    }

    private func gatherRight(_ index: Int, _ rows: UnsafeBufferPointer<Int32>, _ mayMiss: Bool) {
        let target = output.vectors[shape.leftColumns.count + index], source = right[index]
        guard asDictionary[index] else {
            target.gather(source, rows, mayMiss: mayMiss)
            return
        }
        target.beginDictionary(source, count: rows.count)
        let codes = target.codes
        if mayMiss {
            for row in 0..<rows.count {
                codes[row] = max(0, rows[row])
                if rows[row] < 0 { target.setNull(row) }
            }
        } else if let base = rows.baseAddress {
            codes.update(from: base, count: rows.count)
        }
    }
}

extension Vector {
    /// A constant vector of nulls.
    func fillNull(rows: Int) {
        beginConstant(rows: rows)
        switch physicalType {
        case .string: strings[0] = .empty
        case .list:
            if child == nil { setChild(Vector(.string)) }
            offsets[0] = 0
            offsets[1] = 0
        default: values.initializeMemory(as: UInt8.self, repeating: 0, count: physicalType.stride)
        }
        makeValidity()[0] = 0
    }
}
