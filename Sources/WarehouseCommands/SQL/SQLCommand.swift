#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseIngest

/// `mlwh sql`: runs statements from the command line, a file, standard input or a prompt, or answers requests of a
/// program (`--rpc`).
public struct SQLCommand: ParsableCommand {
    /// Name and help.
    public static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Run SQL: a statement, a script, a prompt, or requests of a program.",
        discussion: """
            Without -c and -f the script is read from standard input, and each statement runs as soon as it is there; on \
            a terminal there is a prompt, whose \\? lists its commands. Results go to standard output, progress and timings \
            to standard error. The first error stops a script, with exit code 1; with --keep-going it does not.

              mlwh sql                                      # a prompt
              mlwh sql -c "SELECT 1; SHOW TABLES"           # statements
              mlwh sql -f setup.sql --format csv > out.csv  # a script
              generate | mlwh sql -d shop.mlwh              # a script that comes by a pipe

            With --rpc every line of standard input is a request {"sql":"…"}, answered by a line of JSON on standard \
            output; "conn":"name" in a request chooses a further session.
            """)

    @OptionGroup(title: "Warehouse")
    var warehouse: WarehouseArguments

    @Option(name: [.customShort("c"), .customLong("command")], parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Run these statements; may be given several times.", valueName: "sql"))
    var commands: [String] = []

    @Option(name: [.customShort("f"), .customLong("file")], parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Run a script; - is standard input. May be given several times.", valueName: "file"),
            completion: .file())
    var files: [String] = []

    @Option(help: "How results are printed.")
    var format = OutputFormat.table

    @Option(help: "Draw results of queries in place of printing them: bar, of the first names and the first numbers.")
    var chart: SQLChart?

    @Flag(help: "Answer requests of a program, one JSON object a line.")
    var rpc = false

    @Flag(help: "Print to standard error how long each statement took.")
    var timing = false

    @Flag(name: [.customShort("k"), .long],
          help: "Go on with a script after an error; the exit code is 1 at the end all the same.")
    var keepGoing = false

    @Flag(name: [.customShort("x"), .long], help: "Print tables a line a column.")
    var expanded = false

    @Flag(inversion: .prefixedNo, exclusivity: .chooseLast,
          help: "At the prompt, show results that are larger than the screen by $PAGER, else less.")
    var pager = true

    /// Taken so that what people try first is answered with what is meant.
    @Argument(help: .hidden)
    var words: [String] = []

    /// All defaults.
    public init() {}

    /// Refuses what contradicts itself.
    public mutating func validate() throws {
        if let word = words.first {
            let isFolder = access(word + "/MLWH", F_OK) == 0 || word.hasSuffix(".mlwh")
            throw ValidationError(
                "Unexpected argument '\(word)'. " + (isFolder
                    ? "The warehouse is named by -d: sql -d \(word)" : "Statements are given by -c: sql -c \"SELECT 1\""))
        }
        if !commands.isEmpty, !files.isEmpty { throw ValidationError("-c and -f cannot be given together.") }
        if rpc, !commands.isEmpty || !files.isEmpty {
            throw ValidationError("--rpc takes its statements from standard input; -c and -f have no place with it.")
        }
    }

    /// Runs the command. Throws `WarehouseError` or `ScriptError` for what is wrong with SQL or data.
    public func run() throws {
        Interrupts.shared.install()
        // Scripts are read before the warehouse is made: a wrong name must not leave one behind.
        let scripts = try files.map { (text: try TextFile.read($0), source: $0 == "-" ? "standard input" : "'\($0)'") }
        let session = try warehouse.openSession()
        if rpc { return try serve(session) }
        let runner = ScriptRunner(session: session, format: format, showsTiming: timing)
        runner.chart = chart
        if expanded { runner.display.expansion = .on }
        let isScript = !commands.isEmpty || !scripts.isEmpty
        if !isScript, isatty(STDIN_FILENO) == 1 {
            try Prompt.onTerminal(runner, usesPager: pager).run()
        } else {
            try run(scripts, runner)
        }
        try TextOutput.standardOutput.flush()
    }

    private func run(_ scripts: [(text: String, source: String)], _ runner: ScriptRunner) throws {
        let prompt = PromptCommands(runner)
        prompt.stopsOnError = !keepGoing
        var errorCount = 0
        func read(_ input: any ByteSource, _ name: String?) throws -> Bool {
            let reader = ScriptReader(prompt, lines: LineReader(input), source: ScriptSource(name: name))
            defer { errorCount += reader.errorCount }
            return try reader.run()
        }
        if commands.isEmpty, scripts.isEmpty { _ = try read(DescriptorSource(), nil) }
        for command in commands { guard try read(MemorySource(Array(command.utf8)), nil) else { break } }
        for script in scripts { guard try read(MemorySource(Array(script.text.utf8)), script.source) else { break } }
        if errorCount > 0 {
            try runner.display.output.flush()
            throw ExitCode(1)
        }
    }

    private func serve(_ session: Session) throws {
        let server = RPCServer(session: session, input: LineReader(DescriptorSource()), output: .standardOutput) {
            try warehouse.makeSession(in: session.warehouse)
        }
        try server.run()
    }
}
