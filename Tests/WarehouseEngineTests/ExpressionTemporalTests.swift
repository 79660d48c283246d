import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionTemporalTests {
    private let ntz = LogicalType.timestampNTZ(scale: 9), ltz = LogicalType.timestampLTZ(scale: 9)
    private let tz = LogicalType.timestampTZ(scale: 9)

    private func value(_ text: String, _ type: LogicalType) -> BoundExpression { Expr.cast(Expr.text(text), type) }
    private func shown(_ name: String, _ arguments: [BoundExpression], _ type: LogicalType) throws -> String? {
        try Expr.shown(Expr.call(name, arguments, type))
    }
    private func truncated(_ part: String, _ text: String, _ type: LogicalType) throws -> String? {
        try shown("DATE_TRUNC", [Expr.text(part), value(text, type)], type)
    }
    private func part(_ part: String, _ text: String, _ type: LogicalType) throws -> Int? {
        let call = Expr.call("DATE_PART", [Expr.text(part), value(text, type)], .integer)
        guard case .integer(let number) = try Expr.value(call) else { return nil }
        return Int(number)
    }

    @Test func truncation() throws {
        let text = "2024-05-09 08:50:57.891234567"
        let parts = ["YEAR": "2024-01-01 00:00:00", "QUARTER": "2024-04-01 00:00:00", "MONTH": "2024-05-01 00:00:00",
                     "WEEK": "2024-05-06 00:00:00", "DAY": "2024-05-09 00:00:00", "HOUR": "2024-05-09 08:00:00",
                     "MINUTE": "2024-05-09 08:50:00", "SECOND": "2024-05-09 08:50:57"]
        for (part, expected) in parts { #expect(try truncated(part, text, ntz) == expected + ".000") }
        #expect(try truncated("MILLISECOND", text, ntz) == "2024-05-09 08:50:57.891")
        #expect(try truncated("MONTH", text, ltz) == "2024-05-01 00:00:00.000 -0700")
        // January is in winter time: the offset follows the truncated day.
        #expect(try truncated("YEAR", text, ltz) == "2024-01-01 00:00:00.000 -0800")
        #expect(try truncated("DAY", "2024-05-09 23:00:00 +0530", tz) == "2024-05-09 00:00:00.000 +0530")
        #expect(try truncated("HOUR", "2024-05-09 23:40:00 +0530", tz) == "2024-05-09 23:00:00.000 +0530")
        #expect(try truncated("MONTH", "2024-02-29", .date) == "2024-02-01")
        #expect(try truncated("WEEK", "1969-12-31", .date) == "1969-12-29")
        #expect(try truncated("YEAR", "0001-05-05", .date) == "0001-01-01")
        #expect(try truncated("HOUR", "13:59:59", .time(scale: 9)) == "13:00:00")
    }

    @Test func manyRowsByTable() throws {
        let days = stride(from: -1000, to: 20_000, by: 37).map { ScalarValue.integer(Int128($0)) }
        let dates = TestColumn(1, .date, days + [.null])
        let months = try Expr.rows(Expr.call("DATE_TRUNC", [Expr.text("MONTH"), dates.expression], .date), [dates])
        for (day, month) in zip(dates.values, months) {
            guard case .integer(let number) = day else {
                #expect(month == .null)
                continue
            }
            let civil = CivilDate(daysSinceEpoch: Int(number))
            #expect(month == .integer(number - Int128(civil.day) + 1))
        }
        let stamps = TestColumn(2, ntz, dates.values.map {
            if case .integer(let day) = $0 { .integer(day * 86_400_000_000_000 + 86_399_999_999_999) } else { .null }
        })
        let years = try Expr.rows(Expr.call("DATE_PART", [Expr.text("YEAR"), stamps.expression], .integer), [stamps])
        let expected = dates.values.map { day -> ScalarValue in
            guard case .integer(let number) = day else { return .null }
            return .integer(Int128(CivilDate(daysSinceEpoch: Int(number)).year))
        }
        #expect(years == expected)
    }

    @Test func parts() throws {
        #expect(try part("YEAR", "2024-12-30", .date) == 2024)
        #expect(try part("WEEK", "2024-12-30", .date) == 1)
        #expect(try part("YEAROFWEEK", "2024-12-30", .date) == 2025)
        #expect(try part("DAYOFYEAR", "2000-02-29", .date) == 60)
        #expect(try part("DAYOFWEEK", "2023-12-31", .date) == 0)
        #expect(try part("DAYOFWEEKISO", "2023-12-31", .date) == 7)
        #expect(try part("QUARTER", "2023-12-31", .date) == 4)
        let text = "2013-05-08 23:39:20.123456789 -0700"
        #expect(try part("HOUR", text, tz) == 23)
        #expect(try part("MINUTE", text, tz) == 39)
        #expect(try part("NANOSECOND", text, tz) == 123_456_789)
        #expect(try part("EPOCH_SECOND", text, tz) == 1_368_081_560)
        #expect(try part("EPOCH_MILLISECOND", text, ltz) == 1_368_081_560_123)
        #expect(try part("TIMEZONE_HOUR", text, tz) == -7)
        #expect(try part("EPOCH_SECOND", "1969-12-31 23:59:59", ntz) == -1)
        #expect(try part("HOUR", "2024-01-15 10:00:00 +0530", ltz) == 20)
    }

    @Test func adding() throws {
        func added(_ part: String, _ amount: Int, _ text: String, _ type: LogicalType) throws -> String? {
            try shown("DATEADD", [Expr.text(part), Expr.int(amount), value(text, type)], type)
        }
        #expect(try added("MONTH", 1, "2000-01-31", .date) == "2000-02-29")
        #expect(try added("YEAR", -1, "2024-02-29", .date) == "2023-02-28")
        #expect(try added("DAY", 365, "2023-01-01", .date) == "2024-01-01")
        #expect(try added("HOUR", 25, "2024-01-01 00:00:00", ntz) == "2024-01-02 01:00:00.000")
        #expect(try added("MONTH", 13, "2024-01-31 10:00:00", ntz) == "2025-02-28 10:00:00.000")
        // Spring forward: a day keeps the wall clock, 24 hours do not.
        #expect(try added("DAY", 1, "2024-03-09 12:00:00", ltz) == "2024-03-10 12:00:00.000 -0700")
        #expect(try added("HOUR", 24, "2024-03-09 12:00:00", ltz) == "2024-03-10 13:00:00.000 -0700")
        #expect(try added("DAY", 1, "2024-03-09 12:00:00 +0100", tz) == "2024-03-10 12:00:00.000 +0100")
        #expect(try added("MINUTE", -1, "00:00:30", .time(scale: 9)) == "23:59:30")
        #expect(Expr.errorCode(Expr.call("DATEADD", [Expr.text("YEAR"), Expr.int(8000), Expr.date("2024-01-01")],
            .date)) != nil)
        #expect(Expr.errorCode(Expr.call("DATEADD", [Expr.text("DAY"), Expr.int(.max), Expr.date("2024-01-01")],
            .date)) != nil)
        #expect(try shown("ADD_MONTHS", [Expr.date("2016-05-15"), Expr.int(2)], .date) == "2016-07-15")
        #expect(try shown("ADD_MONTHS", [Expr.date("2016-02-29"), Expr.int(1)], .date) == "2016-03-31")
    }

    @Test func differences() throws {
        func difference(_ part: String, _ a: String, _ b: String, _ type: LogicalType) throws -> Int128? {
            let call = Expr.call("DATEDIFF", [Expr.text(part), value(a, type), value(b, type)], .integer)
            guard case .integer(let number) = try Expr.value(call) else { return nil }
            return number
        }
        #expect(try difference("YEAR", "2010-04-09 14:39:20", "2013-05-08 23:39:20", ntz) == 3)
        #expect(try difference("YEAR", "2023-12-31", "2024-01-01", .date) == 1)
        #expect(try difference("MONTH", "2024-01-31", "2024-02-01", .date) == 1)
        #expect(try difference("DAY", "2024-03-01", "2024-02-28", .date) == -2)
        #expect(try difference("WEEK", "2024-05-05", "2024-05-06", .date) == 1)
        #expect(try difference("HOUR", "2013-05-08 23:39:20.123", "2013-05-11 07:00:00", ntz) == 56)
        #expect(try difference("MINUTE", "2024-01-01 00:00:59", "2024-01-01 00:01:00", ntz) == 1)
        #expect(try difference("NANOSECOND", "0001-01-01 00:00:00", "9999-12-31 00:00:00", ntz)
            == 315_537_811_200_000_000_000)
        #expect(try difference("SECOND", "2024-03-10 00:00:00", "2024-03-11 00:00:00", ltz) == 82_800)
        #expect(try difference("HOUR", "2024-01-01 00:00:00 +0000", "2024-01-01 00:00:00 -0500", tz) == 5)
        #expect(try difference("SECOND", "10:00:00", "10:01:00", .time(scale: 9)) == 60)
    }

    @Test func calendar() throws {
        let day = Expr.date("2015-05-08")
        #expect(try shown("LAST_DAY", [day, Expr.text("MONTH")], .date) == "2015-05-31")
        #expect(try shown("LAST_DAY", [day, Expr.text("YEAR")], .date) == "2015-12-31")
        #expect(try shown("LAST_DAY", [day, Expr.text("QUARTER")], .date) == "2015-06-30")
        #expect(try shown("LAST_DAY", [day, Expr.text("WEEK")], .date) == "2015-05-10")
        #expect(try shown("NEXT_DAY", [day, Expr.text("Friday")], .date) == "2015-05-15")
        #expect(try shown("NEXT_DAY", [day, Expr.text("sa")], .date) == "2015-05-09")
        #expect(try shown("PREVIOUS_DAY", [day, Expr.text("FR")], .date) == "2015-05-01")
        #expect(Expr.errorCode(Expr.call("NEXT_DAY", [day, Expr.text("x")], .date)) != nil)
        #expect(try shown("MONTHNAME", [day], .varchar(length: 3)) == "May")
        #expect(try shown("DAYNAME", [day], .varchar(length: 3)) == "Fri")
        func between(_ a: String, _ b: String) throws -> String? {
            try shown("MONTHS_BETWEEN", [value(a, ntz), value(b, ntz)], .number(precision: 38, scale: 6))
        }
        #expect(try between("2019-02-15", "2019-01-01") == "1.451613")
        #expect(try between("2019-01-01", "2019-02-15") == "-1.451613")
        #expect(try between("2019-02-01", "2019-01-01") == "1.000000")
        #expect(try between("2019-03-31", "2019-02-28") == "1.000000")
        #expect(try between("2019-03-01", "2019-02-15") == "0.548387")
        #expect(try between("2019-03-01 02:00:00", "2019-02-15 01:00:00") == "0.549731")
    }

    @Test func fromParts() throws {
        func date(_ y: Int, _ m: Int, _ d: Int) throws -> String? {
            try shown("DATE_FROM_PARTS", [Expr.int(y), Expr.int(m), Expr.int(d)], .date)
        }
        #expect(try date(1977, 8, 7) == "1977-08-07")
        #expect(try date(2010, 1, 100) == "2010-04-10")
        #expect(try date(2010, 25, 1) == "2012-01-01")
        #expect(try date(2004, 1, 0) == "2003-12-31")
        #expect(try date(2004, 0, 1) == "2003-12-01")
        #expect(try date(2004, -1, 1) == "2003-11-01")
        func time(_ parts: Int...) throws -> String? { try shown("TIME_FROM_PARTS", parts.map { Expr.int($0) },
            .time(scale: 9)) }
        #expect(try time(12, 55, 30, 0) == "12:55:30")
        #expect(try time(0, 100, 0, 0) == "01:40:00")
        #expect(try time(0, 0, 12345, 0) == "03:25:45")
        let parts = [2013, 4, 5, 12, 0, 0, 987_654_321].map { Expr.int($0) }
        #expect(try shown("TIMESTAMP_NTZ_FROM_PARTS", parts, ntz) == "2013-04-05 12:00:00.987")
        #expect(try shown("TIMESTAMP_LTZ_FROM_PARTS", parts, ltz) == "2013-04-05 12:00:00.987 -0700")
        #expect(try shown("TIMESTAMP_TZ_FROM_PARTS", parts, tz) == "2013-04-05 12:00:00.987 -0700")
        #expect(try shown("TIMESTAMP_TZ_FROM_PARTS", parts + [Expr.text("Asia/Tokyo")], tz)
            == "2013-04-05 12:00:00.987 +0900")
        let joined = [Expr.date("2013-04-05"), value("12:00:01.5", .time(scale: 9))]
        #expect(try shown("TIMESTAMP_NTZ_FROM_PARTS", joined, ntz) == "2013-04-05 12:00:01.500")
    }

    @Test func slices() throws {
        func slice(_ text: String, _ type: LogicalType, _ length: Int, _ part: String,
            _ end: String) throws -> String? {
            try shown("TIME_SLICE", [value(text, type), Expr.int(length), Expr.text(part), Expr.text(end)], type)
        }
        #expect(try slice("2019-02-28", .date, 4, "MONTH", "START") == "2019-01-01")
        #expect(try slice("2019-02-28", .date, 4, "MONTH", "END") == "2019-05-01")
        #expect(try slice("2024-05-09 08:50:57.891", ntz, 15, "MINUTE", "START") == "2024-05-09 08:45:00.000")
        #expect(try slice("2024-05-09 08:50:57.891", ntz, 15, "MINUTE", "END") == "2024-05-09 09:00:00.000")
        #expect(try slice("2024-05-09", .date, 1, "WEEK", "START") == "2024-05-06")
        #expect(try slice("1969-12-31", .date, 2, "DAY", "START") == "1969-12-30")
    }

    @Test func zonesAndEpochs() throws {
        let zones = [Expr.text("America/Los_Angeles"), Expr.text("America/New_York")]
        #expect(try shown("CONVERT_TIMEZONE", zones + [value("2024-01-01 14:00:00", ntz)], ntz)
            == "2024-01-01 17:00:00.000")
        let toUTC = [Expr.text("Europe/Warsaw"), Expr.text("UTC"), value("2024-01-01 00:00:00", ntz)]
        #expect(try shown("CONVERT_TIMEZONE", toUTC, ntz) == "2023-12-31 23:00:00.000")
        let paris = [Expr.text("Europe/Paris"), value("2024-01-01 12:00:00 -0500", tz)]
        #expect(try shown("CONVERT_TIMEZONE", paris, tz) == "2024-01-01 18:00:00.000 +0100")
        #expect(Expr.errorCode(Expr.call("CONVERT_TIMEZONE", [Expr.text("Nowhere/X"), value("2024-01-01", ltz)],
            tz)) != nil)
        func epoch(_ name: String, _ number: BoundExpression, _ scale: Int, _ type: LogicalType) throws -> String? {
            try shown(name, [number, Expr.int(scale)], type)
        }
        #expect(try epoch("TO_TIMESTAMP_NTZ", Expr.int(1_262_304_000), 0, ntz) == "2010-01-01 00:00:00.000")
        #expect(try epoch("TO_TIMESTAMP_NTZ", Expr.int(1_262_304_000_456), 3, ntz) == "2010-01-01 00:00:00.456")
        #expect(try epoch("TO_TIMESTAMP_NTZ", Expr.number("1.25"), 0, ntz) == "1970-01-01 00:00:01.250")
        #expect(try epoch("TO_TIMESTAMP_LTZ", Expr.int(0), 0, ltz) == "1969-12-31 16:00:00.000 -0800")
        #expect(try epoch("TO_TIMESTAMP_TZ", Expr.int(0), 0, tz) == "1969-12-31 16:00:00.000 -0800")
        #expect(Expr.errorCode(Expr.call("TO_TIMESTAMP_NTZ", [Expr.int(1 << 60), Expr.int(0)], ntz)) == "100035")
        #expect(try shown("TO_DATE", [Expr.text("3/4/2024"), Expr.text("DD/MM/YYYY")], .date) == "2024-04-03")
        #expect(try shown("TRY_TO_DATE", [Expr.text("x"), Expr.text("DD/MM/YYYY")], .date) == nil)
        #expect(try shown("TO_VARCHAR", [Expr.date("2024-04-03"), Expr.text("mon dd, yyyy")], .text) == "Apr 03, 2024")
        #expect(try shown("TO_TIMESTAMP_NTZ", [Expr.text("04/05/2013 01:02:03"), Expr.text("mm/dd/yyyy hh24:mi:ss")],
            ntz)
            == "2013-04-05 01:02:03.000")
    }
}
