import WarehouseBasics
import WarehouseSQL

/// Options of COPY INTO a location.
struct UnloadOptions {
    var isSingle = false
    var overwrites = false
    var hasHeader = false
    var includesQueryID = false
    var isDetailed = false
    /// VALIDATION_MODE = RETURN_ROWS: the rows are shown and nothing is written.
    var onlyShowsRows = false
    /// Bytes of one file at most.
    var maximumFileSize = 16 << 20

    private static let largestFileSize = 5 << 30
    private static let accepted: Set<String> = [
        "FILE_FORMAT", "SINGLE", "OVERWRITE", "HEADER", "INCLUDE_QUERY_ID", "DETAILED_OUTPUT", "MAX_FILE_SIZE",
        "VALIDATION_MODE", "STORAGE_INTEGRATION", "CREDENTIALS", "ENCRYPTION",
    ]

    init(_ statement: CopyIntoLocationStatement, _ run: StatementRun) throws {
        let reader = PropertyReader(properties: statement.options, run: run)
        try reader.check(UnloadOptions.accepted, of: "COPY INTO <location>")
        isSingle = try reader.flag("SINGLE") ?? false
        overwrites = try reader.flag("OVERWRITE") ?? false
        hasHeader = try reader.flag("HEADER") ?? false
        isDetailed = try reader.flag("DETAILED_OUTPUT") ?? false
        let asked = try reader.flag("INCLUDE_QUERY_ID")
        let isPartitioned = statement.partitionBy != nil
        includesQueryID = asked ?? isPartitioned
        if let size = try reader.integer("MAX_FILE_SIZE") {
            guard size > 0, size <= UnloadOptions.largestFileSize else {
                throw UnloadOptions.invalid("\(size)", "MAX_FILE_SIZE",
                                            hint: "From 1 to \(UnloadOptions.largestFileSize) bytes.")
            }
            maximumFileSize = Int(size)
        }
        if let mode = try reader.text("VALIDATION_MODE") {
            guard Identifiers.folded(mode) == "RETURN_ROWS" else {
                throw UnloadOptions.invalid(mode, "VALIDATION_MODE", hint: "RETURN_ROWS when unloading.")
            }
            onlyShowsRows = true
        }
        if isPartitioned {
            try exclude(isSingle, "SINGLE = TRUE", "PARTITION BY")
            try exclude(overwrites, "OVERWRITE = TRUE", "PARTITION BY")
            try exclude(asked == false, "INCLUDE_QUERY_ID = FALSE", "PARTITION BY")
        }
        if includesQueryID {
            try exclude(isSingle, "SINGLE = TRUE", "INCLUDE_QUERY_ID = TRUE")
            try exclude(overwrites, "OVERWRITE = TRUE", "INCLUDE_QUERY_ID = TRUE")
        }
    }

    private static func invalid(_ value: String, _ name: String, hint: String) -> WarehouseError {
        WarehouseError(.invalidValue, "SQL compilation error:\ninvalid value [\(value)] for parameter '\(name)'",
                       hint: hint)
    }

    private func exclude(_ isSet: Bool, _ option: String, _ other: String) throws {
        guard isSet else { return }
        throw WarehouseError(.invalidValue, "SQL compilation error:\nThe copy option \(option) is not allowed with "
            + "\(other).")
    }
}
