import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehousePlan
import WarehouseStorage

/// Writes rows into a table: checks NOT NULL, numbers identity columns, and hands batches to storage as they come.
final class RowAppender {
    private let columns: [TableColumn]
    private let appender: TableAppender
    private var identities: [(column: Int, next: Int64, step: Int64, limit: UInt128)] = []
    private let scratch = Batch()
    private(set) var rowCount = 0

    /// One of `tableCount` that are written at a time.
    init(_ table: CatalogEntry, _ transaction: WriteTransaction, _ memory: MemoryAccount, tableCount: Int = 1) throws {
        columns = table.columns
        appender = try transaction.makeAppender(to: table.id, bufferBytes: memory.writeBufferBytes.map { $0 / tableCount })
        for (index, column) in columns.enumerated() {
            guard let identity = column.identity else { continue }
            var limit = UInt128(Int64.max)
            if case .number(let digits, _) = column.type, digits < 19 { limit = UInt128(PowersOfTen.int64(digits) - 1) }
            identities.append((index, table.attributes[NumberMarks.identity(index)]?.integer ?? identity.start, identity.step,
                               limit))
        }
    }

    /// Runs a plan whose columns are the table's and appends its rows; gives their number.
    static func append(_ plan: LogicalPlan, to table: inout CatalogEntry, _ transaction: WriteTransaction,
                       _ run: StatementRun) throws -> Int {
        let appender = try RowAppender(table, transaction, run.queryContext.memory)
        try QueryRunner.stream(plan, context: run.queryContext) { batch in
            try appender.append(batch)
            return true
        }
        return try appender.finish(&table, transaction)
    }

    func append(_ batch: Batch) throws {
        var vectors = batch.vectors
        for index in identities.indices {
            let column = identities[index].column
            vectors[column] = try numbered(vectors[column], index)
        }
        for (column, vector) in zip(columns, vectors) where !column.isNullable && vector.hasNulls {
            vector.normalizeValidity()
            if vector.hasNulls { throw RowAppender.nullError(column.name) }
        }
        scratch.vectors = vectors
        scratch.rowCount = batch.rowCount
        try appender.append(scratch)
        rowCount += batch.rowCount
    }

    /// Rows of buffers: `rows` of each.
    func append(_ buffers: [ColumnBuffer], rows: Int) throws {
        guard rows > 0 else { return }
        if !identities.isEmpty {
            return try append(Batch(buffers.map { $0.vector() }, rowCount: rows))
        }
        for (column, buffer) in zip(columns, buffers) where !column.isNullable && buffer.hasNulls {
            throw RowAppender.nullError(column.name)
        }
        try appender.append(buffers)
        rowCount += rows
    }

    static func nullError(_ column: String) -> WarehouseError {
        WarehouseError(.nullNotAllowed, "NULL result in a non-nullable column '\(column)'")
    }

    /// Writes what is left; gives the number of rows. Where identity columns stand is noted in `table`, which is put
    /// into the catalog when it has any.
    func finish(_ table: inout CatalogEntry, _ transaction: WriteTransaction) throws -> Int {
        try appender.finish()
        if !identities.isEmpty {
            for identity in identities { table.attributes[NumberMarks.identity(identity.column)] = .integer(identity.next) }
            try transaction.put(table)
        }
        return rowCount
    }

    /// NULLs of an identity column become its next numbers.
    private func numbered(_ source: Vector, _ index: Int) throws -> Vector {
        let rows = source.count
        let result = Vector(source.physicalType == .int128 ? .int128 : .int64, capacity: max(1, rows))
        result.beginFlat(rows)
        for row in 0..<rows {
            var value: Int128
            if case .integer(let number) = ScalarReading.value(source, row: row) {
                value = number
            } else {
                value = Int128(identities[index].next)
                let (next, isPast) = identities[index].next.addingReportingOverflow(identities[index].step)
                guard !isPast, value.magnitude <= identities[index].limit else {
                    let name = columns[identities[index].column].name
                    throw WarehouseError(.numericOutOfRange, "The numbers of column '\(name)' are used up.")
                }
                identities[index].next = next
            }
            if result.physicalType == .int64 { result.int64s[row] = Int64(truncatingIfNeeded: value) }
            else { result.int128s[row] = value }
        }
        return result
    }
}
