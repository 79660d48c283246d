import WarehouseBasics
import WarehouseColumns

/// CONDITIONAL_TRUE_EVENT and CONDITIONAL_CHANGE_EVENT.
final class RunningEvents: RunningWindow {
    private let function: EventFunction
    private var count: Int64 = 0
    /// The value before, of those present.
    private var kept: ColumnBuffer?

    init(_ function: EventFunction) { self.function = function }

    func run(_ slice: WindowSlice) throws -> ColumnBuffer {
        let own = slice.column(function.column)
        let values = ColumnBuffer(own.physicalType, elementType: own.child?.physicalType)
        if let kept { values.append(kept) }
        var last = kept.map { $0.count - 1 } ?? -1
        let before = values.count
        values.append(own)
        let comparator = try RowComparator(RowBuffer(columns: [values], rowCount: values.count),
                                           [SortColumn(column: 0, order: function.valueOrder)])
        let result = ColumnBuffer(.int64, capacity: max(1, slice.range.count))
        for index in 0..<slice.range.count {
            if slice.numbers[index] == 1 { (count, last) = (0, -1) }
            let row = before + index
            if !values.isNull(row) {
                if !function.countsChanges {
                    count += values.bools[row] != 0 ? 1 : 0
                } else {
                    if last >= 0, comparator.compare(last, row) != 0 { count += 1 }
                    last = row
                }
            }
            result.int64s[index] = count
        }
        result.commit(slice.range.count)
        kept = last >= 0 ? values.slice(last..<(last + 1)) : nil
        return result
    }
}
