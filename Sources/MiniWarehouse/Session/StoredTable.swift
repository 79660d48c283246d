import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseStorage

/// A table as plan and engine see it: the catalog's names and types over one version of its rows.
final class StoredTable: ScannableTable {
    let entry: CatalogEntry
    let name: ObjectName
    let columns: [ColumnSchema]
    let rows: TableSnapshot

    init(_ entry: CatalogEntry, name: ObjectName, rows: TableSnapshot) {
        self.entry = entry
        self.name = name
        self.rows = rows
        columns = entry.columns.map(\.schema) + [ColumnSchema(DMLTarget.rowIDName, .number(precision: 19, scale: 0))]
    }

    var rowCount: Int? { rows.rowCount }
    /// The row address.
    var hiddenColumnCount: Int { 1 }

    func statistics(ofColumn index: Int) -> ColumnStatistics {
        guard index < entry.columns.count else {
            return ColumnStatistics(low: 0, high: Int128(Int64.max), nullCount: 0)
        }
        let stored = rows.statistics(index)
        return ColumnStatistics(low: stored.low, high: stored.high, nullCount: stored.nullCount,
                                distinctCount: stored.distinctCount, isSorted: stored.isSorted)
    }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        let rowID = entry.columns.count
        return try StoredTableScan(rows, columns: columns.map { $0 == rowID ? LogicalScan.rowIDColumn : $0 },
                                   ranges: ranges)
    }
}
