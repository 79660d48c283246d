/// Reads dates, times and timestamps in the forms that Snowflake's AUTO format detects:
///
/// - `2000-12-21`, `21-Dec-2000`, `12/21/2000`, each also with a time
/// - `2000-12-21T16:01:07.123+02:00`: `T` or a space, hour alone or with minutes, seconds, a fraction; the offset
///   `Z`, `+02:00`, `+0200` or `+02`, after a space or not
/// - `Thu, 21 Dec 2000 04:01:07 PM +0200` with or without AM/PM, fraction and offset
/// - `Mon Jul 08 18:09:51 +0000 2013`
/// - an integer: the time since the epoch in seconds, milli-, micro- or nanoseconds by its size
///
/// Months and days of months may have one digit; white space around the text is ignored. All entry points take
/// UTF-8 bytes and allocate nothing; nil means the text is none of these.
public enum TimestampText {
    /// A timestamp, or a date alone (at midnight).
    public static func parseTimestamp(_ bytes: UnsafePointer<UInt8>, count: Int) -> ParsedTimestamp? {
        if let fast = parseFixed(bytes, count: count) { return fast }
        var scanner = ByteScanner.trimmed(bytes, count: count)
        if let epoch = parseEpoch(scanner) { return epoch }
        if ByteScanner.isLetter(scanner.peek) { return parseNamedDay(&scanner) }
        guard let days = parseDatePart(&scanner) else { return nil }
        if scanner.isAtEnd { return ParsedTimestamp(seconds: Int64(days) &* 86_400, nanoseconds: 0) }
        if !scanner.take(UInt8(ascii: "T")) {
            guard scanner.peek == 32 else { return nil }
            scanner.skipSpaces()
        }
        guard let time = parseClock(&scanner, minimumFields: 1) else { return nil }
        var result = ParsedTimestamp(seconds: Int64(days) &* 86_400 &+ time.seconds, nanoseconds: time.nanoseconds)
        return finish(&scanner, &result) ? result : nil
    }

    /// A DATE in days since 1970-01-01; of a timestamp, its wall-clock day.
    public static func parseDate(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        if count == 10, let days = fixedDate(bytes) { return days }
        return parseTimestamp(bytes, count: count)?.days
    }

    /// A TIME in nanoseconds since midnight: `hh:mm[:ss[.fraction]][offset]` (an offset is ignored) or
    /// `hh:mm[:ss[.fraction]] AM`, or the time of day of an integer's instant.
    public static func parseTime(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int64? {
        var scanner = ByteScanner.trimmed(bytes, count: count)
        if let epoch = parseEpoch(scanner) { return epoch.nanosecondOfDay }
        guard let time = parseClock(&scanner, minimumFields: 2),
              let seconds = halfDay(&scanner, time.seconds) else { return nil }
        var result = ParsedTimestamp(seconds: seconds, nanoseconds: time.nanoseconds)
        return finish(&scanner, &result) ? result.nanosecondOfDay : nil
    }

    // MARK: Pieces

    /// Spaces, an offset if there is one, and then the end.
    private static func finish(_ scanner: inout ByteScanner, _ result: inout ParsedTimestamp) -> Bool {
        if scanner.isAtEnd { return true }
        scanner.skipSpaces()
        guard let offset = scanner.offset() else { return false }
        result.offsetMinutes = offset
        return scanner.isAtEnd
    }

    /// `yyyy-mm-dd` in ten bytes.
    @inline(__always) private static func fixedDate(_ p: UnsafePointer<UInt8>) -> Int? {
        guard p[4] == UInt8(ascii: "-"), p[7] == UInt8(ascii: "-") else { return nil }
        let high = pair(p), low = pair(p + 2), month = pair(p + 5), day = pair(p + 8)
        guard high | low | month | day < 256 else { return nil }
        return CivilDate(checkedYear: high &* 100 &+ low, month: month, day: day)?.daysSinceEpoch
    }

    /// Two digits as a number, or 256 when they are not digits.
    @inline(__always) private static func pair(_ p: UnsafePointer<UInt8>) -> Int {
        let tens = p[0] &- 48, ones = p[1] &- 48
        return tens <= 9 && ones <= 9 ? Int(tens) &* 10 &+ Int(ones) : 256
    }

    /// The commonest form, `yyyy-mm-dd hh:mm:ss[.fraction]`, without a scanner.
    private static func parseFixed(_ p: UnsafePointer<UInt8>, count: Int) -> ParsedTimestamp? {
        guard count >= 19, p[10] == 32 || p[10] == UInt8(ascii: "T"), p[13] == UInt8(ascii: ":"),
              p[16] == UInt8(ascii: ":"), let days = fixedDate(p) else { return nil }
        let hour = pair(p + 11), minute = pair(p + 14), second = pair(p + 17)
        guard hour <= 23, minute <= 59, second <= 59 else { return nil }
        var nanoseconds: Int32 = 0
        if count > 19 {
            guard p[19] == UInt8(ascii: "."), count > 20 else { return nil }
            var scanner = ByteScanner(p + 20, count: count - 20)
            guard let fraction = scanner.fraction(), scanner.isAtEnd else { return nil }
            nanoseconds = fraction
        }
        let time = hour &* 3600 &+ minute &* 60 &+ second
        return ParsedTimestamp(seconds: Int64(days &* 86_400 &+ time), nanoseconds: nanoseconds)
    }

    /// An optional sign and digits only.
    private static func parseEpoch(_ scanner: ByteScanner) -> ParsedTimestamp? {
        var scanner = scanner
        let isNegative = scanner.take(UInt8(ascii: "-"))
        guard scanner.remaining > 0, scanner.remaining <= 19 else { return nil }
        var value: Int64 = 0
        while !scanner.isAtEnd {
            let digit = scanner.peek &- 48
            guard digit <= 9 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowed) = product.addingReportingOverflow(Int64(digit))
            guard !overflow, !overflowed else { return nil }
            value = sum
            scanner.position += 1
        }
        return epoch(isNegative ? -value : value)
    }

