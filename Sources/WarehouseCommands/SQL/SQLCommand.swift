#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import MiniWarehouse
import WarehouseBasics

/// `mlwh sql`: runs statements from the command line, a file, standard input or a prompt, or answers requests of a
/// program (`--rpc`).
public struct SQLCommand: ParsableCommand {
    /// Name and help.
    public static let configuration = CommandConfiguration(
        commandName: "sql", abstract: "Run SQL: a statement, a script, a prompt, or requests of a program.",
        discussion: """
            Without -c and -f the script is read from standard input; on a terminal there is a prompt. Results go to \
            standard output, progress and timings to standard error. The first error stops a script, with exit code 1.

            With --rpc every line of standard input is a request {"sql":"…"}, answered by a line of JSON on standard \
            output; "conn":"name" in a request chooses a further session.
            """)

    @OptionGroup(title: "Warehouse")
    var warehouse: WarehouseArguments

    @Option(name: [.customShort("c"), .customLong("command")], parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Run these statements; may be given several times.", valueName: "sql"))
    var commands: [String] = []

    @Option(name: [.customShort("f"), .customLong("file")], parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Run a script; - is standard input. May be given several times.", valueName: "file"))
    var files: [String] = []

    @Option(help: "How results are printed.")
    var format = OutputFormat.table

    @Option(help: "Draw results of queries in place of printing them: bar, of the first names and the first numbers.")
    var chart: SQLChart?

    @Flag(help: "Answer requests of a program, one JSON object a line.")
    var rpc = false

    @Flag(help: "Print to standard error how long each statement took.")
    var timing = false

    /// All defaults.
    public init() {}

    /// Refuses what contradicts itself.
    public mutating func validate() throws {
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
        if !commands.isEmpty {
            for command in commands { try runner.run(command) }
        } else if !scripts.isEmpty {
            for script in scripts { try runner.run(script.text, source: script.source) }
        } else if isatty(STDIN_FILENO) == 1 {
            try Prompt(runner).run()
        } else {
            try runner.run(TextFile.read("-"))
        }
        try TextOutput.standardOutput.flush()
    }

    private func serve(_ session: Session) throws {
        let server = RPCServer(session: session, input: LineReader(DescriptorSource()), output: .standardOutput) {
            try warehouse.makeSession(in: session.warehouse)
        }
        try server.run()
    }
}
