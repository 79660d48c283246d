/// How weeks are counted: the session parameters WEEK_START and WEEK_OF_YEAR_POLICY.
public struct WeekRules: Hashable, Sendable {
    /// 0 (the default: ISO weeks, day of week 0 Sunday to 6 Saturday) or 1 Monday to 7 Sunday.
    public let weekStart: Int
    /// False (the default): a week belongs to the year that holds at least four of its days. True: the week with
    /// January 1st is week 1 and December's last days belong to their own year.
    public let januaryFirstPolicy: Bool

    /// `weekStart` 0 to 7.
    public init(weekStart: Int = 0, januaryFirstPolicy: Bool = false) {
        precondition(weekStart >= 0 && weekStart <= 7, "WEEK_START is 0 to 7")
        self.weekStart = weekStart
        self.januaryFirstPolicy = januaryFirstPolicy
    }

    /// The defaults: ISO weeks.
    public static let standard = WeekRules()

    /// 0 on the first day of the week, 6 on the last.
    private func position(_ days: Int) -> Int {
        let start = weekStart == 0 ? 1 : weekStart
        return (CivilDate.isoDayOfWeek(days: days) - start + 7) % 7
    }

    /// The first day of the week that `days` lies in.
    public func startOfWeek(days: Int) -> Int { days - position(days) }

    /// DAYOFWEEK: 0 (Sunday) to 6 when `weekStart` is 0, else 1 (the week's first day) to 7.
    public func dayOfWeek(days: Int) -> Int {
        weekStart == 0 ? CivilDate.isoDayOfWeek(days: days) % 7 : position(days) + 1
    }

    /// WEEK: 1 to 54.
    public func week(days: Int) -> Int {
        if januaryFirstPolicy {
            let year = CivilDate(daysSinceEpoch: days).year
            let first = startOfWeek(days: CivilDate.days(year: year, month: 1, day: 1))
            return (days - first) / 7 + 1
        }
        let middle = startOfWeek(days: days) + 3
        return (CivilDate(daysSinceEpoch: middle).dayOfYear - 1) / 7 + 1
    }

    /// YEAROFWEEK.
    public func yearOfWeek(days: Int) -> Int {
        CivilDate(daysSinceEpoch: januaryFirstPolicy ? days : startOfWeek(days: days) + 3).year
    }

    /// Number of the week on a line without gaps: two days are in the same week exactly when it is equal.
    public func weekIndex(days: Int) -> Int {
        // Day 0 is a Thursday; any fixed week start far in the past keeps the quotient's rounding downwards.
        (startOfWeek(days: days) + 7_000_000) / 7
    }
}
