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

/// RATIO_TO_REPORT: the value divided by the partition's sum; NULL where that is zero.
struct RatioFunction: WindowFunction {
    var column: Int
    /// Digits behind the point of the result; nil for FLOAT.
    var resultScale: Int?
    var resultType: PhysicalType

    func compute(_ window: WindowPartitions, _ context: QueryContext) throws -> ColumnBuffer {
        let result = WindowColumn(resultType, rows: window.rowCount), order = window.order
        let source = window.rows.columns[column]
        try window.forEachPartition(context) { places in
            if let resultScale {
                try divideExactly(places, order, source, resultScale, result, context)
            } else {
                var sum = 0.0
                for place in places where !source.isNull(order[place]) { sum += source.doubles[order[place]] }
                for place in places {
                    if place & 0xFFFF == 0 { try context.checkCancelled() }
                    let row = order[place]
                    if source.isNull(row) || sum == 0 { result.writeNull(row) }
                    else { result.doubles[row] = source.doubles[row] / sum }
                }
            }
        }
        return try result.finish(context)
    }

    private func divideExactly(_ places: Range<Int>, _ order: RowOrder, _ source: ColumnBuffer, _ scale: Int,
                               _ result: WindowColumn, _ context: QueryContext) throws {
        var sum: Int128 = 0
        for place in places {
            if place & 0xFFFF == 0 { try context.checkCancelled() }
            let (total, overflow) = sum.addingReportingOverflow(source.integer(order[place]) ?? 0)
            if overflow { throw SumFinish.overflow }
            sum = total
        }
        let power = SumFinish.powerOfTen(min(scale, 37))
        for place in places {
            if place & 0xFFFF == 0 { try context.checkCancelled() }
            let row = order[place]
            guard let value = source.integer(row), sum != 0 else {
                result.writeNull(row)
                continue
            }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: power)
            if overflow { throw SumFinish.overflow }
            let ratio = SumFinish.rounded(sum < 0 ? -scaled : scaled, sum < 0 ? -sum : sum)
            guard result.write(ratio, row) else { throw SumFinish.overflow }
        }
    }
}
