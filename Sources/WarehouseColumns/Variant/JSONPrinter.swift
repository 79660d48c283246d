import WarehouseBasics

/// Writes values of `VariantEncoding` as JSON text in Snowflake's form. One a thread: it remembers the zone's last
/// offset.
public struct JSONPrinter {
    private let formats: TextFormats
    private var zone: TimeZoneRules.Cursor

    public init(formats: TextFormats) {
        self.formats = formats
        zone = formats.timeZone.makeCursor()
    }

    /// Appends the value in the style of the formats.
    public mutating func append(_ value: VariantView, to out: ByteBuffer) {
        append(value, style: formats.variant, to: out)
    }

    public mutating func append(_ value: VariantView, style: TextFormats.VariantStyle, to out: ByteBuffer) {
        switch style {
        case .compact: put(value, out, indent: -1, depth: 0)
        case .pretty: put(value, out, indent: 0, depth: 0)
        case .cast:
            if value.kind == .string {
                out.append(value.string)
            } else {
                let start = out.count
                put(value, out, indent: -1, depth: 0)
                if !value.kind.isContainer, out.count > start + 1, out.bytes[start] == UInt8(ascii: "\"") {
                    unquote(out, from: start)
                }
            }
        }
    }

    /// Dates and their kin are written without escapes, so that the quotes are all there is to drop.
    private func unquote(_ out: ByteBuffer, from start: Int) {
        let length = out.count - start - 2
        (out.bytes + start).update(from: out.bytes + start + 1, count: length)
        out.truncate(to: start + length)
    }

    /// `indent` is the level of nesting, negative for compact; `depth` is the level in any case.
    private mutating func put(_ value: VariantView, _ out: ByteBuffer, indent: Int, depth: Int) {
        switch value.kind {
        case .null: out.append("null")
        case .undefined: out.append("undefined")
        case .boolean: out.append(value.boolean ? "true" : "false")
        case .integer:
            out.advance(IntegerText.write(value.unscaled, to: out.reserve(IntegerText.maximumLength128)))
        case .decimal:
            out.advance(
                DecimalText.write(value.unscaled, scale: value.scale, to: out.reserve(DecimalText.maximumLength)))
        case .double: JSONPrinter.appendDouble(value.double, to: out)
        case .string: JSONPrinter.appendString(value.string, to: out)
        case .binary: putBinary(value.string, out)
        case .date, .time, .timestampNTZ, .timestampLTZ, .timestampTZ: putTemporal(value, out)
        case .array, .object: putContainer(value, out, indent, depth)
        }
    }

    private mutating func putContainer(_ value: VariantView, _ out: ByteBuffer, _ indent: Int, _ depth: Int) {
        // Only damaged bytes nest deeper; they must not use up the stack.
        guard depth < VariantEncoding.maximumDepth else { return out.append("null") }
        let isObject = value.kind == .object
        let count = value.elementCount
        out.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        let inner = indent < 0 ? -1 : indent + 1
        for index in 0..<count {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            JSONPrinter.appendLineBreak(inner, out)
            if isObject {
                JSONPrinter.appendString(value.key(index), to: out)
                if indent >= 0 { out.append(": ") } else { out.append(UInt8(ascii: ":")) }
            }
            put(value[index], out, indent: inner, depth: depth + 1)
        }
        if count > 0 { JSONPrinter.appendLineBreak(indent, out) }
        out.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    /// A new line indented for a level of nesting; nothing when the level is negative.
    @inline(__always) public static func appendLineBreak(_ level: Int, _ out: ByteBuffer) {
        guard level >= 0 else { return }
        out.append(10)
        let spaces = level * 2
        out.reserve(spaces).update(repeating: 32, count: spaces)
        out.advance(spaces)
    }

    private mutating func putTemporal(_ value: VariantView, _ out: ByteBuffer) {
        out.append(UInt8(ascii: "\""))
        let text = TemporalText(formats)
        switch value.kind {
        case .date: text.appendDate(Int(truncatingIfNeeded: value.unscaled), to: out)
        case .time: text.appendTime(Int64(truncatingIfNeeded: value.unscaled), scale: value.scale, to: out)
        case .timestampLTZ: text.appendLTZ(value.unscaled, scale: value.scale, &zone, to: out)
        case .timestampTZ: text.appendTZ(value.unscaled, scale: value.scale, to: out)
        default: text.appendNTZ(value.unscaled, scale: value.scale, to: out)
        }
        out.append(UInt8(ascii: "\""))
    }

    private func putBinary(_ view: StringView, _ out: ByteBuffer) {
        let target = out.reserve(view.count * 2 + 2)
        target[0] = UInt8(ascii: "\"")
        HexText.write(view.bytes, count: view.count, uppercase: true, to: target + 1)
        target[view.count * 2 + 1] = UInt8(ascii: "\"")
        out.advance(view.count * 2 + 2)
    }

    // MARK: Pieces

    /// Appends a FLOAT as Snowflake writes it within JSON: 16 significant digits with an exponent
    /// (`1.912000000000000e+02`); `NaN`, `Infinity` and `-Infinity` bare.
    public static func appendDouble(_ value: Double, to out: ByteBuffer) {
        if value.isNaN { return out.append("NaN") }
        if value.isInfinite { return out.append(value < 0 ? "-Infinity" : "Infinity") }
        out.advance(FloatText.scientific(value, to: out.reserve(FloatText.maximumLength)))
    }

    /// Appends a JSON string: quoted, with `"`, `\` and control characters escaped.
    public static func appendString(_ view: StringView, to out: ByteBuffer) {
        out.append(UInt8(ascii: "\""))
        var start = 0
        let bytes = view.bytes
        for index in 0..<view.count {
            let byte = bytes[index]
            guard byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            out.append(bytes + start, count: index - start)
            appendEscape(byte, to: out)
            start = index + 1
        }
        out.append(bytes + start, count: view.count - start)
        out.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to out: ByteBuffer) {
        switch byte {
        case UInt8(ascii: "\""): out.append("\\\"")
        case UInt8(ascii: "\\"): out.append("\\\\")
        case 8: out.append("\\b")
        case 9: out.append("\\t")
        case 10: out.append("\\n")
        case 12: out.append("\\f")
        case 13: out.append("\\r")
        default:
            out.append("\\u00")
            HexText.write([byte], count: 1, uppercase: false, to: out.reserve(2))
            out.advance(2)
        }
    }
}
