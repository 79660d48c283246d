import WarehouseBasics

extension ScalarFunctions {
    private static func part(_ part: DateTimePart, _ name: String, aliases: [String] = []) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 1...1) { try DateParts.extract(part, $1[0], $0, $1) }
    }

    private static let parts: [ScalarFunction] = [
        part(.year, "YEAR"), part(.quarter, "QUARTER"), part(.month, "MONTH"),
            part(.day, "DAY", aliases: ["DAYOFMONTH"]),
        part(.dayOfWeek, "DAYOFWEEK"), part(.dayOfWeekISO, "DAYOFWEEKISO"), part(.dayOfYear, "DAYOFYEAR"),
        part(.week, "WEEK", aliases: ["WEEKOFYEAR"]), part(.weekISO, "WEEKISO"), part(.yearOfWeek, "YEAROFWEEK"),
        part(.yearOfWeekISO, "YEAROFWEEKISO"), part(.hour, "HOUR"), part(.minute, "MINUTE"), part(.second, "SECOND"),
    ]

    private static let arithmeticOfDates: [ScalarFunction] = [
        ScalarFunction("DATE_TRUNC", arguments: 2...2, partArgument: 0) { try DateParts.truncate($0, $1) },
        ScalarFunction("DATE_PART", aliases: ["EXTRACT"], arguments: 2...2, partArgument: 0) {
            try DateParts.extract(try DateParts.part($1[0], $0, "DATE_PART"), $1[1], $0, $1)
        },
        ScalarFunction("DATEADD", aliases: ["TIMEADD", "TIMESTAMPADD"], arguments: 3...3, partArgument: 0) {
            try DateParts.add($0, $1)
        },
        ScalarFunction("DATEDIFF", aliases: ["TIMEDIFF", "TIMESTAMPDIFF"], arguments: 3...3, partArgument: 0) {
            try DateParts.difference($0, $1)
        },
        ScalarFunction("ADD_MONTHS", [.dateOrTimestamp, .integer], .first),
        ScalarFunction("LAST_DAY", arguments: 1...2, partArgument: 1) { factory, arguments in
            let part = arguments.count > 1 ? try DateParts.part(arguments[1], factory, "LAST_DAY") : .month
            guard [.year, .quarter, .month, .week, .weekISO].contains(part) else {
                throw DateParts.invalid(part, "LAST_DAY")
            }
            let date = try ParameterType.date.coerce(arguments[0], factory, function: "LAST_DAY", all: arguments)
            return .call("LAST_DAY", [date, DateParts.constant(part)], .date)
        },
        ScalarFunction("NEXT_DAY", [.date, .text], .date), ScalarFunction("PREVIOUS_DAY", [.date, .text], .date),
        ScalarFunction("MONTHS_BETWEEN", [.timestampNTZ, .timestampNTZ], .fixed(.number(precision: 38, scale: 6))),
        ScalarFunction("MONTHNAME", [.date], .fixed(.varchar(length: 3))),
        ScalarFunction("DAYNAME", [.date], .fixed(.varchar(length: 3))),
        ScalarFunction("TIME_SLICE", arguments: 3...4, partArgument: 2) { try DateParts.slice($0, $1) },
    ]

    private static func fromParts(_ name: String, aliases: [String], _ type: LogicalType,
                                  isZoned: Bool = false) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 2...(isZoned ? 8 : 7)) {
            try DateParts.timestampFromParts(name, $0, $1, type)
        }
    }

    private static let constructors: [ScalarFunction] = [
        ScalarFunction("DATE_FROM_PARTS", aliases: ["DATEFROMPARTS"], [.integer, .integer, .integer], .date),
        filled("TIME_FROM_PARTS", aliases: ["TIMEFROMPARTS"], [.integer, .integer, .integer, .integer], required: 3,
               defaults: [.integer(0)], .fixed(.time(scale: 9))),
        fromParts("TIMESTAMP_NTZ_FROM_PARTS", aliases: ["TIMESTAMP_FROM_PARTS", "TIMESTAMPNTZFROMPARTS",
                                                        "TIMESTAMPFROMPARTS"], .timestampNTZ(scale: 9)),
        fromParts("TIMESTAMP_LTZ_FROM_PARTS", aliases: ["TIMESTAMPLTZFROMPARTS"], .timestampLTZ(scale: 9)),
        fromParts("TIMESTAMP_TZ_FROM_PARTS", aliases: ["TIMESTAMPTZFROMPARTS"], .timestampTZ(scale: 9), isZoned: true),
        ScalarFunction("CONVERT_TIMEZONE", arguments: 2...3) { try DateParts.convertZone($0, $1) },
    ]

    static let dates: [ScalarFunction] = parts + arithmeticOfDates + constructors
}

