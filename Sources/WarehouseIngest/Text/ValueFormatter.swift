import WarehouseBasics
import WarehouseColumns

/// Writes values of one logical type as text: results, CSV, CAST to VARCHAR. One a thread: it remembers the zone's
/// last offset.
///
/// NUMBER has exactly its scale's digits behind the point; BOOLEAN is `true` or `false`; dates and times follow the
/// formats; ARRAY, OBJECT and VARIANT are JSON.
public final class ValueFormatter {
    public let type: LogicalType
    let formats: TextFormats
    let temporal: TemporalText
    var zone: TimeZoneRules.Cursor
    var json: JSONPrinter
    private let element: ValueFormatter?

    public init(type: LogicalType, formats: TextFormats) {
        self.type = type
        self.formats = formats
        temporal = TemporalText(formats)
        zone = formats.timeZone.makeCursor()
        json = JSONPrinter(formats: formats)
        if case .array(let inner?) = type {
            element = ValueFormatter(type: inner, formats: formats)
        } else {
            element = nil
        }
    }

    /// Appends the text of row `row`, which is not null, of a vector of any form.
    public func append(_ vector: Vector, _ row: Int, to out: ByteBuffer) {
        appendValue(vector.valueHolder, vector.valueIndex(row), out)
    }

    /// As the `ByteBuffer` form, onto an array.
    public func append(_ vector: Vector, _ row: Int, to out: inout [UInt8]) {
        let buffer = ByteBuffer()
        append(vector, row, to: buffer)
        out.append(contentsOf: buffer.rawBytes)
    }

    /// The text of row `row`; nil when it is null. For messages and small results.
    public func string(_ vector: Vector, _ row: Int) -> String? {
        if vector.isNull(row) { return nil }
        let buffer = ByteBuffer()
        append(vector, row, to: buffer)
        return buffer.string
    }

    /// Appends the text of a constant of this type, which is not null.
    public func append(_ value: ScalarValue, to out: ByteBuffer) {
        switch value {
        case .null: break
        case .boolean(let flag): out.append(flag ? "true" : "false")
        case .integer(let number): appendInteger(number, out)
        case .double(let number): appendDouble(number, out)
        case .bytes(let bytes):
            bytes.withUnsafeBufferPointer { buffer in
                appendBytes(buffer.baseAddress.map { StringView($0, count: buffer.count) } ?? .empty, out)
            }
        }
    }

    /// Fills `target`, a vector of strings, with the texts of all rows of `source`; nulls stay null. A constant
    /// stays a constant.
    public func format(_ source: Vector, into target: Vector) {
        guard source.form == .constant else { return format(source, rows: 0..<source.count, into: target) }
        target.beginConstant(rows: source.count)
        let isNull = source.isNull(0)
        target.strings[0] = isNull ? .empty : formatted(source.valueHolder, 0, target.arena)
        if isNull { target.setNull(0) }
    }

    /// Fills `target`, a flat vector of strings, with the texts of some rows of `source`; nulls stay null.
    public func format(_ source: Vector, rows: Range<Int>, into target: Vector) {
        target.beginFlat(rows.count)
        if source.hasNulls, source.form == .constant {
            for row in 0..<rows.count { target.setNull(row) }
        } else if let words = source.validity {
            ValidityWords.copy(words, from: rows.lowerBound, to: target.makeValidity(), at: 0, count: rows.count)
            target.normalizeValidity()
        }
        if !formatNumbers(source, rows, into: target) { formatAny(source, rows, into: target) }
        if let words = target.validity {
            let out = target.strings
            for row in 0..<rows.count where !ValidityWords.isValid(words, row) { out[row] = .empty }
        }
    }

    private func formatAny(_ source: Vector, _ rows: Range<Int>, into target: Vector) {
        let holder = source.valueHolder, isFlat = source.form == .flat
        let out = target.strings, arena = target.arena
        for (place, row) in rows.enumerated() {
            guard !target.hasNulls || !target.isNull(place) else { continue }
            out[place] = formatted(holder, isFlat ? row : source.valueIndex(row), arena)
        }
    }

    private let scratch = ByteBuffer()

    private func formatted(_ holder: Vector, _ index: Int, _ arena: ByteArena) -> StringView {
        scratch.removeAll()
        appendValue(holder, index, scratch)
        return arena.copy(scratch.bytes, count: scratch.count)
    }

