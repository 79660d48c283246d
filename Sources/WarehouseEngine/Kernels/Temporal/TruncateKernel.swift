import WarehouseBasics
import WarehouseColumns

/// DATE_TRUNC: the start of the part a value lies in, on the wall clock.
final class TruncateKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    private let table: DayTable
    private let from: PhysicalType
    private let to: PhysicalType
    /// Ticks of a part smaller than a day.
    private let unit: Int64

    /// `days`: bounds of the days that come, if known.
    init(_ part: DateTimePart, clock: LocalClock, weeks: WeekRules, days: ValueRange?, from: PhysicalType,
         to: PhysicalType) {
        self.part = part
        self.clock = clock
        self.from = from
        self.to = to
        table = DayTable(part.isTimePart ? nil : days) { DateTimeArithmetic.truncate(days: $0, to: part, weeks: weeks) }
        unit = DateTimeArithmetic.ticksPerUnit(part, scale: clock.scale)?.numerator ?? 1
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { try truncate(Argument<Int64>(inputs[0]), output, count) }
        else { try truncate(Argument<Int128>(inputs[0]), output, count) }
    }

    @inline(__always) private func truncate<T: TickInteger>(_ values: Argument<T>, _ output: Vector, _ count: Int) throws {
        if part.isTimePart {
            // A day is a whole number of every unit, so the tick of day tells how far the part has gone.
            store(output, count) { row in
                let value = values[row], past = clock.local(value).tick % unit
                return Int128(value) &- (clock.kind == .tz ? Int128(past) << 16 : Int128(past))
            }
            return
        }
        table.withLookup { lookup in
            if clock.kind == .date {
                let out = output.int32s
                output.forEachValid(count) { row in
                    out[row] = Int32(truncatingIfNeeded: lookup(Int(truncatingIfNeeded: values[row])))
                }
            } else if clock.kind == .ntz, to == .int64 {
                let out = output.int64s, perDay = Ticks.perDay(clock.scale)
                output.forEachValid(count) { row in
                    out[row] = Int64(truncatingIfNeeded: lookup(clock.local(values[row]).day)) &* perDay
                }
            } else {
                store(output, count) { row in
                    let day = lookup(clock.local(values[row]).day)
                    return clock.value(DayTicks(day: day, tick: 0), offsetMinutes: clock.offsetSeconds / 60)
                }
            }
        }
        try checkRange(output, count)
    }

    @inline(__always) private func store(_ output: Vector, _ count: Int, _ value: (Int) -> Int128) {
        if to == .int64 {
            let out = output.int64s
            output.forEachValid(count) { row in out[row] = Int64(truncatingIfNeeded: value(row)) }
        } else {
            let out = output.int128s
            output.forEachValid(count) { row in out[row] = value(row) }
        }
    }

    /// Only the week of 0001-01-01 begins before the calendar does.
    private func checkRange(_ output: Vector, _ count: Int) throws {
        guard clock.kind == .date, part == .week || part == .weekISO else { return }
        let days = output.int32s
        try output.forEachValid(count) { row in
            if days[row] < Int32(CivilDate.minimumDays) { throw TemporalError.outOfRange("DATE_TRUNC") }
        }
    }
}

/// DATE_PART.
final class ExtractKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    private let weeks: WeekRules
    private let table: DayTable
    private let isOfDay: Bool
    private let from: PhysicalType
    private let to: PhysicalType

    init(_ part: DateTimePart, clock: LocalClock, weeks: WeekRules, days: ValueRange?, from: PhysicalType,
         to: PhysicalType) {
        self.part = part
        self.clock = clock
        self.weeks = weeks
        self.from = from
        self.to = to
        isOfDay = DateTimeArithmetic.extract(part, days: 0, weeks: weeks) != nil
        table = DayTable(isOfDay ? days : nil) { DateTimeArithmetic.extract(part, days: $0, weeks: weeks) ?? 0 }
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { extract(Argument<Int64>(inputs[0]), output, count) }
        else { extract(Argument<Int128>(inputs[0]), output, count) }
    }

    @inline(__always) private func extract<T: TickInteger>(_ values: Argument<T>, _ output: Vector, _ count: Int) {
        if isOfDay {
            table.withLookup { lookup in
                let out = output.int64s
                output.forEachValid(count) { row in out[row] = Int64(lookup(clock.local(values[row]).day)) }
            }
        } else if to == .int64 {
            let out = output.int64s
            output.forEachValid(count) { row in out[row] = Int64(truncatingIfNeeded: value(values[row])) }
        } else {
            let out = output.int128s
            output.forEachValid(count) { row in out[row] = value(values[row]) }
        }
    }

    @inline(__always) private func value<T: TickInteger>(_ value: T) -> Int128 {
        let local = clock.local(value)
        return DateTimeArithmetic.extract(part, local: local, scale: clock.scale, offsetSeconds: clock.offsetSeconds,
                                          weeks: weeks) ?? 0
    }
}
