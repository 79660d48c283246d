import Testing
import WarehouseBasics

/// Days since 1970, year, month, day, ISO weekday, ISO week, ISO year; from Python's datetime.
private let civilDays: [(Int, Int, Int, Int, Int, Int, Int)] = [
    (-719162, 1, 1, 1, 1, 1, 1),
    (2932896, 9999, 12, 31, 5, 52, 9999),
    (0, 1970, 1, 1, 4, 1, 1970),
    (-1, 1969, 12, 31, 3, 1, 1970),
    (11016, 2000, 2, 29, 2, 9, 2000),
    (639091, 3719, 10, 10, 2, 41, 3719),
    (-86455, 1733, 4, 18, 6, 16, 1733),
    (936847, 4535, 1, 1, 6, 52, 4534),
    (2011055, 7476, 1, 31, 1, 5, 7476),
    (-516635, 555, 7, 3, 4, 27, 555),
    (-415343, 832, 10, 30, 6, 44, 832),
    (2725512, 9432, 3, 14, 3, 11, 9432),
    (1528490, 6154, 11, 12, 2, 46, 6154),
    (-324352, 1081, 12, 15, 4, 50, 1081),
    (814648, 4200, 6, 7, 6, 23, 4200),
    (1725228, 6693, 7, 7, 5, 27, 6693),
    (-475897, 667, 1, 15, 2, 3, 667),
    (1409177, 5828, 3, 13, 4, 11, 5828),
    (181347, 2466, 7, 6, 2, 27, 2466),
    (-561894, 431, 8, 3, 7, 31, 431),
    (-358674, 987, 12, 26, 3, 52, 987),
    (1099679, 4980, 10, 26, 4, 43, 4980),
    (1034779, 4803, 2, 17, 1, 8, 4803),
    (-426168, 803, 3, 12, 3, 11, 803),
    (290251, 2764, 9, 6, 7, 36, 2764),
]

