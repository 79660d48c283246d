import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Functions of DATE, TIME and timestamps.
    static let temporals: [String: Compile] = [
        "DATE_TRUNC": { try truncate($0) },
        "DATE_PART": { try extract($0) },
        "DATEADD": { try add($0, $0.part(0), amount: 1, value: 2, keepsMonthEnd: false) },
        "ADD_MONTHS": { try add($0, .month, amount: 1, value: 0, keepsMonthEnd: true) },
        "DATEDIFF": { try difference($0) },
        "LAST_DAY": { call in
            let part = try call.part(1), weeks = call.compiler.facts.weeks
            guard [.year, .quarter, .month, .week, .weekISO].contains(part) else {
                throw TemporalError.invalid(part, "LAST_DAY")
            }
            return try call.node([days(call, 0)], .int32, raises: true) { LastDayKernel(part, weeks: weeks) }
        },
        "NEXT_DAY": { try $0.node([days($0, 0), $0.text(1)], .int32, raises: true) { NearDayKernel(isNext: true) } },
        "PREVIOUS_DAY": { call in
            try call.node([days(call, 0), call.text(1)], .int32, raises: true) { NearDayKernel(isNext: false) }
        },
        "MONTHNAME": { try $0.node([days($0, 0)], .string) { CalendarNameKernel(isMonth: true) } },
        "DAYNAME": { try $0.node([days($0, 0)], .string) { CalendarNameKernel(isMonth: false) } },
        "MONTHS_BETWEEN": { call in
            let sides = try ticks(call, [0, 1])
            let clock = try call.compiler.clock(call.arguments[0].type), from = sides[0].physicalType
            let most = Int128(MonthsBetweenKernel.largest)
            return try call.node(sides, .int64, range: ValueRange(-most, most)) { MonthsBetweenKernel(clock: clock, from: from) }
        },
        "TIME_SLICE": { try slice($0) },
        "DATE_FROM_PARTS": { try fromParts($0) },
        "TIME_FROM_PARTS": { try fromParts($0) },
        "TIMESTAMP_NTZ_FROM_PARTS": { try fromParts($0) },
        "TIMESTAMP_LTZ_FROM_PARTS": { try fromParts($0) },
        "TIMESTAMP_TZ_FROM_PARTS": { try fromParts($0) },
        "CONVERT_TIMEZONE": { try convertZone($0) },
    ]

    /// A DATE argument as Int64 days.
    private static func days(_ call: FunctionCall, _ index: Int) throws -> CompiledNode {
        let node = call.arguments[index].type == .null ? try call.compiler.null(.date) : call.arguments[index]
        return call.compiler.widened(node, to: .int64)
    }

    /// Arguments of one type of time in one width of 64 or 128 bits.
    private static func ticks(_ call: FunctionCall, _ indexes: [Int]) throws -> [CompiledNode] {
        let type = indexes.map { call.arguments[$0].type }.first { $0 != .null } ?? .date
        let nodes = try indexes.map { try call.compiler.typed(call.arguments[$0], as: type) }
        return call.compiler.aligned(nodes.map { call.compiler.wide($0) })
    }

    /// The width of a result, and its bounds.
    private static func result(_ type: LogicalType, _ range: ValueRange?) -> (PhysicalType, ValueRange?) {
        if type == .date { return (.int32, range) }
        let known = range ?? ValueRange.of(type) ?? ValueRange.of(.int128) ?? .zero
        return (ExpressionCompiler.width(of: known), known)
    }

    /// Bounds of the days a value may lie on.
    private static func dayRange(_ node: CompiledNode) -> ValueRange? {
        node.range == nil ? nil : ExpressionCompiler.temporalRange(node, .date)
    }

    private static func truncate(_ call: FunctionCall) throws -> CompiledNode {
        let part = try call.part(0)
        guard DateTimeArithmetic.canTruncate(to: part) else { throw TemporalError.invalid(part, "DATE_TRUNC") }
        let node = call.arguments[1]
        if node.isNullConstant { return try call.compiler.null(call.type) }
        let input = call.compiler.wide(node), from = input.physicalType
        let clock = try call.compiler.clock(node.type), weeks = call.compiler.facts.weeks
        let days = dayRange(node)
        let isWeek = part == .week || part == .weekISO
        let (to, range) = result(call.type, moved(node, byDays: ValueRange(part.isTimePart ? -2 : -368, 2)))
        let table = TruncateKernel.makeTable(part, clock: clock, weeks: weeks, days: days, to: to)
        let lowest = isWeek ? ValueRange.of(call.type)?.low : nil
        let codes = TruncateKernel.makeCodes(part, clock: clock, table: table, lowest: lowest, to: to)
        let zone = clock.kind == .ltz ? try call.compiler.facts.zone() : .utc
        var steps: StepTable?
        if let codes, from == .int64, let values = node.range, values.fitsInt64 {
            // Seconds do where an instant was made from them.
            steps = StepTable(codes, clock: clock, zone: zone, from: Int64(values.low), through: Int64(values.high),
                              unit: node.multiple?.factor ?? 1)
        }
        let source = steps == nil ? nil : node.multiple
        let read = source?.node ?? input, readType = read.physicalType
        return try call.node([read], to, range: range, raises: isWeek) { [steps] in
            TruncateKernel(part, clock: clock, table: table, codes: codes, steps: steps, lowest: lowest, from: readType, to: to,
                           ticks: source?.factor ?? 1)
        }
    }

    /// Bounds of a value moved by some days, within its type's.
    private static func moved(_ node: CompiledNode, byDays days: ValueRange) -> ValueRange? {
        guard let range = node.range, let limits = ValueRange.of(node.type) else { return nil }
        if case .time = node.type { return limits }
        var unit = node.type == .date ? 1 : Int128(Ticks.perDay(node.type.scale ?? 0))
        if case .timestampTZ = node.type { unit <<= 16 }
        let sum = range + days.scaled(by: unit)
        if case .timestampTZ = node.type {
            return ValueRange((sum.low >> 16) << 16, sum.high | 0xFFFF).clamped(to: limits)
        }
        return sum.clamped(to: limits)
    }

    private static func extract(_ call: FunctionCall) throws -> CompiledNode {
        let part = try call.part(0)
        let node = call.arguments[1]
        if node.isNullConstant { return try call.compiler.null(call.type) }
        let clock = try call.compiler.clock(node.type), weeks = call.compiler.facts.weeks
        if clock.kind == .date, part.isTimePart { return try call.compiler.constant(.integer(0), call.type) }
        let input = call.compiler.wide(node), from = input.physicalType
        let days = dayRange(node), range = partRange(part, days)
        let to = ExpressionCompiler.width(of: range)
        let table = ExtractKernel.makeTable(part, weeks: weeks, days: days)
        return try call.node([input], to, range: range) {
            ExtractKernel(part, clock: clock, weeks: weeks, table: table, from: from, to: to)
        }
    }

    /// Bounds of a part of a value on one of `days`.
    private static func partRange(_ part: DateTimePart, _ days: ValueRange?) -> ValueRange {
        let all = ValueRange(Int128(CivilDate.minimumDays) - 2, Int128(CivilDate.maximumDays) + 2)
        let days = days ?? all
        func epoch(_ unit: Int128) -> ValueRange {
            ValueRange(days.low - 1, days.high + 2).scaled(by: 86_400 * unit)
        }
        switch part {
        case .year, .yearOfWeek, .yearOfWeekISO:
            let low = CivilDate(daysSinceEpoch: Int(days.low)).year
            let high = CivilDate(daysSinceEpoch: Int(days.high)).year
            return part == .year ? ValueRange(Int128(low), Int128(high)) : ValueRange(Int128(low) - 1, Int128(high) + 1)
        case .quarter: return ValueRange(1, 4)
        case .month: return ValueRange(1, 12)
        case .day: return ValueRange(1, 31)
        case .dayOfWeek, .dayOfWeekISO: return ValueRange(0, 7)
        case .dayOfYear: return ValueRange(1, 366)
        case .week, .weekISO: return ValueRange(1, 54)
        case .hour: return ValueRange(0, 23)
        case .minute, .second: return ValueRange(0, 59)
        case .millisecond: return ValueRange(0, 999)
        case .microsecond: return ValueRange(0, 999_999)
        case .nanosecond: return ValueRange(0, 999_999_999)
        case .epochSecond: return epoch(1)
        case .epochMillisecond: return epoch(1000)
        case .epochMicrosecond: return epoch(1_000_000)
        case .epochNanosecond: return epoch(1_000_000_000)
        case .timezoneHour, .timezoneMinute: return ValueRange(-59, 59)
        }
    }

    private static func add(_ call: FunctionCall, _ part: DateTimePart, amount: Int, value: Int, keepsMonthEnd: Bool)
        throws -> CompiledNode {
        guard DateTimeArithmetic.canAdd(part) else { throw TemporalError.invalid(part, call.name) }
        let node = call.arguments[value]
        if node.isNullConstant { return try call.compiler.null(call.type) }
        let clock = try call.compiler.clock(node.type)
        let isPossible = switch clock.kind {
        case .date: !part.isTimePart
        case .time: part.isTimePart
        default: true
        }
        guard isPossible else { throw TemporalError.invalid(part, call.name) }
        let input = call.compiler.wide(node), from = input.physicalType
        let amounts = try call.integer(amount)
        let days = amounts.range.map { $0 * ValueRange(0, daysOf(part)) } ?? ValueRange(-4_000_000, 4_000_000)
        let shift = ValueRange(max(-4_000_000, min(days.low, 0) - 2), min(4_000_000, max(days.high, 0) + 2))
        let (to, range) = result(call.type, moved(node, byDays: shift))
        return try call.node([amounts, input], to, range: range, raises: true) {
            DateAddKernel(part, clock: clock, keepsMonthEnd: keepsMonthEnd, from: from, to: to)
        }
    }

    /// At least the days of a part.
    private static func daysOf(_ part: DateTimePart) -> Int128 {
        switch part {
        case .year: 366
        case .quarter: 92
        case .month: 31
        case .week, .weekISO: 7
        default: 1
        }
    }

    private static func difference(_ call: FunctionCall) throws -> CompiledNode {
        let part = try call.part(0)
        guard DateTimeArithmetic.canAdd(part) else { throw TemporalError.invalid(part, "DATEDIFF") }
        if call.arguments.dropFirst().contains(where: \.isNullConstant) { return try call.compiler.null(call.type) }
        let clock = try call.compiler.clock(call.arguments[1].type), weeks = call.compiler.facts.weeks
        guard clock.kind != .date || !part.isTimePart else { throw TemporalError.invalid(part, "DATEDIFF") }
        let sides = try ticks(call, [1, 2]), from = sides[0].physicalType
        // A day holds at most so many units; dates are 3.7 million days apart at most.
        let perDay: Int128 = switch part {
        case .hour: 24
        case .minute: 1440
        case .second: 86_400
        case .millisecond: 86_400_000
        case .microsecond: 86_400_000_000
        case .nanosecond: 86_400_000_000_000
        default: 1
        }
        var range = ValueRange(-4_000_000, 4_000_000)
        if let a = dayRange(call.arguments[1]), let b = dayRange(call.arguments[2]) {
            range = b - a + ValueRange(-2, 2)
            // Weeks, months and years between are fewer than the days, and so nearer to zero.
            if [.week, .weekISO, .month, .quarter, .year].contains(part) { range = range.union(.zero) }
        }
        range = range.scaled(by: perDay)
        let to = ExpressionCompiler.width(of: range)
        return try call.node(sides, to, range: range) {
            DateDiffKernel(part, clock: clock, weeks: weeks, from: from, to: to)
        }
    }

    private static func slice(_ call: FunctionCall) throws -> CompiledNode {
        let length = try call.constantInteger(1), part = try call.part(2), isEnd = try call.constantText(3) == "END"
        guard length > 0, DateTimeArithmetic.canTruncate(to: part) else {
            throw TemporalError.invalid(part, "TIME_SLICE")
        }
        let node = call.arguments[0]
        if node.isNullConstant { return try call.compiler.null(call.type) }
        let clock = try call.compiler.clock(node.type), weeks = call.compiler.facts.weeks
        guard clock.kind != .date || !part.isTimePart else { throw TemporalError.invalid(part, "TIME_SLICE") }
        let input = call.compiler.wide(node), from = input.physicalType
        let (to, range) = result(call.type, nil)
        return try call.node([input], to, range: range, raises: true) {
            TimeSliceKernel(part, length: length, isEnd: isEnd, clock: clock, weeks: weeks, from: from)
        }
    }

    private static func fromParts(_ call: FunctionCall) throws -> CompiledNode {
        let (to, range) = result(call.type, nil)
        if call.arguments.count == 2, let timeScale = call.arguments[1].type.scale, let scale = call.type.scale {
            let time = call.compiler.widened(call.arguments[1], to: .int64)
            return try call.node([days(call, 0), time], to, range: range) {
                DateAndTimeKernel(timeScale: timeScale, scale: scale, to: to)
            }
        }
        let isTZ = TimestampKind(call.type) == .tz
        let clock = try call.compiler.clock(call.type, needsZone: isTZ)
        let zone = isTZ ? try call.compiler.facts.zone() : TimeZoneRules.utc
        let inputs = try call.arguments.indices.map { $0 == 7 ? try call.text(7) : try call.integer($0) }
        return try call.node(inputs, to, range: range, raises: true) {
            FromPartsKernel(clock: clock, sessionZone: zone)
        }
    }

    private static func convertZone(_ call: FunctionCall) throws -> CompiledNode {
        let last = call.arguments.count - 1, node = call.arguments[last]
        if node.isNullConstant { return try call.compiler.null(call.type) }
        let input = call.compiler.wide(node), from = input.physicalType, scale = node.type.scale ?? 9
        let (to, range) = result(call.type, nil)
        if last == 2 {
            return try call.node([call.text(0), call.text(1), input], to, range: range, raises: true) {
                ConvertWallClockKernel(scale: scale, from: from)
            }
        }
        let isZoned = TimestampKind(node.type) == .tz
        return try call.node([call.text(0), input], to, range: range, raises: true) {
            ConvertInstantKernel(isZoned: isZoned, scale: scale, from: from)
        }
    }
}