    /// Flat numbers go straight into the arena; false for all else.
    private func formatNumbers(_ source: Vector, _ rows: Range<Int>, into target: Vector) -> Bool {
        guard source.form == .flat else { return false }
        let out = target.strings, arena = target.arena, first = rows.lowerBound
        switch (type, source.physicalType) {
        case (.float, .double):
            let values = source.doubles, isSQL = formats.float == .sql
            for place in 0..<rows.count {
                let text = arena.allocate(FloatText.maximumLength)
                let length = ShortFloat.write(values[first &+ place], isSQL: isSQL, to: text)
                arena.giveBack(FloatText.maximumLength - length)
                out[place] = StringView(text, count: length)
            }
        case (.number(_, let scale), .int32) where scale <= 18:
            let values = source.int32s
            for place in 0..<rows.count {
                out[place] = ValueFormatter.put(Int64(values[first &+ place]), scale, arena)
            }
        case (.number(_, let scale), .int64) where scale <= 18:
            let values = source.int64s
            for place in 0..<rows.count { out[place] = ValueFormatter.put(values[first &+ place], scale, arena) }
        default: return false
        }
        return true
    }

    @inline(__always)
    private static func put(_ value: Int64, _ scale: Int, _ arena: ByteArena) -> StringView {
        let text = arena.allocate(DecimalText.maximumLength)
        let length = DecimalText.write(value, scale: scale, to: text)
        arena.giveBack(DecimalText.maximumLength - length)
        return StringView(text, count: length)
    }

    // MARK: One value

    func appendValue(_ holder: Vector, _ index: Int, _ out: ByteBuffer) {
        switch holder.physicalType {
        case .bool: out.append(holder.bools[index] != 0 ? "true" : "false")
        case .int32: appendInteger(Int128(holder.int32s[index]), out)
        case .int64: appendInteger(Int128(holder.int64s[index]), out)
        case .int128: appendInteger(holder.int128s[index], out)
        case .double: appendDouble(holder.doubles[index], out)
        case .string: appendBytes(holder.strings[index], out)
        case .list: appendList(holder, index, out)
        }
    }

    private func appendInteger(_ value: Int128, _ out: ByteBuffer) {
        switch type {
        case .date: temporal.appendDate(Int(truncatingIfNeeded: value), to: out)
        case .time(let scale): temporal.appendTime(Int64(truncatingIfNeeded: value), scale: scale, to: out)
        case .timestampNTZ(let scale): temporal.appendNTZ(value, scale: scale, to: out)
        case .timestampLTZ(let scale): temporal.appendLTZ(value, scale: scale, &zone, to: out)
        case .timestampTZ(let scale): temporal.appendTZ(value, scale: scale, to: out)
        default:
            out.advance(DecimalText.write(value, scale: type.scale ?? 0, to: out.reserve(DecimalText.maximumLength)))
        }
    }

    private func appendDouble(_ value: Double, _ out: ByteBuffer) {
        out.advance(ShortFloat.write(value, isSQL: formats.float == .sql, to: out.reserve(FloatText.maximumLength)))
    }

    private func appendBytes(_ view: StringView, _ out: ByteBuffer) {
        switch type {
        case .variant, .object, .array: json.append(VariantView(view), to: out)
        case .binary: BinaryText.append(view, formats.binary, to: out)
        default: out.append(view)
        }
    }

    // MARK: Lists

    private func appendList(_ holder: Vector, _ index: Int, _ out: ByteBuffer) {
        guard let child = holder.child, let element else { return out.append("[]") }
        let range = Int(holder.offsets[index])..<Int(holder.offsets[index + 1])
        let level = formats.variant == .pretty ? 1 : -1
        out.append(UInt8(ascii: "["))
        for (place, row) in range.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            JSONPrinter.appendLineBreak(level, out)
            if child.isNull(row) { out.append("undefined") } else { element.appendJSON(child, row, to: out) }
        }
        if !range.isEmpty { JSONPrinter.appendLineBreak(level - 1, out) }
        out.append(UInt8(ascii: "]"))
    }

    /// Appends row `row`, which is not null, as a value within JSON: text, dates and their kin quoted, FLOAT in the
    /// form that VARIANT gives it.
    func appendJSON(_ vector: Vector, _ row: Int, to out: ByteBuffer) {
        let holder = vector.valueHolder, index = vector.valueIndex(row)
        switch type {
        case .number, .boolean, .variant, .object, .array, .null: appendValue(holder, index, out)
        case .float: JSONPrinter.appendDouble(holder.doubles[index], to: out)
        case .varchar: JSONPrinter.appendString(holder.strings[index], to: out)
        default:
            scratch.removeAll()
            appendValue(holder, index, scratch)
            JSONPrinter.appendString(scratch.view, to: out)
        }
    }
}
