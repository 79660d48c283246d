import WarehouseBasics
import WarehouseColumns

/// The first key of the n-th best row so far: a row whose first key comes behind it, or, where it is the only key,
/// with it, is not among the best.
final class TopNThreshold {
    private let value: ColumnBuffer
    private let key: SortColumn
    private let keepsTies: Bool

    /// The last of `rows`, which are in order.
    init(_ rows: RowBuffer, _ keys: [SortColumn]) throws {
        key = keys[0]
        keepsTies = keys.count > 1
        value = ColumnBuffer(rows.columns[key.column].physicalType)
        value.append(rows.columns[key.column].vector(), (rows.rowCount - 1)..<rows.rowCount)
    }

    /// Writes the rows that may be among the best; gives their count.
    func select(_ vector: Vector, rows: Int, into selection: UnsafeMutablePointer<Int32>) -> Int {
        if vector.form != .flat {
            let flat = Vector(vector.physicalType, capacity: rows)
            flat.fillFlat(from: vector)
            return select(flat, rows: rows, into: selection)
        }
        if case .variant = key.order { return all(rows, selection) }
        if value.isNull(0) {
            // Behind a null comes a value, unless nulls come last; then nothing comes behind.
            if !key.nullsFirst { return keepsTies ? all(rows, selection) : valid(vector, rows, selection) }
            return keepsTies ? nulls(vector, rows, selection) : 0
        }
        let shift: Int64 = if case .zoned = key.order { 16 } else { 0 }
        switch vector.physicalType {
        case .bool:
            return pick(vector, rows, selection, vector.bools, value.bools[0]) { $0 < $1 } _: { $0 == $1 }
        case .int32:
            return pick(vector, rows, selection, vector.int32s, value.int32s[0]) { $0 < $1 } _: { $0 == $1 }
        case .int64:
            return pick(vector, rows, selection, vector.int64s, value.int64s[0]) {
                $0 >> shift < $1 >> shift
            } _: { $0 >> shift == $1 >> shift }
        case .int128:
            return pick(vector, rows, selection, vector.int128s, value.int128s[0]) {
                $0 >> Int128(shift) < $1 >> Int128(shift)
            } _: { $0 >> Int128(shift) == $1 >> Int128(shift) }
        case .double:
            return pick(vector, rows, selection, vector.doubles, value.doubles[0]) {
                DoubleOrder.key($0) < DoubleOrder.key($1)
            } _: { DoubleOrder.key($0) == DoubleOrder.key($1) }
        case .string:
            return pick(vector, rows, selection, vector.strings, value.strings[0]) { $0 < $1 } _: { $0 == $1 }
        case .list: return all(rows, selection)
        }
    }

    private func all(_ rows: Int, _ selection: UnsafeMutablePointer<Int32>) -> Int {
        for row in 0..<rows { selection[row] = Int32(row) }
        return rows
    }

    private func valid(_ vector: Vector, _ rows: Int, _ selection: UnsafeMutablePointer<Int32>) -> Int {
        filtered(rows, selection) { !vector.isNull($0) }
    }

    private func nulls(_ vector: Vector, _ rows: Int, _ selection: UnsafeMutablePointer<Int32>) -> Int {
        filtered(rows, selection) { vector.isNull($0) }
    }

    @inline(__always)
    private func filtered(_ rows: Int, _ selection: UnsafeMutablePointer<Int32>, _ keeps: (Int) -> Bool) -> Int {
        var count = 0
        for row in 0..<rows {
            selection[count] = Int32(truncatingIfNeeded: row)
            count &+= keeps(row) ? 1 : 0
        }
        return count
    }

    @inline(__always)
    private func pick<T>(_ vector: Vector, _ rows: Int, _ selection: UnsafeMutablePointer<Int32>,
                         _ values: UnsafePointer<T>, _ bound: T, _ precedes: (T, T) -> Bool,
                         _ equals: (T, T) -> Bool) -> Int {
        let isDescending = key.isDescending, keepsTies = keepsTies, nullsFirst = key.nullsFirst
        guard let validity = vector.validity else {
            return filtered(rows, selection) { row in
                let value = values[row]
                return (isDescending ? precedes(bound, value) : precedes(value, bound))
                    || (keepsTies && equals(value, bound))
            }
        }
        return filtered(rows, selection) { row in
            guard ValidityWords.isValid(validity, row) else { return nullsFirst }
            let value = values[row]
            return (isDescending ? precedes(bound, value) : precedes(value, bound))
                || (keepsTies && equals(value, bound))
        }
    }
}
