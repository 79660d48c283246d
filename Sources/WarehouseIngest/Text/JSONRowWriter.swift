import WarehouseBasics
import WarehouseColumns

/// Writes rows as JSON: results of `--format json` and `jsonl`, answers of `--rpc`, and files that COPY INTO a
/// location unloads. One a thread.
///
/// NUMBER is a JSON number with exactly its scale's digits; FLOAT the shortest number that reads back, or "NaN",
/// "inf", "-inf" as text; BOOLEAN true or false; all else text in the session's formats.
public final class JSONRowWriter {
    /// How VARIANT, OBJECT and ARRAY are written.
    public enum SemiStructured: Sendable {
        /// Their compact JSON as text.
        case text
        /// As part of the document.
        case embedded
    }

    private let semiStructured: SemiStructured
    private let types: [LogicalType]
    private let formatters: [ValueFormatter]
    /// `"NAME":` of each column.
    private let keys: [[UInt8]]
    private let scratch = ByteBuffer()

    public init(
        columns: [(name: String, type: LogicalType)], formats: TextFormats, semiStructured: SemiStructured = .text
    ) {
        self.semiStructured = semiStructured
        var formats = formats
        formats.variant = .compact
        formats.float = .shortest
        types = columns.map(\.type)
        formatters = columns.map { ValueFormatter(type: $0.type, formats: formats) }
        keys = columns.map { column in
            let name = ByteBuffer(), key = ByteBuffer()
            name.append(text: column.name)
            JSONPrinter.appendString(name.view, to: key)
            key.append(UInt8(ascii: ":"))
            return key.array
        }
    }

    /// Appends row `row` as an array: `[1,"a",null]`.
    public func appendArray(_ vectors: [Vector], _ row: Int, to out: ByteBuffer) {
        out.append(UInt8(ascii: "["))
        for column in 0..<types.count {
            if column > 0 { out.append(UInt8(ascii: ",")) }
            appendValue(vectors[column], row, column, to: out)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// Appends row `row` as an object: `{"ID":1,"NAME":"a"}`. `omitsNulls` leaves NULL columns out, as unloading does.
    public func appendObject(_ vectors: [Vector], _ row: Int, omitsNulls: Bool = false, to out: ByteBuffer) {
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for column in 0..<types.count {
            if omitsNulls, vectors[column].isNull(row) { continue }
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            out.append(keys[column])
            appendValue(vectors[column], row, column, to: out)
        }
        out.append(UInt8(ascii: "}"))
    }

    /// Appends one value of column `column`.
    public func appendValue(_ vector: Vector, _ row: Int, _ column: Int, to out: ByteBuffer) {
        if vector.isNull(row) { return out.append("null") }
        switch types[column] {
        case .number, .boolean: formatters[column].append(vector, row, to: out)
        case .float:
            let value = vector.valueHolder.doubles[vector.valueIndex(row)]
            if value.isFinite {
                formatters[column].append(vector, row, to: out)
            } else {
                appendText(vector, row, column, out)
            }
        case .varchar: JSONPrinter.appendString(vector.valueHolder.strings[vector.valueIndex(row)], to: out)
        case .variant, .object, .array:
            if semiStructured == .embedded {
                formatters[column].append(vector, row, to: out)
            } else {
                appendText(vector, row, column, out)
            }
        default: appendText(vector, row, column, out)
        }
    }

    private func appendText(_ vector: Vector, _ row: Int, _ column: Int, _ out: ByteBuffer) {
        let start = out.count
        out.append(UInt8(ascii: "\""))
        formatters[column].append(vector, row, to: out)
        // Texts of dates and their kin rarely hold anything to escape.
        for index in start + 1..<out.count {
            let byte = out.bytes[index]
            if byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                scratch.removeAll()
                scratch.append(out.bytes + start + 1, count: out.count - start - 1)
                out.truncate(to: start)
                return JSONPrinter.appendString(scratch.view, to: out)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
