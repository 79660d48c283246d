import ArgumentParser
import WarehouseBasics
import WarehouseModels

/// `mlwh ls`: needs no warehouse.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "Print the names of the project's nodes, one a line.",
        discussion: Examples.of("ls --resource-type model", "ls --select +fct_ratings"), aliases: ["list"])

    // Taken and not needed, so that a line edited from another command is right here too.
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    @Option(parsing: .upToNextOption,
            help: ArgumentHelp("Only nodes of these kinds: model, seed, snapshot, source, test, unit_test, analysis, exposure.",
                               valueName: "kind"))
    var resourceType: [String] = []

    mutating func validate() throws {
        let kinds = ResourceKind.allCases.filter { $0 != .operation }.map(\.rawValue)
        for word in resourceType where !kinds.contains(word) {
            let known = kinds.joined(separator: ", ")
            throw ValidationError("--resource-type takes \(known), not '\(word)'.")
        }
    }

    func run() throws {
        let project = try arguments.project()
        let runner = try Runner(
            project, on: OfflineTarget(), console: .printing(to: .standardError),
            options: arguments.options(of: project))
        let kinds = Set(resourceType.compactMap(ResourceKind.init(rawValue:)))
        for node in try runner.list() where kinds.isEmpty || kinds.contains(node.kind) {
            try TextOutput.standardOutput.write(node.name + "\n")
        }
    }
}
