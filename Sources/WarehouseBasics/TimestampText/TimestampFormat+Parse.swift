extension TimestampFormat {
    /// What the elements of a format have said so far.
    fileprivate struct Fields {
        var year = 1970
        var month = 1
        var day = 1
        var hour = 0
        var isTwelveHour = false
        var isPM = false
        var minute = 0
        var second = 0
        var nanoseconds: Int32 = 0
        var offset = ParsedTimestamp.noOffset

        /// Nil when a field is out of range.
        func timestamp() -> ParsedTimestamp? {
            guard let date = CivilDate(checkedYear: year, month: month, day: day) else { return nil }
            var hour = hour
            if isTwelveHour {
                guard hour >= 1, hour <= 12 else { return nil }
                hour = hour % 12 + (isPM ? 12 : 0)
            }
            guard hour <= 23, minute <= 59, second <= 59 else { return nil }
            let seconds = date.daysSinceEpoch &* 86_400 &+ hour &* 3600 &+ minute &* 60 &+ second
            return ParsedTimestamp(seconds: Int64(seconds), nanoseconds: nanoseconds, offsetMinutes: offset)
        }
    }

    /// Reads a timestamp by this format; nil when the bytes do not follow it or name no real time. Parts the format
    /// lacks are those of 1970-01-01 00:00:00. Numbers may have fewer digits than their element, years may not;
    /// a fraction and its point may be absent.
    public func parseTimestamp(_ bytes: UnsafePointer<UInt8>, count: Int) -> ParsedTimestamp? {
        if isAuto { return TimestampText.parseTimestamp(bytes, count: count) }
        var scanner = ByteScanner.trimmed(bytes, count: count)
        var fields = Fields()
        let isComplete = elements.withUnsafeBufferPointer { elements in
            for element in elements where !read(element, &scanner, &fields) { return false }
            return scanner.isAtEnd
        }
        return isComplete ? fields.timestamp() : nil
    }

    /// As `parseTimestamp`, giving days since 1970-01-01.
    public func parseDate(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
        isAuto ? TimestampText.parseDate(bytes, count: count) : parseTimestamp(bytes, count: count)?.days
    }

    /// As `parseTimestamp`, giving nanoseconds since midnight.
    public func parseTime(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int64? {
        isAuto ? TimestampText.parseTime(bytes, count: count) : parseTimestamp(bytes, count: count)?.nanosecondOfDay
    }

    /// As the byte form.
    public func parseTimestamp(_ text: String) -> ParsedTimestamp? {
        TimestampText.withBytes(text) { parseTimestamp($0, count: $1) }
    }
    /// As the byte form.
    public func parseDate(_ text: String) -> Int? { TimestampText.withBytes(text) { parseDate($0, count: $1) } }
    /// As the byte form.
    public func parseTime(_ text: String) -> Int64? { TimestampText.withBytes(text) { parseTime($0, count: $1) } }

    /// Reads one element; false when the bytes do not fit it.
    @inline(__always) private func read(
        _ element: Element, _ scanner: inout ByteScanner, _ fields: inout Fields
    ) -> Bool {
        switch element {
        case .literal(let byte):
            guard byte == 32 else { return scanner.take(byte) }
            guard scanner.take(32) else { return false }
            scanner.skipSpaces()
        case .year4: return store(scanner.number(minimum: 4, maximum: 4), &fields.year)
        case .year2: return readShortYear(&scanner, &fields)
        case .month: return store(scanner.number(minimum: 1, maximum: 2), &fields.month)
        case .monthShort, .monthFull: return store(scanner.month(allowFull: true), &fields.month)
        case .day: return store(scanner.number(minimum: 1, maximum: 2), &fields.day)
        case .weekdayShort: return scanner.weekday() != nil
        case .hour24: return store(scanner.number(minimum: 1, maximum: 2), &fields.hour)
        case .hour12:
            fields.isTwelveHour = true
            return store(scanner.number(minimum: 1, maximum: 2), &fields.hour)
        case .meridiem:
            guard let isPM = scanner.meridiem() else { return false }
            fields.isPM = isPM
        case .minute: return store(scanner.number(minimum: 1, maximum: 2), &fields.minute)
        case .second: return store(scanner.number(minimum: 1, maximum: 2), &fields.second)
        case .fraction(_, let point):
            if point, !scanner.take(UInt8(ascii: ".")) { return true }
            guard let fraction = scanner.fraction() else { return point == false && scanner.isAtEnd }
            fields.nanoseconds = fraction
        case .zone(let form): return readZone(form, &scanner, &fields)
        }
        return true
    }

    @inline(__always) private func store(_ value: Int?, _ field: inout Int) -> Bool {
        guard let value else { return false }
        field = value
        return true
    }

    private func readShortYear(_ scanner: inout ByteScanner, _ fields: inout Fields) -> Bool {
        guard let value = scanner.number(minimum: 2, maximum: 2) else { return false }
        let year = centuryStart - centuryStart % 100 + value
        fields.year = year < centuryStart ? year + 100 : year
        return true
    }

    private func readZone(_ form: ZoneForm, _ scanner: inout ByteScanner, _ fields: inout Fields) -> Bool {
        switch form {
        case .hours, .hoursMinutes, .hoursColonMinutes:
            guard let offset = scanner.offset() else { return false }
            fields.offset = offset
        case .minutes:
            guard let minutes = scanner.number(minimum: 2, maximum: 2), minutes <= 59 else { return false }
            let hours = fields.hasOffset ? fields.offset : 0
            fields.offset = hours < 0 ? hours - Int32(minutes) : hours + Int32(minutes)
        }
        return true
    }
}

extension TimestampFormat.Fields {
    fileprivate var hasOffset: Bool { offset != ParsedTimestamp.noOffset }
}
