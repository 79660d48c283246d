import ArgumentParser
import MovieLens
import WarehouseBasics
import WarehouseCommands

/// `mlwh generate`.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write MovieLens-shaped CSV files, the same on every machine.",
        discussion: """
            20000263 ratings give the row counts, key ranges and nearly the bytes of ml-20m.

              mlwh generate ml-small
              mlwh generate ml-20m --ratings 20000263 --gzip
            """)

    @Argument(help: ArgumentHelp("Where the six files go; made when missing.", valueName: "dir"),
              completion: .directory)
    var directory: String

    @Option(parsing: .unconditional, help: "How many ratings; the other files are in proportion.")
    var ratings = 100_000

    @Option(help: "Another number, other data.")
    var seed: UInt64 = 42

    @Flag(help: "Write .csv.gz files.")
    var gzip = false

    @Flag(help: "End lines in LF; MovieLens' own files end in CRLF.")
    var lf = false

    mutating func validate() throws {
        let range = MovieLensGenerator.ratingsRange
        guard range.contains(ratings) else {
            throw ValidationError("--ratings takes a number from \(range.lowerBound) to \(range.upperBound).")
        }
        if directory.isEmpty { throw ValidationError("generate needs the name of a directory.") }
    }

    func run() throws {
        let generator = try MovieLensGenerator(ratings: ratings, seed: seed, gzip: gzip, lineEnd: lf ? .lf : .crlf)
        let line = ProgressLine()
        var watch = Stopwatch()
        let total = Stopwatch()
        defer { line.clear() }
        try generator.write(to: directory) { progress in
            let fraction = progress.totalRows > 0 ? Double(progress.rows) / Double(progress.totalRows) : 1
            line.update("generate \(progress.file)", fraction: fraction)
            guard progress.rows == progress.totalRows else { return }
            line.clear()
            let time = Stopwatch.describe(watch.seconds)
            watch = Stopwatch()
            let text = "\(progress.file): \(progress.rows) rows, \(progress.bytes) bytes, \(time)\n"
            TextOutput.standardOutput.note(text)
        }
        TextOutput.standardOutput.note("\(directory): \(Stopwatch.describe(total.seconds))\n")
    }
}
