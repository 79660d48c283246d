/// A day of the proleptic Gregorian calendar.
///
/// Conversions to and from days since 1970-01-01 are Howard Hinnant's (`days_from_civil`, `civil_from_days`,
/// https://howardhinnant.github.io/date_algorithms.html): exact for every year an `Int32` holds.
@frozen public struct CivilDate: Hashable, Sendable {
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// Takes the three numbers as they are; the caller has checked them.
    @inlinable public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Nil unless the year is 1 to 9999 and the day exists.
    @inlinable public init?(checkedYear year: Int, month: Int, day: Int) {
        guard year >= 1, year <= 9999, month >= 1, month <= 12, day >= 1,
              day <= CivilDate.dayCount(year: year, month: month) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day `days` days after 1970-01-01. `days` within ±10^11.
    @inlinable public init(daysSinceEpoch days: Int) {
        let shifted = days &+ 719_468
        let era = (shifted >= 0 ? shifted : shifted &- 146_096) / 146_097
        let dayOfEra = shifted &- era &* 146_097
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        let monthFromMarch = (5 &* dayOfYear &+ 2) / 153
        day = dayOfYear &- (153 &* monthFromMarch &+ 2) / 5 &+ 1
        month = monthFromMarch < 10 ? monthFromMarch &+ 3 : monthFromMarch &- 9
        year = yearOfEra &+ era &* 400 &+ (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01; negative before.
    @inlinable public var daysSinceEpoch: Int {
        CivilDate.days(year: year, month: month, day: day)
    }

    /// Days since 1970-01-01 of year, month (1 to 12) and day; a day past the month's end counts on into the next.
    @inlinable public static func days(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year &- 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear &- 399) / 400
        let yearOfEra = marchYear &- era &* 400
        let dayOfYear = (153 &* (month > 2 ? month &- 3 : month &+ 9) &+ 2) / 5 &+ day &- 1
        let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
        return era &* 146_097 &+ dayOfEra &- 719_468
    }

    /// Whether a year has 366 days.
    @inlinable public static func isLeap(_ year: Int) -> Bool {
        year & 3 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// Days in a month: 28 to 31. `month` is 1 to 12.
    @inlinable public static func dayCount(year: Int, month: Int) -> Int {
        if month == 2 { return isLeap(year) ? 29 : 28 }
        return 30 &+ ((month ^ (month >> 3)) & 1)
    }
}

extension CivilDate {
    /// 0001-01-01 and 9999-12-31 in days since 1970-01-01: the range of DATE and of timestamps' days.
    public static let minimumDays = -719_162
    public static let maximumDays = 2_932_896

    /// Whether a day number lies in years 1 to 9999.
    @inlinable public static func isInRange(days: Int) -> Bool { days >= -719_162 && days <= 2_932_896 }

    /// 1 (January 1st) to 366.
    @inlinable public var dayOfYear: Int { daysSinceEpoch &- CivilDate.days(year: year, month: 1, day: 1) &+ 1 }

    /// 1 to 4.
    @inlinable public var quarter: Int { (month &+ 2) / 3 }

    /// ISO day of week: 1 Monday to 7 Sunday.
    @inlinable public static func isoDayOfWeek(days: Int) -> Int {
        let remainder = (days &+ 3) % 7
        return (remainder < 0 ? remainder &+ 7 : remainder) &+ 1
    }

    /// `days` moved by whole months, the day clipped to the end of the month it lands in (January 31st + 1 month
    /// is the last of February). Nil outside years 1 to 9999.
    @inlinable public static func addingMonths(_ months: Int, toDays days: Int) -> Int? {
        let date = CivilDate(daysSinceEpoch: days)
        let (sum, overflow) = (date.year &* 12 &+ date.month &- 1).addingReportingOverflow(months)
        guard !overflow, sum >= 12, sum < 120_000 else { return nil }
        let year = sum / 12
        let month = sum % 12 &+ 1
        let day = min(date.day, dayCount(year: year, month: month))
        return CivilDate.days(year: year, month: month, day: day)
    }

    /// ADD_MONTHS: as `addingMonths`, but the last day of a month stays the last day of the month
    /// (February 28th + 1 month is March 31st).
    @inlinable public static func addingMonthsKeepingMonthEnd(_ months: Int, toDays days: Int) -> Int? {
        guard let moved = addingMonths(months, toDays: days) else { return nil }
        let date = CivilDate(daysSinceEpoch: days)
        guard date.day == dayCount(year: date.year, month: date.month) else { return moved }
        return lastDayOfMonth(days: moved)
    }

    /// The last day of the month `days` lies in.
    @inlinable public static func lastDayOfMonth(days: Int) -> Int {
        let date = CivilDate(daysSinceEpoch: days)
        return days &- date.day &+ dayCount(year: date.year, month: date.month)
    }
}

/// English names of months and days, as TO_VARCHAR, MONTHNAME and DAYNAME print them.
public enum CalendarNames {
    /// `January` to `December`.
    public static let months: [StaticString] = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    /// `Monday` to `Sunday`.
    public static let days: [StaticString] = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    /// `Jan` to `Dec` for month 1 to 12.
    public static func shortMonth(_ month: Int) -> String { String(months[month - 1].description.prefix(3)) }
    /// `Mon` to `Sun` for ISO day of week 1 to 7.
    public static func shortDay(_ isoDay: Int) -> String { String(days[isoDay - 1].description.prefix(3)) }
}
