import Testing
import WarehouseBasics

/// A parsed timestamp as text: wall clock with nine digits, then the offset in minutes or `-`.
private func shown(_ parsed: ParsedTimestamp?) throws -> String? {
    guard let parsed else { return nil }
    let format = try TimestampFormat("YYYY-MM-DD HH24:MI:SS.FF9")
    let text = format.string(localTicks: parsed.localTicks(scale: 9), scale: 9)
    return text + " " + (parsed.hasOffset ? String(parsed.offsetMinutes) : "-")
}

@Suite struct TimestampTextTests {
    @Test(arguments: [
        ("2000-12-21", "2000-12-21 00:00:00.000000000 -"),
        ("2000-12-21T16:01:07-08:00", "2000-12-21 16:01:07.000000000 -480"),
        ("2000-12-21 16:01:07.123456789+0200", "2000-12-21 16:01:07.123456789 120"),
        ("2000-12-21 16:01:07.5 +02:00", "2000-12-21 16:01:07.500000000 120"),
        ("2000-12-21 16:01:07 -0730", "2000-12-21 16:01:07.000000000 -450"),
        ("2000-12-21 16:01:07+02", "2000-12-21 16:01:07.000000000 120"),
        ("2000-12-21T16:01:07Z", "2000-12-21 16:01:07.000000000 0"),
        ("2000-12-21T16:01:07.123", "2000-12-21 16:01:07.123000000 -"),
        ("2000-12-21T16:01", "2000-12-21 16:01:00.000000000 -"),
        ("2000-12-21 16", "2000-12-21 16:00:00.000000000 -"),
        ("2000-12-21 16:01+01:00", "2000-12-21 16:01:00.000000000 60"),
        ("  2009-04-24 18:19:40 ", "2009-04-24 18:19:40.000000000 -"),
        ("2024-1-5 7:08:09", "2024-01-05 07:08:09.000000000 -"),
        ("0001-01-01 00:00:00.000000001", "0001-01-01 00:00:00.000000001 -"),
        ("9999-12-31 23:59:59.999999999", "9999-12-31 23:59:59.999999999 -"),
        ("Thu, 21 Dec 2000 16:01:07 +0200", "2000-12-21 16:01:07.000000000 120"),
        ("Thu, 21 Dec 2000 04:01:07 PM +0200", "2000-12-21 16:01:07.000000000 120"),
        ("Thu, 21 Dec 2000 12:01:07.25 AM", "2000-12-21 00:01:07.250000000 -"),
        ("Mon Jul 08 18:09:51 +0000 2013", "2013-07-08 18:09:51.000000000 0"),
        ("12/21/2000 16:01:07", "2000-12-21 16:01:07.000000000 -"),
        ("1/5/2024", "2024-01-05 00:00:00.000000000 -"),
        ("21-DEC-2000", "2000-12-21 00:00:00.000000000 -"),
        ("1240597180", "2009-04-24 18:19:40.000000000 0"),
        ("1240597180123", "2009-04-24 18:19:40.123000000 0"),
        ("1240597180123456", "2009-04-24 18:19:40.123456000 0"),
        ("1240597180123456789", "2009-04-24 18:19:40.123456789 0"),
        ("31535999999", "2969-05-02 23:59:59.000000000 0"),
        ("31536000000", "1971-01-01 00:00:00.000000000 0"),
        ("-1", "1969-12-31 23:59:59.000000000 0"),
    ])
    func autoDetection(text: String, expected: String) throws {
        #expect(try shown(TimestampText.parseTimestamp(text)) == expected)
    }

    @Test(arguments: [
        "", " ", "abc", "2000-13-01", "2000-02-30", "2000-12-21X", "2000-12-21 24:00:00", "2000-12-21 16:60:00",
        "2000-12-21 16:01:60", "2000-12-21 16:01:07.", "2000-12-21T", "2000-12-21 ab", "2000/12/21", "20001-01-01",
        "0000-01-01", "13/01/2000", "21-XYZ-2000", "2000-12-21 16:01:07 +25:00", "2000-12-21 16:01:07 +1:0",
        "Thu, 21 Dec 2000", "Mon Jul 08 18:09:51", "12345678901234567890", "2000-12-21 16:01:07 PST", "1e5", "-",
        "2000-12-21  16:01:07 +0200 x",
    ])
    func notTimestamps(text: String) {
        #expect(TimestampText.parseTimestamp(text) == nil)
    }

    @Test func datesAndTimes() {
        #expect(TimestampText.parseDate("1970-01-02") == 1)
        #expect(TimestampText.parseDate("1969-12-31 23:00:00") == -1)
        #expect(TimestampText.parseDate("24-Apr-2009") == 14_358)
        #expect(TimestampText.parseDate("2023-02-29") == nil)
        #expect(TimestampText.parseTime("16:01") == 57_660_000_000_000)
        #expect(TimestampText.parseTime("16:01:07.5+02:00") == 57_667_500_000_000)
        #expect(TimestampText.parseTime("00:00:00") == 0)
        #expect(TimestampText.parseTime("31536001") == 1_000_000_000)
        #expect(TimestampText.parseTime("24:00") == nil)
        #expect(TimestampText.parseTime("16") == 16_000_000_000)
    }

