/// A constant as written.
public enum Literal: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// Digits as written, unsigned: `1`, `1.50`, `1e-3`.
    case number(String)
    /// The text without quotes, escapes resolved.
    case string(String)
    /// `X'0aff'`: hexadecimal digits in upper case, an even number of them.
    case binary(String)
    case date(String)
    case time(String)
    /// `TIMESTAMP '…'`, `TIMESTAMP_NTZ '…'`, …: the type's name as written in upper case, and the text.
    case timestamp(type: String, String)
    /// `INTERVAL '1 year, 3 days'` has no unit; `INTERVAL '1' DAY` has unit `DAY`, `INTERVAL '1-2' YEAR TO MONTH`
    /// has `YEAR TO MONTH`.
    case interval(String, unit: String?)
}
