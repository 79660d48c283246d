import WarehouseBasics
import WarehouseSQL

/// Session parameters: those that change behaviour here, and those accepted because scripts set them.
enum SessionParameters {
    static let defaultTimeZone = "America/Los_Angeles"

    static let defaults: [String: String] = [
        "TIMEZONE": defaultTimeZone,
        "DATE_INPUT_FORMAT": "AUTO",
        "TIME_INPUT_FORMAT": "AUTO",
        "TIMESTAMP_INPUT_FORMAT": "AUTO",
        "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
        "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
        "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
        "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
        "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
        "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
        "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
        "BINARY_OUTPUT_FORMAT": "HEX",
        "BINARY_INPUT_FORMAT": "HEX",
        "DEFAULT_NULL_ORDERING": "LAST",
        "WEEK_START": "0",
        "WEEK_OF_YEAR_POLICY": "0",
        "TWO_DIGIT_CENTURY_START": "1970",
        "QUERY_TAG": "",
        "AUTOCOMMIT": "true",
        "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
        "MEMORY_LIMIT": "",
        "MAX_TEMP_DIRECTORY_SIZE": "",
        "MAX_RESULT_SIZE": "",
        "THREADS": "",
        "QUOTED_IDENTIFIERS_IGNORE_CASE": "false",
        "ERROR_ON_NONDETERMINISTIC_MERGE": "true",
        "ERROR_ON_NONDETERMINISTIC_UPDATE": "false",
        "MULTI_STATEMENT_COUNT": "0",
        "JSON_INDENT": "2",
        "ROWS_PER_RESULTSET": "0",
        "USE_CACHED_RESULT": "true",
        "LOCK_TIMEOUT": "43200",
        "TRANSACTION_ABORT_ON_ERROR": "false",
        "STRICT_JSON_OUTPUT": "false",
        "CLIENT_SESSION_KEEP_ALIVE": "false",
        "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "ARROW",
        "GEOGRAPHY_OUTPUT_FORMAT": "GeoJSON",
    ]
    private static let formats: Set<String> = [
        "DATE_OUTPUT_FORMAT", "TIME_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT", "TIMESTAMP_NTZ_OUTPUT_FORMAT",
        "TIMESTAMP_LTZ_OUTPUT_FORMAT", "TIMESTAMP_TZ_OUTPUT_FORMAT", "DATE_INPUT_FORMAT", "TIME_INPUT_FORMAT",
        "TIMESTAMP_INPUT_FORMAT",
    ]
    /// What has no effect here may be set only to what it means anyway.
    private static let fixed: Set<String> = ["QUOTED_IDENTIFIERS_IGNORE_CASE", "AUTOCOMMIT"]

    static func effective(_ inherited: InheritedParameters, _ set: [String: String]) -> [String: String] {
        defaults.merging(inherited.account) { $1 }.merging(inherited.user) { $1 }.merging(set) { $1 }
    }

    /// The value that SET gives a parameter, checked.
    static func value(of property: ObjectProperty, in run: StatementRun) throws -> String {
        let value = try property.value.flatMap { try PropertyReader.text($0, run) } ?? "true"
        try validate(property.name, value, span: property.span)
        return value
    }

    /// Throws for a name that is no parameter's.
    static func check(_ name: String, span: SourceSpan? = nil) throws(WarehouseError) {
        guard defaults[name] == nil else { return }
        throw WarehouseError(.invalidValue, "invalid parameter '\(name)'",
                             hint: Identifiers.hint(for: name, in: defaults.keys), span: span)
    }

    /// Checks a value before it is set; throws what would have been valid.
    static func validate(_ name: String, _ value: String, span: SourceSpan? = nil) throws(WarehouseError) {
        try check(name, span: span)
        let standard = defaults[name] ?? ""
        if name == "TIMEZONE" { _ = try TimeZoneRules.load(value) }
        if formats.contains(name), !value.isEmpty { _ = try TimestampFormat(value) }
        if fixed.contains(name), value.lowercased() != standard {
            throw WarehouseError(.unsupported, "Unsupported feature '\(name) = \(value)'.", span: span)
        }
        if let wanted = StatementLimits.problem(name, value) {
            throw WarehouseError(.invalidValue, "invalid value '\(value)' for parameter '\(name)'",
                                 hint: "It takes \(wanted).", span: span)
        }
        if name == "DEFAULT_NULL_ORDERING", !["FIRST", "LAST"].contains(value.uppercased()) {
            throw WarehouseError(.invalidValue, "invalid value '\(value)' for parameter '\(name)'",
                                 hint: "It takes 'FIRST' or 'LAST'.", span: span)
        }
        if name.hasPrefix("WEEK_"), !["0", "1", "2", "3", "4", "5", "6", "7"].contains(value) {
            throw WarehouseError(.invalidValue, "invalid value '\(value)' for parameter '\(name)'", span: span)
        }
    }
}
