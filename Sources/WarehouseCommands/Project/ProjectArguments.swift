import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// Which nodes of the project a command is for.
struct SelectionArguments: ParsableArguments {
    @Option(name: [.customShort("s"), .customLong("select"), .customShort("m"), .customLong("models")],
            parsing: .upToNextOption,
            help: ArgumentHelp("Only these: names, +name+ with what it reads and what reads it, tag:…, and so on.",
                               valueName: "node"))
    var select: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("All but these.", valueName: "node"))
    var exclude: [String] = []

    var selection: Selection { Selection(select: select, exclude: exclude) }
}

/// The options of the commands that work on a project.
struct ProjectArguments: ParsableArguments {
    @OptionGroup(title: "Selection")
    var selection: SelectionArguments

    @Flag(help: "Build incremental models and seeds anew.")
    var fullRefresh = false

    @Flag(name: [.customShort("x"), .long], help: "Stop at the first failure.")
    var failFast = false

    @Option(help: ArgumentHelp("Where artifacts and compiled SQL go.", valueName: "dir"))
    var targetPath = "./target"

    mutating func validate() throws {
        if targetPath.isEmpty { throw ValidationError("--target-path needs the name of a directory.") }
    }

    var options: RunOptions {
        var options = RunOptions()
        options.selection = selection.selection
        options.isFullRefresh = fullRefresh
        options.failsFast = failFast
        options.targetPath = targetPath
        if let version = CommandLineTool.current.withLock({ $0?.version }) { options.version = version }
        return options
    }
}

/// The project that the tool was made for.
enum CurrentProject {
    static func get() throws -> Project {
        guard let project = CommandLineTool.current.withLock({ $0?.project }) else {
            throw WarehouseError(.usage, "This tool was made without a project of models.")
        }
        return project
    }
}

extension Console {
    /// Lines as they come, each flushed, so that a pipe sees how far a run is.
    static func printing(to output: TextOutput) -> Console {
        Console { line in
            // A reader that went away must not end a run in the middle.
            output.note(line + "\n")
        }
    }
}