    /// An integer as a time since the epoch, its unit told by its magnitude: seconds below 31,536,000,000,
    /// then milliseconds, microseconds and nanoseconds, each a thousand times further.
    public static func epoch(_ value: Int64) -> ParsedTimestamp {
        let magnitude = value.magnitude
        let scale = magnitude < 31_536_000_000 ? 0
            : magnitude < 31_536_000_000_000 ? 3
            : magnitude < 31_536_000_000_000_000 ? 6 : 9
        let (seconds, rest) = Ticks.floorDivide(value, by: Ticks.perSecond(scale))
        let nanoseconds = Int32(rest &* Ticks.perSecond(9 - scale))
        return ParsedTimestamp(seconds: seconds, nanoseconds: nanoseconds, offsetMinutes: 0, isEpoch: true)
    }

    /// `yyyy-mm-dd`, `mm/dd/yyyy` or `dd-mon-yyyy`.
    private static func parseDatePart(_ scanner: inout ByteScanner) -> Int? {
        var digits = 0
        while digits < 5, ByteScanner.isDigit(scanner.peek(at: digits)) { digits += 1 }
        let separator = scanner.peek(at: digits)
        if digits == 4, separator == UInt8(ascii: "-") {
            guard let year = scanner.number(minimum: 4, maximum: 4), scanner.take(UInt8(ascii: "-")),
                  let month = scanner.number(minimum: 1, maximum: 2), scanner.take(UInt8(ascii: "-")),
                  let day = scanner.number(minimum: 1, maximum: 2) else { return nil }
            return CivilDate(checkedYear: year, month: month, day: day)?.daysSinceEpoch
        }
        guard digits == 1 || digits == 2, let first = scanner.number(minimum: 1, maximum: 2) else { return nil }
        if scanner.take(UInt8(ascii: "/")) {
            guard let day = scanner.number(minimum: 1, maximum: 2), scanner.take(UInt8(ascii: "/")),
                  let year = scanner.number(minimum: 4, maximum: 4) else { return nil }
            return CivilDate(checkedYear: year, month: first, day: day)?.daysSinceEpoch
        }
        guard scanner.take(UInt8(ascii: "-")), let month = scanner.month(allowFull: true),
              scanner.take(UInt8(ascii: "-")), let year = scanner.number(minimum: 4, maximum: 4) else { return nil }
        return CivilDate(checkedYear: year, month: month, day: first)?.daysSinceEpoch
    }

