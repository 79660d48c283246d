import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// File format options between SQL, the catalog (attributes `FF.NAME`) and the reader.
enum FileFormatOptions {
    static let prefix = "FF."
    static let types: Set<String> = ["CSV", "JSON", "AVRO", "ORC", "PARQUET", "XML"]

    /// A row of DESC FILE FORMAT.
    struct Described {
        var name: String
        var type: String
        var value: String
        var standard: String
    }

    private enum Kind: String { case text = "String", flag = "Boolean", count = "Integer", list = "List" }
    private typealias Option = (name: String, kind: Kind, standard: String)

    /// Options of CSV with their kinds and defaults, in the order DESC prints them.
    private static let csv: [Option] = [
        ("RECORD_DELIMITER", .text, "\n"), ("FIELD_DELIMITER", .text, ","), ("FILE_EXTENSION", .text, ""),
        ("SKIP_HEADER", .count, "0"), ("PARSE_HEADER", .flag, "false"), ("DATE_FORMAT", .text, "AUTO"),
        ("TIME_FORMAT", .text, "AUTO"), ("TIMESTAMP_FORMAT", .text, "AUTO"), ("BINARY_FORMAT", .text, "HEX"),
        ("ESCAPE", .text, "NONE"), ("ESCAPE_UNENCLOSED_FIELD", .text, "\\"), ("TRIM_SPACE", .flag, "false"),
        ("FIELD_OPTIONALLY_ENCLOSED_BY", .text, "NONE"), ("NULL_IF", .list, "\\N"), ("COMPRESSION", .text, "AUTO"),
        ("ERROR_ON_COLUMN_COUNT_MISMATCH", .flag, "true"), ("VALIDATE_UTF8", .flag, "true"),
        ("SKIP_BLANK_LINES", .flag, "false"), ("REPLACE_INVALID_CHARACTERS", .flag, "false"),
        ("EMPTY_FIELD_AS_NULL", .flag, "true"), ("SKIP_BYTE_ORDER_MARK", .flag, "true"), ("ENCODING", .text, "UTF8"),
        ("MULTI_LINE", .flag, "true"),
    ]
    private static let json: [Option] = [
        ("FILE_EXTENSION", .text, ""), ("DATE_FORMAT", .text, "AUTO"), ("TIME_FORMAT", .text, "AUTO"),
        ("TIMESTAMP_FORMAT", .text, "AUTO"), ("BINARY_FORMAT", .text, "HEX"), ("TRIM_SPACE", .flag, "false"),
        ("NULL_IF", .list, ""), ("COMPRESSION", .text, "AUTO"), ("ENABLE_OCTAL", .flag, "false"),
        ("ALLOW_DUPLICATE", .flag, "false"), ("STRIP_OUTER_ARRAY", .flag, "false"),
        ("STRIP_NULL_VALUES", .flag, "false"), ("IGNORE_UTF8_ERRORS", .flag, "false"),
        ("REPLACE_INVALID_CHARACTERS", .flag, "false"), ("SKIP_BYTE_ORDER_MARK", .flag, "true"),
        ("MULTI_LINE", .flag, "true"),
    ]

    private static func options(of type: String) -> [Option] { type == "JSON" ? json : csv }