    @Test(arguments: [
        ("YYYYMMDD", "20240105", "2024-01-05 00:00:00.000000000 -"),
        ("YYYYMMDDHH24MISS", "20240105170809", "2024-01-05 17:08:09.000000000 -"),
        ("DD/MM/YYYY", "3/4/2024", "2024-04-03 00:00:00.000000000 -"),
        ("dd-mon-yy", "03-Apr-69", "2069-04-03 00:00:00.000000000 -"),
        ("dd-mon-yy", "03-APR-70", "1970-04-03 00:00:00.000000000 -"),
        ("MMMM DD, YYYY", "January 7, 1999", "1999-01-07 00:00:00.000000000 -"),
        ("HH12:MI AM", "12:30 am", "1970-01-01 00:30:00.000000000 -"),
        ("HH12:MI PM", "12:30 PM", "1970-01-01 12:30:00.000000000 -"),
        ("YYYY-MM-DD HH24:MI:SS.FF", "2024-01-05 07:08:09.1", "2024-01-05 07:08:09.100000000 -"),
        ("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM", "2024-01-05 07:08:09.123 -0800", "2024-01-05 07:08:09.123000000 -480"),
        ("YYYY-MM-DD\"T\"HH24:MI:SSTZH:TZM", "2024-01-05T07:08:09+05:30", "2024-01-05 07:08:09.000000000 330"),
        ("YYYY-MM-DDTHH24:MI:SSTZH", "2024-01-05T07:08:09-08", "2024-01-05 07:08:09.000000000 -480"),
        ("DY MON DD HH24:MI:SS YYYY", "Mon Jul 08 18:09:51 2013", "2013-07-08 18:09:51.000000000 -"),
        ("auto", "2024-01-05", "2024-01-05 00:00:00.000000000 -"),
    ])
    func explicitFormats(format: String, text: String, expected: String) throws {
        #expect(try shown(TimestampFormat(format).parseTimestamp(text)) == expected)
    }

    @Test(arguments: [
        ("YYYY-MM-DD", "2024-01-05 00:00:00"), ("YYYY-MM-DD", "24-01-05"), ("YYYY-MM-DD", "2024/01/05"),
        ("HH12:MI", "13:00"), ("HH24:MI", "24:00"), ("MM/DD/YYYY", "13/01/2024"), ("DD MON YYYY", "1 Foo 2024"),
        ("YYYY-MM-DD", ""), ("YYYY-MM-DD", "2024-01-"),
    ])
    func textsAgainstTheirFormat(format: String, text: String) throws {
        #expect(try TimestampFormat(format).parseTimestamp(text) == nil)
    }

    @Test(arguments: [
        ("YYYY-MM-DD HH24:MI:SS.FF3", "2009-04-24 11:19:40.007"),
        ("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM", "2009-04-24 11:19:40.007 -0700"),
        ("DY, DD MON YYYY HH12:MI:SS AM TZH:TZM", "Fri, 24 Apr 2009 11:19:40 AM -07:00"),
        ("MMMM MON MM YY UUUU", "April Apr 04 09 2009"),
        ("SS.FF0|FF|FF1", "40|007000000|0"),
        ("\"day \"\"x\"\"\"DD", "day \"x\"24"),
        ("TZH", "-07"),
        ("yyyymmddhh24miss", "20090424111940"),
    ])
    func writing(format: String, expected: String) throws {
        let text = try TimestampFormat(format).string(
            localTicks: 1_240_571_980_007, scale: 3, offsetMinutes: -420)
        #expect(text == expected)
    }

    @Test func writingDefaults() {
        #expect(TimestampFormat.date.string(date: -719_162) == "0001-01-01")
        #expect(TimestampFormat.time.string(time: 86_399_999, scale: 3) == "23:59:59")
        #expect(TimestampFormat.timestampNTZ.string(localTicks: -1, scale: 9) == "1969-12-31 23:59:59.999")
        #expect(TimestampFormat.auto.string(localTicks: 0, scale: 0) == "1970-01-01 00:00:00.000")
        #expect(TimestampFormat.timestampZoned.string(localTicks: 0, scale: 0, offsetMinutes: 330)
            == "1970-01-01 00:00:00.000 +0530")
        #expect(TimestampFormat.timestampZoned.string(localTicks: 0, scale: 0) == "1970-01-01 00:00:00.000 Z")
    }

    @Test func badFormats() {
        #expect(throws: WarehouseError.self) { try TimestampFormat("YYYY \"open") }
        #expect(throws: WarehouseError.self) { try TimestampFormat(String(repeating: "Y", count: 300)) }
    }

    @Test func pipelineEpochInLosAngeles() throws {
        // The published snapshot: epoch 1240597180 read as an instant and shown in America/Los_Angeles.
        var cursor = try TimeZoneRules.load("America/Los_Angeles").makeCursor()
        let local = cursor.local(fromUTC: 1_240_597_180)
        #expect(TimestampFormat.timestampNTZ.string(localTicks: Int128(local), scale: 0) == "2009-04-24 11:19:40.000")
        let parsed = try #require(TimestampText.parseTimestamp("2009-04-24 11:19:40"))
        #expect(parsed.utcSeconds(&cursor) == 1_240_597_180)
    }
}
