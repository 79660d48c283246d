import WarehouseBasics
import WarehouseSQL

/// Options of COPY INTO table: the statement's own over the stage's.
struct CopyOptions {
    enum OnError: Equatable {
        case abort, continueLoading, skipFile
        /// Once so many rows of a file are in error.
        case skipFileAt(count: Int)
        /// Once more than this share of a file's rows is.
        case skipFileAbove(percent: Int)
    }

    var onError = OnError.abort
    var sizeLimit: Int?
    var purge = false
    var returnFailedOnly = false
    var truncatesColumns = false
    var force = false
    var files: [String]?
    var pattern: String?

    private static let accepted: Set<String> = [
        "ON_ERROR", "SIZE_LIMIT", "PURGE", "RETURN_FAILED_ONLY", "MATCH_BY_COLUMN_NAME", "ENFORCE_LENGTH",
        "TRUNCATECOLUMNS", "FORCE", "FILES", "PATTERN", "FILE_FORMAT", "VALIDATION_MODE", "LOAD_UNCERTAIN_FILES",
    ]

    init(_ options: [ObjectProperty], stage: Attributes, _ run: StatementRun) throws {
        func stageText(_ name: String) -> String? { stage["COPY.\(name)"]?.text }
        func stageFlag(_ name: String) -> Bool { stageText(name).map(Identifiers.folded) == "TRUE" }
        let reader = PropertyReader(properties: options, run: run)
        try reader.check(CopyOptions.accepted, of: "COPY INTO")
        onError = try (reader.text("ON_ERROR") ?? stageText("ON_ERROR")).map(CopyOptions.onError) ?? .abort
        sizeLimit = try reader.integer("SIZE_LIMIT").map { Int($0) } ?? stageText("SIZE_LIMIT").flatMap { Int($0) }
        purge = try reader.flag("PURGE") ?? stageFlag("PURGE")
        returnFailedOnly = try reader.flag("RETURN_FAILED_ONLY") ?? stageFlag("RETURN_FAILED_ONLY")
        truncatesColumns = try reader.flag("TRUNCATECOLUMNS") ?? stageFlag("TRUNCATECOLUMNS")
        if let enforces = try reader.flag("ENFORCE_LENGTH") { truncatesColumns = !enforces }
        force = try reader.flag("FORCE") ?? stageFlag("FORCE")
        files = try reader.list("FILES")
        pattern = try reader.text("PATTERN")
        if let files, files.count > 1000 {
            throw WarehouseError(.limitExceeded, "FILES names \(files.count) files; at most 1000 are allowed.")
        }
        if let match = try reader.text("MATCH_BY_COLUMN_NAME").map(Identifiers.folded), match != "NONE" {
            throw StatementDispatcher.unsupported("MATCH_BY_COLUMN_NAME = \(match)")
        }
        if options.contains("VALIDATION_MODE") { throw StatementDispatcher.unsupported("VALIDATION_MODE") }
    }

    private static func onError(_ text: String) throws -> OnError {
        let word = Identifiers.folded(text)
        switch word {
        case "ABORT_STATEMENT": return .abort
        case "CONTINUE": return .continueLoading
        case "SKIP_FILE": return .skipFile
        default:
            let rest = word.hasPrefix("SKIP_FILE_") ? word.dropFirst("SKIP_FILE_".count) : ""
            if rest.hasSuffix("%"), let percent = Int(rest.dropLast()), (0...100).contains(percent) {
                return .skipFileAbove(percent: percent)
            }
            if let count = Int(rest), count > 0 { return .skipFileAt(count: count) }
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid value ['\(text)'] for parameter 'ON_ERROR'",
                hint: "CONTINUE, SKIP_FILE, SKIP_FILE_<n>, 'SKIP_FILE_<n>%' or ABORT_STATEMENT.")
        }
    }
}
