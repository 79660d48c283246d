import WarehouseBasics
import WarehouseColumns

/// Reads values of another type from VARCHAR. A text that is none is an error, or NULL for TRY_CAST.
class TextParseKernel: ScalarKernel {
    let isTry: Bool
    init(isTry: Bool) { self.isTry = isTry }

    /// The error for a text.
    func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.invalidValue, "'\(TextParseKernel.shown(text))' is not recognized")
    }

    /// A text for a message, cut when it is long.
    static func shown(_ text: StringView) -> String {
        text.count <= 256 ? text.string : StringView(text.bytes, count: 256).string + "…"
    }

    /// Calls `read` for every row that is not null; false makes the row fail.
    @inline(__always) final func parse(
        _ inputs: [Vector], _ output: Vector, _ count: Int, _ read: (StringView, Int) -> Bool
    ) throws {
        let texts = Argument<StringView>(inputs[0])
        try output.forEachValid(count) { row in
            let text = texts[row]
            if read(text, row) { return }
            guard isTry else { throw failure(text) }
            output.storeZero(at: row)
            output.setNull(row)
        }
    }
}

/// VARCHAR to NUMBER(p,s).
final class TextToNumberKernel: TextParseKernel {
    private let precision: Int
    private let scale: Int
    private let width: PhysicalType

    init(precision: Int, scale: Int, width: PhysicalType, isTry: Bool) {
        self.precision = precision
        self.scale = scale
        self.width = width
        super.init(isTry: isTry)
    }

    override func failure(_ text: StringView) -> WarehouseError {
        var value: Int128 = 0
        let status = DecimalText.parse(text.bytes, count: text.count, precision: precision, scale: scale, into: &value)
        let shown = TextParseKernel.shown(text)
        return status == .outOfRange
            ? WarehouseError(.numericOutOfRange, "Numeric value '\(shown)' is out of range")
            : WarehouseError(.numericNotRecognized, "Numeric value '\(shown)' is not recognized")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let precision = precision, scale = scale
        if width == .int64 {
            let out = output.int64s
            try parse(inputs, output, count) { text, row in
                DecimalText.parse(text.bytes, count: text.count, precision: precision, scale: scale,
                                  into: &out[row]) == .ok
            }
        } else {
            let out = output.int128s
            try parse(inputs, output, count) { text, row in
                DecimalText.parse(text.bytes, count: text.count, precision: precision, scale: scale,
                                  into: &out[row]) == .ok
            }
        }
    }
}

/// VARCHAR to FLOAT.
final class TextToFloatKernel: TextParseKernel {
    override func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.numericNotRecognized, "Numeric value '\(TextParseKernel.shown(text))' is not recognized")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.doubles
        try parse(inputs, output, count) { text, row in
            FloatText.parse(text.bytes, count: text.count, into: &out[row]) == .ok
        }
    }
}

/// VARCHAR to BOOLEAN: true, t, yes, y, on, 1 and their opposites, in any case.
final class TextToBooleanKernel: TextParseKernel {
    private static let yes: [StaticString] = ["TRUE", "T", "YES", "Y", "ON", "1"]
    private static let no: [StaticString] = ["FALSE", "F", "NO", "N", "OFF", "0"]

    override func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.booleanNotRecognized, "Boolean value '\(TextParseKernel.shown(text))' is not recognized")
    }

    /// The value a text names, nil when it names none.
    static func value(_ text: StringView) -> Bool? {
        if yes.contains(where: { equals(text, $0) }) { return true }
        return no.contains(where: { equals(text, $0) }) ? false : nil
    }

    private static func equals(_ text: StringView, _ name: StaticString) -> Bool {
        guard text.count == name.utf8CodeUnitCount else { return false }
        for index in 0..<text.count {
            let byte = text.bytes[index]
            let upper = byte >= 97 && byte <= 122 ? byte &- 32 : byte
            if upper != name.utf8Start[index] { return false }
        }
        return true
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.bools
        try parse(inputs, output, count) { text, row in
            guard let value = TextToBooleanKernel.value(text) else { return false }
            out[row] = value ? 1 : 0
            return true
        }
    }
}

/// VARCHAR to DATE.
final class TextToDateKernel: TextParseKernel {
    private let format: TimestampFormat
    init(_ format: TimestampFormat, isTry: Bool) {
        self.format = format
        super.init(isTry: isTry)
    }

    override func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.dateNotRecognized, "Date '\(TextParseKernel.shown(text))' is not recognized")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.int32s, format = format
        try parse(inputs, output, count) { text, row in
            guard let day = format.parseDate(text.bytes, count: text.count), CivilDate.isInRange(days: day)
            else { return false }
            out[row] = Int32(truncatingIfNeeded: day)
            return true
        }
    }
}

