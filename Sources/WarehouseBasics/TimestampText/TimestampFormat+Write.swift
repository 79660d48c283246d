extension TimestampFormat {
    /// Writes a wall-clock time by this format and returns the count of bytes, at most `maximumWrittenLength`.
    ///
    /// `day` counts from 1970-01-01 (years 1 to 9999), `nanosecondOfDay` from midnight. `offsetMinutes` is the
    /// zone's; nil (a TIMESTAMP_NTZ) prints `Z` where the format asks for a zone. `AUTO` prints as the default
    /// format of timestamps.
    public func write(
        day: Int, nanosecondOfDay: Int64, offsetMinutes: Int? = nil, to out: UnsafeMutablePointer<UInt8>
    ) -> Int {
        if isAuto {
            let format = offsetMinutes == nil ? TimestampFormat.timestampNTZ : .timestampZoned
            return format.write(day: day, nanosecondOfDay: nanosecondOfDay, offsetMinutes: offsetMinutes, to: out)
        }
        let date = CivilDate(daysSinceEpoch: day)
        let second = Int(nanosecondOfDay / 1_000_000_000)
        let moment = Moment(
            date: date, day: day, second: second,
            nanoseconds: Int(nanosecondOfDay &- Int64(second) &* 1_000_000_000), offsetMinutes: offsetMinutes)
        var position = out
        elements.withUnsafeBufferPointer { elements in
            for element in elements { moment.write(element, &position) }
        }
        return position - out
    }

    /// Appends the text of a DATE.
    public func append(date day: Int, to bytes: inout [UInt8]) {
        append(day: day, nanosecondOfDay: 0, offsetMinutes: nil, to: &bytes)
    }

    /// Appends the text of a TIME of `ticks` 10^-scale seconds since midnight.
    public func append(time ticks: Int64, scale: Int, to bytes: inout [UInt8]) {
        append(day: 0, nanosecondOfDay: ticks &* Ticks.perSecond(9 - scale), offsetMinutes: nil, to: &bytes)
    }

    /// Appends the text of a wall-clock timestamp of `localTicks` 10^-scale seconds since 1970-01-01 00:00:00.
    public func append(localTicks: Int128, scale: Int, offsetMinutes: Int? = nil, to bytes: inout [UInt8]) {
        let time = DayTicks(ticks: localTicks, scale: scale)
        append(
            day: time.day, nanosecondOfDay: time.tick &* Ticks.perSecond(9 - scale), offsetMinutes: offsetMinutes,
            to: &bytes)
    }

    /// Appends what `write` writes.
    public func append(day: Int, nanosecondOfDay: Int64, offsetMinutes: Int?, to bytes: inout [UInt8]) {
        let capacity = isAuto ? 64 : maximumWrittenLength
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, capacity)) { buffer in
            let count = write(
                day: day, nanosecondOfDay: nanosecondOfDay, offsetMinutes: offsetMinutes, to: buffer.baseAddress!)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The text of a wall-clock timestamp; for constants and messages.
    public func string(localTicks: Int128, scale: Int, offsetMinutes: Int? = nil) -> String {
        var bytes: [UInt8] = []
        append(localTicks: localTicks, scale: scale, offsetMinutes: offsetMinutes, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of a DATE; for constants and messages.
    public func string(date day: Int) -> String {
        string(localTicks: Int128(day) * 86_400, scale: 0)
    }

    /// The text of a TIME; for constants and messages.
    public func string(time ticks: Int64, scale: Int) -> String {
        string(localTicks: Int128(ticks), scale: scale)
    }
}

/// A wall-clock time in the parts that formats print.
private struct Moment {
    let date: CivilDate
    let day: Int
    /// Of the day.
    let second: Int
    let nanoseconds: Int
    let offsetMinutes: Int?

    @inline(__always) func write(_ element: TimestampFormat.Element, _ out: inout UnsafeMutablePointer<UInt8>) {
        switch element {
        case .literal(let byte): put(byte, &out)
        case .year4:
            put2(date.year / 100, &out)
            put2(date.year % 100, &out)
        case .year2: put2(date.year % 100, &out)
        case .month: put2(date.month, &out)
        case .monthShort: putName(CalendarNames.months[date.month - 1], 3, &out)
        case .monthFull: putName(CalendarNames.months[date.month - 1], 9, &out)
        case .day: put2(date.day, &out)
        case .weekdayShort: putName(CalendarNames.days[CivilDate.isoDayOfWeek(days: day) - 1], 3, &out)
        case .hour24: put2(second / 3600, &out)
        case .hour12: put2((second / 3600 &+ 11) % 12 &+ 1, &out)
        case .meridiem:
            put(second >= 43_200 ? UInt8(ascii: "P") : UInt8(ascii: "A"), &out)
            put(UInt8(ascii: "M"), &out)
        case .minute: put2(second / 60 % 60, &out)
        case .second: put2(second % 60, &out)
        case .fraction(let digits, let point): putFraction(digits, point, &out)
        case .zone(let form): putZone(form, &out)
        }
    }

    @inline(__always) private func put(_ byte: UInt8, _ out: inout UnsafeMutablePointer<UInt8>) {
        out.pointee = byte
        out += 1
    }

    @inline(__always) private func put2(_ value: Int, _ out: inout UnsafeMutablePointer<UInt8>) {
        out[0] = UInt8(truncatingIfNeeded: value / 10 &+ 48)
        out[1] = UInt8(truncatingIfNeeded: value % 10 &+ 48)
        out += 2
    }

    private func putName(_ name: StaticString, _ limit: Int, _ out: inout UnsafeMutablePointer<UInt8>) {
        let count = min(limit, name.utf8CodeUnitCount)
        out.update(from: name.utf8Start, count: count)
        out += count
    }

    private func putFraction(_ digits: Int, _ point: Bool, _ out: inout UnsafeMutablePointer<UInt8>) {
        guard digits > 0 else { return }
        if point { put(UInt8(ascii: "."), &out) }
        var rest = nanoseconds / Int(Ticks.perSecond(9 - digits))
        for index in stride(from: digits - 1, through: 0, by: -1) {
            out[index] = UInt8(truncatingIfNeeded: rest % 10 &+ 48)
            rest /= 10
        }
        out += digits
    }

    private func putZone(_ form: TimestampFormat.ZoneForm, _ out: inout UnsafeMutablePointer<UInt8>) {
        guard let offsetMinutes else {
            if form != .minutes { put(UInt8(ascii: "Z"), &out) }
            return
        }
        let magnitude = abs(offsetMinutes)
        if form != .minutes {
            put(offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"), &out)
            put2(magnitude / 60 % 100, &out)
        }
        if form == .hoursColonMinutes { put(UInt8(ascii: ":"), &out) }
        if form != .hours { put2(magnitude % 60, &out) }
    }
}
