import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// A join by keys of inputs that do not fit in memory (grace hash join): both go to disk by the hash of their keys with
/// the positions of their rows, equal partitions are joined in memory, and their results are merged by position, so that
/// rows come in the order in which a join in memory puts them out. A partition that is too large is cut again by other
/// bits of the hash; where that does not help, since one key has too many rows, its right rows are taken block by block, as
/// all are where there are no keys.
final class SpilledJoin {
    /// Pairs of whole left rows, a position behind them, and whole right rows with theirs.
    private let shape: JoinShape
    private let leftKeys: [Int]
    private let rightKeys: [Int]
    private let nullsEqual: [Bool]
    private let equalities: [KeyEquality]
    /// Of a join without keys.
    private let search: JoinSearch?
    private let context: QueryContext
    private var file: SpillFile?
    private var left = [PhysicalType](), right = [PhysicalType]()
    /// Columns of the joined pairs that runs hold: those put out, then the positions.
    private var columns: [Int] = []
    private var runs: [[SpillBlock]] = []

    init(_ shape: JoinShape, leftKeys: [Int], rightKeys: [Int], nullsEqual: [Bool], equalities: [KeyEquality],
         search: JoinSearch? = nil, context: QueryContext) {
        self.shape = shape
        self.leftKeys = leftKeys
        self.rightKeys = rightKeys
        self.nullsEqual = nullsEqual
        self.equalities = equalities
        self.search = search
        self.context = context
    }

    var writtenBytes: Int { file?.byteCount ?? 0 }

    /// `bytes`: about the size of the side that did not fit. `keepsStripes`: the result has the stripes of the left
    /// input, and one more for right rows without a match.
    func run(_ leftInput: any PhysicalOperator, _ rightInput: any PhysicalOperator, bytes: Int, leftColumns: [Int],
             rightColumns: [Int], keepsStripes: Bool) throws -> SpilledRows {
        guard let spill = context.spill else { throw MemoryAccount.exceeded(context.memory.limitBytes ?? 0) }
        let file = try spill.makeFile()
        self.file = file
        let leftSource = PositionOperator(leftInput), rightSource = PositionOperator(rightInput)
        left = leftSource.outputTypes
        right = rightSource.outputTypes
        columns = leftColumns + rightColumns.map { left.count + $0 } + [left.count - 1]
        if shape.putsOutRight { columns.append(left.count + right.count - 1) }
        let count = leftKeys.isEmpty ? 1 : SpillPartitioning.count(for: bytes, target: SpillSizes(context).workBytes / 4)
        let rightParts = try SpilledRows.partitioned(rightSource, partitioning(rightKeys, right, count, 0), file, context)
        let leftParts = try SpilledRows.partitioned(leftSource, partitioning(leftKeys, left, count, 0), file, context)
        for part in 0..<count { try join(leftParts.stripes[part], rightParts.stripes[part], level: 1) }
        let outputs = leftColumns.count + rightColumns.count, types = runTypes
        let stripes = leftSource.stripeCount + (shape.keepsRight ? 1 : 0)
        let writer = StripedWriter(file, types: Array(types.prefix(outputs)), cut: keepsStripes
            ? .positions(column: outputs, stripes: stripes) : .rows(SortOperator.stripeRows))
        let order = (outputs..<types.count).map { SortColumn(column: $0) }
        try RunMerge(SpilledRows(file: file, types: types, stripes: []), by: order, context: context)
            .merge(runs) { try writer.write($0) }
        return writer.rows
    }

    private var runTypes: [PhysicalType] { columns.map { $0 < left.count ? left[$0] : right[$0 - left.count] } }

    private func partitioning(_ keys: [Int], _ types: [PhysicalType], _ count: Int, _ level: Int) -> SpillPartitioning {
        let fields = zip(keys, equalities).map { KeyField(types[$0], $1) }
        return SpillPartitioning(keys: keys, fields: fields, count: count, level: level)
    }

    private func join(_ left: [SpillBlock], _ right: [SpillBlock], level: Int) throws {
        if left.isEmpty, !shape.keepsRight { return }
        if right.byteCount + right.rowCount * rowBytes <= roomBytes {
            do {
                return runs.append(try joined(shape.kind, left, right, columns: columns))
            } catch {
                // A table may take more than was reckoned, and others may hold much.
                guard error.isMemoryLimit, right.count > 1 else { throw error }
            }
        }
        if level < SpillPartitioning.maximumLevel, !leftKeys.isEmpty {
            try cutAgain(left, right, level: level)
        } else {
            try joinByBlocks(left, right.grouped(upTo: roomBytes, rowBytes: rowBytes))
        }
    }

