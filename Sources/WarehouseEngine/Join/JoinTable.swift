import WarehouseBasics
import WarehouseColumns

/// The keys of a build side by number, and the rows of each.
final class JoinTable {
    let keys: GroupTable
    /// Every key has one row, and its number is that row's.
    let isUnique: Bool
    /// Rows of key k: `members[starts[k] ..< starts[k + 1]]`, ascending. Empty when unique.
    private(set) var starts: UnsafeMutablePointer<Int32>
    private(set) var members: UnsafeMutablePointer<Int32>
    private var memberBytes = 0

    var allocatedBytes: Int { keys.allocatedBytes + memberBytes }

    /// `columns`: none where nobody looks rows up. `reserve` is told how many bytes will be held next, and throws where that
    /// is too much.
    init(_ rows: RowBuffer, keys columns: [Int], equalities: [KeyEquality], _ context: QueryContext,
         reserve: (Int) throws -> Void) throws {
        starts = .allocate(capacity: 1)
        members = .allocate(capacity: 1)
        let fields = zip(columns, equalities).map { column, equality in
            let buffer = rows.columns[column]
            return KeyField(buffer.physicalType, equality,
                            range: buffer.fastRange.map { $0.low...$0.high })
        }
        keys = try GroupTable(fields, expectedRows: rows.rowCount, keepsKeys: false,
                              denseBytes: context.memory.denseTableBytes,
                              check: { try context.checkCancelled() })
        guard !columns.isEmpty else {
            isUnique = false
            return
        }
        // What numbers and lists of rows take, which are made whatever the keys are.
        let listBytes = rows.rowCount * 3 * MemoryLayout<Int32>.stride
        try reserve(listBytes)
        let ids = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, rows.rowCount))
        defer { ids.deallocate() }
        let batch = rows.makeBatch()
        var start = 0
        while start < rows.rowCount {
            try context.checkCancelled()
            let count = min(Vector.standardCapacity, rows.rowCount - start)
            rows.show(batch, from: start, count: count)
            try keys.insert(columns.map { batch.vectors[$0] }, rows: count, into: ids + start)
            try reserve(listBytes + keys.allocatedBytes)
            start += count
        }
        isUnique = keys.count == rows.rowCount
        if !isUnique { try listMembers(ids, rows.rowCount) { try context.checkCancelled() } }
    }

    deinit {
        starts.deallocate()
        members.deallocate()
    }

    private func listMembers(_ ids: UnsafePointer<Int32>, _ count: Int, _ check: () throws -> Void) throws {
        let keys = keys.count
        starts.deallocate()
        members.deallocate()
        starts = .allocate(capacity: keys + 1)
        members = .allocate(capacity: max(1, count))
        memberBytes = (keys + 1 + count) * MemoryLayout<Int32>.stride
        let starts = starts, members = members
        starts.initialize(repeating: 0, count: keys + 1)
        members.initialize(repeating: 0, count: max(1, count))
        // Counts, then ends; filling from behind moves each end to its start.
        try Pieces.run(count, check) { range in
            for row in range { starts[Int(ids[row])] += 1 }
        }
        try Pieces.run(keys, check) { range in
            for key in range { starts[key + 1] += starts[key] }
        }
        try Pieces.run(count, check) { range in
            // From behind: `range` is as far from the end as from the start.
            var row = count - 1 - range.lowerBound
            for _ in range {
                let key = Int(ids[row])
                starts[key] -= 1
                members[Int(starts[key])] = Int32(truncatingIfNeeded: row)
                row -= 1
            }
        }
    }
}
