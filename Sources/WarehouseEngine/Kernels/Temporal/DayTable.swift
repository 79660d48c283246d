import WarehouseBasics
import WarehouseColumns

/// A function of days, computed once for each day of a range known beforehand. Months, years and weeks of many rows
/// cost a look-up each.
struct DayTable: Sendable {
    private let low: Int
    private let values: [Int64]
    private let function: @Sendable (Int) -> Int64

    /// Ranges longer than this (90 years) are computed row by row.
    private static let maximumDays = 1 << 15

    init(_ days: ValueRange?, _ function: @escaping @Sendable (Int) -> Int64) {
        self.function = function
        if let days, days.fitsInt32, days.high - days.low < Int128(DayTable.maximumDays) {
            low = Int(days.low)
            values = (Int(days.low)...Int(days.high)).map(function)
        } else {
            low = 0
            values = []
        }
    }

    /// Writes the function of `day(row)` for every row that is not null.
    @inline(__always) func fill<T: FixedWidthInteger & BitwiseCopyable>(
        _ out: UnsafeMutablePointer<T>, _ output: Vector, _ count: Int, day: (Int) -> Int
    ) {
        guard !values.isEmpty else {
            output.forEachValid(count) { row in out[row] = T(truncatingIfNeeded: function(day(row))) }
            return
        }
        values.withUnsafeBufferPointer { values in
            let low = low
            output.forEachValid(count) { row in
                let day = day(row), index = day &- low
                let value = index >= 0 && index < values.count ? values[index] : function(day)
                out[row] = T(truncatingIfNeeded: value)
            }
        }
    }

    subscript(day: Int) -> Int64 {
        let index = day &- low
        return index >= 0 && index < values.count ? values[index] : function(day)
    }
}

extension DayTable {
    /// The distinct values of a table, and the code of each of its days. Codes of 20 years fit a core's first cache.
    struct Codes: Sendable {
        let low: Int
        let codes: [Int32]
        let values: [Int64]
    }

    /// Nil where days are not known beforehand.
    var codes: Codes? {
        guard !values.isEmpty else { return nil }
        var known: [Int64: Int32] = [:], distinct: [Int64] = []
        let codes = values.map { value in
            if let code = known[value] { return code }
            let code = Int32(distinct.count)
            known[value] = code
            distinct.append(value)
            return code
        }
        return Codes(low: low, codes: codes, values: distinct)
    }
}

/// Errors of results that no calendar here holds.
enum TemporalError {
    static func outOfRange(_ name: String) -> WarehouseError {
        WarehouseError(.numericOutOfRange, "\(name): the result is outside the years 1 to 9999.")
    }

    static func invalid(_ part: DateTimePart, _ name: String) -> WarehouseError {
        WarehouseError(.invalidValue, "'\(part.rawValue)' is not a valid date/time component for function \(name).")
    }
}
