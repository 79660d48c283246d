import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// Probes a build side with the batches of one stripe.
final class HashProbe: BatchConsumer {
    private let build: JoinBuild
    private let shape: JoinShape
    private let keys: [Int]
    private let nullsEqual: [Bool]
    private let lookup: GroupLookup
    private let context: QueryContext
    private var ids: [Int32] = []
    private var keyVectors: [Vector] = []
    private let pairs: PairConsumer

    init(_ build: JoinBuild, _ shape: JoinShape, keys: [Int], nullsEqual: [Bool], leftTypes: [PhysicalType],
         next: any BatchConsumer, _ context: QueryContext) {
        self.build = build
        self.shape = shape
        self.keys = keys
        self.nullsEqual = nullsEqual
        self.context = context
        lookup = build.table.keys.makeLookup()
        pairs = PairConsumer(shape, leftTypes: leftTypes, right: build.vectors, matched: build.matched, next: next)
    }

    func consume(_ batch: Batch) throws -> Bool {
        try context.checkCancelled()
        let rows = batch.rowCount
        guard rows > 0 else { return true }
        if ids.count < rows { ids = Array(repeating: 0, count: max(rows, Vector.standardCapacity)) }
        keyVectors.removeAll(keepingCapacity: true)
        for key in keys { keyVectors.append(batch.vectors[key]) }
        return try ids.withUnsafeMutableBufferPointer { buffer in
            guard let ids = buffer.baseAddress else { return true }
            try lookup.find(keyVectors, rows: rows, nullsEqual: nullsEqual, into: ids)
            if shape.residual == nil { return try probe(batch, ids, rows) }
            return try probeWithResidual(batch, ids, rows)
        }
    }

    // MARK: Keys alone

    private func probe(_ batch: Batch, _ ids: UnsafeMutablePointer<Int32>, _ rows: Int) throws -> Bool {
        switch shape.kind {
        case .semi: return try pairs.pushLeft(batch, rows) { ids[$0] >= 0 }
        case .anti: return try pairs.pushLeft(batch, rows) { ids[$0] < 0 }
        default: break
        }
        if build.table.isUnique { return try probeUnique(batch, ids, rows) }
        return try probeMany(batch, ids, rows)
    }

    private func probeMany(_ batch: Batch, _ ids: UnsafePointer<Int32>, _ rows: Int) throws -> Bool {
        let keepsLeft = shape.keepsLeft, starts = build.table.starts, members = build.table.members
        var list = pairs.begin(batch)
        for row in 0..<rows {
            let id = Int(ids[row])
            if id < 0 {
                guard keepsLeft else { continue }
                list.add(row, -1)
                if list.isFull, try !pairs.push(&list) { return false }
                continue
            }
            for place in Int(starts[id])..<Int(starts[id &+ 1]) {
                list.add(row, members[place])
                if list.isFull {
                    try context.checkCancelled()
                    if try !pairs.push(&list) { return false }
                }
            }
        }
        return try pairs.push(&list)
    }

    private func probeUnique(_ batch: Batch, _ ids: UnsafeMutablePointer<Int32>, _ rows: Int) throws -> Bool {
        if let matched = build.matched {
            for row in 0..<rows where ids[row] >= 0 { matched.set(Int(ids[row])) }
        }
        var misses = 0
        for row in 0..<rows { misses &+= Int(truncatingIfNeeded: UInt32(bitPattern: ids[row]) &>> 31) }
        if misses == 0 || shape.keepsLeft {
            return try pairs.pushWhole(batch, UnsafeBufferPointer(start: ids, count: rows), mayMiss: misses > 0)
        }
        var list = pairs.begin(batch)
        for row in 0..<rows where ids[row] >= 0 {
            list.add(row, ids[row])
            if list.isFull, try !pairs.push(&list) { return false }
        }
        return try pairs.push(&list)
    }

    // MARK: With a residual

    /// Candidate pairs are tested a vector at a time; what a left row is worth is known once all its candidates are.
    private func probeWithResidual(_ batch: Batch, _ ids: UnsafeMutablePointer<Int32>, _ rows: Int) throws -> Bool {
        let starts = build.table.starts, members = build.table.members, isUnique = build.table.isUnique
        var list = pairs.begin(batch)
        for row in 0..<rows {
            let id = Int(ids[row])
            if id >= 0, isUnique {
                list.add(row, Int32(truncatingIfNeeded: id))
                if list.isFull, try !pairs.test(&list, listedRows: row) { return false }
            } else if id >= 0 {
                for place in Int(starts[id])..<Int(starts[id &+ 1]) {
                    list.add(row, members[place])
                    if list.isFull {
                        try context.checkCancelled()
                        if try !pairs.test(&list, listedRows: row) { return false }
                    }
                }
            }
        }
        return try pairs.finish(&list, rows: rows)
    }
}
