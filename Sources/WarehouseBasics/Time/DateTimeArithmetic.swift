/// DATE_TRUNC, DATE_PART, DATEADD and DATEDIFF over days and ticks.
///
/// A part that a function cannot use gives nil; the caller words the error. Results outside years 1 to 9999 give
/// nil as well (`canTruncate` and `canAdd` tell the two apart before any row is touched).
public enum DateTimeArithmetic {
    /// Whether DATE_TRUNC takes the part.
    public static func canTruncate(to part: DateTimePart) -> Bool {
        switch part {
        case .year, .quarter, .month, .week, .weekISO, .day, .hour, .minute, .second, .millisecond, .microsecond,
             .nanosecond: true
        default: false
        }
    }

    /// Whether DATEADD and DATEDIFF take the part.
    public static func canAdd(_ part: DateTimePart) -> Bool { canTruncate(to: part) }

    /// Ticks of `scale` in a part smaller than a day, as a fraction: `numerator / denominator` ticks a unit.
    @inlinable public static func ticksPerUnit(
        _ part: DateTimePart, scale: Int
    ) -> (numerator: Int64, denominator: Int64)? {
        let second = Ticks.perSecond(scale)
        switch part {
        case .hour: return (3600 &* second, 1)
        case .minute: return (60 &* second, 1)
        case .second: return (second, 1)
        case .millisecond: return scale >= 3 ? (Ticks.perSecond(scale - 3), 1) : (1, Ticks.perSecond(3 - scale))
        case .microsecond: return scale >= 6 ? (Ticks.perSecond(scale - 6), 1) : (1, Ticks.perSecond(6 - scale))
        case .nanosecond: return (1, Ticks.perSecond(9 - scale))
        default: return nil
        }
    }

    // MARK: DATE_TRUNC

    /// First day of the year, quarter, month, week or day that `days` lies in; `days` itself for smaller parts.
    public static func truncate(days: Int, to part: DateTimePart, weeks: WeekRules = .standard) -> Int {
        switch part {
        case .year:
            return CivilDate.days(year: CivilDate(daysSinceEpoch: days).year, month: 1, day: 1)
        case .quarter:
            let date = CivilDate(daysSinceEpoch: days)
            return CivilDate.days(year: date.year, month: (date.quarter &- 1) &* 3 &+ 1, day: 1)
        case .month:
            return days &- CivilDate(daysSinceEpoch: days).day &+ 1
        case .week: return weeks.startOfWeek(days: days)
        case .weekISO: return days &- CivilDate.isoDayOfWeek(days: days) &+ 1
        default: return days
        }
    }

    /// Start of the part a time lies in. Nil for a part DATE_TRUNC does not know, or when the week begins before
    /// 0001-01-01.
    public static func truncate(
        _ time: DayTicks, scale: Int, to part: DateTimePart, weeks: WeekRules = .standard
    ) -> DayTicks? {
        guard canTruncate(to: part) else { return nil }
        if part.isTimePart {
            guard let unit = ticksPerUnit(part, scale: scale) else { return nil }
            return DayTicks(day: time.day, tick: time.tick &- time.tick % unit.numerator)
        }
        return DayTicks(day: truncate(days: time.day, to: part, weeks: weeks), tick: 0)
    }

    // MARK: DATEADD

    /// `days` moved by `amount` parts of a day or more, day of month clipped. Nil outside years 1 to 9999 or for a
    /// smaller part.
    public static func add(_ amount: Int, _ part: DateTimePart, toDays days: Int) -> Int? {
        let months: Int
        switch part {
        case .year: months = 12
        case .quarter: months = 3
        case .month: months = 1
        case .week, .weekISO, .day:
            let (product, overflow) = amount.multipliedReportingOverflow(by: part == .day ? 1 : 7)
            let (sum, overflowed) = days.addingReportingOverflow(product)
            return overflow || overflowed || !CivilDate.isInRange(days: sum) ? nil : sum
        default: return nil
        }
        let (total, overflow) = amount.multipliedReportingOverflow(by: months)
        return overflow ? nil : CivilDate.addingMonths(total, toDays: days)
    }

    /// A timestamp moved by `amount` parts. Amounts finer than the scale are cut towards the past; give a finer
    /// scale to keep them. Nil outside years 1 to 9999.
    public static func add(_ amount: Int, _ part: DateTimePart, to ticks: Int128, scale: Int) -> Int128? {
        if part.isTimePart {
            guard let unit = ticksPerUnit(part, scale: scale) else { return nil }
            let (high, low) = Int64(amount).multipliedFullWidth(by: unit.numerator)
            let scaled = Ticks.floorDivide(Int128(high) << 64 | Int128(low), by: unit.denominator).quotient
            let (sum, overflow) = ticks.addingReportingOverflow(scaled)
            return overflow || !Ticks.range(scale: scale).contains(sum) ? nil : sum
        }
        let time = DayTicks(ticks: ticks, scale: scale)
        guard let day = add(amount, part, toDays: time.day) else { return nil }
        return DayTicks(day: day, tick: time.tick).ticks(scale: scale)
    }

