/// Arithmetic on times held as integers of 10^-scale seconds, scale 0 to 9.
///
/// A timestamp of scale 9 leaves `Int64` outside 1677 to 2262, so the border type is `Int128`; the `Int64` twins
/// serve narrow columns. Most work is done on the pair day and tick of day, where 64 bits always suffice.
public enum Ticks {
    /// Leap seconds do not exist here.
    public static let secondsPerDay = 86_400

    /// 10^scale for scale 0 to 9.
    @inlinable public static func perSecond(_ scale: Int) -> Int64 {
        switch scale {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        default: 1_000_000_000
        }
    }

    /// Ticks of a day.
    @inlinable public static func perDay(_ scale: Int) -> Int64 { perSecond(scale) &* 86_400 }

    /// Quotient rounded down and remainder 0 ..< divisor; `divisor` is positive.
    @inlinable public static func floorDivide(
        _ value: Int64, by divisor: Int64
    ) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient &- 1, remainder &+ divisor) : (quotient, remainder)
    }

    /// Quotient rounded down and remainder 0 ..< divisor; `divisor` is positive. Values within `Int64` take the
    /// fast path.
    @inlinable public static func floorDivide(
        _ value: Int128, by divisor: Int64
    ) -> (quotient: Int128, remainder: Int64) {
        if let narrow = Int64(exactly: value) {
            let (quotient, remainder) = floorDivide(narrow, by: divisor)
            return (Int128(quotient), remainder)
        }
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: Int128(divisor))
        let low = Int64(truncatingIfNeeded: remainder)
        return low < 0 ? (quotient &- 1, low &+ divisor) : (quotient, low)
    }

    /// Ticks of one scale in another: towards a finer one exactly, towards a coarser one rounded down (a time is
    /// cut, not rounded, as CAST does). Nil when it leaves `Int128`.
    @inlinable public static func rescale(_ ticks: Int128, from: Int, to: Int) -> Int128? {
        if from == to { return ticks }
        if to > from {
            let (product, overflow) = ticks.multipliedReportingOverflow(by: Int128(perSecond(to &- from)))
            return overflow ? nil : product
        }
        return floorDivide(ticks, by: perSecond(from &- to)).quotient
    }

    /// As `rescale` on `Int64`; nil when the result leaves `Int64`.
    @inlinable public static func rescale(_ ticks: Int64, from: Int, to: Int) -> Int64? {
        if from == to { return ticks }
        if to > from {
            let (product, overflow) = ticks.multipliedReportingOverflow(by: perSecond(to &- from))
            return overflow ? nil : product
        }
        return floorDivide(ticks, by: perSecond(from &- to)).quotient
    }

    /// Smallest and largest ticks of a timestamp: 0001-01-01 00:00:00 to the end of 9999-12-31.
    @inlinable public static func range(scale: Int) -> ClosedRange<Int128> {
        Int128(CivilDate.minimumDays) * Int128(perDay(scale))
            ... Int128(CivilDate.maximumDays + 1) * Int128(perDay(scale)) - 1
    }
}

/// A point of time as a day and the ticks passed in it.
@frozen public struct DayTicks: Hashable, Sendable {
    /// Days since 1970-01-01.
    public var day: Int
    /// Ticks since midnight, 0 ..< `Ticks.perDay(scale)`.
    public var tick: Int64

    /// Takes day and tick as they are.
    @inlinable public init(day: Int, tick: Int64) {
        self.day = day
        self.tick = tick
    }

    /// Splits ticks since 1970-01-01 00:00:00.
    @inlinable public init(ticks: Int64, scale: Int) {
        let (quotient, remainder) = Ticks.floorDivide(ticks, by: Ticks.perDay(scale))
        day = Int(quotient)
        tick = remainder
    }

    /// Splits ticks since 1970-01-01 00:00:00, whose day must lie within `Int`.
    @inlinable public init(ticks: Int128, scale: Int) {
        let (quotient, remainder) = Ticks.floorDivide(ticks, by: Ticks.perDay(scale))
        day = Int(truncatingIfNeeded: quotient)
        tick = remainder
    }

    /// Ticks since 1970-01-01 00:00:00.
    @inlinable public func ticks(scale: Int) -> Int128 {
        let (high, low) = Int64(day).multipliedFullWidth(by: Ticks.perDay(scale))
        return (Int128(high) << 64 | Int128(low)) &+ Int128(tick)
    }

    /// Ticks since 1970-01-01 00:00:00, or nil when they leave `Int64`.
    @inlinable public func narrowTicks(scale: Int) -> Int64? {
        let (product, overflow) = Int64(day).multipliedReportingOverflow(by: Ticks.perDay(scale))
        let (sum, overflowed) = product.addingReportingOverflow(tick)
        return overflow || overflowed ? nil : sum
    }

    /// Seconds since 1970-01-01 00:00:00, rounded down.
    @inlinable public func seconds(scale: Int) -> Int64 { Int64(day) &* 86_400 &+ tick / Ticks.perSecond(scale) }
}
