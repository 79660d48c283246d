import WarehouseBasics
import WarehouseColumns

/// LAST_DAY(date, part).
final class LastDayKernel: ScalarKernel {
    private let part: DateTimePart
    private let weeks: WeekRules
    init(_ part: DateTimePart, weeks: WeekRules) {
        self.part = part
        self.weeks = weeks
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let days = Argument<Int64>(inputs[0]), out = output.int32s
        try output.forEachValid(count) { row in
            let day = Int(days[row])
            let first = DateTimeArithmetic.truncate(days: day, to: part, weeks: weeks)
            let last: Int? = switch part {
            case .week, .weekISO: first + 6
            case .month: CivilDate.lastDayOfMonth(days: day)
            default:
                CivilDate.addingMonths(part == .year ? 11 : 2, toDays: first).map { CivilDate.lastDayOfMonth(days: $0) }
            }
            guard let last, CivilDate.isInRange(days: last) else { throw TemporalError.outOfRange("LAST_DAY") }
            out[row] = Int32(truncatingIfNeeded: last)
        }
    }
}

/// NEXT_DAY and PREVIOUS_DAY: the nearest such day of the week strictly after or before a date.
final class NearDayKernel: ScalarKernel {
    private let isNext: Bool
    init(isNext: Bool) { self.isNext = isNext }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let days = Argument<Int64>(inputs[0]), names = Argument<StringView>(inputs[1]), out = output.int32s
        try output.forEachValid(count) { row in
            let wanted = try NearDayKernel.isoDay(names[row])
            let day = Int(days[row]), own = CivilDate.isoDayOfWeek(days: day)
            let distance = isNext ? (wanted - own + 6) % 7 + 1 : (own - wanted + 6) % 7 + 1
            let result = isNext ? day + distance : day - distance
            guard CivilDate.isInRange(days: result) else { throw TemporalError.outOfRange("NEXT_DAY") }
            out[row] = Int32(truncatingIfNeeded: result)
        }
    }

    /// 1 Monday to 7 Sunday of a name, of which the first two letters count.
    private static func isoDay(_ name: StringView) throws -> Int {
        let text = Identifiers.folded(name.string)
        let trimmed = text.utf8.drop { $0 == 32 }
        for (index, day) in CalendarNames.days.enumerated() {
            let full = Identifiers.folded(day.description)
            if trimmed.count >= 2, full.utf8.starts(with: trimmed.prefix(2)) { return index + 1 }
        }
        throw WarehouseError(.invalidValue, "'\(TextParseKernel.shown(name))' is not a day of the week.")
    }
}

/// MONTHS_BETWEEN(a, b): whole when both have the same day or both end their month, else by months of 31 days; six
/// digits behind the point.
final class MonthsBetweenKernel: ScalarKernel {
    /// Beyond any result: timestamps of 64 bits and dates span less than a million years.
    static let largest: Int64 = 12_000_000 * unit
    private static let unit: Int64 = 1_000_000
    private var clock: LocalClock
    private let from: PhysicalType

    init(clock: LocalClock, from: PhysicalType) {
        self.clock = clock
        self.from = from
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { between(Argument<Int64>(inputs[0]), Argument<Int64>(inputs[1]), output, count) }
        else { between(Argument<Int128>(inputs[0]), Argument<Int128>(inputs[1]), output, count) }
    }

    private func between<T: TickInteger>(_ a: Argument<T>, _ b: Argument<T>, _ output: Vector, _ count: Int) {
        let out = output.int64s, perDay = Int128(Ticks.perDay(clock.scale)), unit = MonthsBetweenKernel.unit
        output.forEachValid(count) { row in
            let later = clock.local(a[row]), earlier = clock.local(b[row])
            let x = CivilDate(daysSinceEpoch: later.day), y = CivilDate(daysSinceEpoch: earlier.day)
            let months = Int64((x.year - y.year) * 12 + x.month - y.month) * unit
            let bothEnd = x.day == CivilDate.dayCount(year: x.year, month: x.month)
                && y.day == CivilDate.dayCount(year: y.year, month: y.month)
            if x.day == y.day || bothEnd {
                out[row] = months
            } else {
                let ticks = Int128(x.day - y.day) * perDay + Int128(later.tick) - Int128(earlier.tick)
                let divisor = 31 * perDay, scaled = ticks * Int128(unit) * 2
                out[row] = months + Int64(truncatingIfNeeded: (scaled + (scaled < 0 ? -divisor : divisor)) / (2 * divisor))
            }
        }
    }
}

