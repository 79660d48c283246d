import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// A command that works its way through nodes of the project in a warehouse.
protocol RunnerCommand: ParsableCommand {
    var warehouse: WarehouseArguments { get }
    var arguments: ProjectArguments { get }

    /// Does it.
    func perform(_ runner: Runner) throws -> RunSummary
}

extension RunnerCommand {
    /// Runs the command. Throws exit code 1 when a node failed, which the console has said by then.
    func run() throws {
        Interrupts.shared.install()
        var project = try arguments.project()
        if let threads = warehouse.threads { project.target.threads = threads }
        let options = try arguments.options(of: project)
        // A project is built in a database that is there: a path that is mistyped must not become a warehouse.
        let session = try warehouse.openSession(createIfMissing: false)
        let runner = try Runner(
            project, on: EmbeddedTarget(session), console: .printing(to: .standardOutput, as: arguments.logFormat),
            options: options)
        let summary = try Interrupts.shared.cancelling(session) { try perform(runner) }
        if summary.exitStatus != 0 { throw ExitCode(summary.exitStatus) }
    }
}

/// `mlwh seed`.
struct SeedCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Load the seeds.", discussion: Examples.of("seed", "seed --full-refresh"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.seed() }
}

/// `mlwh run`.
struct RunCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Build the models, each after those it reads.",
        discussion: Examples.of("run", "run --select stg_ratings+ --full-refresh", "run --threads 4 --fail-fast"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.run() }
}

/// `mlwh test`.
struct TestCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the data tests; a test that finds rows fails.",
        discussion: Examples.of("test", "test --select dim_movies", "test --select test_type:unit"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.test() }
}

/// `mlwh build`.
struct BuildCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Load seeds, build models, take snapshots and test each right after.",
        discussion: Examples.of("build", "build --select state:modified+ --state ./last"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.build() }
}

/// `mlwh retry`.
struct RetryCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run what failed, or was skipped, in the last run.",
        discussion: Examples.of("retry"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.retry() }
}

/// `mlwh snapshot`.
struct SnapshotCommand: RunnerCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Record what has changed since the last snapshot.",
        discussion: Examples.of("snapshot"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    func perform(_ runner: Runner) throws -> RunSummary { try runner.snapshot() }
}
