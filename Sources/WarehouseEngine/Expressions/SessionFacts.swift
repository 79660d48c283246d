import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// What of the session changes what functions give: zone, formats, week rules.
struct SessionFacts {
    let session: SessionContext

    /// The session's time zone.
    func zone() throws -> TimeZoneRules { try TimeZoneRules.load(session.timeZone) }

    private func parameter(_ name: String) -> String? {
        guard let text = session.parameters[name], !text.isEmpty else { return nil }
        return text
    }

    /// WEEK_START and WEEK_OF_YEAR_POLICY.
    var weeks: WeekRules {
        let start = parameter("WEEK_START").flatMap { Int($0) } ?? 0
        return WeekRules(weekStart: (0...7).contains(start) ? start : 0,
                         januaryFirstPolicy: parameter("WEEK_OF_YEAR_POLICY") == "1")
    }

    private func format(_ text: String) throws -> TimestampFormat {
        let century = parameter("TWO_DIGIT_CENTURY_START").flatMap { Int($0) } ?? 1970
        return try TimestampFormat(text, centuryStart: century)
    }

    /// A format given in SQL.
    func compiled(_ text: String) throws -> TimestampFormat { try format(text) }

    /// How a type of time is read from text.
    func inputFormat(_ type: LogicalType) throws -> TimestampFormat {
        let name = switch type {
        case .date: "DATE_INPUT_FORMAT"
        case .time: "TIME_INPUT_FORMAT"
        default: "TIMESTAMP_INPUT_FORMAT"
        }
        guard let text = parameter(name) else { return .auto }
        return try format(text)
    }

    /// How a type of time is written as text.
    func outputFormat(_ type: LogicalType) throws -> TimestampFormat {
        let names: [String], standard: TimestampFormat
        switch type {
        case .date: (names, standard) = (["DATE_OUTPUT_FORMAT"], .date)
        case .time: (names, standard) = (["TIME_OUTPUT_FORMAT"], .time)
        case .timestampNTZ: (names, standard) = (["TIMESTAMP_NTZ_OUTPUT_FORMAT"], .timestampNTZ)
        case .timestampLTZ:
            (names, standard) = (["TIMESTAMP_LTZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT"], .timestampZoned)
        default: (names, standard) = (["TIMESTAMP_TZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT"], .timestampZoned)
        }
        for name in names {
            if let text = parameter(name) { return try format(text) }
        }
        return standard
    }
}

extension ExpressionCompiler {
    var facts: SessionFacts { SessionFacts(session: context.session) }

    /// A clock for values of `type`; loads the session's zone only where it counts.
    func clock(_ type: LogicalType, needsZone: Bool = false) throws -> LocalClock {
        guard let kind = TemporalKind(type) else {
            throw WarehouseError(.internalFault, "\(type) is not a type of time.")
        }
        let zone = kind == .ltz || needsZone ? try facts.zone() : TimeZoneRules.utc
        return LocalClock(kind, scale: type.scale ?? 0, zone: zone)
    }

    /// An integer argument in 64 or 128 bits.
    func wide(_ node: CompiledNode) -> CompiledNode {
        node.physicalType == .int32 ? widened(node, to: .int64) : node
    }

    /// The width integers with these bounds are put out in.
    static func width(of range: ValueRange) -> PhysicalType { range.fitsInt64 ? .int64 : .int128 }
}
