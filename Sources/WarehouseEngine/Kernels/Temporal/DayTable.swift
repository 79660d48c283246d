import WarehouseBasics

/// A function of days, computed once for each day of a range known beforehand. Months, years and weeks of many rows
/// cost a look-up each.
struct DayTable {
    private let low: Int
    private let values: [Int32]
    private let function: @Sendable (Int) -> Int

    /// Ranges longer than this are computed row by row.
    private static let maximumDays = 1 << 16

    init(_ days: ValueRange?, _ function: @escaping @Sendable (Int) -> Int) {
        self.function = function
        if let days, days.fitsInt32, days.high - days.low < Int128(DayTable.maximumDays) {
            low = Int(days.low)
            values = (Int(days.low)...Int(days.high)).map { Int32(truncatingIfNeeded: function($0)) }
        } else {
            low = 0
            values = []
        }
    }

    /// Calls `body` with a look-up that touches no array header.
    @inline(__always) func withLookup(_ body: ((Int) -> Int) -> Void) {
        values.withUnsafeBufferPointer { values in
            let low = low, count = values.count, function = function
            body { day in
                let index = day &- low
                return index >= 0 && index < count ? Int(values[index]) : function(day)
            }
        }
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
