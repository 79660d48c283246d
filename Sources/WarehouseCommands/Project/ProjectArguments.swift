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

    @Option(help: ArgumentHelp("The nodes of a selection that the project names.", valueName: "name"))
    var selector: String?

    @Option(help: "Which tests come along: eager, cautious, buildable or empty.")
    var indirectSelection = IndirectSelection.eager

    mutating func validate() throws {
        if selector != nil, !select.isEmpty || !exclude.isEmpty {
            throw ValidationError("--selector stands without --select and --exclude.")
        }
    }

    /// Throws when the project names no such selection.
    func selection(of project: Project) throws -> Selection {
        var selection = Selection(select: select, exclude: exclude)
        if let selector {
            guard let named = project.selectors[selector] else {
                let known = project.selectors.keys.sorted().joined(separator: ", ")
                throw WarehouseError(
                    .usage, "The project \(project.name) has no selector '\(selector)'. "
                        + (known.isEmpty ? "It has none." : "Known are \(known)."))
            }
            selection = named
        }
        selection.indirect = indirectSelection
        return selection
    }
}

/// The options of the commands that work on a project.
struct ProjectArguments: ParsableArguments {
    @OptionGroup(title: "Selection")
    var selection: SelectionArguments

    @Flag(help: "Build incremental models and seeds anew.")
    var fullRefresh = false

    @Flag(name: [.customShort("x"), .long], help: "Stop at the first failure.")
    var failFast = false

    @Option(name: [.customShort("t"), .long],
            help: ArgumentHelp("Which of the project's targets it is built at.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("Values of variables, as a JSON object.", valueName: "json"))
    var vars: String?

    @Option(help: ArgumentHelp("The artifacts of an earlier run, for state:, result: and --defer.", valueName: "dir"),
            completion: .directory)
    var state: String?

    @Flag(inversion: .prefixedNo, help: "Read what is not selected, and not there, where the earlier run built it.")
    var `defer` = false

    @Flag(help: "Read what is not selected where the earlier run built it, even when it is there.")
    var favorState = false

    @Flag(help: "Let models read no rows of their inputs: checks everything, at no cost.")
    var empty = false

    @Option(help: ArgumentHelp("Let models read of inputs with an event time only this span: '3 days', or a JSON object "
            + "with start and end.", valueName: "span"))
    var sample: String?

    @Option(help: ArgumentHelp("Where the batches of microbatch models begin.", valueName: "time"))
    var eventTimeStart: String?

    @Option(help: ArgumentHelp("Where the batches of microbatch models end.", valueName: "time"))
    var eventTimeEnd: String?

    @Flag(help: "Leave out nodes whose query, configuration and inputs are as they were when they last went well.")
    var skipUnchanged = false

    @Option(help: "What is printed of the run: text, or json with dbt's events, one a line.")
    var logFormat = Console.Format.text

    @Option(help: ArgumentHelp("Where artifacts and compiled SQL go.", valueName: "dir"), completion: .directory)
    var targetPath = "./target"

    mutating func validate() throws {
        if targetPath.isEmpty { throw ValidationError("--target-path needs the name of a directory.") }
        guard (eventTimeStart == nil) == (eventTimeEnd == nil) else {
            throw ValidationError("--event-time-start and --event-time-end stand together.")
        }
        let times = try [("start", eventTimeStart), ("end", eventTimeEnd)].compactMap { name, text in
            try text.map { try ProjectArguments.time($0, "--event-time-\(name)") }
        }
        if times.count == 2, times[0] >= times[1] {
            throw ValidationError("--event-time-start must lie before --event-time-end.")
        }
        if empty, sample != nil { throw ValidationError("--empty and --sample do not go together.") }
    }

    private static func time(_ text: String, _ option: String) throws -> LocalDateTime {
        if let time = LocalDateTime(text: text) { return time }
        throw ValidationError("\(option) takes a date or a date and time, such as '2026-01-31 12:00:00', not '\(text)'.")
    }

    /// The tool's project, with the target and the variables that are asked for.
    func project() throws -> Project {
        var project = try CurrentProject.get()
        if let target { project = try project.at(target: target) }
        if let vars { project = try project.setting(variables: vars) }
        return project
    }

    func options(of project: Project) throws -> RunOptions {
        var options = RunOptions()
        options.selection = try selection.selection(of: project)
        options.statePath = state
        options.defersToState = self.defer || favorState
        options.favorsState = favorState
        if empty { options.inputs = .none }
        if let sample { options.inputs = try InputFilter(sample: sample, now: SystemClock().now()) }
        options.eventTimeStart = eventTimeStart.flatMap { LocalDateTime(text: $0) }
        options.eventTimeEnd = eventTimeEnd.flatMap { LocalDateTime(text: $0) }
        options.skipsUnchanged = skipUnchanged
        options.isFullRefresh = fullRefresh
        options.failsFast = failFast
        options.targetPath = targetPath
        if let version = CommandLineTool.current.withLock({ $0?.version }) { options.version = version }
        return options
    }
}

extension IndirectSelection: ExpressibleByArgument {}
extension Console.Format: ExpressibleByArgument {}

/// The project that the tool was made for.
enum CurrentProject {
    static func get() throws -> Project {
        guard let tool = CommandLineTool.current.withLock({ $0 }), var project = tool.project else {
            throw WarehouseError(.usage, "This tool was made without a project of models.")
        }
        project.exposures += tool.dashboards.map(\.exposure)
        return project
    }
}

extension Console {
    /// Lines as they come, each flushed, so that a pipe sees how far a run is.
    static func printing(to output: TextOutput, as format: Format = .text) -> Console {
        Console(format: format) { line in
            // A reader that went away must not end a run in the middle.
            output.note(line + "\n")
        }
    }
}