    /// A TIME moved by `amount` hours or smaller parts, around midnight. Nil for a larger part.
    public static func add(_ amount: Int, _ part: DateTimePart, toTime ticks: Int64, scale: Int) -> Int64? {
        guard part.isTimePart, let unit = ticksPerUnit(part, scale: scale) else { return nil }
        let (high, low) = Int64(amount).multipliedFullWidth(by: unit.numerator)
        let scaled = Ticks.floorDivide(Int128(high) << 64 | Int128(low), by: unit.denominator).quotient
        return Ticks.floorDivide(scaled + Int128(ticks), by: Ticks.perDay(scale)).remainder
    }

    // MARK: DATEDIFF

    /// Boundaries of a part of a day or more crossed from day `a` to day `b`. Nil for a smaller part.
    public static func difference(
        _ part: DateTimePart, fromDays a: Int, toDays b: Int, weeks: WeekRules = .standard
    ) -> Int? {
        switch part {
        case .year: return CivilDate(daysSinceEpoch: b).year - CivilDate(daysSinceEpoch: a).year
        case .quarter: return quarterIndex(b) - quarterIndex(a)
        case .month: return monthIndex(b) - monthIndex(a)
        case .week: return weeks.weekIndex(days: b) - weeks.weekIndex(days: a)
        case .weekISO: return WeekRules.standard.weekIndex(days: b) - WeekRules.standard.weekIndex(days: a)
        case .day: return b - a
        default: return nil
        }
    }

    /// Boundaries of a part crossed from time `a` to time `b`, both of `scale`. Nil for a part DATEDIFF does not
    /// know.
    public static func difference(
        _ part: DateTimePart, from a: DayTicks, to b: DayTicks, scale: Int, weeks: WeekRules = .standard
    ) -> Int128? {
        guard part.isTimePart else {
            return difference(part, fromDays: a.day, toDays: b.day, weeks: weeks).map { Int128($0) }
        }
        guard let unit = ticksPerUnit(part, scale: scale) else { return nil }
        // A day holds a whole number of every smaller unit, so each side can be counted on its own.
        let unitsPerDay = Ticks.perDay(scale) / unit.numerator
        let days = Int128(b.day - a.day) * Int128(unitsPerDay)
        return (days + Int128(b.tick / unit.numerator - a.tick / unit.numerator)) * Int128(unit.denominator)
    }

    private static func monthIndex(_ days: Int) -> Int {
        let date = CivilDate(daysSinceEpoch: days)
        return date.year * 12 + date.month - 1
    }

    private static func quarterIndex(_ days: Int) -> Int {
        let date = CivilDate(daysSinceEpoch: days)
        return date.year * 4 + date.quarter - 1
    }

    // MARK: DATE_PART

    /// A part of a day: year down to day of week. Nil for a part of a time.
    public static func extract(_ part: DateTimePart, days: Int, weeks: WeekRules = .standard) -> Int? {
        switch part {
        case .year: return CivilDate(daysSinceEpoch: days).year
        case .quarter: return CivilDate(daysSinceEpoch: days).quarter
        case .month: return CivilDate(daysSinceEpoch: days).month
        case .day: return CivilDate(daysSinceEpoch: days).day
        case .dayOfYear: return CivilDate(daysSinceEpoch: days).dayOfYear
        case .dayOfWeek: return weeks.dayOfWeek(days: days)
        case .dayOfWeekISO: return CivilDate.isoDayOfWeek(days: days)
        case .week: return weeks.week(days: days)
        case .weekISO: return WeekRules.standard.week(days: days)
        case .yearOfWeek: return weeks.yearOfWeek(days: days)
        case .yearOfWeekISO: return WeekRules.standard.yearOfWeek(days: days)
        default: return nil
        }
    }

    /// A part of a wall-clock time. `offsetSeconds` is the zone's, for timezone_hour, timezone_minute and for the
    /// epochs, which count from 1970 in UTC (0 for a TIMESTAMP_NTZ). Nil for an unknown part.
    public static func extract(
        _ part: DateTimePart, local: DayTicks, scale: Int, offsetSeconds: Int = 0, weeks: WeekRules = .standard
    ) -> Int128? {
        let second = Ticks.perSecond(scale)
        let fraction = local.tick % second
        switch part {
        case .hour: return Int128(local.tick / (3600 &* second))
        case .minute: return Int128(local.tick / (60 &* second) % 60)
        case .second: return Int128(local.tick / second % 60)
        case .millisecond: return Int128(fraction &* Ticks.perSecond(9 - scale) / 1_000_000)
        case .microsecond: return Int128(fraction &* Ticks.perSecond(9 - scale) / 1000)
        case .nanosecond: return Int128(fraction &* Ticks.perSecond(9 - scale))
        case .epochSecond: return epoch(local, scale, offsetSeconds, 0)
        case .epochMillisecond: return epoch(local, scale, offsetSeconds, 3)
        case .epochMicrosecond: return epoch(local, scale, offsetSeconds, 6)
        case .epochNanosecond: return epoch(local, scale, offsetSeconds, 9)
        case .timezoneHour: return Int128(offsetSeconds / 3600)
        case .timezoneMinute: return Int128(offsetSeconds / 60 % 60)
        default: return extract(part, days: local.day, weeks: weeks).map { Int128($0) }
        }
    }

    private static func epoch(_ local: DayTicks, _ scale: Int, _ offsetSeconds: Int, _ wanted: Int) -> Int128? {
        let utc = local.ticks(scale: scale) - Int128(offsetSeconds) * Int128(Ticks.perSecond(scale))
        return Ticks.rescale(utc, from: scale, to: wanted)
    }
}
