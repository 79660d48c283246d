import WarehouseBasics
import WarehouseColumns

/// The build side of a join: its rows, their keys' numbers, and the rows of each key; without keys, the index of its ranges.
final class JoinBuild {
    let rows: RowBuffer
    let table: GroupTable
    /// Every key has one row, and its number is that row's.
    let isUnique: Bool
    /// Rows of key k: `members[starts[k] ..< starts[k + 1]]`, ascending. Empty when unique.
    private(set) var starts: UnsafeMutablePointer<Int32>
    private(set) var members: UnsafeMutablePointer<Int32>
    private var memberBytes = 0
    /// Rows that some probe matched; only where somebody asks.
    let matched: MatchFlags?
    /// Of a join without keys.
    private(set) var index: (any JoinIndex)?
    /// Whole columns, shared by all probes.
    let vectors: [Vector]
    private let reservation: MemoryReservation

    /// `part`: of the memory limit, all that operators may hold once this stands.
    init(_ rows: RowBuffer, keys: [Int], equalities: [KeyEquality], ranges: RangeKeys?, tracksMatches: Bool,
         _ reservation: MemoryReservation, within part: Double = 1, context: QueryContext) throws {
        guard rows.rowCount < Int(Int32.max) else {
            throw WarehouseError(.limitExceeded, "The smaller side of a join has more than \(Int32.max) rows.")
        }
        self.rows = rows
        self.reservation = reservation
        starts = .allocate(capacity: 1)
        members = .allocate(capacity: 1)
        let fields = zip(keys, equalities).map { column, equality in
            let buffer = rows.columns[column]
            return KeyField(buffer.physicalType, equality,
                            range: buffer.fastRange.map { $0.low...$0.high })
        }
        table = try GroupTable(fields, expectedRows: rows.rowCount, keepsKeys: false,
                               denseBytes: context.memory.denseTableBytes,
                               check: { try context.checkCancelled() })
        vectors = rows.columns.map { $0.vector() }
        let rowBytes = rows.allocatedBytes + (tracksMatches ? rows.rowCount : 0)
        matched = tracksMatches ? MatchFlags(rows: rows.rowCount) : nil
        if keys.isEmpty {
            isUnique = false
            try reservation.grow(to: rowBytes, within: part)
            guard let ranges else { return }
            let index = try RangeIndex(rows, ranges, context) { try reservation.grow(to: rowBytes + $0, within: part) }
            reservation.shrink(to: rowBytes + index.allocatedBytes)
            self.index = index
            return
        }
        // What numbers and lists of rows take, which are made whatever the keys are.
        let listBytes = rows.rowCount * 3 * MemoryLayout<Int32>.stride
        try reservation.grow(to: rowBytes + listBytes, within: part)
        let ids = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, rows.rowCount))
        defer { ids.deallocate() }
        let batch = rows.makeBatch()
        var start = 0
        while start < rows.rowCount {
            try context.checkCancelled()
            let count = min(Vector.standardCapacity, rows.rowCount - start)
            rows.show(batch, from: start, count: count)
            try table.insert(keys.map { batch.vectors[$0] }, rows: count, into: ids + start)
            try reservation.grow(to: rowBytes + listBytes + table.allocatedBytes, within: part)
            start += count
        }
        isUnique = table.count == rows.rowCount
        if !isUnique { try listMembers(ids) { try context.checkCancelled() } }
        reservation.shrink(to: rowBytes + table.allocatedBytes + memberBytes)
    }

    deinit {
        starts.deallocate()
        members.deallocate()
    }

    private func listMembers(_ ids: UnsafePointer<Int32>, _ check: () throws -> Void) throws {
        let count = rows.rowCount, keys = table.count
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

    /// Rows that no probe matched, ascending.
    func unmatched(from start: Int, count: Int, into list: inout RowList) {
        list.reset(capacity: count)
        guard let matched else { return }
        for row in start..<(start + count) where !matched.isSet(row) { list.append(row) }
    }
}