    /// The options as written, checked, as attributes of a file format or stage.
    static func attributes(_ properties: [ObjectProperty], _ run: StatementRun,
                           altering entry: CatalogEntry? = nil) throws -> Attributes {
        let reader = PropertyReader(properties: properties, run: run)
        let type = try reader.text("TYPE").map(Identifiers.folded) ?? entry?.text("\(prefix)TYPE") ?? "CSV"
        guard types.contains(type) else {
            throw WarehouseError(.invalidValue, "SQL compilation error:\ninvalid value '\(type)' for property 'TYPE'",
                                 hint: "One of \(types.sorted().joined(separator: ", ")).")
        }
        guard type == "CSV" || type == "JSON" else {
            throw StatementDispatcher.unsupported("file format type \(type)")
        }
        if let before = entry?.text("\(prefix)TYPE"), before != type {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nThe type of a file format cannot be changed: it is \(before).",
                hint: "CREATE OR REPLACE FILE FORMAT … TYPE = \(type) makes it anew.")
        }
        var result: Attributes = ["\(prefix)TYPE": .text(type)]
        let known = options(of: type)
        try reader.check(known.map(\.name) + ["TYPE", "COMMENT"], of: "FILE_FORMAT of type \(type)")
        for option in known where reader.properties.contains(option.name) {
            result[prefix + option.name] = try value(option.kind, option.name, reader)
        }
        try check((entry?.attributes ?? [:]).merging(result) { $1 })
        return result
    }

    private static func value(_ kind: Kind, _ name: String, _ reader: PropertyReader) throws -> AttributeValue {
        switch kind {
        case .flag: return .flag(try reader.flag(name) ?? false)
        case .list: return .list(try reader.list(name) ?? [])
        case .text: return .text(try reader.text(name) ?? "NONE")
        case .count:
            let number = try reader.integer(name) ?? 0
            guard number >= 0 else { throw WarehouseError(.invalidValue, "\(name) must not be negative.") }
            return .integer(number)
        }
    }

    private static func check(_ attributes: Attributes) throws {
        if attributes["\(prefix)PARSE_HEADER"]?.flag == true, attributes["\(prefix)SKIP_HEADER"]?.integer ?? 0 > 0 {
            throw WarehouseError(.invalidValue,
                                 "SQL compilation error:\nPARSE_HEADER and SKIP_HEADER cannot both be set.")
        }
        if let quote = attributes["\(prefix)FIELD_OPTIONALLY_ENCLOSED_BY"]?.text, quote.uppercased() != "NONE",
           ![[], [UInt8(ascii: "'")], [UInt8(ascii: "\"")]].contains(DelimiterText.bytes(quote)) {
            throw WarehouseError(
                .invalidValue,
                "SQL compilation error:\ninvalid value ['\(quote)'] for parameter 'FIELD_OPTIONALLY_ENCLOSED_BY'",
                hint: "NONE, a single quote or a double quote.")
        }
        for name in ["ESCAPE", "ESCAPE_UNENCLOSED_FIELD"] {
            guard let text = attributes[prefix + name]?.text, text.uppercased() != "NONE",
                  DelimiterText.bytes(text).count > 1 else { continue }
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid value ['\(text)'] for parameter '\(name)'",
                hint: "NONE or one character of one byte.")
        }
        if attributes["\(prefix)VALIDATE_UTF8"]?.flag == false {
            throw StatementDispatcher.unsupported("VALIDATE_UTF8 = FALSE")
        }
        if attributes["\(prefix)TYPE"]?.text == "CSV" { try csvFormat(attributes).validate() }
    }

    /// The reader's form of a CSV format. What is not set has Snowflake's default.
    static func csvFormat(_ attributes: Attributes) throws -> CSVFormat {
        func text(_ name: String) -> String? { attributes[prefix + name]?.text }
        func flag(_ name: String, _ set: (Bool) -> Void) {
            if let value = attributes[prefix + name]?.flag { set(value) }
        }
        /// nil when not set; an inner nil for NONE.
        func optional(_ name: String) -> [UInt8]?? {
            text(name).map { $0.uppercased() == "NONE" || $0.isEmpty ? nil : DelimiterText.bytes($0) }
        }
        var format = CSVFormat()
        if let value = optional("FIELD_DELIMITER") { format.fieldDelimiter = value ?? [] }
        if let value = text("RECORD_DELIMITER") { format.recordDelimiter = recordDelimiter(value) }
        if let value = optional("FIELD_OPTIONALLY_ENCLOSED_BY") { format.enclosure = value?.first }
        if let value = optional("ESCAPE") { format.escape = value?.first }
        if let value = optional("ESCAPE_UNENCLOSED_FIELD") { format.escapeUnenclosed = value?.first }
        if let value = attributes["\(prefix)SKIP_HEADER"]?.integer { format.skipHeader = Int(value) }
        if let value = attributes["\(prefix)NULL_IF"]?.list { format.nullIf = value.map { Array($0.utf8) } }
        flag("PARSE_HEADER") { format.parseHeader = $0 }
        flag("TRIM_SPACE") { format.trimSpace = $0 }
        flag("SKIP_BLANK_LINES") { format.skipBlankLines = $0 }
        flag("EMPTY_FIELD_AS_NULL") { format.emptyFieldAsNull = $0 }
        flag("ERROR_ON_COLUMN_COUNT_MISMATCH") { format.errorOnColumnCountMismatch = $0 }
        flag("REPLACE_INVALID_CHARACTERS") { format.replaceInvalidCharacters = $0 }
        flag("SKIP_BYTE_ORDER_MARK") { format.skipByteOrderMark = $0 }
        flag("MULTI_LINE") { format.multiLine = $0 }
        if let value = text("DATE_FORMAT") { format.dateFormat = try TimestampFormat(value) }
        if let value = text("TIME_FORMAT") { format.timeFormat = try TimestampFormat(value) }
        if let value = text("TIMESTAMP_FORMAT") { format.timestampFormat = try TimestampFormat(value) }
        if let value = text("BINARY_FORMAT") { format.binaryFormat = try BinaryTextFormat.named(value) }
        if let value = text("COMPRESSION") { format.compression = try FileCompression.named(value) }
        if let value = text("ENCODING") { format.encoding = try TextEncoding.named(value) }
        return format
    }

    /// The reader's form of a JSON format. What is not set has Snowflake's default.
    static func jsonFormat(_ attributes: Attributes) throws -> JSONFormat {
        func flag(_ name: String) -> Bool? { attributes[prefix + name]?.flag }
        if flag("MULTI_LINE") == false { throw StatementDispatcher.unsupported("MULTI_LINE = FALSE of JSON") }
        var format = JSONFormat()
        format.stripOuterArray = flag("STRIP_OUTER_ARRAY") ?? false
        format.parser.stripsNulls = flag("STRIP_NULL_VALUES") ?? false
        format.parser.allowsDuplicateKeys = flag("ALLOW_DUPLICATE") ?? false
        format.parser.enablesOctal = flag("ENABLE_OCTAL") ?? false
        format.replaceInvalidCharacters =
            flag("REPLACE_INVALID_CHARACTERS") ?? false || flag("IGNORE_UTF8_ERRORS") ?? false
        format.skipByteOrderMark = flag("SKIP_BYTE_ORDER_MARK") ?? true
        if let value = attributes[prefix + "COMPRESSION"]?.text { format.compression = try FileCompression.named(value) }
        return format
    }

    private static func recordDelimiter(_ text: String) -> [UInt8]? {
        // NONE and a newline both mean: \n, \r\n or \r.
        let bytes = DelimiterText.bytes(text)
        return text.uppercased() == "NONE" || bytes == [10] || bytes == [13, 10] ? nil : bytes
    }

    /// As DESC FILE FORMAT lists them.
    static func described(_ attributes: Attributes) -> [Described] {
        let type = attributes["\(prefix)TYPE"]?.text ?? "CSV"
        var rows = [Described(name: "TYPE", type: "String", value: type, standard: "CSV")]
        for option in options(of: type) {
            func shown(_ text: String) -> String { option.kind == .list ? "[\(escaped(text))]" : escaped(text) }
            let standard = shown(option.standard)
            let value = attributes[prefix + option.name].map { shown($0.display) } ?? standard
            rows.append(Described(name: option.name, type: option.kind.rawValue, value: value, standard: standard))
        }
        return rows
    }

    /// As a literal writes it, so that a tab can be seen.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case _ where scalar.value < 32 || scalar.value == 127:
                "\\x" + hexDigits(scalar)
            default: String(scalar)
            }
        }.joined()
    }

    /// All options as one JSON object, as SHOW FILE FORMATS prints them.
    static func json(_ attributes: Attributes) -> String {
        let type = attributes["\(prefix)TYPE"]?.text ?? "CSV"
        let pairs = options(of: type).map { option -> String in
            let own = attributes[prefix + option.name]
            let value = switch option.kind {
            case .flag, .count: own?.display ?? option.standard
            case .list: "[" + (own?.list ?? (option.standard.isEmpty ? [] : [option.standard])).map(jsonText)
                .joined(separator: ",") + "]"
            case .text: jsonText(own?.display ?? option.standard)
            }
            return ",\"\(option.name)\":\(value)"
        }
        return "{\"TYPE\":\(jsonText(type))\(pairs.joined())}"
    }

    private static func hexDigits(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }

    private static func jsonText(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 32:
                result += "\\u00" + hexDigits(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// What a stage's, table's or COPY's format stands for: the named format's options, or its own; nil for none.
    static func resolved(_ attributes: Attributes, _ resolver: NameResolver) throws -> Attributes? {
        if let name = attributes["FORMAT_NAME"]?.list { return try resolver.usable(.fileFormat, name).attributes }
        return attributes["\(prefix)TYPE"] == nil ? nil : attributes
    }
}
