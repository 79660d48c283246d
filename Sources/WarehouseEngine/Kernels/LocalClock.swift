import WarehouseBasics

/// The three kinds of timestamp.
enum TimestampKind: Sendable {
    case ntz, ltz, tz

    /// The kind of a timestamp type, nil for others.
    init?(_ type: LogicalType) {
        switch type {
        case .timestampNTZ: self = .ntz
        case .timestampLTZ: self = .ltz
        case .timestampTZ: self = .tz
        default: return nil
        }
    }
}

/// The integer-held types of time.
enum TemporalKind: Sendable {
    case date, time, ntz, ltz, tz

    /// The kind of a type of time, nil for others.
    init?(_ type: LogicalType) {
        switch type {
        case .date: self = .date
        case .time: self = .time
        case .timestampNTZ: self = .ntz
        case .timestampLTZ: self = .ltz
        case .timestampTZ: self = .tz
        default: return nil
        }
    }

    var isZoned: Bool { self == .ltz || self == .tz }
}

/// An integer width that timestamps are computed in.
protocol TickInteger: FixedWidthInteger, SignedInteger, BitwiseCopyable {
    /// floor(self / divisor), which fits 64 bits for days and seconds of any timestamp.
    func floorQuotient(_ divider: ExactDivider) -> Int64
}

extension Int64: TickInteger {
    @inline(__always) func floorQuotient(_ divider: ExactDivider) -> Int64 { divider.floorQuotient(self) }
}

extension Int128: TickInteger {
    @inline(__always) func floorQuotient(_ divider: ExactDivider) -> Int64 {
        if let narrow = Int64(exactly: self) { return divider.floorQuotient(narrow) }
        return Int64(truncatingIfNeeded: Ticks.floorDivide(self, by: divider.divisor).quotient)
    }
}

/// Takes values of one type of time to the wall clock and back. One a thread.
struct LocalClock {
    let kind: TemporalKind
    /// 0 for DATE.
    let scale: Int
    private let perSecond: Int64
    private let days: ExactDivider
    private let seconds: ExactDivider
    private var cursor: TimeZoneRules.Cursor
    /// Seconds east of UTC of the value taken last; 0 without a zone.
    private(set) var offsetSeconds = 0

    init(_ kind: TemporalKind, scale: Int, zone: TimeZoneRules) {
        self.kind = kind
        self.scale = scale
        perSecond = Ticks.perSecond(scale)
        days = ExactDivider(Ticks.perDay(scale))
        seconds = ExactDivider(Ticks.perSecond(scale))
        cursor = zone.makeCursor()
    }

    /// Wall-clock ticks of a value that is a time or timestamp.
    @inline(__always) mutating func localTicks<T: TickInteger>(_ value: T) -> T {
        switch kind {
        case .date, .time, .ntz: return value
        case .ltz:
            offsetSeconds = Int(cursor.offsetSeconds(atUTC: value.floorQuotient(seconds)))
            return value &+ T(truncatingIfNeeded: Int64(offsetSeconds) &* perSecond)
        case .tz:
            offsetSeconds = (Int(truncatingIfNeeded: value & 0xFFFF) &- 32_768) &* 60
            return (value >> 16) &+ T(truncatingIfNeeded: Int64(offsetSeconds) &* perSecond)
        }
    }

    /// Day and tick of day on the wall clock.
    @inline(__always) mutating func local<T: TickInteger>(_ value: T) -> DayTicks {
        if kind == .date { return DayTicks(day: Int(truncatingIfNeeded: value), tick: 0) }
        let ticks = localTicks(value)
        let day = ticks.floorQuotient(days)
        return DayTicks(day: Int(day), tick: Int64(truncatingIfNeeded: ticks) &- day &* days.divisor)
    }

    /// The value of a wall-clock time: for LTZ in the session's zone, for TZ at an offset. Of DATE the day alone.
    mutating func value(_ local: DayTicks, offsetMinutes: Int = 0) -> Int128 {
        switch kind {
        case .date: return Int128(local.day)
        case .time: return Int128(local.tick)
        case .ntz: return local.ticks(scale: scale)
        case .ltz:
            let wall = local.seconds(scale: scale)
            let utc = cursor.utc(fromLocal: wall)
            return local.ticks(scale: scale) &+ Int128(utc &- wall) &* Int128(perSecond)
        case .tz:
            let ticks = local.ticks(scale: scale) &- Int128(offsetMinutes &* 60) &* Int128(perSecond)
            return ZonedTicks.pack(ticks: ticks, offsetMinutes: offsetMinutes)
        }
    }

    /// Minutes east of UTC that the session's zone has at a wall-clock time.
    mutating func sessionOffsetMinutes(_ local: DayTicks) -> Int {
        let wall = local.seconds(scale: scale)
        return Int(wall &- cursor.utc(fromLocal: wall)) / 60
    }

    /// Minutes east of UTC that the session's zone has at an instant.
    mutating func sessionOffsetMinutes(atUTC ticks: Int128) -> Int {
        let seconds = Ticks.floorDivide(ticks, by: perSecond).quotient
        return Int(cursor.offsetSeconds(atUTC: Int64(truncatingIfNeeded: seconds))) / 60
    }
}

/// Floor division by one divisor again and again, by multiplication.
struct ExactDivider: Sendable {
    let divisor: Int64
    private let reciprocal: UInt64

    /// `divisor` is positive.
    init(_ divisor: Int64) {
        self.divisor = divisor
        reciprocal = UInt64.max / UInt64(divisor)
    }

    @inline(__always) func floorQuotient(_ value: Int64) -> Int64 {
        // Of -1 - value for negative ones: floor(v / d) is -1 - floor((-1 - v) / d).
        let sign = value &>> 63
        let magnitude = UInt64(bitPattern: value ^ sign)
        // At most one too small, as the reciprocal is.
        var quotient = magnitude.multipliedFullWidth(by: reciprocal).high
        let remainder = magnitude &- quotient &* UInt64(bitPattern: divisor)
        quotient = quotient &+ (remainder >= UInt64(bitPattern: divisor) ? 1 : 0)
        return Int64(bitPattern: quotient) ^ sign
    }
}
