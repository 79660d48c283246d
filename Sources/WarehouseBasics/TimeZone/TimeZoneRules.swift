/// The offsets of one time zone over all of time. Immutable; load it with `TimeZoneRules.load`.
///
/// Inside is one table of intervals, by UTC instant and by wall clock. A zone whose rule goes on for ever has its
/// table filled for 400 years past the last recorded change: the Gregorian calendar repeats after 400 years, days
/// of the week included, so later instants are looked up 400 years earlier as often as needed.
public final class TimeZoneRules: Sendable {
    /// As it was asked for: `America/Los_Angeles`.
    public let name: String
    /// Start of each interval in UTC seconds since 1970; the first is `Int64.min`.
    @usableFromInline let starts: [Int64]
    /// Start of each interval on the wall clock. Where clocks go back, the repeated hour belongs to the earlier
    /// interval (the first pass); where they go forward, the skipped hour does too, which shifts it forward.
    @usableFromInline let localStarts: [Int64]
    /// Seconds east of UTC, one an interval.
    @usableFromInline let offsets: [Int32]
    /// Instants from here on repeat those 400 years earlier; `Int64.max` when the zone changes no more.
    @usableFromInline let repeatStart: Int64

    /// Seconds in 400 Gregorian years.
    @usableFromInline static let cycleSeconds: Int64 = 146_097 * 86_400

    /// `changes`: instants in ascending order (equal ones in order of effect) with the offset from then on; `first`
    /// holds before them.
    init(name: String, first: Int32, changes: [(at: Int64, offset: Int32)], repeatStart: Int64 = .max) {
        self.name = name
        self.repeatStart = repeatStart
        var starts = [Int64.min]
        var localStarts = [Int64.min]
        var offsets = [first]
        for change in changes {
            if change.at == starts[starts.count - 1], starts.count > 1 {
                // Two changes at one instant (summer time the whole year round): the later one counts.
                starts.removeLast()
                localStarts.removeLast()
                offsets.removeLast()
            }
            let last = offsets[offsets.count - 1]
            guard change.at > starts[starts.count - 1], change.offset != last else { continue }
            let local = change.at.addingReportingOverflow(Int64(max(change.offset, last)))
            starts.append(change.at)
            localStarts.append(max(localStarts[localStarts.count - 1], local.overflow ? change.at : local.partialValue))
            offsets.append(change.offset)
        }
        self.starts = starts
        self.localStarts = localStarts
        self.offsets = offsets
    }

    /// UTC, which needs no file.
    public static let utc = TimeZoneRules(name: "UTC", first: 0, changes: [])

    /// A zone that is always `offsetSeconds` east of UTC.
    public static func fixed(offsetSeconds: Int32, name: String) -> TimeZoneRules {
        TimeZoneRules(name: name, first: offsetSeconds, changes: [])
    }

    /// Whether one offset holds for ever; then `fixedOffsetSeconds` is it.
    public var isFixed: Bool { offsets.count == 1 }

    /// The offset before the first recorded change, and the only one of a fixed zone.
    public var fixedOffsetSeconds: Int32 { offsets[0] }

    /// Seconds east of UTC at an instant in UTC seconds since 1970.
    public func offsetSeconds(atUTC instant: Int64) -> Int32 {
        interval(atUTC: instant).offset
    }

    /// The offsets of a span of instants, each with where it begins; the first holds at `low`.
    public func offsets(from low: Int64, through high: Int64) -> [(start: Int64, offset: Int32)] {
        var found: [(start: Int64, offset: Int32)] = [], instant = low
        while true {
            let next = interval(atUTC: instant)
            if found.last?.offset != next.offset { found.append((instant, next.offset)) }
            guard next.end <= high else { return found }
            instant = next.end
        }
    }

    /// The instant a wall-clock time names, both in seconds since 1970. A time that occurs twice means the first
    /// pass; one that is skipped is shifted forward by the length of the gap.
    public func utc(fromLocal local: Int64) -> Int64 {
        local &- Int64(interval(atLocal: local).offset)
    }

