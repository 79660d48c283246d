import WarehouseBasics

/// Precision and scale of NUMBER results, as Snowflake's page on arithmetic operators states them. Precision is capped
/// at 38 digits; what does not fit then is an overflow at run time.
public enum NumberTypes {
    /// Digits before and behind the point.
    struct Shape {
        var precision: Int
        var scale: Int
        var leading: Int { precision - scale }
    }

    static func shape(_ type: LogicalType) -> Shape {
        if case .number(let precision, let scale) = type { return Shape(precision: precision, scale: scale) }
        return Shape(precision: LogicalType.maximumPrecision, scale: 0)
    }

    static func number(leading: Int, scale: Int) -> LogicalType {
        let scale = min(scale, LogicalType.maximumPrecision - 1)
        return .number(precision: max(1, min(LogicalType.maximumPrecision, leading + scale)), scale: scale)
    }

    /// Addition and subtraction: one leading digit more, the greater scale.
    public static func sum(_ a: LogicalType, _ b: LogicalType) -> LogicalType {
        let (x, y) = (shape(a), shape(b))
        return number(leading: max(x.leading, y.leading) + 1, scale: max(x.scale, y.scale))
    }

    /// Multiplication: S = min(S1 + S2, max(S1, S2, 12)).
    public static func product(_ a: LogicalType, _ b: LogicalType) -> LogicalType {
        let (x, y) = (shape(a), shape(b))
        return number(leading: x.leading + y.leading, scale: min(x.scale + y.scale, max(x.scale, y.scale, 12)))
    }

    /// Division: S = max(S1, min(S1 + 6, 12)).
    public static func quotient(_ a: LogicalType, _ b: LogicalType) -> LogicalType {
        let (x, y) = (shape(a), shape(b))
        return number(leading: x.leading + y.scale, scale: max(x.scale, min(x.scale + 6, 12)))
    }

    /// Modulo: no more leading digits than either side.
    public static func remainder(_ a: LogicalType, _ b: LogicalType) -> LogicalType {
        let (x, y) = (shape(a), shape(b))
        return number(leading: min(max(x.leading, 1), max(y.leading, 1)), scale: max(x.scale, y.scale))
    }

    /// The type that holds every value of both.
    public static func union(_ a: LogicalType, _ b: LogicalType) -> LogicalType {
        let (x, y) = (shape(a), shape(b))
        return number(leading: max(x.leading, y.leading), scale: max(x.scale, y.scale))
    }

    /// The same digits before the point, `scale` behind it.
    public static func rescaled(_ type: LogicalType, to scale: Int) -> LogicalType {
        number(leading: shape(type).leading, scale: scale)
    }

    /// SUM of NUMBER(p,s) is NUMBER(38,s).
    public static func total(_ type: LogicalType) -> LogicalType {
        .number(precision: LogicalType.maximumPrecision, scale: shape(type).scale)
    }

    /// AVG over a window, and MEDIAN: three digits more behind the point.
    public static func movingAverage(_ type: LogicalType) -> LogicalType {
        .number(precision: LogicalType.maximumPrecision, scale: min(LogicalType.maximumPrecision - 1, shape(type).scale + 3))
    }

    /// AVG divides the sum by a count: scale as in division.
    public static func average(_ type: LogicalType) -> LogicalType {
        let scale = shape(type).scale
        return .number(precision: LogicalType.maximumPrecision, scale: max(scale, min(scale + 6, 12)))
    }
}
