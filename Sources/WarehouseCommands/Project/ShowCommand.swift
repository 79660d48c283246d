import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// `mlwh show`.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the first rows of a model's query, or of another node.",
        discussion: Examples.of("show --select dim_movies --limit 20", "show --select fct_ratings --format csv"))

    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    @Option(parsing: .unconditional, help: "How many rows; -1 for all.")
    var limit = 5

    @Option(help: "How they are printed.")
    var format = OutputFormat.table

    mutating func validate() throws {
        if arguments.selection.select.isEmpty { throw ValidationError("show needs a node: --select MODEL.") }
    }

    func run() throws {
        Interrupts.shared.install()
        let project = try arguments.project()
        let session = try warehouse.openSession(createIfMissing: false)
        var options = try arguments.options(of: project)
        options.targetPath = nil
        let runner = try Runner(
            project, on: EmbeddedTarget(session), console: .printing(to: .standardError), options: options)
        let sql = try shownSQL(runner)
        let result = try Interrupts.shared.cancelling(session) { try session.execute(sql) }
        try format.write(result, to: .standardOutput, columns: TextOutput.standardOutput.terminalColumns)
    }

    /// The query of the node selected; of one without a query, such as a source, all that is there.
    private func shownSQL(_ runner: Runner) throws -> String {
        let nodes = try runner.list()
        // A model's tests are selected with it.
        guard let node = nodes.first(where: { $0.kind.isTest == false }) ?? nodes.first else {
            throw WarehouseError(.usage, "show needs a node to show, and the selection names none.")
        }
        let cut = limit < 0 ? "" : " LIMIT \(limit)"
        if let query = try runner.graph.compiledSQL(of: node) { return "SELECT * FROM (\n\(query)\n) AS SHOWN\(cut)" }
        guard let name = node.relation else {
            throw WarehouseError(.model, "\(node.kind.rawValue) \(node.name) has no rows to show.")
        }
        return "SELECT * FROM \(name)\(cut)"
    }
}
