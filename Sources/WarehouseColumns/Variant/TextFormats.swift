import WarehouseBasics

/// How values become text in a session: its output formats and time zone.
public struct TextFormats: Sendable {
    /// How a FLOAT is written.
    public enum FloatStyle: Sendable {
        /// The fewest digits that read back as the same value: results.
        case shortest
        /// At most 15 significant digits: CAST to VARCHAR.
        case sql
    }

    /// How a VARIANT, OBJECT or ARRAY is written.
    public enum VariantStyle: Sendable {
        /// JSON without white space: TO_JSON, machine-read results.
        case compact
        /// JSON over several lines, indented by two spaces: results on a terminal.
        case pretty
        /// As `compact`, but a string that is the whole value stands without quotes: CAST to VARCHAR.
        case cast
    }

    public var date = TimestampFormat.date
    public var time = TimestampFormat.time
    public var timestampNTZ = TimestampFormat.timestampNTZ
    public var timestampLTZ = TimestampFormat.timestampZoned
    public var timestampTZ = TimestampFormat.timestampZoned
    /// Zone in which TIMESTAMP_LTZ is shown.
    public var timeZone: TimeZoneRules
    /// BINARY_OUTPUT_FORMAT.
    public var binary = BinaryTextFormat.hex
    public var float = FloatStyle.shortest
    public var variant = VariantStyle.compact

    public init(timeZone: TimeZoneRules) { self.timeZone = timeZone }
}
