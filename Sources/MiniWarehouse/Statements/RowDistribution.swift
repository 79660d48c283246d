import WarehouseBasics
import WarehouseColumns
import WarehouseEngine
import WarehouseStorage

/// Rows on their way to several tables at once. Each table's writer fills a chunk of 65,536 rows: where the memory limit
/// has no room for one of each table, the rows of all but the first wait until the table before them is written.
final class RowDistribution {
    private enum Place {
        case written(RowAppender)
        case held(HeldRows)
    }

    private let tables: [CatalogEntry]
    private let transaction: WriteTransaction
    private let context: QueryContext
    /// What is finished lets go of its memory.
    private var places: [Place?] = []

    init(_ tables: [CatalogEntry], _ transaction: WriteTransaction, _ context: QueryContext) throws {
        self.tables = tables
        self.transaction = transaction
        self.context = context
        let chunks = tables.reduce(0) { $0 + TableAppender.chunkBytes($1.storedColumns) }
        let isRoomy = context.memory.writeBufferBytes.map { chunks <= $0 } ?? true
        places = try tables.enumerated().map { index, table in
            guard index == 0 || isRoomy else { return .held(HeldRows(context)) }
            return .written(try RowAppender(table, transaction, context.memory, tableCount: isRoomy ? tables.count : 1))
        }
    }

    func append(_ batch: Batch, to table: Int) throws {
        switch places[table] {
        case .written(let writer)?: try writer.append(batch)
        case .held(let rows)?: try rows.add(batch)
        case nil: preconditionFailure("the table is finished")
        }
    }

    /// Writes what is left; gives the number of each table's rows.
    func finish() throws -> [Int] {
        try tables.indices.map { index in
            var table = tables[index]
            let place = places[index]
            places[index] = nil
            switch place {
            case nil: return 0
            case .written(let writer)?: return try writer.finish(&table, transaction)
            case .held(let rows)?:
                let writer = try RowAppender(table, transaction, context.memory)
                try rows.take { try writer.append($0) }
                return try writer.finish(&table, transaction)
            }
        }
    }
}
