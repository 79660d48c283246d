import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Turns pairs of left and right rows into output batches, for the probes of all joins. Left rows come ascending.
final class PairConsumer {
    private let shape: JoinShape
    private let gather: PairGather
    /// Gathers candidates, so that its batch and the output's do not overwrite each other.
    private let candidateGather: PairGather?
    private let evaluator: PredicateEvaluator?
    private let matched: UnsafeMutablePointer<UInt8>?
    private let next: any BatchConsumer
    private let lent = Batch()
    private var left = Batch()
    private var leftRows = RowList(), rightRows = RowList()
    private var mayMiss = false

    // Candidates not tested yet, and the left rows that wait for their verdict.
    private var candidateLeft = RowList(), candidateRight = RowList(), passed = RowList()
    /// First left row whose verdict is not out.
    private var openRow = 0
    /// Left rows below have all their candidates listed.
    private var listedRows = 0
    private var openRowMatched = false

    init(_ shape: JoinShape, leftTypes: [PhysicalType], right: [Vector], matched: UnsafeMutablePointer<UInt8>?,
         next: any BatchConsumer) {
        self.shape = shape
        self.matched = matched
        self.next = next
        gather = PairGather(shape.output, leftTypes: leftTypes, right: right)
        evaluator = shape.residual?.makeEvaluator()
        candidateGather = evaluator == nil ? nil : PairGather(shape, leftTypes: leftTypes, right: right)
    }

    /// Begins the pairs of a left batch.
    func begin(_ batch: Batch) {
        left = batch
        leftRows.count = 0
        rightRows.count = 0
        mayMiss = false
        candidateLeft.count = 0
        candidateRight.count = 0
        openRow = 0
        listedRows = 0
        openRowMatched = false
    }

    // MARK: Pairs

    /// Adds an output pair; a right row of -1 stands for nulls. False when no more is wanted.
    @inline(__always)
    func add(_ leftRow: Int, _ rightRow: Int32) throws -> Bool {
        leftRows.append(leftRow)
        rightRows.append(Int(rightRow))
        if rightRow < 0 { mayMiss = true } else if let matched { matched[Int(rightRow)] = 1 }
        return leftRows.count < Vector.standardCapacity ? true : try flush()
    }

    /// Puts out the pairs so far.
    func flush() throws -> Bool {
        guard leftRows.count > 0 else { return true }
        let batch = gather.gather(left, leftRows.selection, rightRows.selection, mayMiss: mayMiss)
        leftRows.count = 0
        rightRows.count = 0
        mayMiss = false
        return try next.consume(batch)
    }

    /// Every left row with its one right row.
    func pushWhole(_ batch: Batch, _ rightRows: UnsafeBufferPointer<Int32>, mayMiss: Bool) throws -> Bool {
        try next.consume(gather.gatherRightOnly(batch, rightRows, mayMiss: mayMiss, into: lent))
    }

    /// The left rows that `keeps` chooses, without right columns.
    func pushLeft(_ batch: Batch, _ rows: Int, _ keeps: (Int) -> Bool) throws -> Bool {
        leftRows.reset(capacity: rows)
        for row in 0..<rows where keeps(row) { leftRows.append(row) }
        defer { leftRows.count = 0 }
        let none = UnsafeBufferPointer<Int32>(start: nil, count: 0)
        if leftRows.count == 0 { return true }
        if leftRows.count == rows {
            return try next.consume(gather.gatherRightOnly(batch, none, mayMiss: false, into: lent))
        }
        return try next.consume(gather.gather(batch, leftRows.selection, none, mayMiss: false))
    }

    // MARK: Candidates

    /// Adds a pair that the residual decides on.
    @inline(__always)
    func addCandidate(_ leftRow: Int, _ rightRow: Int32) throws -> Bool {
        candidateLeft.append(leftRow)
        candidateRight.append(Int(rightRow))
        return candidateLeft.count < Vector.standardCapacity ? true : try testCandidates()
    }

    /// Says that a left row has no more candidates.
    @inline(__always)
    func endCandidates(of leftRow: Int) throws -> Bool {
        listedRows = leftRow + 1
        return true
    }

    /// Decides on what is left of the batch.
    func finishCandidates() throws -> Bool {
        guard try testCandidates() else { return false }
        return try flush()
    }

    private func testCandidates() throws -> Bool {
        let count = candidateLeft.count
        passed.reset(capacity: max(1, count))
        if count > 0, let evaluator, let candidateGather {
            let batch = candidateGather.gatherForResidual(left, candidateLeft.selection, candidateRight.selection)
            passed.count = try evaluator.select(batch, into: passed.rows)
        }
        for index in 0..<passed.count {
            let place = Int(passed.rows[index])
            let row = Int(candidateLeft.rows[place])
            if try !closeRows(below: row) { return false }
            if try !take(row, candidateRight.rows[place]) { return false }
        }
        candidateLeft.count = 0
        candidateRight.count = 0
        return try closeRows(below: listedRows)
    }

    /// A pair that passed; `leftRow` is the open row.
    private func take(_ leftRow: Int, _ rightRow: Int32) throws -> Bool {
        let isFirst = !openRowMatched
        openRowMatched = true
        switch shape.kind {
        case .anti: return true
        case .semi: return isFirst ? try add(leftRow, 0) : true
        default: return try add(leftRow, rightRow)
        }
    }

    /// Gives the verdict on the rows before `row`.
    private func closeRows(below row: Int) throws -> Bool {
        while openRow < row {
            if !openRowMatched {
                if shape.kind == .anti, try !add(openRow, 0) { return false }
                if shape.keepsLeft, try !add(openRow, -1) { return false }
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
