import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What a scan drops rows by: bounds of integer columns, which one pass over the decoded values decides, then whatever
/// else is asked for, of the rows that are left.
struct ScanFilter: Sendable {
    /// `low ≤ value ≤ high` and not null, of an output column.
    struct Bounds: Sendable {
        var column: Int
        var low: Int128
        var high: Int128
    }
    var bounds: [Bounds]
    var predicate: CompiledPredicate?
    /// Output columns that the predicate reads.
    var predicateColumns: [Int]
}

extension ScanRanges {
    /// Conditions of a scan that bounds of single columns say exactly, by output column, and the other conditions.
    static func split(_ scan: LogicalScan, types: [PhysicalType]) -> (bounds: [ScanFilter.Bounds],
                                                                      rest: [BoundExpression]) {
        let places = Dictionary(scan.columns.enumerated().map { ($1.column.id, $0) }) { first, _ in first }
        var found: [Int: ColumnRange] = [:]
        var rest: [BoundExpression] = []
        for condition in scan.filters.flatMap(\.conjuncts) {
            guard let (place, comparison, value) = bound(condition, places), types[place].isInteger else {
                rest.append(condition)
                continue
            }
            narrow(place, comparison, value, &found)
        }
        let bounds = found.values.sorted { $0.tableColumn < $1.tableColumn }.map {
            ScanFilter.Bounds(column: $0.tableColumn, low: $0.low ?? .min, high: $0.high ?? .max)
        }
        return (bounds, rest)
    }

    private static func bound(_ condition: BoundExpression, _ places: [ColumnID: Int])
        -> (Int, ComparisonOperator, Int128)? {
        guard case .comparison(let comparison, let left, let right) = condition else { return nil }
        switch comparison {
        case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual: break
        case .notEqual, .notDistinct, .distinct: return nil
        }
        if case .column(let column) = left, case .constant(let constant) = right,
           case .integer(let value) = constant.value, let place = places[column.id], !column.type.isZoned {
            return (place, comparison, value)
        }
        if case .column(let column) = right, case .constant(let constant) = left,
           case .integer(let value) = constant.value, let place = places[column.id], !column.type.isZoned {
            return (place, comparison.mirrored, value)
        }
        return nil
    }
}

/// Chooses rows by bounds. 20 million timestamps take 8 ms; two comparisons and an AND took 60.
enum BoundsKernel {
    /// Keeps of `rows[0 ..< count]` those whose value is within the bounds; gives their number.
    static func refine(_ vector: Vector, _ bounds: ScanFilter.Bounds, _ rows: UnsafeMutablePointer<Int32>,
                       _ count: Int) -> Int {
        guard bounds.low <= bounds.high else { return 0 }
        switch vector.form {
        case .constant:
            guard !vector.isNull(0) else { return 0 }
            return bounds.contains(vector, 0) ? count : 0
        case .flat where vector.physicalType == .int32:
            return narrow(vector.int32s, vector.validity, bounds, rows, count)
        case .flat where vector.physicalType == .int64:
            return narrow(vector.int64s, vector.validity, bounds, rows, count)
        case .runs: return runs(vector, bounds, rows, count)
        default:
            var kept = 0
            for index in 0..<count where !vector.isNull(Int(rows[index])) {
                guard bounds.contains(vector.valueHolder, vector.valueIndex(Int(rows[index]))) else { continue }
                rows[kept] = rows[index]
                kept &+= 1
            }
            return kept
        }
    }

    /// As `refine` of all rows `0 ..< count`.
    static func select(_ vector: Vector, _ bounds: ScanFilter.Bounds, _ rows: UnsafeMutablePointer<Int32>,
                       _ count: Int) -> Int {
        guard bounds.low <= bounds.high else { return 0 }
        switch (vector.form, vector.physicalType) {
        case (.flat, .int32) where !vector.hasNulls: return first(vector.int32s, bounds, rows, count)
        case (.flat, .int64) where !vector.hasNulls: return first(vector.int64s, bounds, rows, count)
        default:
            for row in 0..<count { rows[row] = Int32(truncatingIfNeeded: row) }
            return refine(vector, bounds, rows, count)
        }
    }

