import WarehouseBasics
import WarehouseColumns

/// CONDITIONAL_TRUE_EVENT (true rows so far) and CONDITIONAL_CHANGE_EVENT (changes of the value so far; nulls change
/// nothing).
struct EventFunction: WindowFunction {
    var column: Int
    var countsChanges: Bool
    var valueOrder = SortColumn.ValueOrder.plain
    var resultType: PhysicalType { .int64 }
    var streaming: WindowStreaming? { .running(.here) { RunningEvents(self) } }

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let result = WindowColumn(.int64, rows: window.rowCount), order = window.order
        let source = window.rows.columns[column]
        let comparator = try RowComparator(window.rows, [SortColumn(column: column, order: valueOrder)])
        try window.forEachPartition(context) { places in
            var count: Int64 = 0
            var last: Int?
            for place in places {
                if place & 0xFFFF == 0 { try context.checkCancelled() }
                let row = order[place]
                if !source.isNull(row) {
                    if countsChanges {
                        if let last, comparator.compare(last, row) != 0 { count += 1 }
                        last = row
                    } else if source.bools[row] != 0 {
                        count += 1
                    }
                }
                result.int64s[row] = count
            }
        }
        return try result.finish(context)
    }
}
