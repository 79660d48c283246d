import WarehouseBasics
import WarehouseSQL

/// A unit of calendar or clock.
public enum DatePart: String, Sendable, CaseIterable {
    case year, quarter, month, week, day, hour, minute, second
    case dayOfWeek = "dayofweek", dayOfYear = "dayofyear"
}

extension Expr where Value.Base: SQLTime {
    /// `DATE_TRUNC('part', x)`: the start of the year, month, … that `x` lies in; of the same type.
    public func truncated(to part: DatePart) -> Expr<Value> {
        Expr(tree: SyntaxTree.call("DATE_TRUNC", SyntaxTree.text(part.rawValue.uppercased()), tree))
    }

    /// `DATEADD(part, count, x)`; of the same type.
    public func adding(_ count: Int, _ part: DatePart) -> Expr<Value> {
        Expr(tree: SyntaxTree.call("DATEADD", SyntaxTree.text(part.rawValue.uppercased()), Int.literal(count), tree))
    }

    fileprivate func extracted(_ part: DatePart) -> Expression {
        Expression(.extract(part: part.rawValue.uppercased(), from: tree))
    }
}

extension Expr where Value: SQLTime {
    /// `EXTRACT(part FROM x)`.
    public func part(_ part: DatePart) -> Expr<Int64> { Expr<Int64>(tree: extracted(part)) }
    /// `x::DATE`; of an instant, the day in the session's zone.
    public var day: Expr<Day> { cast(to: Day.self) }
    /// `x::TIMESTAMP_NTZ`; of an instant, what a clock in the session's zone showed.
    public var localDateTime: Expr<LocalDateTime> { cast(to: LocalDateTime.self) }
}

extension Expr where Value: SQLOptional, Value.Base: SQLTime {
    /// `EXTRACT(part FROM x)`.
    public func part(_ part: DatePart) -> Expr<Int64?> { Expr<Int64?>(tree: extracted(part)) }
    /// `x::DATE`; of an instant, the day in the session's zone.
    public var day: Expr<Day?> { cast(to: Day.self) }
    /// `x::TIMESTAMP_NTZ`; of an instant, what a clock in the session's zone showed.
    public var localDateTime: Expr<LocalDateTime?> { cast(to: LocalDateTime.self) }
}

extension Expr where Value == Int64 {
    /// `TO_TIMESTAMP_LTZ(x)`: the point of time of epoch seconds.
    public var asInstant: Expr<Instant> { Expr<Instant>(tree: SyntaxTree.call("TO_TIMESTAMP_LTZ", tree)) }
}

extension Expr where Value == Int64? {
    /// `TO_TIMESTAMP_LTZ(x)`: the point of time of epoch seconds.
    public var asInstant: Expr<Instant?> { Expr<Instant?>(tree: SyntaxTree.call("TO_TIMESTAMP_LTZ", tree)) }
}
