import WarehouseBasics
import WarehouseColumns

/// The distinct values of one part, in the order they first come; how often each comes where that is counted.
final class PartValues {
    private let table: GroupTable
    private let held: MemoryReservation
    private let countsRows: Bool
    private let width: Int
    private var ids: [Int32] = []
    /// Rows, and position of the first of them, of each value.
    private(set) var counts: [Int] = []
    private(set) var firsts: [Int64] = []

    /// `rows`: about how many come.
    init(_ fields: [KeyField], _ context: QueryContext, rows: Int, counts: Bool = false) throws {
        // A part has a share of a domain's values: a table with a place for each of them is mostly empty.
        table = try GroupTable(fields, expectedRows: rows / 4, denseBytes: context.memory.denseTableBytes,
                               check: { try context.checkCancelled() })
        held = MemoryReservation(context.memory)
        countsRows = counts
        width = fields.count
    }

    /// Behind the values stand the rows' positions, where rows are counted.
    func add(_ vectors: [Vector], _ rows: Int) throws {
        if ids.count < rows { ids = Array(repeating: 0, count: max(rows, Vector.standardCapacity)) }
        try ids.withUnsafeMutableBufferPointer { ids in
            if let base = ids.baseAddress { try table.insert(Array(vectors.prefix(width)), rows: rows, into: base) }
        }
        if countsRows {
            let positions = vectors[width].int64s
            for row in 0..<rows {
                let id = Int(ids[row])
                // Numbers come in the order of values' first rows.
                if id == counts.count {
                    counts.append(0)
                    firsts.append(positions[row])
                }
                counts[id] += 1
            }
        }
        try held.grow(to: table.allocatedBytes + counts.count * 16)
    }

    var distinct: RowBuffer { RowBuffer(columns: table.keyColumns, rowCount: table.count) }

    /// The values, and behind them the positions of their first rows; only where rows are counted.
    var withFirsts: RowBuffer {
        let positions = ColumnBuffer(.int64, capacity: max(1, firsts.count))
        for (row, first) in firsts.enumerated() { positions.int64s[row] = first }
        positions.commit(firsts.count)
        return RowBuffer(columns: table.keyColumns + [positions], rowCount: table.count)
    }

    /// The value of most rows, the first such; nil of no rows.
    var mode: (count: Int, first: Int64, value: RowBuffer)? {
        guard let id = counts.indices.max(by: { (counts[$0], -firsts[$0]) < (counts[$1], -firsts[$1]) }) else { return nil }
        let rows = distinct, batch = rows.makeBatch(), value = RowBuffer(rows.types)
        rows.show(batch, from: id, count: 1)
        value.append(batch)
        return (counts[id], firsts[id], value)
    }
}
