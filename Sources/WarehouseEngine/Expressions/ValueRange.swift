import WarehouseBasics
import WarehouseColumns

/// Bounds, inclusive, of the non-null values of an integer-held column or expression (NUMBER, DATE, TIME, timestamps,
/// in the unit of their type). Safe: never narrower than the data.
public struct ValueRange: Hashable, Sendable {
    public var low: Int128
    public var high: Int128

    /// `low ≤ high`.
    public init(_ low: Int128, _ high: Int128) {
        self.low = low
        self.high = high
    }

    /// Everything a type may hold.
    public static func of(_ type: LogicalType) -> ValueRange? {
        switch type {
        case .number(let precision, _):
            let limit = PowersOfTen.int128(min(max(precision, 0), 38)) - 1
            return ValueRange(-limit, limit)
        case .date: return ValueRange(Int128(CivilDate.minimumDays), Int128(CivilDate.maximumDays))
        case .time(let scale): return ValueRange(0, Int128(Ticks.perDay(scale)) - 1)
        case .timestampNTZ(let scale): return ValueRange(Ticks.range(scale: scale))
        case .timestampLTZ(let scale):
            // A day more on each side: the wall clock stays in range, the instant may pass it by its offset.
            let range = Ticks.range(scale: scale), day = Int128(Ticks.perDay(scale))
            return ValueRange(range.lowerBound - day, range.upperBound + day)
        case .timestampTZ(let scale):
            let range = Ticks.range(scale: scale), day = Int128(Ticks.perDay(scale))
            return ValueRange((range.lowerBound - day) << 16, (range.upperBound + day) << 16 | 0xFFFF)
        default: return nil
        }
    }

    init(_ range: ClosedRange<Int128>) { self.init(range.lowerBound, range.upperBound) }

    /// Everything a physical integer type holds.
    static func of(_ type: PhysicalType) -> ValueRange? {
        switch type {
        case .int32: ValueRange(Int128(Int32.min), Int128(Int32.max))
        case .int64: ValueRange(Int128(Int64.min), Int128(Int64.max))
        case .int128: ValueRange(.min, .max)
        default: nil
        }
    }

    static let zero = ValueRange(0, 0)

    public func contains(_ value: Int128) -> Bool { low <= value && value <= high }
    func contains(_ other: ValueRange) -> Bool { low <= other.low && other.high <= high }

    var fitsInt32: Bool { low >= Int128(Int32.min) && high <= Int128(Int32.max) }
    var fitsInt64: Bool { low >= Int128(Int64.min) && high <= Int128(Int64.max) }
    /// Whether every value is a number of at most 38 digits.
    var fitsNumber: Bool { low >= -DecimalArithmetic.maximum && high <= DecimalArithmetic.maximum }

    func union(_ other: ValueRange) -> ValueRange { ValueRange(min(low, other.low), max(high, other.high)) }
    func clamped(to other: ValueRange) -> ValueRange {
        let low = max(low, other.low), high = min(high, other.high)
        return low <= high ? ValueRange(low, high) : other
    }
}

// Interval arithmetic; a bound that leaves Int128 saturates, so that the result does not fit 38 digits and is checked.
extension ValueRange {
    private static func add(_ a: Int128, _ b: Int128) -> Int128 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (b < 0 ? .min : .max) : sum
    }
    private static func multiply(_ a: Int128, _ b: Int128) -> Int128 {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? ((a < 0) == (b < 0) ? .max : .min) : product
    }

    static func + (a: ValueRange, b: ValueRange) -> ValueRange { ValueRange(add(a.low, b.low), add(a.high, b.high)) }
    static func - (a: ValueRange, b: ValueRange) -> ValueRange { a + -b }
    static prefix func - (a: ValueRange) -> ValueRange {
        ValueRange(a.high == .min ? .max : -a.high, a.low == .min ? .max : -a.low)
    }
    static func * (a: ValueRange, b: ValueRange) -> ValueRange {
        let corners = [multiply(a.low, b.low), multiply(a.low, b.high), multiply(a.high, b.low),
                       multiply(a.high, b.high)]
        return ValueRange(corners.min() ?? 0, corners.max() ?? 0)
    }
    /// Whether a bound left Int128: the values may lie outside, so that no range of a quotient follows.
    var isSaturated: Bool { low == .min || high == .max }

    /// Values times a positive power of ten.
    func scaled(by factor: Int128) -> ValueRange { self * ValueRange(factor, factor) }
    /// Values divided by a positive divisor, rounded half away from zero, or in any other way by less than one.
    func divided(by divisor: Int128) -> ValueRange {
        guard divisor > 1 else { return self }
        return ValueRange(low / divisor - 1, high / divisor + 1)
    }
}