/// MONTHNAME and DAYNAME: three letters.
final class CalendarNameKernel: ScalarKernel {
    private let isMonth: Bool
    init(isMonth: Bool) { self.isMonth = isMonth }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let days = Argument<Int64>(inputs[0]), out = output.strings, arena = output.arena
        let names = isMonth ? (1...12).map { CalendarNames.shortMonth($0) } : (1...7).map { CalendarNames.shortDay($0) }
        let views = names.map { arena.copy(Array($0.utf8)) }
        views.withUnsafeBufferPointer { views in
            output.forEachValid(count) { row in
                let day = Int(days[row])
                let index = isMonth ? CivilDate(daysSinceEpoch: day).month : CivilDate.isoDayOfWeek(days: day)
                out[row] = views[index - 1]
            }
        }
    }
}

/// DATE_FROM_PARTS, TIME_FROM_PARTS, TIMESTAMP_…_FROM_PARTS: parts past their bounds carry into the next.
final class FromPartsKernel: ScalarKernel {
    private var clock: LocalClock
    /// TIMESTAMP_TZ_FROM_PARTS: where no zone is given, the session's.
    private let sessionZone: TimeZoneRules
    private var zones = ZoneCache()

    init(clock: LocalClock, sessionZone: TimeZoneRules) {
        self.clock = clock
        self.sessionZone = sessionZone
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let parts = inputs.prefix(7).map { Argument<Int64>($0) }
        let names = inputs.count > 7 ? Argument<StringView>(inputs[7]) : nil
        try output.forEachValid(count) { row in
            let values = parts.map { $0[row] }
            guard let local = local(values), CivilDate.isInRange(days: local.day) else {
                throw TemporalError.outOfRange("FROM_PARTS")
            }
            var offset = 0
            if clock.kind == .tz {
                let zone = try names.map { try zones.rules($0[row]) } ?? sessionZone
                let wall = local.seconds(scale: clock.scale)
                offset = Int(wall - zone.utc(fromLocal: wall)) / 60
            }
            let value = clock.value(local, offsetMinutes: offset)
            output.storeInteger(value, at: row)
        }
    }

    private static let limit: Int64 = 1 << 40

    /// Nil when a part is absurd or the date leaves the calendar.
    private func local(_ parts: [Int64]) -> DayTicks? {
        guard parts.prefix(6).allSatisfy({ abs($0) < FromPartsKernel.limit }) else { return nil }
        if clock.kind == .time { return time(parts[0], parts[1], parts[2], parts[3], day: 0, wraps: true) }
        let (years, month) = Ticks.floorDivide(parts[1] - 1, by: 12)
        let year = parts[0] + years
        guard year >= -10_000, year <= 20_000 else { return nil }
        let first = CivilDate.days(year: Int(year), month: Int(month) + 1, day: 1)
        let day = first + Int(parts[2]) - 1
        guard parts.count > 3 else { return DayTicks(day: day, tick: 0) }
        return time(parts[3], parts[4], parts[5], parts[6], day: day, wraps: false)
    }

    private func time(_ hour: Int64, _ minute: Int64, _ second: Int64, _ nanosecond: Int64, day: Int, wraps: Bool)
        -> DayTicks {
        let seconds = Int128(hour) * 3600 + Int128(minute) * 60 + Int128(second)
        let nanoseconds = seconds * 1_000_000_000 + Int128(nanosecond)
        let (days, rest) = Ticks.floorDivide(nanoseconds, by: Ticks.perDay(9))
        let tick = rest / Ticks.perSecond(9 - clock.scale)
        return DayTicks(day: wraps ? 0 : day + Int(truncatingIfNeeded: days), tick: tick)
    }
}

/// TIMESTAMP_NTZ_FROM_PARTS(date, time).
final class DateAndTimeKernel: ScalarKernel {
    private let timeScale: Int
    private let scale: Int
    private let to: PhysicalType

    init(timeScale: Int, scale: Int, to: PhysicalType) {
        self.timeScale = timeScale
        self.scale = scale
        self.to = to
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let days = Argument<Int64>(inputs[0]), times = Argument<Int64>(inputs[1])
        output.forEachValid(count) { row in
            let tick = Ticks.rescale(times[row], from: timeScale, to: scale) ?? 0
            let value = DayTicks(day: Int(days[row]), tick: tick).ticks(scale: scale)
            output.storeInteger(value, at: row)
        }
    }
}

/// Zones by name, each loaded once.
struct ZoneCache {
    private var known: [[UInt8]: TimeZoneRules] = [:]
    private var last: (name: [UInt8], rules: TimeZoneRules)?

    mutating func rules(_ name: StringView) throws -> TimeZoneRules {
        if let last, last.name.elementsEqual(name.buffer) { return last.rules }
        let key = Array(name.buffer)
        let rules = try known[key] ?? TimeZoneRules.load(name.string)
        known[key] = rules
        last = (key, rules)
        return rules
    }
}

