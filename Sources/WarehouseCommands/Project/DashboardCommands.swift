import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseCharts
import WarehouseDocs
import WarehouseModels
import WarehouseServer

/// `mlwh dashboard`.
struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Show the project's dashboards: as files, or to browsers of this machine.",
        discussion: Examples.of("dashboard generate --out site", "dashboard serve --port 8081"),
        subcommands: [GenerateDashboardsCommand.self, ServeDashboardsCommand.self])
}

/// `mlwh dashboard generate`.
struct GenerateDashboardsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write a page for each dashboard, which needs no other file and no server.",
        discussion: Examples.of("dashboard generate --out site", "dashboard generate --files"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments

    @Option(help: ArgumentHelp("Where they are written; `dashboards` below the target path unless given.", valueName: "dir"),
            completion: .directory)
    var out: String?

    @Flag(help: "Also write each chart as SVG, and its rows as CSV.")
    var files = false

    mutating func validate() throws {
        if out?.isEmpty == true { throw ValidationError("--out needs the name of a directory.") }
    }

    func run() throws {
        Interrupts.shared.install()
        let project = try arguments.project()
        let session = try warehouse.openSession(createIfMissing: false)
        let runner = try Runner(
            project, on: EmbeddedTarget(session), console: .printing(to: .standardError), options: arguments.options(of: project))
        let dashboards = CommandLineTool.current.withLock { $0?.dashboards } ?? []
        let folder = out ?? arguments.targetPath + "/dashboards"
        let reader = DashboardReader(graph: runner.graph, session: session, targetPath: arguments.targetPath)
        try Interrupts.shared.cancelling(session) {
            for dashboard in dashboards {
                let links = dashboards.map {
                    DashboardPage.Link(title: $0.title, href: "\($0.name).html", isCurrent: $0.name == dashboard.name)
                }
                let page = try DashboardPage(dashboard, reader: reader, links: dashboards.count > 1 ? links : [])
                try WarehouseModels.TextFile.write(page.html, to: "\(folder)/\(dashboard.name).html")
                try TextOutput.standardOutput.write("\(folder)/\(dashboard.name).html\n")
                for file in files ? try ChartFiles.all(of: dashboard, reader: reader) : [] {
                    try WarehouseModels.TextFile.write(file.text, to: "\(folder)/\(file.name)")
                    try TextOutput.standardOutput.write("\(folder)/\(file.name)\n")
                }
            }
        }
    }
}

/// The options of a server.
struct ServerArguments: ParsableArguments {
    @Option(help: "The port on 127.0.0.1; 0 takes a free one.")
    var port = 8080

    @Option(help: ArgumentHelp("How long a page may take of the warehouse.", valueName: "seconds"))
    var timeLimit = 30.0

    mutating func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535.") }
        guard timeLimit > 0, timeLimit <= 3600 else { throw ValidationError("--time-limit takes seconds, up to 3600.") }
    }

    /// Answers browsers until the process ends.
    func serve(
        _ warehouse: WarehouseArguments, _ arguments: ProjectArguments, docs: DocsArguments?
    ) throws {
        Interrupts.shared.install()
        let project = try arguments.project()
        var reading = warehouse
        reading.readonly = true
        let session = try reading.openSession(createIfMissing: false)
        let runner = try Runner(
            project, on: EmbeddedTarget(session), console: .printing(to: .standardError), options: arguments.options(of: project))
        let dashboards = CommandLineTool.current.withLock { $0?.dashboards } ?? []
        var site: ServedSite?
        if let docs {
            var options = docs.options(targetPath: arguments.targetPath)
            options.links = dashboards.map { ($0.title, SiteServer.path(of: $0)) }
            for dashboard in dashboards { options.pages[dashboard.exposure.name] = SiteServer.path(of: dashboard) }
            site = try Interrupts.shared.cancelling(session) {
                try ServedSite(graph: runner.graph, options: options, session: session)
            }
        }
        let answers = SiteServer(
            warehouse: session.warehouse, graph: runner.graph, dashboards: dashboards, targetPath: arguments.targetPath,
            site: site, seconds: timeLimit)
        let server = try LoopbackServer(port: port) { answers.answer($0) }
        TextOutput.standardOutput.note("Open \(server.address) in a browser of this machine; ^C ends it.\n")
        server.run()
    }
}

/// `mlwh dashboard serve`.
struct ServeDashboardsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Show the dashboards to browsers of this machine; filters ask the warehouse again.",
        discussion: "The server listens on 127.0.0.1 only, opens the warehouse for reading only and takes no SQL.\n\n"
            + Examples.of("dashboard serve", "dashboard serve --port 8081"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments
    @OptionGroup(title: "Server") var server: ServerArguments

    func run() throws { try server.serve(warehouse, arguments, docs: nil) }
}

/// `mlwh docs serve`.
struct ServeDocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Show documentation and dashboards to browsers of this machine.",
        discussion: "The server listens on 127.0.0.1 only, opens the warehouse for reading only and takes no SQL.\n\n"
            + Examples.of("docs serve", "docs serve --port 8081"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments
    @OptionGroup var docs: DocsArguments
    @OptionGroup(title: "Server") var server: ServerArguments

    func run() throws { try server.serve(warehouse, arguments, docs: docs) }
}
