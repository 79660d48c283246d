import ArgumentParser
import WarehouseBasics
import WarehouseModels

/// `mlwh source`.
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source", abstract: "Look after the sources.", discussion: Examples.of("source freshness"),
        subcommands: [FreshnessCommand.self])
}

/// `mlwh source freshness`.
struct FreshnessCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "freshness", abstract: "Look how old the newest rows of sources are.",
        discussion: Examples.of("source freshness", "source freshness --select source:raw"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.freshness() }
}
