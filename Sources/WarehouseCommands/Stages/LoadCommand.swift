import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseIngest

/// `mlwh load`: files into tables that are made for them.
public struct LoadCommand: ParsableCommand {
    /// Name and help.
    public static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load CSV or JSON files into tables that are made for them.",
        discussion: """
            mlwh load ratings.csv.gz                  # table RATINGS, with the columns and types that the file shows
            mlwh load data/                           # every CSV and JSON file in it; a_1.csv, a_2.csv are one table
            mlwh load sales.txt --table shop.raw.sales --replace
            mlwh load today.csv --table sales --append
            mlwh load @landing/2026 --table events    # files of a stage; s3://bucket/prefix too
            mlwh load odd.csv --delimiter ';' --no-header --null NA --on-error continue

            Delimiter, quotes, header, encoding and compression are told from the beginning of the file, types from a \
            sample; where a later value does not fit its column's type, all values are looked at. A table is loaded \
            whole or not at all; records that cannot be loaded are shown as file:line:character. A file that the table \
            has already loaded is not loaded again (--append), unless --force is given.
            """)

    @OptionGroup(title: "Warehouse")
    var warehouse: WarehouseArguments

    @Argument(help: ArgumentHelp("Files, folders, @stage/path or s3://bucket/prefix.", valueName: "source"),
              completion: .file())
    var sources: [String]

    @Option(help: ArgumentHelp("The table. (default: called as the file is)", valueName: "[[db.]schema.]name"))
    var table: String?

    @Flag(help: "Add to a table that is there.")
    var append = false

    @Flag(help: "Make a table that is there anew.")
    var replace = false

    @Option(help: ArgumentHelp("What a bad record costs: abort (nothing is loaded), continue (the record), skip_file.",
                               valueName: "abort|continue|skip_file"))
    var onError = FileLoadOptions.OnError.abort

    @Flag(help: "Load files again that the table has loaded before.")
    var force = false

    @OptionGroup(title: "Format")
    var format: LoadFormatArguments

    @Option(help: ArgumentHelp("Records of a CSV file that types are told from; 0: all.", valueName: "count"))
    var sample = 20_000

    @Flag(help: "Every column of a CSV file is a text.")
    var allText = false

    /// All defaults.
    public init() {}

    /// Refuses options that are in each other's way.
    public mutating func validate() throws {
        guard !sources.isEmpty else { throw ValidationError("load takes a file, a folder, @stage/path or s3://bucket/prefix.") }
        guard !(append && replace) else { throw ValidationError("--append and --replace exclude each other.") }
        guard sample >= 0 else { throw ValidationError("--sample takes a number of records, 0 or more.") }
        guard sources.count == 1 || table == nil || append else {
            throw ValidationError("Several sources are loaded into one table with --append; or name their folder.")
        }
        _ = try format.hints()
    }

    private static func advice(_ failure: FileLoadFailure) -> String {
        if failure.error.code == ErrorKind.invalidUTF8.code { return "; --encoding says how the file is written" }
        if failure.rejects.contains(where: { $0.kind == .fileQuoting }) { return "; --quote none takes quotes for text" }
        return failure.rejects.contains { $0.kind == .fileColumnCount }
            ? "; --ragged fills missing fields with NULL and drops those too many" : ""
    }

    /// Runs the command, source by source; the first error stops it. Throws `WarehouseError`.
    public func run() throws {
        Interrupts.shared.install()
        var options = FileLoadOptions()
        options.table = table
        options.existing = append ? .append : replace ? .replace : .refuse
        options.onError = onError
        options.force = force
        options.sampleRecords = sample
        options.isAllText = allText
        options.hints = try format.hints()
        let session = try warehouse.openSession(), progress = ProgressLine()
        session.onProgress { progress.update($0) }
        defer { progress.clear() }
        for source in sources {
            do {
                let reports = try Interrupts.shared.cancelling(session) { try session.load(source, options) }
                progress.clear()
                for report in reports { try LoadSummary.print(report, to: .standardOutput) }
                try TextOutput.standardOutput.flush()
            } catch let failure as FileLoadFailure {
                progress.clear()
                try TextOutput.standardOutput.flush()
                for reject in failure.rejects { TextOutput.standardError.note(LoadSummary.line(reject)) }
                var error = failure.error
                error.hint = "Nothing was loaded. --on-error continue loads all other records"
                    + LoadCommand.advice(failure) + "."
                throw error
            }
            try Interrupts.shared.check()
        }
    }
}

/// What a user knows of the files' format.
struct LoadFormatArguments: ParsableArguments {
    @Option(help: ArgumentHelp("csv or json. (default: told from name and content)", valueName: "csv|json"))
    var format: SniffHints.Kind?

    @Option(parsing: .unconditional, help: ArgumentHelp("One character between fields; \\t is a tab.", valueName: "char"))
    var delimiter: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("What encloses fields: \", ' or none.", valueName: "char|none"))
    var quote: String?

    @Option(parsing: .unconditional,
            help: ArgumentHelp("What lines that are remarks begin with. (default: # where some do)", valueName: "char|none"))
    var comment: String?

    @Flag(inversion: .prefixedNo, help: "Whether the first line holds the names of the columns.")
    var header: Bool?

    @Option(parsing: .unconditionalSingleValue,
            help: ArgumentHelp("A text that means NULL, beside \\N and nothing at all. May be repeated.", valueName: "text"))
    var null: [String] = []

    @Flag(help: "Take records with too few fields, the others being NULL, and with too many, which are dropped.")
    var ragged = false

    @Option(help: ArgumentHelp("UTF8, WINDOWS1252, UTF16, ISO88591, … (default: told from the content)", valueName: "name"))
    var encoding: String?

    func hints() throws -> SniffHints {
        var hints = SniffHints()
        hints.kind = format
        hints.hasHeader = header
        hints.nullIf = null
        hints.allowsRaggedRecords = ragged
        if let delimiter {
            let text = ["\\t": "\t", "tab": "\t", "\\001": "\u{1}"][delimiter] ?? delimiter
            guard text.utf8.count == 1, let byte = text.utf8.first, byte != 10, byte != 13 else {
                throw ValidationError("--delimiter takes one ASCII character, or \\t.")
            }
            hints.delimiter = byte
        }
        if let quote {
            guard ["\"", "'", "none"].contains(quote.lowercased()) else {
                throw ValidationError("--quote takes \", ' or none.")
            }
            hints.enclosure = SniffHints.Enclosure(quote.utf8.count == 1 ? quote.utf8.first : nil)
        }
        if let comment {
            guard comment.lowercased() == "none" || comment.utf8.count == 1 else {
                throw ValidationError("--comment takes one ASCII character, or none.")
            }
            let byte = comment.utf8.first
            guard comment.utf8.count > 1 || byte != 9 && byte != 10 && byte != 13 && byte != hints.delimiter
                && byte != (hints.enclosure ?? SniffHints.Enclosure(UInt8(ascii: "\""))).byte else {
                throw ValidationError("--comment takes no character that divides, encloses or ends fields, and no tab.")
            }
            hints.comment = SniffHints.Comment(comment.utf8.count == 1 ? comment.utf8.first : nil)
        }
        if let encoding {
            do {
                hints.encoding = try TextEncoding.named(encoding)
            } catch {
                throw ValidationError("--encoding takes one of "
                    + TextEncoding.allCases.map(\.rawValue).joined(separator: ", ") + ".")
            }
        }
        return hints
    }
}

extension FileLoadOptions.OnError: ExpressibleByArgument {}
extension SniffHints.Kind: ExpressibleByArgument {}
