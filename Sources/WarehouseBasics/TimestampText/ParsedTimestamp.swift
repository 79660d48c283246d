/// What a text of a date, time or timestamp says: a wall-clock time, and the offset if one was written.
@frozen public struct ParsedTimestamp: Hashable, Sendable {
    /// Wall-clock seconds since 1970-01-01 00:00:00, rounded down.
    public var seconds: Int64
    /// 0 to 999,999,999.
    public var nanoseconds: Int32
    /// Minutes east of UTC, or `ParsedTimestamp.noOffset`.
    public var offsetMinutes: Int32
    /// The text was a bare integer: seconds (or finer) since the epoch, in UTC. `offsetMinutes` is then 0.
    public var isEpoch: Bool

    /// `offsetMinutes` of a text without an offset.
    public static let noOffset = Int32.min

    /// Takes the parts as they are.
    @inlinable public init(
        seconds: Int64, nanoseconds: Int32, offsetMinutes: Int32 = ParsedTimestamp.noOffset, isEpoch: Bool = false
    ) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.offsetMinutes = offsetMinutes
        self.isEpoch = isEpoch
    }

    /// Whether the text wrote an offset (or was an integer, which is UTC).
    @inlinable public var hasOffset: Bool { offsetMinutes != ParsedTimestamp.noOffset }

    /// Days since 1970-01-01 on the wall clock.
    @inlinable public var days: Int { Int(Ticks.floorDivide(seconds, by: 86_400).quotient) }

    /// Nanoseconds since midnight on the wall clock.
    @inlinable public var nanosecondOfDay: Int64 {
        Ticks.floorDivide(seconds, by: 86_400).remainder &* 1_000_000_000 &+ Int64(nanoseconds)
    }

    /// UTC seconds: by the written offset, else by the zone of `cursor`.
    @inlinable public func utcSeconds(_ cursor: inout TimeZoneRules.Cursor) -> Int64 {
        hasOffset ? seconds &- Int64(offsetMinutes) &* 60 : cursor.utc(fromLocal: seconds)
    }

    /// Wall-clock ticks of 10^-scale seconds, cut. This is the value of a TIMESTAMP_NTZ.
    @inlinable public func localTicks(scale: Int) -> Int128 {
        ParsedTimestamp.ticks(seconds: seconds, nanoseconds: nanoseconds, scale: scale)
    }

    /// Seconds and nanoseconds as ticks of 10^-scale seconds, cut.
    @inlinable public static func ticks(seconds: Int64, nanoseconds: Int32, scale: Int) -> Int128 {
        let (high, low) = seconds.multipliedFullWidth(by: Ticks.perSecond(scale))
        return (Int128(high) << 64 | Int128(low)) &+ Int128(Int64(nanoseconds) / Ticks.perSecond(9 &- scale))
    }

    /// As `ticks(seconds:nanoseconds:scale:)`, or nil when the result leaves `Int64`.
    @inlinable public static func narrowTicks(seconds: Int64, nanoseconds: Int32, scale: Int) -> Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: Ticks.perSecond(scale))
        let (sum, overflowed) = product.addingReportingOverflow(Int64(nanoseconds) / Ticks.perSecond(9 &- scale))
        return overflow || overflowed ? nil : sum
    }
}