/// VARCHAR to TIME(scale), cut.
final class TextToTimeKernel: TextParseKernel {
    private let format: TimestampFormat
    private let scale: Int
    init(_ format: TimestampFormat, scale: Int, isTry: Bool) {
        self.format = format
        self.scale = scale
        super.init(isTry: isTry)
    }

    override func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.timeNotRecognized, "Time '\(TextParseKernel.shown(text))' is not recognized")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.int64s, format = format, divisor = Ticks.perSecond(9 - scale)
        try parse(inputs, output, count) { text, row in
            guard let nanoseconds = format.parseTime(text.bytes, count: text.count) else { return false }
            out[row] = nanoseconds / divisor
            return true
        }
    }
}

/// Reads timestamps of one type from text. What is written without an offset is wall clock in the session's zone.
struct TimestampReader {
    let format: TimestampFormat
    let kind: TimestampKind
    let scale: Int
    private var cursor: TimeZoneRules.Cursor

    init(_ format: TimestampFormat, kind: TimestampKind, scale: Int, zone: TimeZoneRules) {
        self.format = format
        self.kind = kind
        self.scale = scale
        cursor = zone.makeCursor()
    }

    /// The value as a column of the type holds it; nil when the text is none.
    mutating func read(_ text: StringView) -> Int128? {
        format.parseTimestamp(text.bytes, count: text.count).map { value($0) }
    }

    mutating func value(_ parsed: ParsedTimestamp) -> Int128 {
        switch kind {
        case .ntz: return parsed.localTicks(scale: scale)
        case .ltz:
            return ParsedTimestamp.ticks(seconds: parsed.utcSeconds(&cursor), nanoseconds: parsed.nanoseconds,
                                         scale: scale)
        case .tz:
            let utc = parsed.utcSeconds(&cursor)
            let minutes = parsed.hasOffset && !parsed.isEpoch
                ? Int(parsed.offsetMinutes) : Int(cursor.offsetSeconds(atUTC: utc)) / 60
            let ticks = ParsedTimestamp.ticks(seconds: utc, nanoseconds: parsed.nanoseconds, scale: scale)
            return ZonedTicks.pack(ticks: ticks, offsetMinutes: minutes)
        }
    }
}

/// VARCHAR to a timestamp.
final class TextToTimestampKernel: TextParseKernel {
    @exclusivity(unchecked) private var reader: TimestampReader
    private let width: PhysicalType

    init(_ reader: TimestampReader, width: PhysicalType, isTry: Bool) {
        self.reader = reader
        self.width = width
        super.init(isTry: isTry)
    }

    override func failure(_ text: StringView) -> WarehouseError {
        WarehouseError(.timestampNotRecognized, "Timestamp '\(TextParseKernel.shown(text))' is not recognized")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let narrow = width == .int64 ? output.int64s : nil, wide = width == .int128 ? output.int128s : nil
        try parse(inputs, output, count) { text, row in
            guard let value = reader.read(text) else { return false }
            if let narrow { narrow[row] = Int64(truncatingIfNeeded: value) } else { wide?[row] = value }
            return true
        }
    }
}

/// VARCHAR of hexadecimal digits to BINARY.
final class TextToBinaryKernel: TextParseKernel {
    private let length: Int
    init(length: Int, isTry: Bool) {
        self.length = length
        super.init(isTry: isTry)
    }

    override func failure(_ text: StringView) -> WarehouseError {
        let shown = TextParseKernel.shown(text)
        return text.count / 2 > length
            ? WarehouseError(.stringTooLong, "Binary value '\(shown)' is too long and would be truncated")
            : WarehouseError(.invalidValue, "The following string is not a legal hex-encoded value: '\(shown)'")
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.strings, arena = output.arena
        try parse(inputs, output, count) { text, row in
            guard text.count / 2 <= length else { return false }
            let bytes = arena.allocate(text.count / 2 + 1)
            guard HexText.parse(text.bytes, count: text.count, to: bytes) else { return false }
            out[row] = StringView(bytes, count: text.count / 2)
            return true
        }
    }
}

/// VARCHAR to VARCHAR(n), BINARY to BINARY(n): longer values are refused.
final class LengthCheckKernel: ScalarKernel {
    private let length: Int
    private let isBinary: Bool
    private let isTry: Bool

    init(length: Int, isBinary: Bool, isTry: Bool) {
        self.length = length
        self.isBinary = isBinary
        self.isTry = isTry
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let texts = Argument<StringView>(inputs[0]), out = output.strings
        output.takeOwners(of: inputs[0])
        try output.forEachValid(count) { row in
            let text = texts[row]
            out[row] = text
            if text.count <= length { return }
            if !isBinary, UTF8Text.scalarCount(text.bytes, count: text.count) <= length { return }
            guard isTry else {
                let kind = isBinary ? "Binary" : "String", shown = TextParseKernel.shown(text)
                throw WarehouseError(.stringTooLong, "\(kind) '\(shown)' is too long and would be truncated")
            }
            out[row] = .empty
            output.setNull(row)
        }
    }
}
