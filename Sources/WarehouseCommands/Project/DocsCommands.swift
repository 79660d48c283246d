#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import ArgumentParser
import MiniWarehouse
import WarehouseBasics
import WarehouseDocs
import WarehouseModels

/// `mlwh docs`.
struct DocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Write the project's documentation: a page for browsers, and what other sites read.",
        discussion: Examples.of("docs generate --out site", "docs serve"),
        subcommands: [GenerateDocsCommand.self, ServeDocsCommand.self])
}

/// What the commands that make the documentation have in common.
struct DocsArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The folder whose Swift files hold the models' sources.", valueName: "dir"),
            completion: .directory)
    var sources = "Sources"

    @Flag(inversion: .prefixedNo, help: "Look into the relations: rows, profiles of columns, samples.")
    var profile = true

    func options(targetPath: String) -> DocumentationSite.Options {
        var options = DocumentationSite.Options()
        options.targetPath = targetPath
        options.sourcePath = sources
        options.readsRelations = profile
        return options
    }
}

/// `mlwh docs generate`.
struct GenerateDocsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write index.html, manifest.json and catalog.json; index.html needs no other file.",
        discussion: Examples.of("docs generate --target-path ./site"))
    @OptionGroup(title: "Warehouse") var warehouse: WarehouseArguments
    @OptionGroup var arguments: ProjectArguments
    @OptionGroup var docs: DocsArguments

    @Option(help: ArgumentHelp("Where they are written; the target path unless given.", valueName: "dir"),
            completion: .directory)
    var out: String?

    @Flag(name: .customLong("static"), help: "Write static_index.html alone.")
    var isStatic = false

    mutating func validate() throws {
        if out?.isEmpty == true { throw ValidationError("--out needs the name of a directory.") }
    }

    func run() throws {
        Interrupts.shared.install()
        let project = try arguments.project()
        let session = try warehouse.openSession(createIfMissing: false)
        var options = try arguments.options(of: project)
        let folder = out ?? arguments.targetPath
        options.targetPath = folder
        let runner = try Runner(
            project, on: EmbeddedTarget(session),
            console: .printing(to: .standardOutput, as: arguments.logFormat), options: options)
        try Interrupts.shared.cancelling(session) {
            if !isStatic { try runner.catalog() }
            var shown = docs.options(targetPath: arguments.targetPath)
            // Those that `dashboard generate` has put beside the page.
            for dashboard in CommandLineTool.current.withLock({ $0?.dashboards }) ?? [] {
                let path = "dashboards/\(dashboard.name).html"
                if access("\(folder)/\(path)", R_OK) == 0 { shown.pages[dashboard.exposure.name] = path }
            }
            let site = try DocumentationSite(graph: runner.graph, session: session, options: shown)
            let path = folder + (isStatic ? "/static_index.html" : "/index.html")
            try WarehouseModels.TextFile.write(site.html, to: path)
            for problem in site.report.problems { TextOutput.standardError.note("mlwh: \(problem)\n") }
            let console = Console.printing(to: .standardOutput, as: arguments.logFormat)
            console.line("Documentation written to \(path)")
        }
    }
}
