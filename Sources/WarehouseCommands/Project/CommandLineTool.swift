#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseCharts
import WarehouseModels

/// A command line of one's own: `sql` for the warehouse, and for a project of typed models the commands that load,
/// build and test it.
/// ```swift
/// @main struct Shop {
///     static func main() { CommandLineTool(name: "shop", version: "1.0", project: shop).main() }
/// }
/// ```
public struct CommandLineTool: Sendable {
    /// What help calls the tool.
    public var name: String
    /// What `--version` prints.
    public var version: String
    /// One sentence for help.
    public var abstract: String
    /// The models that `run`, `test`, … are about; nil leaves those commands out.
    public var project: Project?
    /// Further subcommands, before the others.
    public var commands: [any ParsableCommand.Type]
    /// Object stores that external stages may name.
    public var objectStores: [any ObjectStoreProvider]
    /// Pages of charts over the project's models; `dashboard` is about them.
    public var dashboards: [Dashboard] { makeDashboards?() ?? [] }
    /// Made when asked for: the four of MovieLens take 2.7 of the 18.6 ms of CPU of a command that needs none.
    private var makeDashboards: (@Sendable () -> [Dashboard])?

    /// Takes what its properties say.
    public init(
        name: String, version: String, abstract: String = "A columnar warehouse in a directory, speaking SQL.",
        project: Project? = nil, commands: [any ParsableCommand.Type] = [], objectStores: [any ObjectStoreProvider] = []
    ) {
        self.name = name
        self.version = version
        self.abstract = abstract
        self.project = project
        self.commands = commands
        self.objectStores = objectStores
    }

    /// As the other one, with `dashboards`, which are made by the commands that show them.
    public init(
        name: String, version: String, abstract: String = "A columnar warehouse in a directory, speaking SQL.",
        project: Project? = nil, commands: [any ParsableCommand.Type] = [], objectStores: [any ObjectStoreProvider] = [],
        dashboards: @autoclosure @escaping @Sendable () -> [Dashboard]
    ) {
        self.init(name: name, version: version, abstract: abstract, project: project, commands: commands,
                  objectStores: objectStores)
        makeDashboards = dashboards
    }

    /// The tool that runs, for its subcommands, which the argument parser makes by itself.
    static let current = Lock<CommandLineTool?>(nil)

    /// Runs the subcommand that the arguments (without the program's name) ask for, prints what is wrong, and says the
    /// exit code: see `Failure`.
    public func exitCode(_ arguments: [String]) -> Int32 {
        CommandLineTool.current.withLock { $0 = self }
        do {
            var command = try RootCommand.parsed(arguments, of: self)
            try command.run()
            try TextOutput.standardOutput.flush()
            return 0
        } catch {
            return Failure.report(error, of: RootCommand.self)
        }
    }

    /// Runs the process's own arguments and ends the process.
    public func main() -> Never {
        // It is ready when the arguments are read.
        Warehouse.warmUp()
        CommandLineTool.current.withLock { $0 = self }
        do {
            var command = try RootCommand.parsed(Array(CommandLine.arguments.dropFirst()), of: self)
            try command.run()
            try TextOutput.standardOutput.flush()
        } catch {
            Failure.exit(error, of: RootCommand.self)
        }
        exit(0)
    }

    var subcommands: [any ParsableCommand.Type] {
        var list = commands
        list += [SQLCommand.self, LoadCommand.self, PutCommand.self, ListStageCommand.self, InfoCommand.self,
                 CheckCommand.self] as [any ParsableCommand.Type]
        if project != nil {
            list += [
                SeedCommand.self, RunCommand.self, TestCommand.self, BuildCommand.self, SnapshotCommand.self,
                RetryCommand.self, SourceCommand.self, DocsCommand.self, CompileCommand.self, ListCommand.self,
                ShowCommand.self, RunOperationCommand.self, DebugCommand.self,
            ]
            if makeDashboards != nil { list.append(DashboardCommand.self) }
        }
        return list
    }
}

/// What stands before the subcommand.
struct RootCommand: ParsableCommand {
    /// The command that the arguments ask for. A word that is none is answered with what was meant.
    static func parsed(_ arguments: [String], of tool: CommandLineTool) throws -> any ParsableCommand {
        let configurations = tool.subcommands.map { $0.configuration }
        let names = configurations.flatMap { ($0.commandName.map { [$0] } ?? []) + $0.aliases } + ["help"]
        // A command that does not say its name has one of the parser's making.
        if arguments.first == "help" { try checkHelp(arguments.dropFirst(), among: tool.subcommands) }
        guard let word = arguments.first, !word.hasPrefix("-"), !names.contains(word),
              configurations.allSatisfy({ $0.commandName != nil }) else { return try parseAsRoot(arguments) }
        if word == "dashboard", tool.project != nil {
            throw ValidationError("The project has no dashboards; they are given to its CommandLineTool(…, dashboards: […]).")
        }
        throw noCommand(word, among: names)
    }

    private static func noCommand(_ word: String, among names: [String]) -> ValidationError {
        ValidationError("'\(word)' is no command." + (Identifiers.hint(for: word, in: names).map { " " + $0 } ?? ""))
    }

    /// The parser's own `help` answers a word that is no command with everything, as if that had been asked for.
    private static func checkHelp(_ words: ArraySlice<String>, among commands: [any ParsableCommand.Type]) throws {
        guard let word = words.first, !word.hasPrefix("-"), !commands.isEmpty else { return }
        func names(_ command: any ParsableCommand.Type) -> [String] { [command._commandName] + command.configuration.aliases }
        guard let command = commands.first(where: { names($0).contains(word) }) else {
            if word == "help" { return }
            throw noCommand(word, among: commands.flatMap(names))
        }
        try checkHelp(words.dropFirst(), among: command.configuration.subcommands)
    }

    /// What SQL's CURRENT_VERSION() gives: the version of Snowflake whose behaviour is shown, not the tool's own.
    static let sqlVersion = "9.0.0"

    static var configuration: CommandConfiguration {
        guard let tool = CommandLineTool.current.withLock({ $0 }) else { return CommandConfiguration() }
        return CommandConfiguration(
            commandName: tool.name, abstract: tool.abstract,
            discussion: """
                The exit code is 0 when all is well, 1 for an error in SQL, data, a model or a test, 2 for a wrong command \
                line; 130 after ^C, 129 and 143 when a HUP or TERM ended it, 141 when nobody reads the output any more. \
                --generate-completion-script bash, zsh or fish prints what makes the shell complete.
                """,
            version: tool.version, subcommands: tool.subcommands)
    }
}
