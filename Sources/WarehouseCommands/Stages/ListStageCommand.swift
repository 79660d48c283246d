import ArgumentParser
import MiniWarehouse
import WarehouseBasics

/// `mlwh ls-stage`: the files of a stage or bucket.
public struct ListStageCommand: ParsableCommand {
    /// Name and help.
    public static let configuration = CommandConfiguration(
        commandName: "ls-stage", abstract: "List the files of a stage, or of a bucket.",
        discussion: """
              mlwh ls-stage @landing/2026
              mlwh ls-stage s3://bucket/prefix --pattern '.*[.]csv[.]gz'
            """)

    @OptionGroup(title: "Warehouse")
    var warehouse: WarehouseArguments

    @Argument(help: ArgumentHelp("@stage/path or s3://bucket/prefix.", valueName: "stage"))
    var stage: String

    @Option(help: ArgumentHelp("Only files whose whole path matches this regular expression.", valueName: "regex"))
    var pattern: String?

    @Option(help: "How the list is printed.")
    var format = OutputFormat.table

    /// All defaults.
    public init() {}

    /// Refuses what is no stage.
    public mutating func validate() throws { _ = try StageLocationArgument(stage) }

    /// Runs the command. Throws `WarehouseError`.
    public func run() throws {
        let location = try StageLocationArgument(stage).sql
        // A bucket is listed without a warehouse of one's own.
        let session = try warehouse.openSession(createIfMissing: !stage.hasPrefix("@"))
        let filter = pattern.map { " PATTERN = \(StageLocationArgument.quoted($0))" } ?? ""
        let runner = ScriptRunner(session: session, format: format, showsTiming: false)
        try StageLocationArgument.withoutPlaces { try runner.run("LIST \(location)\(filter)") }
        try TextOutput.standardOutput.flush()
    }
}
