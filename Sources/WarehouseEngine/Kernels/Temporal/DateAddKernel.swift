import WarehouseBasics
import WarehouseColumns

/// DATEADD and ADD_MONTHS. Days and more move the wall clock, smaller parts the instant.
final class DateAddKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    /// ADD_MONTHS: the last day of a month stays the last day.
    private let keepsMonthEnd: Bool
    private let from: PhysicalType
    private let to: PhysicalType

    /// Arguments: an Int64 amount, then the value in 64 or 128 bits.
    init(_ part: DateTimePart, clock: LocalClock, keepsMonthEnd: Bool = false, from: PhysicalType, to: PhysicalType) {
        self.part = part
        self.clock = clock
        self.keepsMonthEnd = keepsMonthEnd
        self.from = from
        self.to = to
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let amounts = Argument<Int64>(inputs[0])
        if from == .int64 { try add(amounts, Argument<Int64>(inputs[1]), output, count) }
        else { try add(amounts, Argument<Int128>(inputs[1]), output, count) }
    }

    @inline(__always) private func add<T: TickInteger>(
        _ amounts: Argument<Int64>, _ values: Argument<T>, _ output: Vector, _ count: Int
    ) throws {
        if clock.kind == .date { return try addToDates(amounts, values, output, count) }
        var clock = clock
        defer { self.clock = clock }
        try output.forEachValid(count) { row in
            guard let sum = sum(Int(amounts[row]), values[row], &clock) else {
                throw TemporalError.outOfRange(keepsMonthEnd ? "ADD_MONTHS" : "DATEADD")
            }
            output.storeInteger(sum, at: row)
        }
    }

    /// Months of a part, or else days.
    private static func unit(_ part: DateTimePart) -> (months: Int, days: Int) {
        switch part {
        case .year: (12, 0)
        case .quarter: (3, 0)
        case .month: (1, 0)
        case .week, .weekISO: (0, 7)
        default: (0, 1)
        }
    }

    private func addToDates<T: TickInteger>(
        _ amounts: Argument<Int64>, _ values: Argument<T>, _ output: Vector, _ count: Int
    ) throws {
        let (months, days) = DateAddKernel.unit(part), out = output.int32s, keepsMonthEnd = keepsMonthEnd
        try output.forEachValid(count) { row in
            let day = Int(truncatingIfNeeded: values[row])
            let (amount, overflow) = Int(amounts[row]).multipliedReportingOverflow(by: months + days)
            var sum: Int?
            if months > 0 {
                sum = keepsMonthEnd ? CivilDate.addingMonthsKeepingMonthEnd(amount, toDays: day)
                    : CivilDate.addingMonths(amount, toDays: day)
            } else {
                let (moved, overflowed) = day.addingReportingOverflow(amount)
                sum = overflowed || !CivilDate.isInRange(days: moved) ? nil : moved
            }
            guard !overflow, let sum else { throw TemporalError.outOfRange(keepsMonthEnd ? "ADD_MONTHS" : "DATEADD") }
            out[row] = Int32(truncatingIfNeeded: sum)
        }
    }

    @inline(__always)
    private func sum<T: TickInteger>(_ amount: Int, _ value: T, _ clock: inout LocalClock) -> Int128? {
        // The amount was past 64 bits; see `FunctionCall.integer`. As nanoseconds the nearest would be a moment.
        if amount == .max || amount == .min { return nil }
        switch clock.kind {
        case .time:
            return DateTimeArithmetic.add(amount, part, toTime: Int64(truncatingIfNeeded: value), scale: clock.scale)
                .map { Int128($0) }
        default: break
        }
        if part.isTimePart {
            let ticks = clock.kind == .tz ? Int128(value) >> 16 : Int128(value)
            guard let sum = DateTimeArithmetic.add(amount, part, to: ticks, scale: clock.scale) else { return nil }
            return clock.kind == .tz ? sum << 16 | Int128(value) & 0xFFFF : sum
        }
        let local = clock.local(value), offset = clock.offsetSeconds / 60
        guard let day = moved(local.day, by: amount) else { return nil }
        return clock.value(DayTicks(day: day, tick: local.tick), offsetMinutes: offset)
    }

    @inline(__always) private func moved(_ day: Int, by amount: Int) -> Int? {
        keepsMonthEnd ? CivilDate.addingMonthsKeepingMonthEnd(amount, toDays: day)
            : DateTimeArithmetic.add(amount, part, toDays: day)
    }
}

