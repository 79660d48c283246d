import WarehouseBasics

/// Dates, times and timestamps as text in a session's formats.
public struct TemporalText {
    private let formats: TextFormats
    private let room: Int

    public init(_ formats: TextFormats) {
        self.formats = formats
        room = 64 + [formats.date, formats.time, formats.timestampNTZ, formats.timestampLTZ, formats.timestampTZ]
            .reduce(0) { max($0, $1.maximumWrittenLength) }
    }

    /// A DATE in days since 1970-01-01.
    public func appendDate(_ days: Int, to out: ByteBuffer) {
        let format = formats.date.isAuto ? TimestampFormat.date : formats.date
        out.advance(format.write(day: days, nanosecondOfDay: 0, to: out.reserve(room)))
    }

    /// A TIME in ticks since midnight.
    public func appendTime(_ ticks: Int64, scale: Int, to out: ByteBuffer) {
        let format = formats.time.isAuto ? TimestampFormat.time : formats.time
        out.advance(format.write(
            day: 0, nanosecondOfDay: ticks &* Ticks.perSecond(9 &- scale), to: out.reserve(room)))
    }

    /// A TIMESTAMP_NTZ in wall-clock ticks.
    public func appendNTZ(_ ticks: Int128, scale: Int, to out: ByteBuffer) {
        append(formats.timestampNTZ, ticks, scale, offsetMinutes: nil, out)
    }

    /// A TIMESTAMP_LTZ in UTC ticks, shown in the session's zone, whose cursor is given.
    public func appendLTZ(_ ticks: Int128, scale: Int, _ zone: inout TimeZoneRules.Cursor, to out: ByteBuffer) {
        let perSecond = Ticks.perSecond(scale)
        let seconds = Ticks.floorDivide(ticks, by: perSecond).quotient
        let offset = zone.offsetSeconds(atUTC: Int64(truncatingIfNeeded: seconds))
        append(formats.timestampLTZ, ticks &+ Int128(offset) &* Int128(perSecond), scale,
               offsetMinutes: Int(offset) / 60, out)
    }

    /// A TIMESTAMP_TZ in `ZonedTicks`.
    public func appendTZ(_ packed: Int128, scale: Int, to out: ByteBuffer) {
        let minutes = ZonedTicks.offsetMinutes(packed)
        let local = ZonedTicks.ticks(packed) &+ Int128(minutes * 60) &* Int128(Ticks.perSecond(scale))
        append(formats.timestampTZ, local, scale, offsetMinutes: minutes, out)
    }

    private func append(
        _ format: TimestampFormat, _ localTicks: Int128, _ scale: Int, offsetMinutes: Int?, _ out: ByteBuffer
    ) {
        let time = DayTicks(ticks: localTicks, scale: scale)
        // Days outside the calendar can come only from damaged values; they must not trap.
        let day = max(CivilDate.minimumDays - 1, min(CivilDate.maximumDays + 1, time.day))
        out.advance(format.write(
            day: day, nanosecondOfDay: time.tick &* Ticks.perSecond(9 &- scale), offsetMinutes: offsetMinutes,
            to: out.reserve(room)))
    }
}
