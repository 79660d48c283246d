import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// One branch of an OR of equalities, by columns.
struct KeyBranch {
    var leftKeys: [Int]
    var rightKeys: [Int]
    var nullsEqual: [Bool]
    var equalities: [KeyEquality]
}

/// The rows of a build side by the hash of several keys. A row that several lead to is found once.
final class AnyKeyIndex: JoinIndex {
    let branches: [(keys: KeyBranch, table: JoinTable)]
    private let probeBytes: Int

    var allocatedBytes: Int { branches.reduce(probeBytes) { $0 + $1.table.allocatedBytes } }

    /// `reserve` is told how many bytes will be held next, and throws where that is too much.
    init(_ rows: RowBuffer, _ branches: [KeyBranch], _ context: QueryContext, reserve: (Int) throws -> Void) throws {
        probeBytes = CandidateRows.bytes(rows: rows.rowCount) * context.threads
        var made: [(keys: KeyBranch, table: JoinTable)] = [], bytes = probeBytes
        for branch in branches {
            let table = try JoinTable(rows, keys: branch.rightKeys, equalities: branch.equalities, context) {
                try reserve(bytes + $0)
            }
            bytes += table.allocatedBytes
            made.append((branch, table))
        }
        self.branches = made
    }

    func makeFinder(leftTypes: [PhysicalType], _ context: QueryContext) -> any CandidateFinder {
        AnyKeyFinder(branches.map { KeyBranchProbe($0.keys, $0.table) }, context)
    }
}

/// Looks the rows of batches up in all tables of an index.
final class AnyKeyFinder: CandidateFinder {
    private let probes: [KeyBranchProbe]
    private let context: QueryContext

    init(_ probes: [KeyBranchProbe], _ context: QueryContext) {
        self.probes = probes
        self.context = context
    }

    func begin(_ batch: Batch) throws {
        for probe in probes { try probe.begin(batch) }
    }

    func hasAny(_ row: Int) -> Bool { probes.contains { $0.hasAny(row) } }

    func find(_ row: Int, into candidates: CandidateRows) throws {
        for probe in probes { try probe.find(row, into: candidates, context) }
    }
}

/// The numbers of a batch's keys in one table.
final class KeyBranchProbe {
    private let keys: KeyBranch
    private let table: JoinTable
    private let lookup: GroupLookup
    private var ids = RowList()

    init(_ keys: KeyBranch, _ table: JoinTable) {
        self.keys = keys
        self.table = table
        lookup = table.keys.makeLookup()
    }

    func begin(_ batch: Batch) throws {
        ids.reset(capacity: batch.rowCount)
        guard batch.rowCount > 0 else { return }
        try lookup.find(keys.leftKeys.map { batch.vectors[$0] }, rows: batch.rowCount, nullsEqual: keys.nullsEqual,
                        into: ids.rows)
    }

    func hasAny(_ row: Int) -> Bool { ids.rows[row] >= 0 }

    func find(_ row: Int, into candidates: CandidateRows, _ context: QueryContext) throws {
        let id = Int(ids.rows[row])
        guard id >= 0 else { return }
        if table.isUnique { return candidates.add(ids.rows[row]) }
        let members = table.members
        try Pieces.run(Int(table.starts[id])..<Int(table.starts[id &+ 1]), { try context.checkCancelled() }) { range in
            for place in range { candidates.add(members[place]) }
        }
    }
}
