import ArgumentParser
import MiniWarehouse
import WarehouseBasics

/// `mlwh put`: uploads files to a stage or bucket.
public struct PutCommand: ParsableCommand {
    /// Name and help.
    public static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Upload files to a stage, or to a bucket.",
        discussion: """
            mlwh put data/*.csv @landing/2026   # compressed with gzip on the way, as PUT does
            mlwh put --no-compress data/movies.csv s3://bucket/prefix/

            A file of that name that is there already stays as it is, unless --overwrite is given.
            """)

    @OptionGroup(title: "Warehouse")
    var warehouse: WarehouseArguments

    @Argument(help: ArgumentHelp("Files of this machine, and where to: @stage/path or s3://bucket/prefix.",
                                 valueName: "file… destination"), completion: .file())
    var names: [String]

    @Flag(inversion: .prefixedNo, help: "Compress files that are not compressed.")
    var compress = true

    @Flag(help: "Replace files of the same names.")
    var overwrite = false

    /// All defaults.
    public init() {}

    /// Refuses a command without files, or with no place for them.
    public mutating func validate() throws {
        guard names.count >= 2, let last = names.last else {
            throw ValidationError("put takes files and, last, where to: @stage/path or s3://bucket/prefix.")
        }
        _ = try StageLocationArgument(last)
    }

    /// Runs the command, file by file; the first error stops it. Throws `WarehouseError`.
    public func run() throws {
        guard let last = names.last else { return }
        Interrupts.shared.install()
        let target = try StageLocationArgument(last).sql, session = try warehouse.openSession()
        let progress = ProgressLine()
        session.onProgress { progress.update($0) }
        defer { progress.clear() }
        for name in names.dropLast() {
            let sql = "PUT \(StageLocationArgument.quoted("file://" + name)) \(target) AUTO_COMPRESS = \(compress) "
                + "OVERWRITE = \(overwrite)"
            let result = try StageLocationArgument.withoutPlaces {
                try Interrupts.shared.cancelling(session) { try session.execute(sql) }
            }
            progress.clear()
            for row in result.textRows() {
                let cells = row.map { VisibleText.escaped($0 ?? "") }
                let size = cells[6] == "UPLOADED" ? "\(cells[2]) bytes" : ""
                try TextOutput.standardOutput.write("\(cells[6])  \(cells[0])  \(cells[1])  \(size)\n")
            }
            try Interrupts.shared.check()
        }
    }
}
