import WarehouseBasics
import WarehouseColumns

/// LISTAGG, ARRAY_AGG and OBJECT_AGG of rows on disk, whose last column is the group's number: sorted by group and order,
/// they are taken one after the other, so that memory holds the values made and of the rows a block. Of equal values of a
/// group the first is found part by part of their hash.
final class SpilledLists {
    private let order: [SortColumn]
    private let distinct: [KeyColumn]
    private let reducer: any ListReducer
    private let parts: ExternalParts
    private let context: QueryContext
    private var group = 0
    private var result: ColumnBuffer

    init(order: [SortColumn], distinct: [KeyColumn], _ reducer: any ListReducer, _ parts: ExternalParts,
         _ context: QueryContext) {
        self.order = order
        self.distinct = distinct
        self.reducer = reducer
        self.parts = parts
        self.context = context
        result = ColumnBuffer(.string)
    }

    /// The values of groups `0 ..< groups`, which `held` counts above what it holds.
    func values(_ rows: SpilledRows, groups: Int, _ held: MemoryReservation) throws -> ColumnBuffer {
        let before = held.bytes
        try reducer.begin()
        try forEachRow(of: try sorted(rows, groups)) { [self] batch, number in
            let numbers = batch.vectors[number].int32s, columns = batch.vectors.prefix(reducer.width).map(\.strings)
            for row in 0..<batch.rowCount {
                try finishGroups(upTo: Int(numbers[row]))
                try reducer.add(columns, row)
            }
            // A single value is made whatever it takes: it has a limit of its own.
            if groups > 1 { try held.grow(to: before + result.allocatedBytes) }
        }
        try finishGroups(upTo: groups)
        return result
    }

    private func finishGroups(upTo next: Int) throws {
        while group < next {
            try reducer.end(into: &result)
            try reducer.begin()
            group += 1
        }
    }

    private func sorted(_ rows: SpilledRows, _ groups: Int) throws -> SpilledRows {
        guard groups > 1 || !order.isEmpty else { return rows }
        return try ExternalSort(rows, by: [SortColumn(column: rows.types.count - 1)] + order, context: context)
            .sorted(columns: rows.types.count, stripeRows: SortOperator.stripeRows)
    }

    /// Hands out the rows that count, with the column of the group's number.
    private func forEachRow(of rows: SpilledRows, _ body: @escaping (Batch, Int) throws -> Void) throws {
        let number = rows.types.count - 1
        guard distinct.isEmpty else { return try forEachDistinct(rows, body) }
        for blocks in rows.stripes { try parts.forEachBatch(rows, blocks) { try body($0, number) } }
    }

    /// The first rows with their values: these, the group's number and the place among all.
    private func forEachDistinct(_ rows: SpilledRows, _ body: (Batch, Int) throws -> Void) throws {
        let columns = distinct.map(\.column) + [rows.types.count - 1], number = columns.count - 1
        let types = columns.map { rows.types[$0] } + [.int64]
        let fields = distinct.map(\.field) + [KeyField(.int32)]
        let file = try parts.makeFile()
        var runs: [[SpillBlock]] = []
        try parts.forEach(types, fields, of: { put in
            let positions = RowPositions(), picked = Batch()
            for blocks in rows.stripes {
                try parts.forEachBatch(rows, blocks) { batch in
                    picked.vectors = columns.map { batch.vectors[$0] }
                    picked.rowCount = batch.rowCount
                    try put(positions.append(to: picked))
                }
            }
        }, build: { try parts.values(fields, of: $0, $1, counts: true) }, take: { values in
            // Values come in the order of their first rows.
            let writer = SpillWriter(file)
            try writer.write(values.withFirsts, blockBytes: SpillSizes(context).blockBytes, context: context)
            runs.append(writer.blocks)
        })
        try RunMerge(SpilledRows(file: file, types: types, stripes: []), by: [SortColumn(column: number + 1)],
                     context: context).merge(runs) { try body($0, number) }
    }
}
