import WarehouseBasics
import WarehouseColumns

/// The build side of a join: its rows, and by what they are looked up.
final class JoinBuild {
    let rows: RowBuffer
    /// Without keys in a join that has none.
    let table: JoinTable
    /// In a join without keys, where its condition allows one.
    let index: (any JoinIndex)?
    /// Rows that some probe matched; only where somebody asks.
    let matched: MatchFlags?
    /// Whole columns, shared by all probes.
    let vectors: [Vector]
    private let reservation: MemoryReservation

    /// `part`: of the memory limit, all that operators may hold once this stands.
    init(_ rows: RowBuffer, keys: [Int], equalities: [KeyEquality], search: JoinSearch?, tracksMatches: Bool,
         _ reservation: MemoryReservation, within part: Double = 1, context: QueryContext) throws {
        guard rows.rowCount < Int(Int32.max) else {
            throw WarehouseError(.limitExceeded, "The smaller side of a join has more than \(Int32.max) rows.")
        }
        self.rows = rows
        self.reservation = reservation
        vectors = rows.columns.map { $0.vector() }
        matched = tracksMatches ? MatchFlags(rows: rows.rowCount) : nil
        let rowBytes = rows.allocatedBytes + (tracksMatches ? rows.rowCount : 0)
        try reservation.grow(to: rowBytes, within: part)
        func reserve(_ bytes: Int) throws { try reservation.grow(to: rowBytes + bytes, within: part) }
        table = try JoinTable(rows, keys: keys, equalities: equalities, context, reserve: reserve)
        index = try search?.index(of: rows, context, reserve: reserve)
        reservation.shrink(to: rowBytes + table.allocatedBytes + (index?.allocatedBytes ?? 0))
    }

    /// Rows that no probe matched, ascending.
    func unmatched(from start: Int, count: Int, into list: inout RowList) {
        list.reset(capacity: count)
        guard let matched else { return }
        for row in start..<(start + count) where !matched.isSet(row) { list.append(row) }
    }
}

/// What a join without keys finds rows of its build side by.
enum JoinSearch {
    case ranges(RangeKeys)
    case anyKey([KeyBranch])

    func index(of rows: RowBuffer, _ context: QueryContext, reserve: (Int) throws -> Void) throws -> any JoinIndex {
        switch self {
        case .ranges(let keys): try RangeIndex(rows, keys, context, reserve: reserve)
        case .anyKey(let branches): try AnyKeyIndex(rows, branches, context, reserve: reserve)
        }
    }
}
