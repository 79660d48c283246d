import WarehouseBasics
import WarehouseColumns

/// DATE_TRUNC: the start of the part a value lies in, on the wall clock.
final class TruncateKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    /// First day of a day's part, or where `isDirect` the value of that first day.
    private let table: DayTable
    private let isDirect: Bool
    private let from: PhysicalType
    private let to: PhysicalType
    /// Ticks of a part smaller than a day.
    private let unit: Int64
    /// The type's least value, where a week may begin before it.
    private let lowest: Int128?
    private let codes: DayTable.Codes?
    /// In units of the input.
    private let steps: StepTable?
    /// Ticks of a unit of the input. Where it is not 1, `steps` tell.
    private let ticks: Int64
    private let values: Vector?
    override var dictionary: Vector? { values }

    /// `table` is that of `makeTable`, `codes` its codes and `steps` those of instants, shared by all evaluators.
    init(_ part: DateTimePart, clock: LocalClock, table: DayTable, codes: DayTable.Codes?, steps: StepTable?,
         lowest: Int128?, from: PhysicalType, to: PhysicalType, ticks: Int64) {
        self.steps = steps
        self.ticks = ticks
        self.lowest = lowest
        self.codes = codes
        values = codes.map { TruncateKernel.makeVector($0.values, to) }
        self.part = part
        self.clock = clock
        self.table = table
        self.from = from
        self.to = to
        unit = DateTimeArithmetic.ticksPerUnit(part, scale: clock.scale)?.numerator ?? 1
        isDirect = TruncateKernel.isDirect(clock, to)
    }

    /// Whether the first day alone tells the value, in 64 bits.
    private static func isDirect(_ clock: LocalClock, _ to: PhysicalType) -> Bool {
        clock.kind != .tz && to != .int128
    }

    /// `days`: bounds of the days that come, if known.
    static func makeTable(_ part: DateTimePart, clock: LocalClock, weeks: WeekRules, days: ValueRange?,
                          to: PhysicalType) -> DayTable {
        let isDirect = isDirect(clock, to)
        return DayTable(part.isTimePart ? nil : days) { day in
            let first = DateTimeArithmetic.truncate(days: day, to: part, weeks: weeks)
            guard isDirect else { return Int64(first) }
            var clock = clock
            return Int64(truncatingIfNeeded: clock.value(DayTicks(day: first, tick: 0)))
        }
    }

    /// Of values that the table's days tell, the codes; nil where others may come.
    static func makeCodes(_ part: DateTimePart, clock: LocalClock, table: DayTable, lowest: Int128?, to: PhysicalType)
        -> DayTable.Codes? {
        guard isDirect(clock, to), !part.isTimePart, let codes = table.codes, let first = codes.values.first,
              lowest.map({ Int128(first) >= $0 }) ?? true else { return nil }
        return codes
    }

    private static func makeVector(_ values: [Int64], _ type: PhysicalType) -> Vector {
        let vector = Vector(type, capacity: values.count)
        vector.beginFlat(values.count)
        for (index, value) in values.enumerated() {
            if type == .int32 { vector.int32s[index] = Int32(truncatingIfNeeded: value) } else { vector.int64s[index] = value }
        }
        return vector
    }

    override func run(_ inputs: [Vector], codes: UnsafeMutablePointer<Int32>, count: Int) -> Bool {
        if let steps, from == .int32 {
            let values = Argument<Int32>(inputs[0])
            return steps.find(codes, count) { Int64(values[$0]) }
        }
        guard from == .int64 else { return ticks == 1 && encode(Argument<Int128>(inputs[0]), codes, count) }
        let values = Argument<Int64>(inputs[0])
        if let steps { return steps.find(codes, count) { values[$0] } }
        return encode(values, codes, count)
    }

    @inline(__always) private func encode<T: TickInteger>(
        _ values: Argument<T>, _ out: UnsafeMutablePointer<Int32>, _ count: Int
    ) -> Bool {
        guard let known = codes else { return false }
        var clock = clock
        defer { self.clock = clock }
        let low = known.low
        return known.codes.withUnsafeBufferPointer { codes in
            for row in 0..<count {
                let index = clock.local(values[row]).day &- low
                guard index >= 0, index < codes.count else { return false }
                out[row] = codes[index]
            }
            return true
        }
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = inTicks(inputs[0], count)
        if values.physicalType == .int64 { try truncate(Argument<Int64>(values), output, count) }
        else { try truncate(Argument<Int128>(values), output, count) }
    }

    private func inTicks(_ input: Vector, _ count: Int) -> Vector {
        guard ticks != 1 || from == .int32 else { return input }
        let made = Vector(.int64, capacity: max(1, count))
        made.beginFlat(count)
        let out = made.int64s
        if from == .int32 {
            let values = Argument<Int32>(input)
            for row in 0..<count { out[row] = Int64(values[row]) &* ticks }
        } else {
            let values = Argument<Int64>(input)
            for row in 0..<count { out[row] = values[row] &* ticks }
        }
        return made
    }

    @inline(__always) private func truncate<T: TickInteger>(_ values: Argument<T>, _ output: Vector, _ count: Int)
        throws {
        // A copy: the compiler need not guard a local against other accesses at each row.
        var clock = clock
        defer { self.clock = clock }
        if part.isTimePart {
            // A day is a whole number of every unit, so the tick of day tells how far the part has gone.
            store(output, count) { row in
                let value = values[row], past = clock.local(value).tick % unit
                return Int128(value) &- (clock.kind == .tz ? Int128(past) << 16 : Int128(past))
            }
            return
        }
        if isDirect, to == .int32 {
            table.fill(output.int32s, output, count) { clock.local(values[$0]).day }
        } else if isDirect {
            table.fill(output.int64s, output, count) { clock.local(values[$0]).day }
        } else {
            store(output, count) { row in
                let first = DayTicks(day: Int(table[clock.local(values[row]).day]), tick: 0)
                return clock.value(first, offsetMinutes: clock.offsetSeconds / 60)
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

    /// Only the week of 0001-01-01 may begin before the calendar does.
    private func checkRange(_ output: Vector, _ count: Int) throws {
        guard let lowest else { return }
        try output.forEachValid(count) { row in
            let value: Int128 = switch to {
            case .int32: Int128(output.int32s[row])
            case .int64: Int128(output.int64s[row])
            default: output.int128s[row]
            }
            if value < lowest { throw TemporalError.outOfRange("DATE_TRUNC") }
        }
    }
}

/// DATE_PART.
final class ExtractKernel: ScalarKernel {
    private var clock: LocalClock
    private let part: DateTimePart
    private let weeks: WeekRules
    private let table: DayTable?
    private let from: PhysicalType
    private let to: PhysicalType

    /// `table` is that of `makeTable`; nil for a part of a time.
    init(_ part: DateTimePart, clock: LocalClock, weeks: WeekRules, table: DayTable?, from: PhysicalType,
         to: PhysicalType) {
        self.part = part
        self.clock = clock
        self.weeks = weeks
        self.table = table
        self.from = from
        self.to = to
    }

    /// `days`: bounds of the days that come, if known.
    static func makeTable(_ part: DateTimePart, weeks: WeekRules, days: ValueRange?) -> DayTable? {
        guard DateTimeArithmetic.extract(part, days: 0, weeks: weeks) != nil else { return nil }
        return DayTable(days) { Int64(DateTimeArithmetic.extract(part, days: $0, weeks: weeks) ?? 0) }
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        if from == .int64 { extract(Argument<Int64>(inputs[0]), output, count) }
        else { extract(Argument<Int128>(inputs[0]), output, count) }
    }

    @inline(__always) private func extract<T: TickInteger>(_ values: Argument<T>, _ output: Vector, _ count: Int) {
        var clock = clock
        defer { self.clock = clock }
        if let table {
            table.fill(output.int64s, output, count) { clock.local(values[$0]).day }
        } else if to == .int64 {
            let out = output.int64s
            output.forEachValid(count) { row in out[row] = Int64(truncatingIfNeeded: value(values[row], &clock)) }
        } else {
            let out = output.int128s
            output.forEachValid(count) { row in out[row] = value(values[row], &clock) }
        }
    }

    @inline(__always) private func value<T: TickInteger>(_ value: T, _ clock: inout LocalClock) -> Int128 {
        let local = clock.local(value)
        return DateTimeArithmetic.extract(part, local: local, scale: clock.scale, offsetSeconds: clock.offsetSeconds,
                                          weeks: weeks) ?? 0
    }
}
