import WarehouseBasics

/// What every artifact says of the run that wrote it.
struct ArtifactMetadata {
    let version: String
    let project: String
    let invocationID: String
    /// Nanoseconds since 1970 UTC.
    let time: Int128
    let startedAt: Int128

    /// Of no run: for those who read what is said of nodes only.
    static var none: ArtifactMetadata {
        ArtifactMetadata(version: "", project: "", invocationID: "", time: 0, startedAt: 0)
    }

    /// `metadata` of an artifact of dbt's schema, such as `manifest/v12`.
    func json(schema: String, more: [(String, JSON)] = []) -> JSON {
        .object([
            ("dbt_schema_version", .string("https://schemas.getdbt.com/dbt/\(schema).json")),
            ("dbt_version", .string(version)),
            ("generated_at", .string(ArtifactMetadata.text(time))),
            ("invocation_id", .string(invocationID)),
            ("invocation_started_at", .string(ArtifactMetadata.text(startedAt))),
            ("env", .object([])),
        ] + more)
    }

    /// `2026-01-04T19:12:43.000000Z`.
    static func text(_ nanoseconds: Int128) -> String {
        let seconds = TimestampFormat.timestampNTZ.string(localTicks: nanoseconds, scale: 9).prefix { $0 != "." }
        let micros = Ticks.floorDivide(nanoseconds, by: 1_000_000_000).remainder / 1000
        let digits = String(micros)
        return seconds.replacing(" ", with: "T") + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }

    /// A random version 4 UUID.
    static func makeID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(HexText.string(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }
}

extension Substring {
    fileprivate func replacing(_ old: Character, with new: Character) -> String { String(map { $0 == old ? new : $0 }) }
}
