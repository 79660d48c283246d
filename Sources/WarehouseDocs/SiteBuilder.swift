import MiniWarehouse
import WarehouseBasics
import WarehouseCharts
import WarehouseModels

/// Collects what the site's script shows. Nodes are named by their numbers.
struct SiteBuilder {
    let graph: ProjectGraph
    let options: DocumentationSite.Options
    let session: Session?
    private(set) var report = DocumentationSite.Report()
    private let nodes: [Node]
    private let numbers: [String: Int]
    private let details: [NodeDetails]
    private var sizes: [ObjectName: (rows: Int, bytes: Int)] = [:]
    /// The tables and views that are there.
    private var present: Set<ObjectName> = []
    private var profiles: [Int: RelationProfile] = [:]
    private static let maximumText = 160

    init(graph: ProjectGraph, options: DocumentationSite.Options, session: Session?) {
        self.graph = graph
        self.options = options
        session?.serveProgram()
        self.session = session
        nodes = graph.nodes
        numbers = Dictionary(graph.nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
        details = graph.nodes.map { graph.details(of: $0) }
    }

    mutating func data() throws -> JSON {
        if session != nil {
            let unread = readSizes()
            try readRelations(but: unread)
        }
        let folder = options.targetPath
        let runs = folder.map { RunHistory(folder: $0).last } ?? [:]
        let ages = folder.map { SourceAge.all(folder: $0) } ?? [:]
        let names = Set(nodes.map { SiteBuilder.typeName($0) })
        let sources = options.sourcePath.map { SwiftSources(folder: $0, names: names) }
        let tests = testsByNode()
        var all: [JSON] = []
        for index in nodes.indices {
            all.append(try node(index, run: runs[nodes[index].id], age: ages[nodes[index].id],
                                swift: sources?[nodes[index].declaration], tests: tests[index]))
        }
        return .object([
            ("project", project()), ("nodes", .array(all)), ("layout", layout()),
            ("links", .array(options.links.map { .object([("name", .string($0.name)), ("href", .string($0.href))]) })),
        ])
    }

    private func project() -> JSON {
        let own = Set(nodes.compactMap(\.relation))
        let known = sizes.filter { own.contains($0.key) }
        let models = nodes.count { $0.kind == .model }
        let sources = nodes.count { $0.kind == .source }
        let now = session?.warehouse.options.clock.now() ?? SystemClock().now()
        let written = TimestampFormat.timestampNTZ.string(localTicks: now / 1_000_000_000, scale: 0).prefix(19)
        var members = PageMembers()
        members.add("name", text: graph.name)
        members.add("about", text: "\(models) models over \(sources) sources, in the order of what reads what.")
        members.add("target", text: graph.target.name)
        members.add("database", text: graph.target.database)
        members.add("schema", text: graph.target.schema)
        members.add("written", text: written.replacing(" ", with: "T") + "Z")
        if session != nil {
            members.add("rows", number: known.values.reduce(0) { $0 + $1.rows })
            members.add("bytes", number: known.values.reduce(0) { $0 + $1.bytes })
        }
        return members.value
    }

    private static func typeName(_ node: Node) -> String {
        node.declaration.split(separator: ".").last.map(String.init) ?? node.declaration
    }

    // MARK: Relations

    /// Gives the databases that could not be read.
    private mutating func readSizes() -> Set<String> {
        var unread: Set<String> = []
        for database in Set(nodes.compactMap { $0.relation?.database }).sorted() {
            let sql = "SELECT TABLE_SCHEMA, TABLE_NAME, ROW_COUNT, BYTES FROM \(Identifiers.quoted(database))"
                + ".INFORMATION_SCHEMA.TABLES"
            do {
                for row in try session?.execute(sql).textRows() ?? [] {
                    guard let schema = row[0], let table = row[1] else { continue }
                    let name = ObjectName(database: database, schema: schema, name: table)
                    present.insert(name)
                    if let rows = row[2].flatMap({ Int($0) }) { sizes[name] = (rows, row[3].flatMap { Int($0) } ?? 0) }
                }
            } catch {
                unread.insert(database)
                report.problems.append("\(database): \(SiteBuilder.line(error))")
            }
        }
        return unread
    }

    /// What is yet to be built is said on its page; a source that is not there is a fault of the project.
    private mutating func readRelations(but unread: Set<String>) throws {
        guard let session else { return }
        let start = ContinuousClock.now
        for (index, node) in nodes.enumerated() {
            guard let name = node.relation, !unread.contains(name.database) else { continue }
            guard present.contains(name) else {
                if node.kind == .source { report.problems.append("\(node.name): there is no \(name)") }
                continue
            }
            guard start.duration(to: .now) < .seconds(options.profileSeconds) else {
                report.problems.append("\(node.name): not looked into, since that took long already")
                continue
            }
            do {
                profiles[index] = try profile(of: name, session)
                report.profiled += 1
            } catch {
                if (error as? WarehouseError)?.code == ErrorKind.cancelled.code { throw error }
                report.problems.append("\(node.name): \(SiteBuilder.line(error))")
            }
        }
    }

    private func profile(of name: ObjectName, _ session: Session) throws -> RelationProfile {
        let target = EmbeddedTarget(session)
        // Told before the rows are read: of what is written meanwhile the next page sees that it is another state.
        let state = try options.profiles.flatMap { _ in try RelationVersion.whole(of: name) { try target.version(of: $0) } }
        if let state, let known = options.profiles?.profile(of: name, in: state) { return known }
        let profile = try RelationProfile(name, rowCount: sizes[name]?.rows, in: session)
        if let state { options.profiles?.keep(profile, of: name, in: state) }
        return profile
    }

    private static func line(_ error: any Error) -> String {
        let text = (error as? WarehouseError)?.message ?? "\(error)"
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    // MARK: Nodes

    private func testsByNode() -> [[Int]] {
        var found: [[Int]] = Array(repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() where node.kind.isTest {
            let attached = details[index].test?.node.map { [$0] } ?? node.dependencies
            for id in attached { if let target = numbers[id] { found[target].append(index) } }
        }
        return found
    }

    private func node(_ index: Int, run: NodeRun?, age: SourceAge?, swift: String?, tests: [Int]) throws -> JSON {
        let node = nodes[index], about = details[index]
        let size = node.relation.flatMap { sizes[$0] }
        let profile = profiles[index]
        var members = PageMembers()
        members.add("id", text: node.id)
        members.add("kind", text: node.kind.rawValue)
        members.add("name", text: node.name)
        members.add("about", text: node.about)
        members.add("tags", list: node.tags.map(JSON.string))
        members.add("declaration", text: node.kind == .exposure && about.use?.label != nil ? nil : node.declaration)
        members.add("relation", text: node.relation?.description)
        members.add("missing", flag: session != nil && node.relation.map { !present.contains($0) } == true)
        members.add("reads", list: node.dependencies.compactMap { numbers[$0].map(JSON.integer) })
        members.add("tests", list: tests.map(JSON.integer))
        members.add("rows", number: profile?.rowCount ?? size?.rows)
        members.add("bytes", number: size?.bytes)
        if !node.kind.isTest {
            members.add("kept", text: node.materialization)
            members.add("columns", columns(node, profile))
        }
        add(about, to: &members)
        if node.kind == .exposure { members.add("page", text: options.pages[node.name]) }
        if let run { members.add("run", SiteBuilder.run(run)) }
        if let age {
            var found = PageMembers()
            found.add("status", text: age.status)
            found.add("at", text: age.newest)
            members.add("freshness", found.value)
        }
        if let profile {
            members.add("profiled", SiteBuilder.note(profile))
            members.add("sample", SiteBuilder.sample(profile))
        }
        members.add("sql", text: try graph.compiledSQL(of: node).map(graph.secrets.masked))
        members.add("swift", text: swift)
        return members.value
    }

    private func add(_ about: NodeDetails, to members: inout PageMembers) {
        members.add("fresherThan", text: about.freshness)
        members.add("owner", text: about.owner)
        members.add("group", text: about.group)
        members.add("access", text: about.access)
        members.add("contract", flag: about.isContractEnforced)
        members.add("column", text: about.test?.column)
        members.add("testName", text: about.test?.name)
        members.add("severity", text: about.test?.severity)
        members.add("use", text: about.use?.kind)
        members.add("label", text: about.use?.label)
        members.add("url", text: about.use?.url)
        members.add("maturity", text: about.use?.maturity)
        if !about.meta.isEmpty { members.add("meta", .object(about.meta.map { ($0.name, .string($0.value)) })) }
    }

    private static func run(_ run: NodeRun) -> JSON {
        var members = PageMembers()
        members.add("status", text: run.status)
        members.add("at", text: run.completedAt)
        members.add("seconds", number: run.seconds)
        members.add("failures", number: run.failures)
        members.add("message", text: run.message)
        return members.value
    }

    private static func note(_ profile: RelationProfile) -> JSON? {
        profile.isExact ? nil : .string(
            "Number of rows, NULLs, least and greatest are exact; distinct values and distributions are told from "
                + "\(grouped(profile.sampleCount)) rows taken at random.")
    }

    /// `10,038`.
    private static func grouped(_ number: Int) -> String {
        number < 1000 ? String(number) : "\(number / 1000)," + String(1000 + number % 1000).dropFirst()
    }

    private static func sample(_ profile: RelationProfile) -> JSON? {
        guard !profile.sample.isEmpty else { return nil }
        return .object([
            ("columns", .strings(profile.columns.map(\.name))),
            ("rows", .array(profile.sample.map { .array($0.map { .optional($0.map(cut)) }) })),
        ])
    }

    private static func cut(_ text: String) -> String {
        text.count <= maximumText ? text : text.prefix(maximumText) + "…"
    }

    // MARK: Columns

    private func columns(_ node: Node, _ profile: RelationProfile?) -> JSON {
        let lineage = graph.lineage(of: node)
        let found = Dictionary((profile?.columns ?? []).map { ($0.name, $0) }) { first, _ in first }
        return .array(node.columns.map { column in
            let from = (lineage.columns[column.name] ?? []).sorted().compactMap { source -> JSON? in
                numbers[source.node].map { .array([.integer($0), .string(source.column)]) }
            }
            var members = PageMembers()
            members.add("name", text: column.name)
            members.add("type", text: SiteBuilder.type(found[column.name]?.type ?? column.type))
            members.add("required", flag: !column.isNullable)
            members.add("about", text: column.about)
            members.add("from", list: from)
            members.add("profile", found[column.name].map(SiteBuilder.profile))
            return members.value
        })
    }

    /// `VARCHAR` in place of `VARCHAR(16777216)`.
    private static func type(_ type: LogicalType) -> String {
        switch type {
        case .varchar(LogicalType.maximumTextLength): "VARCHAR"
        case .binary(LogicalType.maximumBinaryLength): "BINARY"
        default: type.description
        }
    }

    private static func profile(_ column: RelationProfile.Column) -> JSON {
        var members = PageMembers()
        members.add("nulls", number: column.nulls)
        members.add("distinct", number: column.distinct)
        members.add("isDistinctExact", flag: column.isDistinctExact)
        members.add("least", text: column.least.map(cut))
        members.add("greatest", text: column.greatest.map(cut))
        members.add("low", text: column.low.map(cut))
        members.add("high", text: column.high.map(cut))
        members.add("counted", number: column.counted)
        members.add("bars", list: column.bars.map(JSON.integer))
        members.add("tops", list: column.tops.map { .array([.string(cut($0.text)), .integer($0.count)]) })
        return members.value
    }

    // MARK: Lineage

    private func layout() -> JSON {
        let shown = nodes.indices.filter { !nodes[$0].kind.isTest }
        let places = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
        var edges: [(from: Int, to: Int)] = []
        for index in shown {
            for id in nodes[index].dependencies {
                if let source = numbers[id].flatMap({ places[$0] }), let reader = places[index] { edges.append((source, reader)) }
            }
        }
        let layout = LineageLayout(nodeCount: shown.count, edges: edges)
        return .object([
            ("width", .number(layout.width)), ("height", .number(layout.height)),
            ("nodeWidth", .number(LineageLayout.nodeWidth)), ("nodeHeight", .number(LineageLayout.nodeHeight)),
            ("nodes", .array(zip(shown, layout.corners).map {
                .object([("node", .integer($0)), ("x", .number($1.x)), ("y", .number($1.y))])
            })),
            ("edges", .array(zip(edges, layout.routes).map { edge, route in
                .object([
                    ("from", .integer(shown[edge.from])), ("to", .integer(shown[edge.to])),
                    ("points", .array(route.map { .array([.number($0.x), .number($0.y)]) })),
                ])
            })),
        ])
    }
}
