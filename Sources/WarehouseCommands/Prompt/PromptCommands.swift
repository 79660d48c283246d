#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import WarehouseBasics
import WarehouseIngest
import WarehouseSQL

/// Does what commands of the prompt say, at a prompt or in a script.
final class PromptCommands {
    /// What comes of a command.
    enum Effect: Equatable {
        /// What was begun to be typed stays as it is.
        case done
        /// What was begun to be typed is now this.
        case typed(String)
        case leave
    }

    /// Scripts may run scripts so deep.
    private static let maximumDepth = 32

    let runner: ScriptRunner
    /// The statement that ran last, for `\g`, `\e` and `\watch`.
    var last = ""
    var stopsOnError = true
    /// What was typed before, the oldest first.
    var history: () -> [String] = { [] }
    /// Something has run that may have changed which names there are.
    var whenChanged: () -> Void = {}
    private var depth = 0

    init(_ runner: ScriptRunner) { self.runner = runner }

    var display: ResultDisplay { runner.display }
    private var output: TextOutput { display.screen }

    /// Does what a command says. `pending` is the statement that is begun. Throws `WarehouseError`, `ScriptError`.
    func obey(_ command: MetaCommand, pending: String) throws -> Effect {
        let argument = command.arguments.first
        switch command.name {
        case "\\q": return .leave
        case "\\?", "\\help": try page(PromptHelp.text(argument))
        case "\\h": try page(PromptHelp.words(command.rest, functions: SessionNames(runner.session).functions()))
        case "\\timing": try set(.timing, argument ?? Switch.word(!runner.showsTiming))
        case "\\x": try set(.expanded, argument ?? Switch.word(display.expansion == .off))
        case "\\format": try set(.format, argument)
        case "\\pager": try set(.pager, command.rest.isEmpty ? nil : command.rest)
        case "\\set": try setOrShow(command)
        case "\\unset": try unset(argument)
        case "\\g", "\\watch", "\\e", "\\p", "\\r", "\\s": return try handle(command, pending)
        case "\\i": try runScript(command)
        case "\\o": try display.redirect(to: command.rest)
        case "\\echo": try display.output.write(command.rest + "\n")
        case "\\c": try connect(argument)
        case "\\conninfo": try output.write(connection())
        case "\\cd": try changeFolder(argument)
        case "\\!": try shell(command.rest)
        default: try list(command)
        }
        return .done
    }

    private func list(_ command: MetaCommand) throws {
        guard let listing = ObjectListing(command.name) else {
            throw WarehouseError(.usage, "There is no command '\(VisibleText.escaped(command.name))'; \\? lists them.")
        }
        do {
            try listing.show(command.arguments.first, in: runner)
        } catch let error as WarehouseError {
            throw PromptCommands.withoutPlace(error)
        }
    }

    /// Places in statements that nobody has typed tell nothing.
    private static func withoutPlace(_ error: WarehouseError) -> WarehouseError {
        var error = error
        error.span = nil
        return error
    }

    private func page(_ text: String) throws {
        let lines = text.utf8.reduce(0) { $0 + ($1 == 10 ? 1 : 0) }
        try display.page(output.terminalRows.map { lines + 1 > $0 } ?? false, to: output) { try $0.write(text) }
    }

    // MARK: Settings

    private func set(_ setting: PromptSetting, _ value: String?) throws {
        if let value { try change(setting, to: value) }
        try output.write(sentence(setting))
    }

    private func sentence(_ setting: PromptSetting) -> String {
        let name = setting == .pager ? "The pager" : setting.rawValue.prefix(1) + setting.rawValue.dropFirst().lowercased()
        return "\(name) is \(value(setting)).\n"
    }

    func value(_ setting: PromptSetting) -> String {
        switch setting {
        case .format: display.format.rawValue
        case .timing: Switch.word(runner.showsTiming)
        case .expanded: display.expansion.rawValue
        case .pager: display.pager?.command ?? "off"
        case .rows: display.maximumRows.map(String.init) ?? "auto"
        case .null: display.null
        case .onErrorStop: Switch.word(stopsOnError)
        }
    }

    private func change(_ setting: PromptSetting, to value: String) throws {
        func refused(_ wanted: String) -> WarehouseError {
            WarehouseError(.usage, "\(setting.rawValue) takes \(wanted), not '\(VisibleText.escaped(value))'.")
        }
        func flag() throws -> Bool {
            guard let flag = Switch.parse(value) else { throw refused("on or off") }
            return flag
        }
        switch setting {
        case .format:
            guard let format = OutputFormat(rawValue: value.lowercased()) else {
                throw WarehouseError(.usage, "There is no format '\(VisibleText.escaped(value))'.")
            }
            display.format = format
        case .timing: runner.showsTiming = try flag()
        case .expanded:
            guard let expansion = Switch.parse(value).map({ $0 ? ResultDisplay.Expansion.on : .off })
                    ?? ResultDisplay.Expansion(rawValue: value.lowercased()) else { throw refused("on, off or auto") }
            display.expansion = expansion
        case .pager:
            switch Switch.parse(value) {
            case true?: display.pager = Pager.standard ?? Pager(command: "more")
            case false?: display.pager = nil
            case nil: display.pager = Pager(command: value)
            }
        case .rows:
            let rows = value.lowercased() == "auto" ? nil : Int(value)
            guard rows.map({ $0 > 0 }) ?? (value.lowercased() == "auto") else { throw refused("a number from 1, or auto") }
            display.maximumRows = rows
        case .null: display.null = VisibleText.escaped(value)
        case .onErrorStop: stopsOnError = try flag()
        }
    }

