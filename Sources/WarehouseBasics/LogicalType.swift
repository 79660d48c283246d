/// What a column or an expression is to SQL, apart from how its values lie in memory (see `PhysicalType`).
public enum LogicalType: Hashable, Sendable {
    /// Exact decimal: at most 38 digits, `scale` of them behind the point. Held as an integer of 10^-scale.
    case number(precision: Int, scale: Int)
    case float
    /// Text in UTF-8 of at most `length` characters.
    case varchar(length: Int)
    case binary(length: Int)
    case boolean
    /// Days since 1970-01-01.
    case date
    /// Ticks of 10^-scale seconds since midnight.
    case time(scale: Int)
    /// Wall-clock ticks of 10^-scale seconds since 1970-01-01 00:00:00, no zone.
    case timestampNTZ(scale: Int)
    /// An instant: ticks of 10^-scale seconds since the epoch in UTC, shown in the session's time zone.
    case timestampLTZ(scale: Int)
    /// An instant with the offset it was written in: (UTC ticks << 16) | (offset minutes + 32768), see `ZonedTicks`.
    case timestampTZ(scale: Int)
    /// Self-describing semi-structured value (`VariantEncoding` bytes).
    case variant
    case object
    /// ARRAY. `element` is non-nil where every element is known to have one scalar type (SPLIT gives varchar);
    /// it is knowledge of the engine, not part of the SQL type: both print as ARRAY.
    indirect case array(element: LogicalType?)
    /// The type of a bare NULL, before anything gives it another.
    case null
}

extension LogicalType {
    public static let maximumPrecision = 38
    public static let maximumTextLength = 16_777_216
    public static let maximumBinaryLength = 8_388_608

    /// NUMBER(38,0), which INTEGER, BIGINT and their kin mean.
    public static let integer = LogicalType.number(precision: 38, scale: 0)
    public static let text = LogicalType.varchar(length: maximumTextLength)

    public var isNumeric: Bool {
        switch self {
        case .number, .float: true
        default: false
        }
    }

    public var isText: Bool {
        if case .varchar = self { return true }
        return false
    }

    public var isTimestamp: Bool {
        switch self {
        case .timestampNTZ, .timestampLTZ, .timestampTZ: true
        default: false
        }
    }

    public var isTemporal: Bool {
        switch self {
        case .date, .time: true
        default: isTimestamp
        }
    }

    public var isSemiStructured: Bool {
        switch self {
        case .variant, .object, .array: true
        default: false
        }
    }

    /// Digits behind the point of a NUMBER, fractional-second digits of a time or timestamp, else nil.
    public var scale: Int? {
        switch self {
        case .number(_, let scale), .time(let scale), .timestampNTZ(let scale), .timestampLTZ(let scale),
             .timestampTZ(let scale): scale
        default: nil
        }
    }
}

extension LogicalType: CustomStringConvertible {
    /// The type as DESC TABLE prints it: `NUMBER(38,0)`, `VARCHAR(16777216)`, `TIMESTAMP_LTZ(9)`.
    public var description: String {
        switch self {
        case .number(let precision, let scale): "NUMBER(\(precision),\(scale))"
        case .float: "FLOAT"
        case .varchar(let length): "VARCHAR(\(length))"
        case .binary(let length): "BINARY(\(length))"
        case .boolean: "BOOLEAN"
        case .date: "DATE"
        case .time(let scale): "TIME(\(scale))"
        case .timestampNTZ(let scale): "TIMESTAMP_NTZ(\(scale))"
        case .timestampLTZ(let scale): "TIMESTAMP_LTZ(\(scale))"
        case .timestampTZ(let scale): "TIMESTAMP_TZ(\(scale))"
        case .variant: "VARIANT"
        case .object: "OBJECT"
        case .array: "ARRAY"
        case .null: "NULL"
        }
    }
}
