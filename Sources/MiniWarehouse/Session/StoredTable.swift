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
        columns = entry.columns.map(\.schema)
    }

    var rowCount: Int? { rows.rowCount }
    var exactRowCount: Int? { rows.rowCount }

    func statistics(ofColumn index: Int) -> ColumnStatistics {
        let stored = rows.statistics(index)
        var known = ColumnStatistics(low: stored.low, high: stored.high, nullCount: stored.nullCount,
                                     distinctCount: stored.distinctCount, isSorted: stored.isSorted)
        known.areBoundsExact = rows.segments.allSatisfy { $0.deletedCount == 0 }
        return known
    }

    func hasSameRows(as other: any CatalogTable) -> Bool {
        guard let other = other as? StoredTable else { return false }
        return rows.isSameVersion(as: other.rows) && name == other.name && columns == other.columns
    }

    func makeScan(columns: [Int], ranges: [ColumnRange], context: QueryContext) throws -> any TableScan {
        try StoredTableScan(rows, columns: columns, ranges: ranges)
    }
}
