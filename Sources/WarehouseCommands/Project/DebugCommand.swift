#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseModels

/// `mlwh debug`.
struct DebugCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug", abstract: "Show paths, versions, access and free space, and whether the project can run.",
        discussion: "Changes nothing, and makes no warehouse. The exit code is 1 when anything is wrong.\n\n"
            + Examples.of("debug", "debug -d shop.mlwh --target prod"))

    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments

    @Option(name: [.customShort("t"), .long],
            help: ArgumentHelp("Which of the project's targets is looked at.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("Where artifacts and compiled SQL go.", valueName: "dir"), completion: .directory)
    var targetPath = "./target"

    func run() throws {
        var project = try CurrentProject.get()
        if let target { project = try project.at(target: target) }
        var report = DebugReport()
        report.tool(CommandLineTool.current.withLock { $0 })
        report.project(project)
        report.folder("artifacts", targetPath)
        report.warehouse(warehouse, project: project)
        for line in report.lines { try TextOutput.standardOutput.write(line + "\n") }
        guard report.faults > 0 else { return try TextOutput.standardOutput.write("All checks passed!\n") }
        try TextOutput.standardOutput.write(report.faults == 1 ? "1 check failed\n" : "\(report.faults) checks failed\n")
        throw ExitCode(1)
    }
}

/// What `debug` has found, a line each.
struct DebugReport {
    private(set) var lines: [String] = []
    private(set) var faults = 0

    private mutating func say(_ what: String, _ text: String) {
        lines.append(what + String(repeating: " ", count: max(1, 13 - what.count)) + text)
    }
    private mutating func ok(_ what: String, _ text: String) { say(what, text + "  [OK]") }
    private mutating func fault(_ what: String, _ text: String) {
        faults += 1
        say(what, text.split(whereSeparator: \.isNewline).joined(separator: " ") + "  [ERROR]")
    }

    mutating func tool(_ tool: CommandLineTool?) {
        let system = { var name = utsname(); uname(&name); return name }()
        let words = withUnsafeBytes(of: system.sysname) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let release = withUnsafeBytes(of: system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let machine = withUnsafeBytes(of: system.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        say("version", "\(tool?.name ?? "?") \(tool?.version ?? "?"), mlwh \(RunOptions().version)")
        say("system", "\(words) \(release), \(machine), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores")
        if let folder = getcwd(nil, 0) {
            say("folder", String(cString: folder))
            free(folder)
        }
    }

    mutating func project(_ project: Project) {
        let graph = project.graph()
        let count = "\(project.name), \(graph.nodes.count) nodes"
        if graph.problems.isEmpty { ok("project", count) } else { fault("project", "\(count), \(graph.problems.count) problems") }
        for problem in graph.problems { lines.append("  " + problem) }
        say("target", "\(project.target.name): \(project.target.database).\(project.target.schema), "
            + "\(project.target.threads) threads")
    }

    /// A folder that is, or can be made, written to.
    mutating func folder(_ what: String, _ path: String) {
        var probe = path
        while access(probe, F_OK) != 0, errno == ENOENT {
            guard let slash = probe.lastIndex(of: "/") else { probe = "."; break }
            probe = slash == probe.startIndex ? "/" : String(probe[..<slash])
        }
        let state = probe == path ? "" : " (not there yet)"
        guard access(probe, W_OK | X_OK) == 0 else {
            return fault(what, "\(path)\(state): \(probe) cannot be written to: \(String(cString: strerror(errno)))")
        }
        ok(what, path + state)
        var space = statvfs()
        guard statvfs(probe, &space) == 0 else { return fault("free space", String(cString: strerror(errno))) }
        let free = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
        let megabytes = free.overflow ? Int.max : Int(free.partialValue >> 20)
        if megabytes < 64 {
            fault("free space", "\(megabytes) MB at \(probe); a build needs more")
        } else {
            ok("free space", "\(megabytes) MB at \(probe)")
        }
    }

    /// The warehouse's folder; when it is there, whether it opens and who may write, and the target's database.
    mutating func warehouse(_ arguments: WarehouseArguments, project: Project) {
        folder("warehouse", arguments.path)
        guard access(arguments.path, F_OK) == 0 else { return }
        do {
            var reader = arguments
            reader.readonly = true
            let session = try reader.openSession(createIfMissing: false)
            let version = try session.execute("SELECT CURRENT_VERSION()").textRows().first?.first.flatMap { $0 } ?? "?"
            ok("connection", "opens, CURRENT_VERSION() \(version)")
            let name = Identifiers.folded(project.target.database)
            let databases = try session.execute("SHOW DATABASES")["name"].values(as: String.self)
            if databases.contains(name) {
                ok("database", name)
            } else {
                let known = databases.joined(separator: ", ")
                fault("database", "\(name) is not there (\(known)); CREATE DATABASE \(Identifiers.quoted(name)) makes it")
            }
        } catch {
            fault("connection", Failure.paragraph(error))
        }
    }
}
