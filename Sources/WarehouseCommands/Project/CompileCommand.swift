import ArgumentParser
import WarehouseBasics
import WarehouseModels

/// `mlwh compile`: needs no warehouse.
struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Print the nodes' SQL, and write it below the target path.")

    // Taken and not needed, as in `ls`.
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func run() throws {
        let runner = try Runner(
            CurrentProject.get(), on: OfflineTarget(), console: .printing(to: .standardError),
            options: arguments.options)
        var separator = ""
        for (node, sql) in try runner.compile() {
            try TextOutput.standardOutput.write("\(separator)-- \(node.kind.rawValue) \(node.name)\n\(sql);\n")
            separator = "\n"
        }
    }
}