    private func setting(_ name: String) throws -> PromptSetting {
        if let setting = PromptSetting(rawValue: name.uppercased()) { return setting }
        let known = PromptSetting.allCases.map(\.rawValue).joined(separator: ", ")
        throw WarehouseError(.usage, "There is no setting '\(VisibleText.escaped(name))'.",
                             hint: "There are \(known). SQL's own variables are made by SET name = value.")
    }

    private func setOrShow(_ command: MetaCommand) throws {
        guard let name = command.arguments.first else {
            for setting in PromptSetting.allCases {
                let name = setting.rawValue + String(repeating: " ", count: 14 - setting.rawValue.count)
                let value = value(setting), gap = String(repeating: " ", count: max(1, 10 - DisplayWidth.columns(value)))
                try output.write("\(name)\(value)\(gap)\(setting.about)\n")
            }
            return
        }
        let setting = try setting(name), words = command.arguments.dropFirst()
        if words.isEmpty { return try output.write(sentence(setting)) }
        try change(setting, to: words.joined(separator: " "))
    }

    private func unset(_ name: String?) throws {
        guard let name else { throw WarehouseError(.usage, "\\unset takes the name of a setting; \\set lists them.") }
        switch try setting(name) {
        case .format: display.format = .table
        case .timing: runner.showsTiming = false
        case .expanded: display.expansion = .off
        case .pager: display.pager = Pager.standard
        case .rows: display.maximumRows = nil
        case .null: display.null = "NULL"
        case .onErrorStop: stopsOnError = true
        }
    }

    // MARK: Place

    private func connect(_ place: String?) throws {
        guard let place else { return try output.write(connection()) }
        guard let parts = try? Parser.parseObjectName(place), (1...2).contains(parts.count) else {
            throw WarehouseError(.usage, "\\c takes DATABASE or DATABASE.SCHEMA.")
        }
        do {
            try runner.session.use(database: parts[0].name, schema: parts.count == 2 ? parts[1].name : nil)
        } catch let error as WarehouseError {
            throw PromptCommands.withoutPlace(error)
        }
        whenChanged()
    }

    private func connection() throws -> String {
        let session = runner.session
        let row = try session.look("""
            SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_VERSION()
            """).textRows().first ?? []
        let (database, schema) = session.currentSchema
        let place = [database, schema].compactMap { $0 }.joined(separator: ".")
        let tool = CommandLineTool.current.withLock { $0.map { ($0.name, $0.version) } }
        var values = [session.warehouse.path, place] + row.map { $0 ?? "none" }
        var names = ["warehouse", "place", "user", "role", "compute", "CURRENT_VERSION()"]
        if let (name, version) = tool {
            names.append(name + " version")
            values.append(version)
        }
        let width = (names.map(\.count).max() ?? 0) + 1
        return zip(names, values).map { name, value in
            name + String(repeating: " ", count: width - name.count) + VisibleText.escaped(value) + "\n"
        }.joined()
    }

    private func changeFolder(_ folder: String?) throws {
        let path = FileNames.expanded(folder ?? "~")
        guard chdir(path) == 0 else {
            throw WarehouseError(.inputOutput, "'\(path)': \(String(cString: strerror(errno))).")
        }
    }

    private func shell(_ command: String) throws {
        try output.flush()
        let line = command.isEmpty ? Environment.variable("SHELL") ?? "sh" : command
        let code = try runner.interrupts.ignored { try ChildProcess(shell: line).wait() }
        if code != 0 { runner.diagnostics.note("exit code \(code)\n") }
    }

    // MARK: Scripts

    private func runScript(_ command: MetaCommand) throws {
        guard let path = command.arguments.first else { throw WarehouseError(.usage, "\\i takes the name of a file.") }
        guard depth < PromptCommands.maximumDepth else {
            throw WarehouseError(.limitExceeded, "Scripts run scripts more than \(PromptCommands.maximumDepth) deep.")
        }
        depth += 1
        defer {
            depth -= 1
            whenChanged()
        }
        let source = try FileSource(path: FileNames.expanded(path))
        try ScriptReader(self, lines: LineReader(source), source: ScriptSource(name: "'\(path)'")).run()
    }
}
