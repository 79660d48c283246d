import WarehouseBasics
import WarehouseSQL

/// A seed's rows as constants of its columns' types.
struct SeedTable {
    /// Types as the table is to have them: of a decimal with the scale that its values need.
    var columns: [ColumnSchema]
    /// A row for each record, in the columns' order.
    var rows: [[Expression]]

    /// Reads a file whose header names the columns, in any order and case. Throws on a column too many or too few, a
    /// record of another width, and a value that is not of its column's type, naming line and column.
    /// `what` is what messages call it.
    init(csv: String, columns: [RowColumn], of what: String = "seed") throws(WarehouseError) {
        do {
            try self.init(text: csv, columns: columns)
        } catch {
            guard what != "seed", error.message.hasPrefix("seed: ") else { throw error }
            throw WarehouseError(.model, "\(what): \(error.message.dropFirst(6))")
        }
    }

    private init(text csv: String, columns: [RowColumn]) throws(WarehouseError) {
        let records = try CSVText.records(csv)
        guard let header = records.first else { throw SeedTable.error("the file is empty; it needs a header line") }
        let places = try SeedTable.places(header.fields, columns: columns)
        var schemas = columns.map { ColumnSchema($0.name, $0.type, isNullable: $0.isNullable) }
        var scales = Array(repeating: 0, count: columns.count)
        rows = []
        for record in records.dropFirst() {
            guard record.fields.count == header.fields.count else {
                throw SeedTable.error(
                    "line \(record.line) has \(record.fields.count) fields, the header \(header.fields.count)")
            }
            var row: [Expression] = []
            for (index, column) in columns.enumerated() {
                let text = record.fields[places[index]]
                let value = try SeedTable.value(text, column, line: record.line)
                if case .number = column.type { scales[index] = max(scales[index], SeedTable.scale(of: text)) }
                row.append(value)
            }
            rows.append(row)
        }
        for (index, column) in columns.enumerated() where column.type == Decimal128.logicalType {
            schemas[index].type = .number(precision: 38, scale: min(37, scales[index]))
        }
        self.columns = schemas
    }

    private static func error(_ text: String) -> WarehouseError { WarehouseError(.model, "seed: \(text)") }

    /// For each column of the row type, its place in the file.
    private static func places(_ header: [String], columns: [RowColumn]) throws(WarehouseError) -> [Int] {
        let names = header.map { Identifiers.folded(trimmed($0)) }
        let wanted = columns.map { Identifiers.folded($0.name) }
        if let extra = names.first(where: { !wanted.contains($0) }) {
            throw error("its header names \(extra.lowercased()), which its Columns lack")
        }
        var places: [Int] = []
        for name in wanted {
            guard let place = names.firstIndex(of: name) else {
                throw error("its header (\(header.joined(separator: ","))) lacks \(name.lowercased())")
            }
            places.append(place)
        }
        guard names.count == wanted.count else { throw error("its header names a column twice") }
        return places
    }

    private static func stripped(_ text: String) -> Substring {
        var part = Substring(text)
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return part
    }

    private static func trimmed(_ text: String) -> String {
        var part = Substring(text)
        while part.first == " " || part.first == "\u{FEFF}" { part.removeFirst() }
        while part.last == " " { part.removeLast() }
        return String(part)
    }

    /// dbt reads fields that are empty, or hold nothing but spaces, and `null` in any case as NULL, within quotes too.
    private static func value(_ text: String, _ column: RowColumn, line: Int) throws(WarehouseError) -> Expression {
        let bare = stripped(text)
        guard !bare.isEmpty, bare.utf8.count != 4 || bare.lowercased() != "null" else {
            guard column.isNullable else {
                throw error("line \(line): \(column.name.lowercased()) is empty, but its Swift type is not optional")
            }
            return SyntaxTree.null
        }
        guard let literal = literal(trimmed(text), whole: text, type: column.type) else {
            throw error("line \(line): '\(text)' is no \(column.type) for \(column.name.lowercased())")
        }
        return literal
    }

    /// The constant that `text` means to `type`, nil when it means none.
    private static func literal(_ text: String, whole: String, type: LogicalType) -> Expression? {
        switch type {
        case .number(_, let scale):
            let digits = min(37, self.scale(of: text))
            let fits = scale == 0
                ? Int64(text) != nil : DecimalText.parse(text, precision: 38, scale: digits) != nil
            return fits ? SyntaxTree.number(text.hasPrefix("+") ? String(text.dropFirst()) : text) : nil
        case .float: return FloatText.parse(text).map(Double.literal)
        case .boolean:
            switch text.lowercased() {
            case "true": return Bool.literal(true)
            case "false": return Bool.literal(false)
            default: return nil
            }
        case .date: return TimestampText.parseDate(text).map { Day.literal(Day(daysSinceEpoch: $0)) }
        case .timestampNTZ, .timestampLTZ, .timestampTZ:
            guard TimestampText.parseTimestamp(text) != nil else { return nil }
            return SyntaxTree.cast(SyntaxTree.text(text), to: type)
        case .varchar: return SyntaxTree.text(whole)
        default: return SyntaxTree.call("PARSE_JSON", SyntaxTree.text(whole))
        }
    }

    /// Digits behind the point of a decimal's text.
    private static func scale(of text: String) -> Int {
        guard let point = text.utf8.firstIndex(of: 46) else { return 0 }
        return text.utf8.distance(from: point, to: text.utf8.endIndex) - 1
    }
}

/// Splits the text of a small CSV file: commas, quotes doubled within quotes, lines that end in LF or CRLF.
enum CSVText {
    struct Record {
        var fields: [String]
        /// Where it begins, from 1.
        var line: Int
    }

    /// The records, without empty lines; where the header has one field alone, an empty line is an empty one of that.
    /// Throws on a quote that is not closed, or one that is followed by text.
    static func records(_ text: String) throws(WarehouseError) -> [Record] {
        var records: [Record] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1, startLine = 1
        var wasQuoted = false
        let bytes = Array(text.utf8)
        var index = 0
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self))
            field = []
            wasQuoted = false
        }
        func endRecord(ofLine isLine: Bool) {
            let isEmpty = fields.isEmpty && field.isEmpty && !wasQuoted
            if isEmpty, !isLine || records.first?.fields.count != 1 { return }
            endField()
            records.append(Record(fields: fields, line: startLine))
            fields = []
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted:
                wasQuoted = true
                try readQuoted(bytes, &index, into: &field, line: &line)
            case UInt8(ascii: ","): endField()
            case UInt8(ascii: "\r") where index < bytes.count && bytes[index] == UInt8(ascii: "\n"): break
            case UInt8(ascii: "\n"):
                endRecord(ofLine: true)
                line += 1
                startLine = line
            default:
                guard !wasQuoted else {
                    throw WarehouseError(.model, "seed: line \(line): text follows a closing quote")
                }
                field.append(byte)
            }
        }
        endRecord(ofLine: false)
        return records
    }

    private static func readQuoted(
        _ bytes: [UInt8], _ index: inout Int, into field: inout [UInt8], line: inout Int
    ) throws(WarehouseError) {
        let opened = line
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return }
                index += 1
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
        }
        throw WarehouseError(.model, "seed: line \(opened): a quote is not closed")
    }
}
