/// The rule at the end of a TZif file, in the form of POSIX's TZ variable with RFC 8536's extensions:
/// `PST8PDT,M3.2.0,M11.1.0`.
struct PosixTimeZone: Equatable {
    /// When in a year clocks change.
    struct Change: Equatable {
        enum Day: Equatable {
            /// `Jn`: day 1 to 365, February 29th never counted.
            case julian(Int)
            /// `n`: day 0 to 365, February 29th counted.
            case zeroBased(Int)
            /// `Mm.w.d`: weekday d (0 Sunday) of week w (5 is the last) of month m.
            case weekday(month: Int, week: Int, day: Int)
        }
        var day: Day
        /// Seconds after midnight on the wall clock; -167 to 167 hours.
        var seconds: Int

        /// The change's wall-clock time in `year`, in seconds since 1970.
        func localSeconds(year: Int) -> Int64 {
            let days: Int
            switch day {
            case .julian(let n):
                let leap = CivilDate.isLeap(year) && n >= 60 ? 1 : 0
                days = CivilDate.days(year: year, month: 1, day: 1) + n - 1 + leap
            case .zeroBased(let n):
                days = CivilDate.days(year: year, month: 1, day: 1) + n
            case .weekday(let month, let week, let day):
                let first = CivilDate.days(year: year, month: month, day: 1)
                let firstWeekday = CivilDate.isoDayOfWeek(days: first) % 7
                var offset = (day - firstWeekday + 7) % 7 + (week - 1) * 7
                if offset >= CivilDate.dayCount(year: year, month: month) { offset -= 7 }
                days = first + offset
            }
            return Int64(days) * 86_400 + Int64(seconds)
        }
    }

    /// Seconds east of UTC.
    var standardOffset: Int32
    /// Seconds east of UTC in summer, and the two changes; nil without summer time.
    var summer: (offset: Int32, start: Change, end: Change)?

    static func == (a: PosixTimeZone, b: PosixTimeZone) -> Bool {
        a.standardOffset == b.standardOffset && a.summer?.offset == b.summer?.offset
            && a.summer?.start == b.summer?.start && a.summer?.end == b.summer?.end
    }

    /// The two changes of a year in ascending order, as UTC instants with the offset that holds from then on.
    func changes(year: Int) -> [(at: Int64, offset: Int32)] {
        guard let summer else { return [] }
        let start = summer.start.localSeconds(year: year) - Int64(standardOffset)
        let end = summer.end.localSeconds(year: year) - Int64(summer.offset)
        return start <= end
            ? [(start, summer.offset), (end, standardOffset)] : [(end, standardOffset), (start, summer.offset)]
    }
}

extension PosixTimeZone {
    /// Nil when the text is not such a rule.
    init?(_ text: [UInt8]) {
        var parser = PosixTimeZoneParser(text: text)
        guard parser.name(), let standard = parser.offset(limitHours: 24) else { return nil }
        standardOffset = Int32(-standard)
        guard !parser.isAtEnd else { return }
        guard parser.name() else { return nil }
        var summerOffset = standardOffset + 3600
        if !parser.isAtEnd, parser.peek != UInt8(ascii: ",") {
            guard let offset = parser.offset(limitHours: 24) else { return nil }
            summerOffset = Int32(-offset)
        }
        if parser.isAtEnd {
            summer = (
                summerOffset, Change(day: .weekday(month: 3, week: 2, day: 0), seconds: 7200),
                Change(day: .weekday(month: 11, week: 1, day: 0), seconds: 7200)
            )
            return
        }
        guard let start = parser.change(), let end = parser.change(), parser.isAtEnd else { return nil }
        summer = (summerOffset, start, end)
    }
}

/// Reads the pieces of a POSIX rule; every read checks its bounds.
private struct PosixTimeZoneParser {
    let text: [UInt8]
    var position = 0

    init(text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { position >= text.count }
    var peek: UInt8? { position < text.count ? text[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    /// Three or more letters, or anything in `<…>`.
    mutating func name() -> Bool {
        if take(UInt8(ascii: "<")) {
            while let byte = peek {
                position += 1
                if byte == UInt8(ascii: ">") { return true }
            }
            return false
        }
        let start = position
        while let byte = peek, (byte | 0x20) >= 97, (byte | 0x20) <= 122 { position += 1 }
        return position - start >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let start = position
        var value = 0
        while let byte = peek, byte >= 48, byte <= 57, position - start < 4 {
            value = value * 10 + Int(byte - 48)
            position += 1
        }
        return position > start && range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func offset(limitHours: Int) -> Int? {
        var sign = 1
        if take(UInt8(ascii: "-")) { sign = -1 } else { _ = take(UInt8(ascii: "+")) }
        guard let hours = number(0...limitHours) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard take(UInt8(ascii: ":")) else { break }
            guard let value = number(0...59) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    /// `,date[/time]`.
    mutating func change() -> PosixTimeZone.Change? {
        guard take(UInt8(ascii: ",")), let day = changeDay() else { return nil }
        var seconds = 7200
        if take(UInt8(ascii: "/")) {
            guard let value = offset(limitHours: 167) else { return nil }
            seconds = value
        }
        return PosixTimeZone.Change(day: day, seconds: seconds)
    }

    private mutating func changeDay() -> PosixTimeZone.Change.Day? {
        if take(UInt8(ascii: "J")) { return number(1...365).map { .julian($0) } }
        if take(UInt8(ascii: "M")) {
            guard let month = number(1...12), take(UInt8(ascii: ".")), let week = number(1...5),
                  take(UInt8(ascii: ".")), let day = number(0...6) else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
        return number(0...365).map { .zeroBased($0) }
    }
}
