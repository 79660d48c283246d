import ArgumentParser
import MiniWarehouse
import MovieLens
import WarehouseBasics
import WarehouseCommands

/// `mlwh demo`.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run the whole MovieLens pipeline: CSV files to tested, versioned marts.",
        discussion: """
            Without --data the demo makes its own data. With it, a folder of MovieLens files is taken as it is: \
            ml-20m, ml-25m, ml-latest and their copies, plain or gzip.

              mlwh demo
              mlwh demo --data ml-25m -d ml.mlwh --overwrite
            """)

    @Option(help: ArgumentHelp("A folder of MovieLens files.", valueName: "dir"), completion: .directory)
    var data: String?

    @Option(name: [.customShort("d"), .customLong("database")],
            help: ArgumentHelp("Where the new warehouse is made.", valueName: "dir"), completion: .directory)
    var database = "./demo.mlwh"

    @Flag(help: "Replace a warehouse that is there.")
    var overwrite = false

    @Option(help: ArgumentHelp("Worker threads of a query. (default: all cores)", valueName: "count"))
    var threads: Int?

    mutating func validate() throws {
        if database.isEmpty { throw ValidationError("--database needs the name of a directory.") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads takes a number from 1 to 1024.")
        }
    }

    func run() throws {
        let options = MovieLensDemo.Options(
            dataDirectory: data, databasePath: database, overwrites: overwrite, threads: threads)
        let progress = ProgressLine()
        let output = DemoOutput(
            line: { line in
                progress.clear()
                TextOutput.standardOutput.note(line + "\n")
            },
            table: { result in
                let text = TextOutput()
                // Memory takes everything.
                try? OutputFormat.table.write(result, to: text)
                return text.text.hasSuffix("\n") ? String(text.text.dropLast()) : text.text
            },
            progress: { state in
                if let state { progress.update(state) } else { progress.clear() }
            })
        try MovieLensDemo(options: options, output: output).run()
    }
}
