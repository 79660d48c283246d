import WarehouseBasics

/// A clock that stands still until it is set: what the demo's warehouse takes for the present, so that the published
/// hashes appear in its output.
final class DemoClock: WarehouseClock {
    private let time: Lock<Int128>

    /// 2026-01-04 11:12:43 -0800: when the tag is edited.
    static let edit = seconds(hour: 19, minute: 12, second: 43)
    /// 2026-01-04 11:15:10 -0800: the second snapshot.
    static let secondSnapshot = seconds(hour: 19, minute: 15, second: 10)

    init() { time = Lock(DemoClock.edit) }

    func now() -> Int128 { time.withLock { $0 } }

    func set(_ instant: Int128) { time.withLock { $0 = instant } }

    /// Nanoseconds since the epoch of a time of that day, UTC.
    private static func seconds(hour: Int, minute: Int, second: Int) -> Int128 {
        let days = CivilDate.days(year: 2026, month: 1, day: 4)
        return Int128(days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000_000
    }
}