/// DATEDIFF: boundaries of a part crossed from the first value to the second, on the wall clock; for parts smaller
/// than a day on the first value's.
final class DateDiffKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    private let weeks: WeekRules
    private let from: PhysicalType
    private let to: PhysicalType

    init(_ part: DateTimePart, clock: LocalClock, weeks: WeekRules, from: PhysicalType, to: PhysicalType) {
        self.part = part
        self.clock = clock
        self.weeks = weeks
        self.from = from
        self.to = to
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { subtract(Argument<Int64>(inputs[0]), Argument<Int64>(inputs[1]), output, count) }
        else { subtract(Argument<Int128>(inputs[0]), Argument<Int128>(inputs[1]), output, count) }
    }

    @inline(__always) private func subtract<T: TickInteger>(
        _ a: Argument<T>, _ b: Argument<T>, _ output: Vector, _ count: Int
    ) {
        var clock = clock
        defer { self.clock = clock }
        if clock.kind == .date, part == .day {
            let out = output.int64s
            for row in 0..<count { out[row] = Int64(truncatingIfNeeded: b[row] &- a[row]) }
        } else if clock.kind == .date {
            let out = output.int64s
            output.forEachValid(count) { row in
                out[row] = Int64(DateTimeArithmetic.difference(
                    part, fromDays: Int(truncatingIfNeeded: a[row]), toDays: Int(truncatingIfNeeded: b[row]),
                    weeks: weeks) ?? 0)
            }
        } else if to == .int64 {
            let out = output.int64s
            output.forEachValid(count) { row in
                out[row] = Int64(truncatingIfNeeded: difference(a[row], b[row], &clock))
            }
        } else {
            let out = output.int128s
            output.forEachValid(count) { row in out[row] = difference(a[row], b[row], &clock) }
        }
    }

    @inline(__always)
    private func difference<T: TickInteger>(_ a: T, _ b: T, _ clock: inout LocalClock) -> Int128 {
        let start = clock.local(a), offset = clock.offsetSeconds
        var end = clock.local(b)
        if part.isTimePart, clock.offsetSeconds != offset {
            let shift = Int128(offset - clock.offsetSeconds) * Int128(Ticks.perSecond(clock.scale))
            end = DayTicks(ticks: end.ticks(scale: clock.scale) + shift, scale: clock.scale)
        }
        return DateTimeArithmetic.difference(part, from: start, to: end, scale: clock.scale, weeks: weeks) ?? 0
    }
}

/// TIME_SLICE: start or end of the slice of so many parts, counted from 1970-01-01.
final class TimeSliceKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    private let length: Int64
    private let isEnd: Bool
    private let weeks: WeekRules
    private let from: PhysicalType

    init(_ part: DateTimePart, length: Int, isEnd: Bool, clock: LocalClock, weeks: WeekRules, from: PhysicalType) {
        self.part = part
        self.length = Int64(length)
        self.isEnd = isEnd
        self.clock = clock
        self.weeks = weeks
        self.from = from
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { try slice(Argument<Int64>(inputs[0]), output, count) }
        else { try slice(Argument<Int128>(inputs[0]), output, count) }
    }

    private func slice<T: TickInteger>(_ values: Argument<T>, _ output: Vector, _ count: Int) throws {
        try output.forEachValid(count) { row in
            let local = clock.local(values[row]), offset = clock.offsetSeconds / 60
            guard let edge = edge(local), CivilDate.isInRange(days: edge.day) else {
                throw TemporalError.outOfRange("TIME_SLICE")
            }
            let value = clock.value(edge, offsetMinutes: offset)
            output.storeInteger(value, at: row)
        }
    }

    /// Number of the slice's first unit, or of the one behind its last.
    private func start(_ unit: Int64) -> Int64 {
        (Ticks.floorDivide(unit, by: length).quotient &+ (isEnd ? 1 : 0)) &* length
    }

    private func edge(_ local: DayTicks) -> DayTicks? {
        let date = CivilDate(daysSinceEpoch: local.day)
        switch part {
        case .year: return month(start(Int64(date.year - 1970)) * 12)
        case .quarter: return month(start(Int64((date.year - 1970) * 4 + date.quarter - 1)) * 3)
        case .month: return month(start(Int64((date.year - 1970) * 12 + date.month - 1)))
        case .week, .weekISO:
            let rules = part == .week ? weeks : .standard
            let first = rules.startOfWeek(days: 0)
            let week = Int64((rules.startOfWeek(days: local.day) - first) / 7)
            return DayTicks(day: first + Int(start(week)) * 7, tick: 0)
        case .day: return DayTicks(day: Int(start(Int64(local.day))), tick: 0)
        default:
            guard let unit = DateTimeArithmetic.ticksPerUnit(part, scale: clock.scale) else { return nil }
            let size = Int128(unit.numerator) * Int128(length) / Int128(unit.denominator)
            guard size > 0 else { return local }
            let ticks = local.ticks(scale: clock.scale)
            var quotient = ticks / size
            if quotient * size > ticks { quotient -= 1 }
            return DayTicks(ticks: (quotient + (isEnd ? 1 : 0)) * size, scale: clock.scale)
        }
    }

    /// First day of a month counted from January 1970.
    private func month(_ index: Int64) -> DayTicks? {
        let (years, month) = Ticks.floorDivide(index, by: 12)
        guard abs(years) < 10_000 else { return nil }
        return DayTicks(day: CivilDate.days(year: 1970 + Int(years), month: Int(month) + 1, day: 1), tick: 0)
    }
}
