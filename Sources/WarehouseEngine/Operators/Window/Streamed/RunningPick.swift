import WarehouseBasics
import WarehouseColumns

/// FIRST_VALUE, LAST_VALUE, NTH_VALUE, MIN and MAX: functions that give the value of a row before, which is kept.
final class RunningPick: RunningWindow {
    private let function: RowPickFunction
    /// The value that later rows may take.
    private var kept: ColumnBuffer?
    /// Rows of the partition that counted so far.
    private var seen = 0

    init(_ function: RowPickFunction) { self.function = function }

    func run(_ slice: WindowSlice) throws -> ColumnBuffer {
        let own = slice.column(function.column)
        let values = ColumnBuffer(own.physicalType, elementType: own.child?.physicalType)
        if let kept { values.append(kept) }
        var held = Array(0..<(kept?.count ?? 0))
        let before = held.count
        values.append(own)
        let comparator = try comparator(values)
        var picks = [Int](repeating: -1, count: slice.range.count)
        for index in picks.indices {
            if slice.numbers[index] == 1 {
                held.removeAll(keepingCapacity: true)
                seen = 0
            }
            let row = before + index, isPresent = !values.isNull(row)
            if case .offset(let distance, _) = function.kind {
                if held.count >= -distance { picks[index] = held[held.count + distance] }
                if isPresent { keep(row, in: &held, atMost: -distance) }
            } else {
                note(row, isPresent: isPresent, in: &held, comparator)
                picks[index] = held.first ?? -1
            }
        }
        kept = try values.gathered(held.count, {}) { held[$0] }
        guard case .offset(_, let defaultColumn?) = function.kind else {
            return try values.gathered(picks.count, {}) { picks[$0] }
        }
        let defaults = values.count
        values.append(slice.column(defaultColumn))
        return try values.gathered(picks.count, {}) { picks[$0] == -1 ? defaults + $0 : picks[$0] }
    }

    private func comparator(_ values: ColumnBuffer) throws -> RowComparator? {
        guard case .extreme(let isMaximum, _) = function.kind else { return nil }
        return try RowComparator(RowBuffer(columns: [values], rowCount: values.count),
                                 [SortColumn(column: 0, isDescending: isMaximum, order: function.valueOrder)])
    }

    private func keep(_ row: Int, in held: inout [Int], atMost count: Int) {
        if held.count == count { held.removeFirst() }
        held.append(row)
    }

    private func note(_ row: Int, isPresent: Bool, in held: inout [Int], _ comparator: RowComparator?) {
        if let comparator {
            if isPresent, held.first.map({ comparator.compare(row, $0) < 0 }) ?? true { held = [row] }
            return
        }
        guard isPresent || !function.ignoresNulls, case .nth(let number, _) = function.kind else { return }
        seen += 1
        if number < 0 || seen == number { held = [row] }
    }
}
