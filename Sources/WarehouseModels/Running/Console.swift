#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// Writes what happens in a run as dbt does: for people a time, two spaces and a text; for programs a JSON object with
/// dbt's fields a line.
public struct Console: Sendable {
    /// How events are written (dbt's `--log-format`).
    public enum Format: String, Sendable, CaseIterable { case text, json }

    /// Names the run in events and artifacts.
    public let invocationID: String
    private let clock: any WarehouseClock
    private let format: Format
    private let write: @Sendable (String) -> Void
    /// What no line shows.
    var secrets = SecretVariables()
    /// Where the dots end and the bracket begins.
    private static let width = 80

    /// `write` is given one line a call, without its end.
    public init(
        clock: any WarehouseClock = SystemClock(), format: Format = .text, write: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.format = format
        self.write = write
        invocationID = ArtifactMetadata.makeID()
    }

    /// A line with the time in UTC before it.
    public func line(_ text: String = "") { emit(ConsoleEvent("Formatting", "Z017", text)) }

    func emit(_ event: ConsoleEvent) {
        let now = clock.now()
        guard format == .text else { return write(secrets.masked(json(event, at: now)).text) }
        let tick = DayTicks(ticks: now, scale: 9).tick / 1_000_000_000
        let parts = [tick / 3600, tick / 60 % 60, tick % 60].map { TimestampLiteral.padded(Int($0)) }
        write(parts.joined(separator: ":") + "  " + secrets.masked(event.message))
    }

    private func json(_ event: ConsoleEvent, at time: Int128) -> JSON {
        let info: [(String, JSON)] = [
            ("category", .string("")), ("code", .string(event.code)), ("extra", .object([])),
            ("invocation_id", .string(invocationID)),
            ("level", .string(event.level.rawValue)), ("msg", .string(event.message)), ("name", .string(event.name)),
            ("pid", .integer(Int(getpid()))), ("thread", .string("MainThread")),
            ("ts", .string(ArtifactMetadata.text(time))),
        ]
        return .record(["data": .object(event.data), "info": .object(info)])
    }

    /// `1 of 20 START … ....... [RUN]`.
    func progress(
        _ text: String, of prefix: String = "", index: Int, total: Int, status: String, seconds: Double? = nil,
        as event: ConsoleEvent = ConsoleEvent("Formatting", "Z017")
    ) {
        var start = "\(prefix)\(index) of \(total) \(text) "
        let missing = Console.width - start.count
        if missing > 0 { start += String(repeating: ".", count: missing) }
        var event = event
        event.message = "\(start) [\(status)\(seconds.map { " in \(Console.fixed($0))s" } ?? "")]"
        event.data += [("index", .integer(index)), ("total", .integer(total)), ("status", .string(status))]
        if let seconds { event.data.append(("execution_time", .number(seconds))) }
        emit(event)
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

/// Something that happens in a run, under dbt's name and code of it.
struct ConsoleEvent {
    enum Level: String { case info, warn, error }
    var name: String
    var code: String
    var level = Level.info
    var message: String
    var data: [(String, JSON)]

    /// An event whose message is a line of progress.
    init(_ name: String, _ code: String, level: Level = .info, _ data: [(String, JSON)] = []) {
        self.init(name, code, "", level: level, data)
    }

    init(_ name: String, _ code: String, _ message: String, level: Level = .info, _ data: [(String, JSON)] = []) {
        self.name = name
        self.code = code
        self.level = level
        self.message = message
        self.data = data
    }
}

extension ConsoleEvent {
    /// What events say of a node.
    static func info(_ node: Node, status: String, from start: Int128? = nil, to end: Int128? = nil) -> (String, JSON) {
        let relation: [(String, JSON)] = [
            ("alias", .string(node.name)), ("database", .string(node.relation?.database ?? "")),
            ("relation_name", .string(node.relation?.description ?? "")),
            ("schema", .string(node.relation?.schema ?? node.schema)),
        ]
        return ("node_info", .record([
            "materialized": .string(node.materialization ?? ""), "meta": Manifest.meta(node),
            "node_finished_at": .string(end.map(ArtifactMetadata.text) ?? ""), "node_name": .string(node.name),
            "node_path": .string(node.declaration), "node_relation": .object(relation),
            "node_started_at": .string(start.map(ArtifactMetadata.text) ?? ""), "node_status": .string(status),
            "resource_type": .string(node.kind.rawValue), "unique_id": .string(node.id),
        ]))
    }
}
