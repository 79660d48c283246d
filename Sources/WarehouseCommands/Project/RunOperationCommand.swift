import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// `mlwh run-operation`.
struct RunOperationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-operation", abstract: "Run a function that the project names.",
        discussion: Examples.of("run-operation list_models"))

    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments

    @Argument(help: "The operation's name.")
    var name: String

    @Option(help: ArgumentHelp("What it is given, as a JSON object.", valueName: "json"))
    var args: String?

    @Option(name: [.customShort("t"), .long],
            help: ArgumentHelp("Which of the project's targets it is for.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("Values of variables, as a JSON object.", valueName: "json"))
    var vars: String?

    func run() throws {
        Interrupts.shared.install()
        var project = try CurrentProject.get()
        if let target { project = try project.at(target: target) }
        if let vars { project = try project.setting(variables: vars) }
        let session = try warehouse.openSession()
        try Interrupts.shared.cancelling(session) { [project] in
            try project.runOperation(name, arguments: args, in: session) { line in
                TextOutput.standardOutput.note(line + "\n")
            }
        }
    }
}
