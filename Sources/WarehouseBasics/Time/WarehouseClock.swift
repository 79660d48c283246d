#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where CURRENT_TIMESTAMP and every stored time of day come from, so that a run can be repeated exactly.
public protocol WarehouseClock: Sendable {
    /// Nanoseconds since 1970-01-01 00:00:00 UTC.
    func now() -> Int128
}

/// The machine's clock.
public struct SystemClock: WarehouseClock {
    /// The one there is.
    public init() {}

    public func now() -> Int128 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int128(time.tv_sec) * 1_000_000_000 + Int128(time.tv_nsec)
    }
}

/// A clock that stands still.
public struct FixedClock: WarehouseClock {
    private let instant: Int128

    /// `nanoseconds` since 1970-01-01 00:00:00 UTC.
    public init(nanoseconds: Int128) { instant = nanoseconds }

    /// `seconds` since 1970-01-01 00:00:00 UTC.
    public init(seconds: Int) { instant = Int128(seconds) * 1_000_000_000 }

    public func now() -> Int128 { instant }
}