    /// The bounds as the least value and the distance to the greatest, cut to the type's own; nil when none fits.
    @inline(__always)
    private static func window<T: FixedWidthInteger & SignedInteger>(_ bounds: ScanFilter.Bounds, _ type: T.Type)
        -> (low: T, span: T.Magnitude)? where T.Magnitude: FixedWidthInteger & UnsignedInteger {
        let low = max(bounds.low, Int128(T.min)), high = min(bounds.high, Int128(T.max))
        guard low <= high else { return nil }
        return (T(truncatingIfNeeded: low), T.Magnitude(truncatingIfNeeded: high - low))
    }

    @inline(__always)
    private static func first<T: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<T>, _ bounds: ScanFilter.Bounds, _ rows: UnsafeMutablePointer<Int32>, _ count: Int
    ) -> Int where T.Magnitude: FixedWidthInteger & UnsignedInteger {
        guard let (low, span) = window(bounds, T.self) else { return 0 }
        var found = 0, row = 0
        // Eight rows of which none fits, the usual case of a narrow range, cost one branch.
        while row &+ 8 <= count {
            var any: UInt8 = 0
            for lane in 0..<8 {
                let distance = T.Magnitude(truncatingIfNeeded: values[row &+ lane] &- low)
                any |= unsafeBitCast(distance <= span, to: UInt8.self)
            }
            if any != 0 {
                for lane in 0..<8 {
                    rows[found] = Int32(truncatingIfNeeded: row &+ lane)
                    let distance = T.Magnitude(truncatingIfNeeded: values[row &+ lane] &- low)
                    found &+= Int(unsafeBitCast(distance <= span, to: UInt8.self))
                }
            }
            row &+= 8
        }
        while row < count {
            if T.Magnitude(truncatingIfNeeded: values[row] &- low) <= span {
                rows[found] = Int32(truncatingIfNeeded: row)
                found &+= 1
            }
            row &+= 1
        }
        return found
    }

    @inline(__always)
    private static func narrow<T: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<T>, _ validity: UnsafePointer<UInt64>?, _ bounds: ScanFilter.Bounds,
        _ rows: UnsafeMutablePointer<Int32>, _ count: Int
    ) -> Int where T.Magnitude: FixedWidthInteger & UnsignedInteger {
        guard let (low, span) = window(bounds, T.self) else { return 0 }
        var kept = 0
        for index in 0..<count {
            let row = rows[index]
            rows[kept] = row
            var fits = UInt64(unsafeBitCast(T.Magnitude(truncatingIfNeeded: values[Int(row)] &- low) <= span, to: UInt8.self))
            if let validity { fits &= validity[Int(row) &>> 6] &>> UInt64(row & 63) }
            kept &+= Int(truncatingIfNeeded: fits & 1)
        }
        return kept
    }

    private static func runs(_ vector: Vector, _ bounds: ScanFilter.Bounds, _ rows: UnsafeMutablePointer<Int32>,
                             _ count: Int) -> Int {
        var kept = 0, run = 0
        var fits = bounds.contains(vector, 0)
        for index in 0..<count {
            if rows[index] >= vector.runEnds[run] {
                while rows[index] >= vector.runEnds[run] { run &+= 1 }
                fits = bounds.contains(vector, run)
            }
            guard fits else { continue }
            rows[kept] = rows[index]
            kept &+= 1
        }
        return kept
    }
}

extension ScanFilter.Bounds {
    /// Whether value `index` of an integer vector is within.
    fileprivate func contains(_ vector: Vector, _ index: Int) -> Bool {
        let value: Int128 = switch vector.physicalType {
        case .int32: Int128(vector.int32s[index])
        case .int64: Int128(vector.int64s[index])
        default: vector.int128s[index]
        }
        return low <= value && value <= high
    }
}
