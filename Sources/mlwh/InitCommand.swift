import ArgumentParser
import WarehouseBasics
import WarehouseCommands
import WarehouseScaffold

/// Where a written package finds this one.
struct EngineArguments: ParsableArguments {
    @Option(name: .customLong("package"),
            help: ArgumentHelp("mlwh's own package: a folder or URL. (default: the folder this tool was built in)",
                               valueName: "dir|url"), completion: .directory)
    var location: String?

    @Option(help: ArgumentHelp("The branch of a URL, in place of its released versions.", valueName: "name"))
    var branch: String?

    func dependency() throws -> EngineDependency {
        try EngineDependency(location ?? EngineArguments.ownFolder, branch: branch, version: toolVersion)
    }

    private static var ownFolder: String { "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") }
}

/// `mlwh init`.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a package with a project of one's own, to begin with.",
        discussion: """
            The package holds a source, a seed, two models, a data test, a unit test and the tool that runs them. It \
            builds and runs as it is; its README says how.

              mlwh init shop
            """)

    @Argument(help: "The package's name, and that of its command.")
    var name: String

    @Option(help: ArgumentHelp("The folder to write, new or empty. (default: ./NAME)", valueName: "dir"),
            completion: .directory)
    var path: String?

    @OptionGroup var engine: EngineArguments

    mutating func validate() throws {
        if path == "" { throw ValidationError("--path needs the name of a directory.") }
    }

    func run() throws {
        let name = try PackageName(name)
        let files = try SampleProject(name, on: engine.dependency()).files
        let folder = path ?? "./\(name.text)"
        try files.write(to: folder)
        for file in files.files { try TextOutput.standardOutput.write("CREATED  \(folder)/\(file.path)\n") }
        try TextOutput.standardOutput.write("""

            Next:
              cd \(folder)
              swift build
              .build/debug/\(name.text) sql -f setup.sql
              .build/debug/\(name.text) build
              .build/debug/\(name.text) show --select revenue_by_region

            """)
    }
}