@Suite struct CalendarTests {
    @Test func civilDatesAgreeWithPython() {
        for (days, year, month, day, weekday, week, weekYear) in civilDays {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date == CivilDate(year: year, month: month, day: day))
            #expect(date.daysSinceEpoch == days)
            #expect(CivilDate.isoDayOfWeek(days: days) == weekday)
            #expect(WeekRules.standard.week(days: days) == week)
            #expect(WeekRules.standard.yearOfWeek(days: days) == weekYear)
        }
    }

    @Test func everyDayOfFourCenturiesFollowsItsYesterday() {
        var previous = CivilDate(daysSinceEpoch: -10_001)
        for days in -10_000..<136_097 {
            let date = CivilDate(daysSinceEpoch: days)
            let isNextDay = date.year == previous.year && date.month == previous.month && date.day == previous.day + 1
            let isNewMonth = date.day == 1
                && previous.day == CivilDate.dayCount(year: previous.year, month: previous.month)
            if !(isNextDay || isNewMonth) || date.daysSinceEpoch != days { Issue.record("broken at \(days)") }
            previous = date
        }
    }

    @Test func impossibleDatesAreRefused() {
        #expect(CivilDate(checkedYear: 2023, month: 2, day: 29) == nil)
        #expect(CivilDate(checkedYear: 1900, month: 2, day: 29) == nil)
        #expect(CivilDate(checkedYear: 2000, month: 2, day: 29) != nil)
        #expect(CivilDate(checkedYear: 0, month: 1, day: 1) == nil)
        #expect(CivilDate(checkedYear: 10_000, month: 1, day: 1) == nil)
        #expect(CivilDate(checkedYear: 2024, month: 13, day: 1) == nil)
        #expect(CivilDate(checkedYear: 2024, month: 4, day: 31) == nil)
    }

    @Test func monthsAreClipped() {
        let end = CivilDate.days(year: 2024, month: 1, day: 31)
        #expect(CivilDate.addingMonths(1, toDays: end) == CivilDate.days(year: 2024, month: 2, day: 29))
        #expect(CivilDate.addingMonths(-2, toDays: end) == CivilDate.days(year: 2023, month: 11, day: 30))
        #expect(CivilDate.addingMonths(.max, toDays: end) == nil)
        #expect(CivilDate.addingMonths(12 * 7976, toDays: end) == nil)
        let february = CivilDate.days(year: 2023, month: 2, day: 28)
        #expect(CivilDate.addingMonths(1, toDays: february) == CivilDate.days(year: 2023, month: 3, day: 28))
        #expect(CivilDate.addingMonthsKeepingMonthEnd(1, toDays: february)
            == CivilDate.days(year: 2023, month: 3, day: 31))
    }

    @Test func weekParametersMoveTheWeek() {
        // 2016-01-02 is a Saturday; Snowflake's documentation tabulates week and day of week for each setting.
        let saturday = CivilDate.days(year: 2016, month: 1, day: 2)
        #expect(WeekRules.standard.week(days: saturday) == 53)
        #expect(WeekRules.standard.dayOfWeek(days: saturday) == 6)
        #expect(WeekRules(weekStart: 1).dayOfWeek(days: saturday) == 6)
        #expect(WeekRules(weekStart: 3).dayOfWeek(days: saturday) == 4)
        #expect(WeekRules(weekStart: 1, januaryFirstPolicy: true).week(days: saturday) == 1)
        #expect(WeekRules(weekStart: 1, januaryFirstPolicy: true).week(days: saturday + 2) == 2)
        #expect(WeekRules.standard.startOfWeek(days: saturday) == saturday - 5)
        #expect(WeekRules(weekStart: 7).startOfWeek(days: saturday) == saturday - 6)
    }

    @Test func partSpellings() throws {
        #expect(DateTimePart(spelling: "YY") == .year)
        #expect(DateTimePart(spelling: "dayofweekiso") == .dayOfWeekISO)
        #expect(DateTimePart(spelling: "m") == .minute)
        #expect(DateTimePart(spelling: "epoch_millisecond") == .epochMillisecond)
        #expect(DateTimePart(spelling: "fortnight") == nil)
        let error = #expect(throws: WarehouseError.self) { try DateTimePart.resolve("yeat") }
        #expect(error?.hint?.contains("year") == true)
        #expect(Set(DateTimePart.spellings.flatMap(\.names)).count == DateTimePart.spellings.flatMap(\.names).count)
    }

    private func time(_ text: String) throws -> DayTicks {
        let parsed = try #require(TimestampText.parseTimestamp(text))
        return DayTicks(ticks: parsed.localTicks(scale: 3), scale: 3)
    }

    @Test(arguments: [
        ("year", "2024-01-01 00:00:00.000"), ("quarter", "2024-07-01 00:00:00.000"),
        ("month", "2024-08-01 00:00:00.000"), ("week", "2024-08-05 00:00:00.000"),
        ("day", "2024-08-08 00:00:00.000"), ("hour", "2024-08-08 13:00:00.000"),
        ("minute", "2024-08-08 13:47:00.000"), ("second", "2024-08-08 13:47:59.000"),
        ("millisecond", "2024-08-08 13:47:59.678"),
    ])
    func truncation(part: String, expected: String) throws {
        let part = try DateTimePart.resolve(part)
        let result = try #require(DateTimeArithmetic.truncate(try time("2024-08-08 13:47:59.678"), scale: 3, to: part))
        #expect(TimestampFormat.timestampNTZ.string(localTicks: result.ticks(scale: 3), scale: 3) == expected)
    }

    @Test(arguments: [
        ("year", 1), ("quarter", 1), ("month", 1), ("week", 0), ("day", 1), ("hour", 1), ("minute", 1), ("second", 1),
        ("millisecond", 1), ("microsecond", 1000),
    ])
    func differenceCountsBoundaries(part: String, expected: Int) throws {
        // 2024-12-31 is a Tuesday: the next day starts a year but no week.
        let a = try time("2024-12-31 23:59:59.999"), b = try time("2025-01-01 00:00:00.000")
        let part = try DateTimePart.resolve(part)
        #expect(DateTimeArithmetic.difference(part, from: a, to: b, scale: 3) == Int128(expected))
        #expect(DateTimeArithmetic.difference(part, from: b, to: a, scale: 3) == Int128(-expected))
    }

    @Test func differencesBeforeTheEpoch() throws {
        let a = try time("1969-12-28 10:30:00"), b = try time("1969-12-29 09:29:00")
        #expect(DateTimeArithmetic.difference(.week, from: a, to: b, scale: 3) == 1)
        #expect(DateTimeArithmetic.difference(.hour, from: a, to: b, scale: 3) == 23)
        #expect(DateTimeArithmetic.difference(.minute, from: a, to: b, scale: 3) == 1379)
    }

    @Test func additions() throws {
        let ticks = try time("2024-02-29 23:30:00").ticks(scale: 3)
        func shown(_ amount: Int, _ part: DateTimePart) -> String? {
            DateTimeArithmetic.add(amount, part, to: ticks, scale: 3).map {
                TimestampFormat.timestampNTZ.string(localTicks: $0, scale: 3)
            }
        }
        #expect(shown(1, .year) == "2025-02-28 23:30:00.000")
        #expect(shown(-1, .quarter) == "2023-11-29 23:30:00.000")
        #expect(shown(2, .week) == "2024-03-14 23:30:00.000")
        #expect(shown(31, .minute) == "2024-03-01 00:01:00.000")
        #expect(shown(-1500, .microsecond) == "2024-02-29 23:29:59.998")
        #expect(shown(8000, .year) == nil)
        #expect(shown(.max, .hour) == nil)
        #expect(DateTimeArithmetic.add(-1, .hour, toTime: 0, scale: 0) == 82_800)
        #expect(DateTimeArithmetic.add(3, .month, toDays: 0) == 90)
    }

    @Test func extraction() throws {
        let local = try time("2013-05-08 23:39:20.123")
        func part(_ part: DateTimePart, offset: Int = 0) -> Int128? {
            DateTimeArithmetic.extract(part, local: local, scale: 3, offsetSeconds: offset)
        }
        // Expected values of the first six are those of Snowflake's documentation for DATE_PART.
        #expect(part(.quarter) == 2)
        #expect(part(.month) == 5)
        #expect(part(.week) == 19)
        #expect(part(.dayOfYear) == 128)
        #expect(part(.hour) == 23)
        #expect(part(.minute) == 39)
        #expect(part(.second) == 20)
        #expect(part(.nanosecond) == 123_000_000)
        #expect(part(.epochSecond) == 1_368_056_360)
        #expect(part(.epochSecond, offset: -25_200) == 1_368_081_560)
        #expect(part(.epochMillisecond) == 1_368_056_360_123)
        #expect(part(.timezoneHour, offset: -12_600) == -3)
        #expect(part(.timezoneMinute, offset: -12_600) == -30)
    }

    @Test func rescalingCutsTowardsThePast() {
        #expect(Ticks.rescale(Int128(-1), from: 9, to: 0) == -1)
        #expect(Ticks.rescale(Int128(1_999_999_999), from: 9, to: 0) == 1)
        #expect(Ticks.rescale(Int64.max, from: 0, to: 9) == nil)
        #expect(Ticks.rescale(Int128(Int64.min), from: 0, to: 9) == Int128(Int64.min) * 1_000_000_000)
        let early = DayTicks(ticks: Int128(CivilDate.minimumDays) * 86_400_000_000_000, scale: 9)
        #expect(early == DayTicks(day: CivilDate.minimumDays, tick: 0))
        #expect(early.narrowTicks(scale: 9) == nil)
        #expect(early.ticks(scale: 9) == Ticks.range(scale: 9).lowerBound)
    }

    @Test func fixedClockStandsStill() {
        #expect(FixedClock(seconds: 5).now() == 5_000_000_000)
        #expect(SystemClock().now() > 1_700_000_000_000_000_000)
    }
}
