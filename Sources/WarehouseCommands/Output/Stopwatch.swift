import WarehouseBasics

/// Time since its making, by a clock that never jumps.
public struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    /// Starts now.
    public init() {}

    /// Seconds since the start.
    public var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// A span of time for a person: `0.8 ms`, `12.3 ms`, `1.25 s`, `2 min 05 s`.
    public static func describe(_ seconds: Double) -> String {
        if seconds < 0.1 { return fixed(seconds * 1_000, digits: 1) + " ms" }
        if seconds < 0.9995 { return fixed(seconds * 1_000, digits: 0) + " ms" }
        if seconds < 59.995 { return fixed(seconds, digits: 2) + " s" }
        let whole = whole(seconds)
        return "\(whole / 60) min \(padded(whole % 60)) s"
    }

    /// `0:07`, `12:30`, `1:02:03`.
    public static func clock(_ seconds: Double) -> String {
        let whole = whole(seconds)
        let minutes = whole / 60 % 60
        if whole < 3_600 { return "\(minutes):\(padded(whole % 60))" }
        return "\(whole / 3_600):\(padded(minutes)):\(padded(whole % 60))"
    }

    /// A number with so many digits behind the point.
    static func fixed(_ value: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        return DecimalText.string(Int128(exactly: (value * scale).rounded()) ?? 0, scale: digits)
    }

    private static func whole(_ seconds: Double) -> Int { Int(exactly: max(0, seconds).rounded()) ?? 0 }
    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
