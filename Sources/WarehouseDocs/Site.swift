import MiniWarehouse
import WarehouseBasics
import WarehouseCharts
import WarehouseModels

/// Documentation of a project as one HTML page that needs nothing else: every node with its columns, code, results and
/// rows, a search, and the lineage graph.
/// ```swift
/// let site = try DocumentationSite(graph: MovieLens.project.graph(), session: session)
/// print(site.html)
/// ```
public struct DocumentationSite: Sendable {
    /// What a site shows.
    public struct Options: Sendable {
        /// The folder of the project's artifacts: results of runs, ages of sources.
        public var targetPath: String?
        /// The folder of the project's Swift files; nil shows none.
        public var sourcePath: String?
        /// Whether the relations are looked into: rows, profiles, samples.
        public var readsRelations = true
        /// Seconds after which no further relation is looked into.
        public var profileSeconds = 30.0
        /// Further pages to link to: name and address.
        public var links: [(name: String, href: String)] = []
        /// Where the pages of exposures are, by the exposures' names: dashboards that stand beside the site.
        public var pages: [String: String] = [:]
        /// What earlier sites have looked into; nil looks into all.
        package var profiles: ProfileCache?

        /// Everything, as it stands above.
        public init() {}
    }
    /// How the site fared.
    public struct Report: Sendable {
        /// How many relations were looked into.
        public var profiled = 0
        /// What could not be looked into, and why, a line each.
        public var problems: [String] = []
    }

    let page: Page
    /// What could not be shown.
    public let report: Report

    /// The page.
    public var html: String { page.html }
    /// What a server says with the page, the same as in the page.
    public var contentSecurityPolicy: String { page.contentSecurityPolicy }

    /// Reads the project, its artifacts and, with a session, the relations that are there.
    public init(graph: ProjectGraph, session: Session?, options: Options = Options()) throws {
        var builder = SiteBuilder(graph: graph, options: options, session: options.readsRelations ? session : nil)
        let data = try builder.data()
        report = builder.report
        page = Page(
            title: "\(graph.name) – documentation",
            styles: [PageResource.theme, String(decoding: PackageResources.site_css, as: UTF8.self)],
            scripts: [PageResource.elements, String(decoding: PackageResources.site_js, as: UTF8.self)],
            data: [("site", data)],
            body: "<noscript><p>This page lists the project \(MarkupText.escaped(graph.name)) by script.</p></noscript>")
    }
}