/// Time parts and the typing of functions that take them.
enum DateParts {
    static func constant(_ part: DateTimePart) -> BoundExpression {
        let spelling = DateTimePart.spellings.first { $0.part == part }?.names.first ?? part.rawValue
        return .constant(.text(spelling.uppercased()))
    }

    static func part(_ argument: BoundExpression, _ factory: ExpressionFactory, _ name: String) throws -> DateTimePart {
        try DateTimePart.resolve(try factory.constantText(argument, of: name))
    }

    static func invalid(_ part: DateTimePart, _ name: String) -> WarehouseError {
        WarehouseError(.invalidValue, "'\(part.rawValue)' is not a valid date/time component for function \(name).")
    }

    private static func temporal(_ argument: BoundExpression, _ factory: ExpressionFactory, _ name: String,
                                 _ all: [BoundExpression]) throws -> BoundExpression {
        try ParameterType.temporal.coerce(argument, factory, function: name, all: all)
    }

    static func truncate(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        var (first, second) = (arguments[0], arguments[1])
        if first.type.isTemporal, second.type.isText { swap(&first, &second) }
        let part = try part(first, factory, "DATE_TRUNC")
        guard DateTimeArithmetic.canTruncate(to: part) else { throw invalid(part, "DATE_TRUNC") }
        let value = try temporal(second, factory, "DATE_TRUNC", arguments)
        if value.type == .date, part.isTimePart { return value }
        return .call("DATE_TRUNC", [constant(part), value], value.type)
    }

    static func extract(_ part: DateTimePart, _ argument: BoundExpression, _ factory: ExpressionFactory,
                        _ all: [BoundExpression]) throws -> BoundExpression {
        var value = try temporal(argument, factory, "DATE_PART", all)
        if value.type == .date, part.isTimePart { value = try factory.implicit(value, to: .timestampNTZ(scale: 0)) }
        let digits = switch part {
        case .year, .yearOfWeek, .yearOfWeekISO: 4
        case .dayOfYear: 3
        case .month, .day, .week, .weekISO, .hour, .minute, .second: 2
        case .quarter, .dayOfWeek, .dayOfWeekISO: 1
        case .nanosecond, .microsecond, .millisecond, .timezoneHour, .timezoneMinute: 9
        default: 38
        }
        return .call("DATE_PART", [constant(part), value], .number(precision: digits, scale: 0))
    }

    static func add(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let part = try part(arguments[0], factory, "DATEADD")
        guard DateTimeArithmetic.canAdd(part) else { throw invalid(part, "DATEADD") }
        let amount = try ParameterType.integer.coerce(arguments[1], factory, function: "DATEADD", all: arguments)
        var value = try temporal(arguments[2], factory, "DATEADD", arguments)
        if value.type == .date, part.isTimePart { value = try factory.implicit(value, to: .timestampNTZ(scale: 9)) }
        if case .time = value.type, !part.isTimePart { throw invalid(part, "DATEADD") }
        return .call("DATEADD", [constant(part), amount, value], value.type)
    }

