import WarehouseBasics

/// How long a batch of a microbatch model is. Times are those of UTC.
public enum BatchSize: String, Sendable {
    case hour, day, month, year

    private static let hourNanoseconds: Int64 = 3_600_000_000_000

    /// The start of the batch that a time lies in.
    func truncated(_ time: LocalDateTime) -> LocalDateTime { start(time, offset: 0) }

    /// The start of the batch so many batches after the one that a time lies in, before it where `offset` is negative.
    func start(_ time: LocalDateTime, offset: Int) -> LocalDateTime {
        switch self {
        case .hour: return BatchSize.shifted(time, by: BatchSize.hourNanoseconds, offset)
        case .day: return BatchSize.shifted(time, by: 24 * BatchSize.hourNanoseconds, offset)
        case .month, .year:
            let day = 24 * BatchSize.hourNanoseconds
            let date = CivilDate(daysSinceEpoch: Int(Ticks.floorDivide(time.nanoseconds, by: day).quotient))
            let months = self == .year ? (date.year + offset) * 12 : date.year * 12 + date.month - 1 + offset
            let (year, month) = months.quotientAndRemainder(dividingBy: 12)
            let start = CivilDate(year: month < 0 ? year - 1 : year, month: (month + 12) % 12 + 1, day: 1)
            return LocalDateTime(nanoseconds: Int128(start.daysSinceEpoch) * Int128(day))
        }
    }

    private static func shifted(_ time: LocalDateTime, by length: Int64, _ offset: Int) -> LocalDateTime {
        let rest = Ticks.floorDivide(time.nanoseconds, by: length).remainder
        return LocalDateTime(nanoseconds: time.nanoseconds - Int128(rest) + Int128(offset) * Int128(length))
    }

    /// The time itself when a batch starts there, else the start of the next batch.
    func ceiling(_ time: LocalDateTime) -> LocalDateTime {
        truncated(time) == time ? time : start(time, offset: 1)
    }
}

/// A span of time, its end left out.
struct TimeRange: Hashable, Sendable {
    var start: LocalDateTime
    var end: LocalDateTime
}

/// A microbatch model's way to be built.
struct Microbatch: Hashable, Sendable {
    /// The model's own event time.
    var column: String
    var type: LogicalType
    var begin: LocalDateTime
    var size: BatchSize
    /// Batches before the newest that are built again.
    var lookback: Int

    private static let maximumBatches = 100_000

    /// The batches of a run, oldest first: as they are asked for, else to now, from `begin` where nothing is there yet.
    func batches(
        isIncremental: Bool, from: LocalDateTime?, to: LocalDateTime?, now: LocalDateTime
    ) throws(WarehouseError) -> [TimeRange] {
        let end = size.ceiling(to ?? now)
        // The end is where a batch starts, so the newest batch is one before it.
        let start = from.map(size.truncated)
            ?? (isIncremental ? size.start(end, offset: -lookback - 1) : size.truncated(begin))
        guard start < end else { return [TimeRange(start: start, end: start)] }
        var result: [TimeRange] = []
        var next = start
        while next < end {
            guard result.count < Microbatch.maximumBatches else {
                throw WarehouseError(
                    .model, "From \(LocalDateTime.text(start)) on there are more than \(Microbatch.maximumBatches) "
                        + "batches of one \(size.rawValue).", hint: "Begin later, or take longer batches.")
            }
            let following = size.start(next, offset: 1)
            result.append(TimeRange(start: next, end: following))
            next = following
        }
        result[result.count - 1].end = end
        return result
    }

    /// What a batch is called: `2026-01-31`, of an hour `2026-01-31T16`.
    func name(of batch: TimeRange) -> String {
        let text = LocalDateTime.text(batch.start)
        return size == .hour ? String(text.prefix(10)) + "T" + text.dropFirst(11).prefix(2) : String(text.prefix(10))
    }
}

extension LocalDateTime {
    /// `2026-01-31 16:00:00`.
    static func text(_ time: LocalDateTime) -> String { TimestampLiteral.text(time.nanoseconds) }

    /// Reads a date or a date and time, of UTC where it names no offset; nil when it is none.
    public init?(text: String) {
        guard let parsed = TimestampText.parseTimestamp(text), !parsed.isEpoch else { return nil }
        var seconds = Int128(parsed.seconds)
        if parsed.hasOffset { seconds -= Int128(parsed.offsetMinutes) * 60 }
        self.init(nanoseconds: seconds * 1_000_000_000 + Int128(parsed.nanoseconds))
    }
}
