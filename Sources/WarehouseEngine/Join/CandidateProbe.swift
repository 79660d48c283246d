import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What a join without keys finds the rows of its build side by.
protocol JoinIndex: AnyObject {
    var allocatedBytes: Int { get }
    /// For one thread. `leftTypes`: of the batches that probe.
    func makeFinder(leftTypes: [PhysicalType], _ context: QueryContext) -> any CandidateFinder
}

/// Finds the rows of a build side that rows of a batch can match: all that do, and where the join has a residual others too.
protocol CandidateFinder: AnyObject {
    /// Takes a batch; the rows asked for from then on are its own.
    func begin(_ batch: Batch) throws
    /// Whether `find` would add a row.
    func hasAny(_ row: Int) -> Bool
    func find(_ row: Int, into candidates: CandidateRows) throws
}

/// Probes an index with the batches of one stripe.
final class CandidateProbe: BatchConsumer {
    private let shape: JoinShape
    private let finder: any CandidateFinder
    private let candidates: CandidateRows
    private let pairs: PairConsumer
    private let context: QueryContext

    init(_ build: JoinBuild, _ index: any JoinIndex, _ shape: JoinShape, leftTypes: [PhysicalType],
         next: any BatchConsumer, _ context: QueryContext) {
        self.shape = shape
        self.context = context
        finder = index.makeFinder(leftTypes: leftTypes, context)
        candidates = CandidateRows(rows: build.rows.rowCount)
        pairs = PairConsumer(shape, leftTypes: leftTypes, right: build.vectors, matched: build.matched, next: next)
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        try finder.begin(batch)
        guard shape.residual == nil else { return try probeWithResidual(batch) }
        switch shape.kind {
        case .semi: return try pairs.pushLeft(batch, batch.rowCount) { finder.hasAny($0) }
        case .anti: return try pairs.pushLeft(batch, batch.rowCount) { !finder.hasAny($0) }
        default: return try probe(batch)
        }
    }

    private func probe(_ batch: Batch) throws -> Bool {
        var list = pairs.begin(batch)
        for row in 0..<batch.rowCount {
            try finder.find(row, into: candidates)
            if candidates.isEmpty {
                guard shape.keepsLeft else { continue }
                list.add(row, -1)
                if list.isFull, try !pairs.push(&list) { return false }
                continue
            }
            let goesOn = try candidates.drain { other in
                list.add(row, other)
                guard list.isFull else { return true }
                try context.checkCancelled()
                return try pairs.push(&list)
            }
            if !goesOn { return false }
        }
        return try pairs.push(&list)
    }

    private func probeWithResidual(_ batch: Batch) throws -> Bool {
        var list = pairs.begin(batch)
        for row in 0..<batch.rowCount {
            try finder.find(row, into: candidates)
            var isWanted = true
            _ = try candidates.drain { other in
                list.add(row, other)
                guard list.isFull else { return true }
                try context.checkCancelled()
                isWanted = try pairs.test(&list, listedRows: row)
                return isWanted && !pairs.isSettled(row)
            }
            if !isWanted { return false }
        }
        return try pairs.finish(&list, rows: batch.rowCount)
    }
}
