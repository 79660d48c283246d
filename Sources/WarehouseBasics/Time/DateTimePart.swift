/// A part of a date, time or timestamp that DATE_PART, DATE_TRUNC, DATEADD, DATEDIFF and their kin name.
public enum DateTimePart: String, Hashable, Sendable, CaseIterable {
    case year, month, day, dayOfWeek, dayOfWeekISO, dayOfYear, week, weekISO, quarter, yearOfWeek, yearOfWeekISO
    case hour, minute, second, millisecond, microsecond, nanosecond
    case epochSecond, epochMillisecond, epochMicrosecond, epochNanosecond
    case timezoneHour, timezoneMinute

    /// Every spelling Snowflake documents, by part; matched without regard to case.
    public static let spellings: [(part: DateTimePart, names: [String])] = [
        (.year, ["year", "y", "yy", "yyy", "yyyy", "yr", "years", "yrs"]),
        (.month, ["month", "mm", "mon", "mons", "months"]),
        (.day, ["day", "d", "dd", "days", "dayofmonth"]),
        (.dayOfWeek, ["dayofweek", "weekday", "dow", "dw"]),
        (.dayOfWeekISO, ["dayofweekiso", "weekday_iso", "dow_iso", "dw_iso", "dayofweek_iso"]),
        (.dayOfYear, ["dayofyear", "yearday", "doy", "dy"]),
        (.week, ["week", "w", "wk", "weekofyear", "woy", "wy", "weeks"]),
        (.weekISO, ["weekiso", "week_iso", "weekofyeariso", "weekofyear_iso"]),
        (.quarter, ["quarter", "q", "qtr", "qtrs", "quarters"]),
        (.yearOfWeek, ["yearofweek"]),
        (.yearOfWeekISO, ["yearofweekiso"]),
        (.hour, ["hour", "h", "hh", "hr", "hours", "hrs"]),
        (.minute, ["minute", "m", "mi", "min", "minutes", "mins"]),
        (.second, ["second", "s", "sec", "seconds", "secs"]),
        (.millisecond, ["millisecond", "ms", "msec", "milliseconds"]),
        (.microsecond, ["microsecond", "us", "usec", "microseconds"]),
        (.nanosecond, [
            "nanosecond", "ns", "nsec", "nanosec", "nsecond", "nanoseconds", "nanosecs", "nseconds",
        ]),
        (.epochSecond, ["epoch_second", "epoch", "epoch_seconds"]),
        (.epochMillisecond, ["epoch_millisecond", "epoch_milliseconds"]),
        (.epochMicrosecond, ["epoch_microsecond", "epoch_microseconds"]),
        (.epochNanosecond, ["epoch_nanosecond", "epoch_nanoseconds"]),
        (.timezoneHour, ["timezone_hour", "tzh"]),
        (.timezoneMinute, ["timezone_minute", "tzm"]),
    ]

    private static let bySpelling: [String: DateTimePart] = {
        var map: [String: DateTimePart] = [:]
        for (part, names) in spellings { for name in names { map[name] = part } }
        return map
    }()

    /// The part with one of Snowflake's spellings (`yy`, `DAYOFWEEKISO`, `epoch_second`…), any case; nil when
    /// there is none.
    public init?(spelling: String) {
        guard let part = DateTimePart.bySpelling[spelling.lowercased()] else { return nil }
        self = part
    }

    /// The part of a spelling, or the error that names near ones.
    public static func resolve(_ spelling: String) throws(WarehouseError) -> DateTimePart {
        if let part = DateTimePart(spelling: spelling) { return part }
        throw WarehouseError(
            .invalidValue, "'\(spelling)' is not a valid date/time component.",
            hint: Identifiers.hint(for: spelling, in: bySpelling.keys))
    }

    /// Parts smaller than a day, which a DATE does not have.
    public var isTimePart: Bool {
        switch self {
        case .hour, .minute, .second, .millisecond, .microsecond, .nanosecond: true
        default: false
        }
    }
}