/// CONVERT_TIMEZONE(from, to, wall clock).
final class ConvertWallClockKernel: ScalarKernel {
    private let scale: Int
    private let from: PhysicalType
    private var zones = ZoneCache()

    init(scale: Int, from: PhysicalType) {
        self.scale = scale
        self.from = from
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let sources = Argument<StringView>(inputs[0]), targets = Argument<StringView>(inputs[1])
        let narrow = from == .int64 ? Argument<Int64>(inputs[2]) : nil
        let wide = from == .int128 ? Argument<Int128>(inputs[2]) : nil
        let perSecond = Ticks.perSecond(scale)
        try output.forEachValid(count) { row in
            let ticks = narrow.map { Int128($0[row]) } ?? wide.map { $0[row] } ?? 0
            let wall = Int64(truncatingIfNeeded: Ticks.floorDivide(ticks, by: perSecond).quotient)
            let utc = try zones.rules(sources[row]).utc(fromLocal: wall)
            let there = utc + Int64(try zones.rules(targets[row]).offsetSeconds(atUTC: utc))
            let value = ticks + Int128(there - wall) * Int128(perSecond)
            guard Ticks.range(scale: scale).contains(value) else { throw TemporalError.outOfRange("CONVERT_TIMEZONE") }
            output.storeInteger(value, at: row)
        }
    }
}

/// CONVERT_TIMEZONE(to, instant): the instant with the offset it has there.
final class ConvertInstantKernel: ScalarKernel {
    private let isZoned: Bool
    private let scale: Int
    private let from: PhysicalType
    private var zones = ZoneCache()

    /// `isZoned`: the instant is a TIMESTAMP_TZ, else TIMESTAMP_LTZ.
    init(isZoned: Bool, scale: Int, from: PhysicalType) {
        self.isZoned = isZoned
        self.scale = scale
        self.from = from
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let targets = Argument<StringView>(inputs[0])
        let narrow = from == .int64 ? Argument<Int64>(inputs[1]) : nil
        let wide = from == .int128 ? Argument<Int128>(inputs[1]) : nil
        try output.forEachValid(count) { row in
            let value = narrow.map { Int128($0[row]) } ?? wide.map { $0[row] } ?? 0
            let ticks = isZoned ? value >> 16 : value
            let utc = Int64(truncatingIfNeeded: Ticks.floorDivide(ticks, by: Ticks.perSecond(scale)).quotient)
            let minutes = Int(try zones.rules(targets[row]).offsetSeconds(atUTC: utc)) / 60
            let packed = ZonedTicks.pack(ticks: ticks, offsetMinutes: minutes)
            output.storeInteger(packed, at: row)
        }
    }
}

/// TO_TIMESTAMP_…(number, scale): units of 10^-scale seconds since 1970 in UTC.
final class EpochKernel: ScalarKernel {
    private var clock: LocalClock
    /// Decimal places of the argument as seconds.
    private let places: Int
    private let from: PhysicalType
    private let to: PhysicalType
    /// Bounds promise that every result is a timestamp.
    private let isSafe: Bool

    init(clock: LocalClock, places: Int, from: PhysicalType, to: PhysicalType, isSafe: Bool) {
        self.clock = clock
        self.places = places
        self.from = from
        self.to = to
        self.isSafe = isSafe
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if isSafe, from == .int64, to == .int64, places <= clock.scale {
            let numbers = Argument<Int64>(inputs[0]), out = output.int64s
            let factor = Ticks.perSecond(clock.scale - places)
            for row in 0..<count { out[row] = numbers[row] &* factor }
            return
        }
        let narrow = from == .int64 ? Argument<Int64>(inputs[0]) : nil
        let wide = from == .int128 ? Argument<Int128>(inputs[0]) : nil
        let range = Ticks.range(scale: clock.scale)
        try output.forEachValid(count) { row in
            let number = narrow.map { Int128($0[row]) } ?? wide.map { $0[row] } ?? 0
            guard let ticks = ticks(number), range.contains(ticks) else {
                throw WarehouseError(.timestampNotRecognized, "Timestamp '\(number)' is not recognized")
            }
            var value = ticks
            if clock.kind == .tz {
                value = ZonedTicks.pack(ticks: ticks, offsetMinutes: clock.sessionOffsetMinutes(atUTC: ticks))
            }
            output.storeInteger(value, at: row)
        }
    }

    private func ticks(_ number: Int128) -> Int128? {
        let scale = clock.scale
        if places <= scale {
            let (product, overflow) = number.multipliedReportingOverflow(by: PowersOfTen.int128(scale - places))
            return overflow ? nil : product
        }
        return number.divided(by: PowersOfTen.int128(min(38, places - scale)), .floor)
    }
}