    /// The interval around an instant, in UTC seconds: its bounds (end exclusive) and its offset.
    @usableFromInline func interval(atUTC instant: Int64) -> (start: Int64, end: Int64, offset: Int32) {
        let shift = cycleShift(instant)
        let index = TimeZoneRules.search(starts, instant &- shift)
        let end = index + 1 < starts.count ? starts[index + 1] : Int64.max
        return bounded(start: starts[index], end: end, shift: shift, limit: repeatStart, offset: offsets[index])
    }

    /// The interval around a wall-clock time, in wall-clock seconds: its bounds (end exclusive) and its offset.
    @usableFromInline func interval(atLocal local: Int64) -> (start: Int64, end: Int64, offset: Int32) {
        let shift = cycleShift(local)
        let index = TimeZoneRules.search(localStarts, local &- shift)
        let end = index + 1 < localStarts.count ? localStarts[index + 1] : Int64.max
        return bounded(start: localStarts[index], end: end, shift: shift, limit: repeatStart, offset: offsets[index])
    }

    /// Whole cycles to subtract so that a time falls into the table.
    private func cycleShift(_ time: Int64) -> Int64 {
        guard time >= repeatStart else { return 0 }
        let cycles = (time &- repeatStart) / TimeZoneRules.cycleSeconds &+ 1
        return cycles &* TimeZoneRules.cycleSeconds
    }

    /// Moves an interval back by `shift` and cuts it where the next repetition begins.
    private func bounded(
        start: Int64, end: Int64, shift: Int64, limit: Int64, offset: Int32
    ) -> (start: Int64, end: Int64, offset: Int32) {
        guard limit != .max else { return (start, end, offset) }
        let low = max(start, shift == 0 ? .min : limit &- TimeZoneRules.cycleSeconds)
        let high = min(end, limit)
        guard shift > 0 else { return (low, high, offset) }
        let (movedHigh, overflow) = high.addingReportingOverflow(shift)
        return (low &+ shift, overflow ? .max : movedHigh, offset)
    }

    /// Index of the last element not above `value`; the first element is `Int64.min`.
    private static func search(_ sorted: [Int64], _ value: Int64) -> Int {
        var low = 0
        var high = sorted.count
        while high - low > 1 {
            let middle = (low + high) >> 1
            if sorted[middle] <= value { low = middle } else { high = middle }
        }
        return low
    }
}

extension TimeZoneRules {
    /// Looks up offsets one after another and remembers the last interval: about a nanosecond a value while they
    /// stay in one. One cursor a thread.
    @frozen public struct Cursor {
        @usableFromInline let rules: TimeZoneRules
        @usableFromInline var start: Int64 = 1
        @usableFromInline var end: Int64 = 0
        @usableFromInline var offset: Int64 = 0
        @usableFromInline var localStart: Int64 = 1
        @usableFromInline var localEnd: Int64 = 0
        @usableFromInline var localOffset: Int64 = 0

        /// A cursor that has looked at nothing yet.
        @inlinable public init(_ rules: TimeZoneRules) { self.rules = rules }

        /// Seconds east of UTC at an instant in UTC seconds since 1970.
        @inlinable @inline(__always) public mutating func offsetSeconds(atUTC instant: Int64) -> Int64 {
            if instant < start || instant >= end { move(toUTC: instant) }
            return offset
        }

        /// Wall-clock seconds of an instant in UTC seconds, both since 1970.
        @inlinable @inline(__always) public mutating func local(fromUTC instant: Int64) -> Int64 {
            instant &+ offsetSeconds(atUTC: instant)
        }

        /// The instant a wall-clock time names; see `TimeZoneRules.utc(fromLocal:)`.
        @inlinable @inline(__always) public mutating func utc(fromLocal local: Int64) -> Int64 {
            if local < localStart || local >= localEnd { move(toLocal: local) }
            return local &- localOffset
        }

        @usableFromInline mutating func move(toUTC instant: Int64) {
            let interval = rules.interval(atUTC: instant)
            (start, end, offset) = (interval.start, interval.end, Int64(interval.offset))
        }

        @usableFromInline mutating func move(toLocal local: Int64) {
            let interval = rules.interval(atLocal: local)
            (localStart, localEnd, localOffset) = (interval.start, interval.end, Int64(interval.offset))
        }
    }

    /// A new cursor over these rules.
    public func makeCursor() -> Cursor { Cursor(self) }
}