    /// What the right rows of one join in memory may take: a share of what is free.
    private var roomBytes: Int {
        let work = SpillSizes(context).workBytes
        return min(work, context.memory.freeBytes.map { $0 / 4 * 3 } ?? work)
    }

    /// What tables, lists of rows and views of strings take beside the rows.
    private var rowBytes: Int { right.reduce(search == nil ? 48 : 96) { $0 + ($1 == .string ? 12 : 0) } }

    private func cutAgain(_ left: [SpillBlock], _ right: [SpillBlock], level: Int) throws {
        guard let file else { return }
        func cut(_ blocks: [SpillBlock], _ types: [PhysicalType], _ keys: [Int]) throws -> [[SpillBlock]] {
            let rows = SpilledRows(file: file, types: types, stripes: [blocks])
            return try SpilledRows.partitioned(SpilledSource(rows), partitioning(keys, types, 16, level), file, context)
                .stripes
        }
        let leftParts = try cut(left, self.left, leftKeys), rightParts = try cut(right, self.right, rightKeys)
        for (left, right) in zip(leftParts, rightParts) { try join(left, right, level: level + 1) }
    }

    /// Joins rows that fit in memory; gives what comes out, in order.
    private func joined(_ kind: JoinKind, _ left: [SpillBlock], _ right: [SpillBlock], columns: [Int]) throws
        -> [SpillBlock] {
        guard let file else { return [] }
        var shape = shape
        shape.kind = kind
        let leftRows = SpilledRows(file: file, types: self.left, stripes: left.grouped(upTo: 4 << 20, rowBytes: 0))
        let rightRows = SpilledRows(file: file, types: self.right, stripes: [right])
        let operation = join(shape, SpilledSource(leftRows), SpilledSource(rightRows))
        let types = columns.map { operation.outputTypes[$0] }
        let stripes = try operation.prepare(context)
        var written: [[SpillBlock]] = Array(repeating: [], count: stripes)
        try written.withUnsafeMutableBufferPointer { slots in
            let slots = slots
            try TaskPool.run(stripes: stripes, threads: context.threads) { stripe in
                let writer = RunWriter(file, columns: columns, types: types, context)
                try operation.run(stripe: stripe, context, into: writer)
                slots[stripe] = try writer.finish()
            }
        }
        return written.flatMap { $0 }
    }

    private func join(_ shape: JoinShape, _ left: SpilledSource, _ right: SpilledSource) -> any PhysicalOperator {
        if leftKeys.isEmpty { return NestedLoopJoinOperator(shape, search: search, left: left, right: right) }
        return HashJoinOperator(shape, left: left, right: right, leftKeys: leftKeys, rightKeys: rightKeys,
                                nullsEqual: nullsEqual, equalities: equalities)
    }

    /// A block of right rows at a time: every left row meets each. What has no match in one goes on to the next.
    private func joinByBlocks(_ left: [SpillBlock], _ blocks: [[SpillBlock]]) throws {
        var unmatched = left, pending = Array(blocks.reversed())
        while let block = pending.popLast() {
            try context.checkCancelled()
            do {
                let (pairs, rest) = try join(left, unmatched, withBlock: block)
                if let pairs { runs.append(pairs) }
                unmatched = rest
            } catch {
                guard error.isMemoryLimit, block.count > 1 else { throw error }
                let half = block.count / 2
                pending += [Array(block[half...]), Array(block[..<half])]
            }
        }
        switch shape.kind {
        case .left, .full: runs.append(try joined(.left, unmatched, [], columns: columns))
        case .anti: runs.append(try joined(.anti, unmatched, [], columns: columns))
        case .inner, .right, .semi: break
        }
    }

    /// What left rows and a block of right rows give, and the left rows that have found no match yet.
    private func join(_ left: [SpillBlock], _ unmatched: [SpillBlock], withBlock block: [SpillBlock]) throws
        -> (pairs: [SpillBlock]?, unmatched: [SpillBlock]) {
        let pairs: [SpillBlock]? = switch shape.kind {
        case .inner, .left: try joined(.inner, left, block, columns: columns)
        case .right, .full: try joined(.right, left, block, columns: columns)
        case .semi: try joined(.semi, unmatched, block, columns: columns)
        case .anti: nil
        }
        if shape.kind == .inner || shape.kind == .right { return (pairs, unmatched) }
        return (pairs, try joined(.anti, unmatched, block, columns: Array(self.left.indices)))
    }
}
