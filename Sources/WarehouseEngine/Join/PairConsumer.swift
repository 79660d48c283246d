import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Pairs of a left row and a right row that a probe has found, up to a vector of them. A right row of -1 stands for
/// nulls. The memory is lent.
struct PairList {
    let left: UnsafeMutablePointer<Int32>
    let right: UnsafeMutablePointer<Int32>
    var count = 0

    init(left: UnsafeMutablePointer<Int32>, right: UnsafeMutablePointer<Int32>) {
        self.left = left
        self.right = right
    }

    @inline(__always)
    mutating func add(_ leftRow: Int, _ rightRow: Int32) {
        left[count] = Int32(truncatingIfNeeded: leftRow)
        right[count] = rightRow
        count &+= 1
    }

    @inline(__always) var isFull: Bool { count == Vector.standardCapacity }

    var leftRows: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: left, count: count) }
    var rightRows: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: right, count: count) }
}

/// Turns pairs of left and right rows into output batches, for the probes of all joins. Left rows come ascending.
final class PairConsumer {
    private let shape: JoinShape
    private let gather: PairGather
    /// Gathers candidates, so that its batch and the output's do not overwrite each other.
    private let candidateGather: PairGather?
    private let evaluator: PredicateEvaluator?
    private let matched: MatchFlags?
    private let next: any BatchConsumer
    private let lent = Batch()
    private var left = Batch()
    private let leftStore = RowList(), rightStore = RowList()
    private let passedLeft = RowList(), passedRight = RowList()
    private let verdicts = RowList()
    private var picked = RowList()
    private var passed: PairList
    /// First left row whose verdict is not out, and whether a pair of it has passed.
    private var openRow = 0
    private var openRowMatched = false

    init(_ shape: JoinShape, leftTypes: [PhysicalType], right: [Vector], matched: MatchFlags?,
         next: any BatchConsumer) {
        self.shape = shape
        self.matched = matched
        self.next = next
        gather = PairGather(shape.output, leftTypes: leftTypes, right: right)
        evaluator = shape.residual?.makeEvaluator()
        candidateGather = evaluator == nil ? nil : PairGather(shape, leftTypes: leftTypes, right: right)
        passed = PairList(left: passedLeft.rows, right: passedRight.rows)
    }

    /// Begins the pairs of a left batch, with an empty list to fill.
    func begin(_ batch: Batch) -> PairList {
        left = batch
        passed.count = 0
        openRow = 0
        openRowMatched = false
        return PairList(left: leftStore.rows, right: rightStore.rows)
    }

    // MARK: Pairs

    /// Puts out the pairs of the list and empties it; false when no more is wanted.
    func push(_ list: inout PairList) throws -> Bool {
        guard list.count > 0 else { return true }
        var mayMiss = false
        for index in 0..<list.count {
            let row = list.right[index]
            if row < 0 { mayMiss = true } else if let matched { matched.set(Int(row)) }
        }
        let batch = gather.gather(left, list.leftRows, list.rightRows, mayMiss: mayMiss)
        list.count = 0
        return try next.consume(batch)
    }

    /// Every left row with its one right row.
    func pushWhole(_ batch: Batch, _ rightRows: UnsafeBufferPointer<Int32>, mayMiss: Bool) throws -> Bool {
        try next.consume(gather.gatherRightOnly(batch, rightRows, mayMiss: mayMiss, into: lent))
    }

    /// The left rows that `keeps` chooses, without right columns.
    func pushLeft(_ batch: Batch, _ rows: Int, _ keeps: (Int) -> Bool) throws -> Bool {
        picked.reset(capacity: rows)
        for row in 0..<rows where keeps(row) { picked.append(row) }
        let none = UnsafeBufferPointer<Int32>(start: nil, count: 0)
        if picked.count == 0 { return true }
        if picked.count == rows {
            return try next.consume(gather.gatherRightOnly(batch, none, mayMiss: false, into: lent))
        }
        return try next.consume(gather.gather(batch, picked.selection, none, mayMiss: false))
    }

    // MARK: Candidates, on which the residual decides

    /// Decides on the candidates of the list and empties it. Left rows below `listedRows` have no more of them.
    func test(_ list: inout PairList, listedRows: Int) throws -> Bool {
        if list.count > 0, let evaluator, let candidateGather {
            let batch = candidateGather.gatherForResidual(left, list.leftRows, list.rightRows)
            let count = try evaluator.select(batch, into: verdicts.rows)
            for index in 0..<count {
                let place = Int(verdicts.rows[index])
                let row = Int(list.left[place])
                guard try closeRows(below: row), try take(row, list.right[place]) else { return false }
            }
        }
        list.count = 0
        return try closeRows(below: listedRows)
    }

    /// Decides on what is left of a batch of `rows` rows.
    func finish(_ list: inout PairList, rows: Int) throws -> Bool {
        guard try test(&list, listedRows: rows) else { return false }
        return try push(&passed)
    }

    /// Whether further candidates of a left row change nothing: one has passed, and the join asks no more.
    func isSettled(_ row: Int) -> Bool { openRowMatched && openRow == row && !shape.putsOutRight }

    /// A pair that passed; `leftRow` is the open row.
    private func take(_ leftRow: Int, _ rightRow: Int32) throws -> Bool {
        let isFirst = !openRowMatched
        openRowMatched = true
        switch shape.kind {
        case .anti: return true
        case .semi: return isFirst ? try put(leftRow, 0) : true
        default: return try put(leftRow, rightRow)
        }
    }

    private func put(_ leftRow: Int, _ rightRow: Int32) throws -> Bool {
        passed.add(leftRow, rightRow)
        return passed.isFull ? try push(&passed) : true
    }

    /// Gives the verdict on the rows before `row`.
    private func closeRows(below row: Int) throws -> Bool {
        while openRow < row {
            if !openRowMatched {
                if shape.kind == .anti, try !put(openRow, 0) { return false }
                if shape.keepsLeft, try !put(openRow, -1) { return false }
            }
            openRow += 1
            openRowMatched = false
        }
        return true
    }
}

extension JoinShape {
    /// The shape of what is put out: a semi or anti join has left columns only.
    var output: JoinShape {
        guard !putsOutRight else { return self }
        var copy = self
        copy.rightColumns = []
        return copy
    }
}
