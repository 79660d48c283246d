import WarehouseBasics

/// Writes dbt's console lines: a time, two spaces, a text.
public struct Console: Sendable {
    private let clock: any WarehouseClock
    private let write: @Sendable (String) -> Void
    /// Where the dots end and the bracket begins.
    private static let width = 80

    /// `write` is given one line a call, without its end.
    public init(clock: any WarehouseClock = SystemClock(), write: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.write = write
    }

    /// A line with the time in UTC before it.
    public func line(_ text: String = "") {
        let tick = DayTicks(ticks: clock.now(), scale: 9).tick / 1_000_000_000
        let parts = [tick / 3600, tick / 60 % 60, tick % 60].map { TimestampLiteral.padded(Int($0)) }
        write(parts.joined(separator: ":") + "  " + text)
    }

    /// `1 of 20 START … ....... [RUN]`.
    func progress(
        _ text: String, of prefix: String = "", index: Int, total: Int, status: String, seconds: Double? = nil
    ) {
        var start = "\(prefix)\(index) of \(total) \(text) "
        let missing = Console.width - start.count
        if missing > 0 { start += String(repeating: ".", count: missing) }
        line("\(start) [\(status)\(seconds.map { " in \(Console.fixed($0))s" } ?? "")]")
    }

    /// Two digits behind the point.
    static func fixed(_ seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "0.00" }
        return DecimalText.string(Int128((max(0, seconds) * 100).rounded()), scale: 2)
    }

    /// ` in 0 hours 0 minutes and 1.40 seconds (1.40s).`
    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 1e9))
        let rest = seconds - Double(whole / 60 * 60)
        return " in \(whole / 3600) hours \(whole / 60 % 60) minutes and \(fixed(rest)) seconds (\(fixed(seconds))s)."
    }

    /// `1 model`, `2 models`, `2 analyses`.
    static func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
        "\(count) " + (count == 1 ? noun : plural ?? noun + "s")
    }
}
