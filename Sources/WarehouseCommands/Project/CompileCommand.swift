import ArgumentParser
import WarehouseBasics
import WarehouseModels

/// `mlwh compile`: needs no warehouse.
struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Print the nodes' SQL, and write it below the target path.",
        discussion: Examples.of("compile", "compile --select fct_ratings"))

    // Taken and not needed, as in `ls`.
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func run() throws {
        let project = try arguments.project()
        let runner = try Runner(
            project, on: OfflineTarget(), console: .printing(to: .standardError),
            options: arguments.options(of: project))
        var separator = ""
        for (node, sql) in try runner.compile() {
            try TextOutput.standardOutput.write("\(separator)-- \(node.kind.rawValue) \(node.name)\n\(sql);\n")
            separator = "\n"
        }
    }
}
