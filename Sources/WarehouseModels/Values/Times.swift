import WarehouseBasics
import WarehouseSQL

/// A calendar day: DATE.
public struct Day: SQLTime, Hashable, Comparable {
    public typealias Base = Day
    /// Days since 1970-01-01.
    public var daysSinceEpoch: Int

    /// Takes days since 1970-01-01.
    public init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

    /// Takes a date of the proleptic Gregorian calendar; nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard let date = CivilDate(checkedYear: year, month: month, day: day) else { return nil }
        daysSinceEpoch = date.daysSinceEpoch
    }

    public static var logicalType: LogicalType { .date }
    public static func literal(_ value: Day) -> Expression {
        Expression(.literal(.date(TimestampFormat.date.string(date: value.daysSinceEpoch))))
    }
    public static func < (left: Day, right: Day) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }
}

/// What a wall clock shows, without a zone: TIMESTAMP_NTZ.
public struct LocalDateTime: SQLTime, Hashable, Comparable {
    public typealias Base = LocalDateTime
    /// Nanoseconds on the wall clock since 1970-01-01 00:00:00.
    public var nanoseconds: Int128

    /// Takes nanoseconds on the wall clock since 1970-01-01 00:00:00.
    public init(nanoseconds: Int128) { self.nanoseconds = nanoseconds }

    public static var logicalType: LogicalType { .timestampNTZ(scale: 9) }
    public static func literal(_ value: LocalDateTime) -> Expression {
        Expression(.literal(.timestamp(type: "TIMESTAMP_NTZ", TimestampLiteral.text(value.nanoseconds))))
    }
    public static func < (left: LocalDateTime, right: LocalDateTime) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// A point of time, shown in the session's zone: TIMESTAMP_LTZ.
public struct Instant: SQLTime, Hashable, Comparable {
    public typealias Base = Instant
    /// Nanoseconds since 1970-01-01 00:00:00 UTC.
    public var nanoseconds: Int128

    /// Takes nanoseconds since 1970-01-01 00:00:00 UTC.
    public init(nanoseconds: Int128) { self.nanoseconds = nanoseconds }

    public static var logicalType: LogicalType { .timestampLTZ(scale: 9) }
    public static func literal(_ value: Instant) -> Expression {
        Expression(.literal(.timestamp(
            type: "TIMESTAMP_LTZ", TimestampLiteral.text(value.nanoseconds, offsetMinutes: 0))))
    }
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// A point of time with the offset it was written in: TIMESTAMP_TZ. Equal when the points of time are.
public struct OffsetDateTime: SQLTime, Hashable, Comparable {
    public typealias Base = OffsetDateTime
    /// Nanoseconds since 1970-01-01 00:00:00 UTC.
    public var nanoseconds: Int128
    /// Minutes east of Greenwich.
    public var offsetMinutes: Int

    /// Takes nanoseconds since 1970-01-01 00:00:00 UTC and minutes east of Greenwich.
    public init(nanoseconds: Int128, offsetMinutes: Int) {
        self.nanoseconds = nanoseconds
        self.offsetMinutes = offsetMinutes
    }

    public static var logicalType: LogicalType { .timestampTZ(scale: 9) }
    public static func literal(_ value: OffsetDateTime) -> Expression {
        let local = value.nanoseconds + Int128(value.offsetMinutes) * 60_000_000_000
        return Expression(.literal(.timestamp(
            type: "TIMESTAMP_TZ", TimestampLiteral.text(local, offsetMinutes: value.offsetMinutes))))
    }
    public static func == (left: OffsetDateTime, right: OffsetDateTime) -> Bool {
        left.nanoseconds == right.nanoseconds
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(nanoseconds) }
    public static func < (left: OffsetDateTime, right: OffsetDateTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

/// The text of a timestamp constant: `2026-01-04 11:12:43`, with a fraction and an offset only where there are any.
enum TimestampLiteral {
    static func text(_ localNanoseconds: Int128, offsetMinutes: Int? = nil) -> String {
        let full = TimestampFormat.timestampNTZ.string(localTicks: localNanoseconds, scale: 9)
        var text = String(full.prefix { $0 != "." })
        let fraction = Ticks.floorDivide(localNanoseconds, by: 1_000_000_000).remainder
        if fraction != 0 {
            var digits = String(fraction)
            digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        guard let offsetMinutes else { return text }
        let minutes = abs(offsetMinutes)
        return text + (offsetMinutes < 0 ? " -" : " +") + padded(minutes / 60) + padded(minutes % 60)
    }

    static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
