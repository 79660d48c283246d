import WarehouseBasics
import WarehousePlan

/// Bounds of columns read off a scan's predicates, for skipping blocks by zone maps.
enum ScanRanges {
    static func ranges(of scan: LogicalScan) -> [ColumnRange] {
        var found: [Int: ColumnRange] = [:]
        let places = Dictionary(scan.columns.map { ($0.column.id, $0.tableColumn) }) { first, _ in first }
        for filter in scan.filters { collect(filter, places, &found) }
        return found.values.sorted { $0.tableColumn < $1.tableColumn }
    }

    private static func collect(_ filter: BoundExpression, _ places: [ColumnID: Int],
                                _ found: inout [Int: ColumnRange]) {
        switch filter {
        case .conjunction(let terms):
            for term in terms { collect(term, places, &found) }
        case .comparison(let comparison, let left, let right):
            if let column = column(left, places), let value = integer(right) {
                narrow(column, comparison, value, &found)
            } else if let column = column(right, places), let value = integer(left) {
                narrow(column, comparison.mirrored, value, &found)
            }
        case .inList(let operand, let list, negated: false):
            guard let column = column(operand, places) else { return }
            let values = list.map(integer)
            guard !values.contains(nil) else { return }
            let known = values.compactMap(\.self)
            guard let low = known.min(), let high = known.max() else { return }
            narrow(column, .greaterOrEqual, low, &found)
            narrow(column, .lessOrEqual, high, &found)
        default: break
        }
    }

    /// The table column an operand is: bare, or only given another precision.
    private static func column(_ expression: BoundExpression, _ places: [ColumnID: Int]) -> Int? {
        switch expression {
        case .column(let column):
            guard let place = places[column.id], place >= 0, !column.type.isZoned else { return nil }
            return place
        case .cast(let operand, .number(_, let scale), _):
            guard case .number(_, let own) = operand.type, own == scale else { return nil }
            return self.column(operand, places)
        default: return nil
        }
    }

    private static func integer(_ expression: BoundExpression) -> Int128? {
        guard case .constant(let constant) = expression, case .integer(let value) = constant.value else { return nil }
        return value
    }

    static func narrow(_ column: Int, _ comparison: ComparisonOperator, _ value: Int128,
                               _ found: inout [Int: ColumnRange]) {
        var range = found[column] ?? ColumnRange(tableColumn: column, low: nil, high: nil)
        switch comparison {
        case .equal, .notDistinct:
            range.low = max(range.low ?? value, value)
            range.high = min(range.high ?? value, value)
        case .less: range.high = min(range.high ?? value, value == .min ? value : value - 1)
        case .lessOrEqual: range.high = min(range.high ?? value, value)
        case .greater: range.low = max(range.low ?? value, value == .max ? value : value + 1)
        case .greaterOrEqual: range.low = max(range.low ?? value, value)
        case .notEqual, .distinct: return
        }
        found[column] = range
    }
}
