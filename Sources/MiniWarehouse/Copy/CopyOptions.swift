import WarehouseBasics
import WarehouseSQL

/// Options of COPY INTO table: the statement's own over the stage's over the table's.
struct CopyOptions {
    enum OnError: Equatable {
        case abort, continueLoading, skipFile
        /// Once so many rows of a file are in error.
        case skipFileAt(count: Int)
        /// Once more than this share of a file's rows is.
        case skipFileAbove(percent: Int)
    }

    /// MATCH_BY_COLUMN_NAME.
    enum ColumnMatching { case byPlace, caseSensitive, caseInsensitive }

    /// VALIDATION_MODE.
    enum Validation: Equatable {
        case rows(Int)
        case errors
        /// Also those of files that were loaded in part.
        case allErrors
    }

    var onError = OnError.abort
    var sizeLimit: Int?
    var purge = false
    var returnFailedOnly = false
    var truncatesColumns = false
    var force = false
    var loadsUncertainFiles = false
    var matching = ColumnMatching.byPlace
    /// INCLUDE_METADATA: table column and the METADATA$ column that fills it.
    var metadata: [(column: Identifier, source: String)] = []
    var validation: Validation?
    var files: [String]?
    var pattern: String?

    /// Of the attributes by which a stage or table keeps them.
    static let prefix = "COPY."

    /// What a stage's COPY_OPTIONS and a table's STAGE_COPY_OPTIONS may hold.
    static let kept: Set<String> = [
        "ON_ERROR", "SIZE_LIMIT", "PURGE", "RETURN_FAILED_ONLY", "MATCH_BY_COLUMN_NAME", "ENFORCE_LENGTH",
        "TRUNCATECOLUMNS", "FORCE", "LOAD_UNCERTAIN_FILES",
    ]
    private static let accepted = kept.union(["FILES", "PATTERN", "FILE_FORMAT", "VALIDATION_MODE", "INCLUDE_METADATA",
                                             "CREDENTIALS", "STORAGE_INTEGRATION", "ENCRYPTION"])
    private static let refused: Set<String> = ["FILE_PROCESSOR", "LOAD_MODE", "CLUSTER_AT_INGEST_TIME"]

    /// `layers`: attributes of the stage and of the table, nearest first.
    init(_ options: [ObjectProperty], layers: [Attributes], _ run: StatementRun) throws {
        if let option = options.first(where: { CopyOptions.refused.contains($0.name) }) {
            throw StatementDispatcher.unsupported("\(option.name) of COPY INTO")
        }
        let reader = PropertyReader(properties: options, run: run)
        try reader.check(CopyOptions.accepted, of: "COPY INTO")
        for layer in layers.reversed() {
            let properties = CopyOptions.kept.compactMap { name in
                layer[CopyOptions.prefix + name]?.text.map { ObjectProperty(name: name, value: .string($0), span: .none) }
            }
            try read(PropertyReader(properties: properties, run: run))
        }
        try read(reader)
        files = try reader.list("FILES")
        pattern = try reader.text("PATTERN")
        if let files, files.count > 1000 {
            throw WarehouseError(.limitExceeded, "FILES names \(files.count) files; at most 1000 are allowed.")
        }
        validation = try reader.text("VALIDATION_MODE").map(CopyOptions.validation)
        for property in try reader.nested("INCLUDE_METADATA") ?? [] {
            guard let source = try property.value.flatMap({ try PropertyReader.text($0, run) }) else { continue }
            metadata.append((Identifier(name: property.name, isQuoted: false), Identifiers.folded(source)))
        }
        guard metadata.isEmpty || matching != .byPlace else {
            throw WarehouseError(.invalidValue, "SQL compilation error:\nINCLUDE_METADATA needs MATCH_BY_COLUMN_NAME.")
        }
    }

    /// Takes the options that are there.
    private mutating func read(_ reader: PropertyReader) throws {
        if let text = try reader.text("ON_ERROR") { onError = try CopyOptions.onError(text) }
        if let limit = try reader.integer("SIZE_LIMIT") {
            guard limit > 0 else { throw CopyOptions.invalid("\(limit)", "SIZE_LIMIT", "A number above 0.") }
            sizeLimit = Int(limit)
        }
        if let flag = try reader.flag("PURGE") { purge = flag }
        if let flag = try reader.flag("RETURN_FAILED_ONLY") { returnFailedOnly = flag }
        if let flag = try reader.flag("TRUNCATECOLUMNS") { truncatesColumns = flag }
        if let flag = try reader.flag("ENFORCE_LENGTH") { truncatesColumns = !flag }
        if let flag = try reader.flag("FORCE") { force = flag }
        if let flag = try reader.flag("LOAD_UNCERTAIN_FILES") { loadsUncertainFiles = flag }
        if let text = try reader.text("MATCH_BY_COLUMN_NAME") {
            switch Identifiers.folded(text) {
            case "NONE": matching = .byPlace
            case "CASE_SENSITIVE": matching = .caseSensitive
            case "CASE_INSENSITIVE": matching = .caseInsensitive
            default:
                throw CopyOptions.invalid(text, "MATCH_BY_COLUMN_NAME", "CASE_SENSITIVE, CASE_INSENSITIVE or NONE.")
            }
        }
    }

    /// Checks the options that a stage or table is to keep, and gives them as its attributes.
    static func attributes(_ properties: [ObjectProperty], of kind: String, _ run: StatementRun) throws -> Attributes {
        let reader = PropertyReader(properties: properties, run: run)
        try reader.check(kept, of: kind)
        _ = try CopyOptions(properties, layers: [], run)
        var result: Attributes = [:]
        for property in properties {
            let text = try property.value.flatMap { try PropertyReader.text($0, run) } ?? "TRUE"
            result[prefix + property.name] = .text(text)
        }
        return result
    }

    private static func invalid(_ text: String, _ name: String, _ hint: String) -> WarehouseError {
        WarehouseError(.invalidValue, "SQL compilation error:\ninvalid value ['\(text)'] for parameter '\(name)'", hint: hint)
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
            throw invalid(text, "ON_ERROR", "CONTINUE, SKIP_FILE, SKIP_FILE_<n>, 'SKIP_FILE_<n>%' or ABORT_STATEMENT.")
        }
    }

    private static func validation(_ text: String) throws -> Validation {
        let word = Identifiers.folded(text)
        if word == "RETURN_ERRORS" { return .errors }
        if word == "RETURN_ALL_ERRORS" { return .allErrors }
        if word.hasPrefix("RETURN_"), word.hasSuffix("_ROWS"), let count = Int(word.dropFirst(7).dropLast(5)), count >= 0 {
            return .rows(count)
        }
        throw invalid(text, "VALIDATION_MODE", "RETURN_<n>_ROWS, RETURN_ERRORS or RETURN_ALL_ERRORS.")
    }
}
