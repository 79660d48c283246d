import ArgumentParser
import WarehouseBasics
import WarehouseCommands
import WarehouseScaffold

/// `mlwh import`.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Write a package from a project of another tool.",
        discussion: "  mlwh import dbt ../jaffle_shop",
        subcommands: [ImportDbtCommand.self])
}

/// `mlwh import dbt`.
struct ImportDbtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dbt", abstract: "Write a dbt project as a package of typed models.",
        discussion: """
            Columns, descriptions and tests become Swift; the models' bodies stay the SQL they are, with each reference a \
            type. What cannot be carried over is named by file and line, here and in the package's README. The dbt project \
            is only read.

              mlwh import dbt ../jaffle_shop
            """)

    @Argument(help: ArgumentHelp("The dbt project: a folder with a dbt_project.yml.", valueName: "dir"),
              completion: .directory)
    var folder: String

    @Option(help: ArgumentHelp("The package's name. (default: the project's)", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The folder to write, new or empty. (default: ./NAME)", valueName: "dir"),
            completion: .directory)
    var path: String?

    @OptionGroup var engine: EngineArguments

    mutating func validate() throws {
        if path == "" { throw ValidationError("--path needs the name of a directory.") }
    }

    func run() throws {
        let project = try ImportedProject(dbt: folder, name: name, on: engine.dependency())
        let target = path ?? "./\(project.name.text)"
        try project.files.write(to: target)
        let output = TextOutput.standardOutput
        for note in project.notes { try output.write("NOTE  \(note.description)\n") }
        try output.write("\(project.summary)\n")
        let looks = project.notes.count == 1 ? "1 place wants" : "\(project.notes.count) places want"
        try output.write("CREATED  \(target): \(project.files.files.count) files; \(looks) a look, as its README says\n")
        try output.write("\nNext:\n  cd \(target)\n  swift build\n")
    }
}