    /// `hh[:mm[:ss[.fraction]]]`, at least `minimumFields` of hour, minute and second.
    private static func parseClock(
        _ scanner: inout ByteScanner, minimumFields: Int
    ) -> (seconds: Int64, nanoseconds: Int32, fields: Int)? {
        guard let hour = scanner.number(minimum: 1, maximum: 2), hour <= 23 else { return nil }
        var seconds = hour &* 3600
        var nanoseconds: Int32 = 0
        var fields = 1
        if scanner.take(UInt8(ascii: ":")) {
            guard let minute = scanner.number(minimum: 1, maximum: 2), minute <= 59 else { return nil }
            seconds &+= minute &* 60
            fields = 2
            if scanner.take(UInt8(ascii: ":")) {
                guard let second = scanner.number(minimum: 1, maximum: 2), second <= 59 else { return nil }
                seconds &+= second
                fields = 3
                if scanner.take(UInt8(ascii: ".")) {
                    guard let fraction = scanner.fraction() else { return nil }
                    nanoseconds = fraction
                }
            }
        }
        return fields >= minimumFields ? (Int64(seconds), nanoseconds, fields) : nil
    }

    /// Texts that begin with the name of a weekday.
    private static func parseNamedDay(_ scanner: inout ByteScanner) -> ParsedTimestamp? {
        guard scanner.weekday() != nil else { return nil }
        return scanner.take(UInt8(ascii: ",")) ? parseMail(&scanner) : parseCTime(&scanner)
    }

    /// RFC 822: `21 Dec 2000 16:01:07 [AM|PM] [+0200]` after the comma.
    private static func parseMail(_ scanner: inout ByteScanner) -> ParsedTimestamp? {
        scanner.skipSpaces()
        guard let day = scanner.number(minimum: 1, maximum: 2), scanner.take(32),
              let month = scanner.month(allowFull: true), scanner.take(32),
              let year = scanner.number(minimum: 4, maximum: 4), scanner.take(32),
              let days = CivilDate(checkedYear: year, month: month, day: day)?.daysSinceEpoch,
              let time = parseClock(&scanner, minimumFields: 3) else { return nil }
        guard let seconds = halfDay(&scanner, time.seconds) else { return nil }
        var result = ParsedTimestamp(seconds: Int64(days) &* 86_400 &+ seconds, nanoseconds: time.nanoseconds)
        return finish(&scanner, &result) ? result : nil
    }

    /// The seconds of the day once AM or PM is read, where one stands; nil for an hour that has none of both.
    private static func halfDay(_ scanner: inout ByteScanner, _ seconds: Int64) -> Int64? {
        let before = scanner.position
        scanner.skipSpaces()
        guard let isPM = scanner.meridiem() else {
            scanner.position = before
            return seconds
        }
        let hour = seconds / 3600
        guard hour >= 1, hour <= 12 else { return nil }
        return seconds - (hour == 12 ? 43_200 : 0) + (isPM ? 43_200 : 0)
    }

    /// `Jul 08 18:09:51 [+0000] 2013` after the weekday.
    private static func parseCTime(_ scanner: inout ByteScanner) -> ParsedTimestamp? {
        guard scanner.take(32), let month = scanner.month(allowFull: true), scanner.take(32) else { return nil }
        scanner.skipSpaces()
        guard let day = scanner.number(minimum: 1, maximum: 2), scanner.take(32),
              let time = parseClock(&scanner, minimumFields: 3), scanner.take(32) else { return nil }
        var offset = ParsedTimestamp.noOffset
        if let written = scanner.offset() {
            guard scanner.take(32) else { return nil }
            offset = written
        }
        guard let year = scanner.number(minimum: 4, maximum: 4), scanner.isAtEnd,
              let days = CivilDate(checkedYear: year, month: month, day: day)?.daysSinceEpoch else { return nil }
        return ParsedTimestamp(
            seconds: Int64(days) &* 86_400 &+ time.seconds, nanoseconds: time.nanoseconds, offsetMinutes: offset)
    }
}

extension TimestampText {
    /// As the byte forms, for a constant in a statement.
    public static func parseTimestamp(_ text: String) -> ParsedTimestamp? {
        withBytes(text) { parseTimestamp($0, count: $1) }
    }
    /// As the byte form.
    public static func parseDate(_ text: String) -> Int? { withBytes(text) { parseDate($0, count: $1) } }
    /// As the byte form.
    public static func parseTime(_ text: String) -> Int64? { withBytes(text) { parseTime($0, count: $1) } }

    static func withBytes<R>(_ text: String, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
        var text = text
        return text.withUTF8 { buffer in
            if let base = buffer.baseAddress { return body(base, buffer.count) }
            // An empty buffer may have no address; any valid one will do for zero bytes.
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { spare in
                spare.initialize(repeating: 0)
                return body(UnsafePointer(spare.baseAddress!), 0)
            }
        }
    }
}