    static func difference(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let part = try part(arguments[0], factory, "DATEDIFF")
        guard DateTimeArithmetic.canAdd(part) else { throw invalid(part, "DATEDIFF") }
        var from = try temporal(arguments[1], factory, "DATEDIFF", arguments)
        var to = try temporal(arguments[2], factory, "DATEDIFF", arguments)
        guard var type = Coercion.common(from.type, to.type) else {
            throw ExpressionFactory.invalidArguments("DATEDIFF", arguments)
        }
        if type == .date, part.isTimePart { type = .timestampNTZ(scale: 0) }
        from = try factory.implicit(from, to: type)
        to = try factory.implicit(to, to: type)
        return .call("DATEDIFF", [constant(part), from, to],
            .number(precision: part == .nanosecond ? 38 : 18, scale: 0))
    }

    static func slice(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let part = try part(arguments[2], factory, "TIME_SLICE")
        guard DateTimeArithmetic.canTruncate(to: part) else { throw invalid(part, "TIME_SLICE") }
        let length = try factory.constantInteger(arguments[1], of: "TIME_SLICE")
        guard length > 0 else {
            throw WarehouseError(.invalidValue, "Invalid value [\(length)] for function 'TIME_SLICE', parameter 2")
        }
        let end = arguments.count > 3 ? try factory.constantText(arguments[3], of: "TIME_SLICE").uppercased() : "START"
        guard end == "START" || end == "END" else {
            throw WarehouseError(.invalidValue, "Invalid value ['\(end)'] for function 'TIME_SLICE', parameter 4: "
                + "START or END is expected")
        }
        let value =
            try ParameterType.dateOrTimestamp.coerce(arguments[0], factory, function: "TIME_SLICE", all: arguments)
        return .call("TIME_SLICE", [value, .constant(.integer(length)), constant(part), .constant(.text(end))],
            value.type)
    }

    /// `(date, time)`, or year, month, day, hour, minute, second [, nanosecond [, zone]].
    static func timestampFromParts(_ name: String, _ factory: ExpressionFactory, _ arguments: [BoundExpression],
                                   _ type: LogicalType) throws -> BoundExpression {
        if arguments.count == 2, case .timestampNTZ = type {
            let date = try ParameterType.date.coerce(arguments[0], factory, function: name, all: arguments)
            let time = try ParameterType.time.coerce(arguments[1], factory, function: name, all: arguments)
            return .call(name, [date, time], type)
        }
        guard arguments.count >= 6 else {
            throw WarehouseError(.argumentCount,
                                 "not enough arguments for function [\(name)], expected 6, got \(arguments.count)")
        }
        var parts = try arguments.prefix(7).map {
            try ParameterType.integer.coerce($0, factory, function: name, all: arguments)
        }
        if parts.count == 6 { parts.append(.constant(.integer(0))) }
        if arguments.count == 8 {
            parts.append(try ParameterType.text.coerce(arguments[7], factory, function: name, all: arguments))
        }
        return .call(name, parts, type)
    }

    static func convertZone(_ factory: ExpressionFactory, _ arguments: [BoundExpression]) throws -> BoundExpression {
        let name = "CONVERT_TIMEZONE"
        let zones = try arguments.dropLast().map {
            try ParameterType.text.coerce($0, factory, function: name, all: arguments)
        }
        let value = arguments[arguments.count - 1]
        if arguments.count == 3 {
            if case .timestampTZ = value.type { throw ExpressionFactory.invalidArguments(name, arguments) }
            let wall = try ParameterType.timestampNTZ.coerce(value, factory, function: name, all: arguments)
            return .call(name, zones + [wall], wall.type)
        }
        var instant = value
        switch value.type {
        case .timestampTZ, .timestampLTZ: break
        case .timestampNTZ(let scale): instant = try factory.implicit(value, to: .timestampLTZ(scale: scale))
        case .varchar: instant = try factory.implicit(value, to: .timestampTZ(scale: 9))
        default: instant = try factory.implicit(value, to: .timestampLTZ(scale: 9))
        }
        return .call(name, zones + [instant], .timestampTZ(scale: instant.type.scale ?? 9))
    }
}
