#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import Testing
import WarehouseBasics
@testable import WarehouseDocs
import WarehouseModels

private protocol Part: SendableMetatype { static var text: String { get } }
private enum North: Part { static let text = "north" }
private enum South: Part { static let text = "south" }
private enum East: Part { static let text = "east" }
private enum West: Part { static let text = "west" }
private enum Web: Part { static let text = "web" }
private enum Shops: Part { static let text = "shops" }
private enum Phone: Part { static let text = "phone" }
private enum Post: Part { static let text = "post" }
private enum Old: Part { static let text = "old" }
private enum New: Part { static let text = "new" }

private struct Sales: Row {
    let id: Expr<Int64?>
    let customer: Expr<Int64?>
    let kind: Expr<String?>
    let country: Expr<String?>
    let amount: Expr<Double?>
    let quantity: Expr<Int64?>
    let soldAt: Expr<LocalDateTime?>
    let isPaid: Expr<Bool?>
}

private enum Raw<A: Part>: Source {
    typealias Columns = Sales
    static var name: String { "raw_\(A.text)" }
    static var table: String { "SHOP.RAW.RAW_\(A.text.uppercased())" }
}
private enum Stg<A: Part, B: Part>: Model {
    typealias Columns = Sales
    static var name: String { "stg_\(A.text)_\(B.text)" }
    static var about: String { "Sales of \(A.text) by way of \(B.text)." }
    static var columns: [Column<Columns>] { [.column(\.id, "The sale.", .notNull)] }
    static func query(_ q: inout Query) -> Columns {
        let raw = q.from(Raw<A>.self)
        q.filter(raw.kind == B.text || raw.amount > 0)
        return raw
    }
}
private enum Fct<A: Part, B: Part>: Model {
    struct Columns: Row {
        let id: Expr<Int64?>
        let customer: Expr<Int64?>
        let amount: Expr<Double?>
        let other: Expr<Double?>
        let soldAt: Expr<LocalDateTime?>
    }
    static var name: String { "fct_\(A.text)_\(B.text)" }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns {
        let own = q.from(Stg<A, B>.self)
        let other = q.join(Stg<B, A>.self) { $0.customer == own.customer }
        return Columns(
            id: own.id, customer: own.customer, amount: own.amount, other: other.amount, soldAt: own.soldAt)
    }
}
private enum Mart<A: Part, B: Part, C: Part>: Model {
    struct Columns: Row {
        let customer: Expr<Int64?>
        let sales: Expr<Int64>
        let amount: Expr<Double?>
    }
    static var name: String { "mart_\(A.text)_\(B.text)_\(C.text)" }
    static func query(_ q: inout Query) -> Columns {
        let facts = q.from(Fct<A, B>.self)
        let staged = q.join(Stg<C, B>.self) { $0.id == facts.id }
        q.group(by: facts.customer)
        return Columns(customer: facts.customer, sales: count(), amount: sum(staged.amount))
    }
}

/// A project of 500 models, as a generator makes them: real types with queries, columns, tests and lineage.
@Suite struct ManyModelsTests {
    private static let parts: [any Part.Type] = [
        North.self, South.self, East.self, West.self, Web.self, Shops.self, Phone.self, Post.self, Old.self, New.self,
    ]

    private static func raw<A: Part>(_: A.Type) -> any Resource.Type { Raw<A>.self }
    private static func pair<A: Part, B: Part>(_: A.Type, _: B.Type) -> [any Resource.Type] {
        [Stg<A, B>.self, Fct<A, B>.self]
    }
    private static func marts<A: Part, B: Part, C: Part>(_: A.Type, _: B.Type, _: C.Type) -> any Resource.Type {
        Mart<A, B, C>.self
    }

    private static var project: Project {
        var resources: [any Resource.Type] = parts.map { raw($0) }
        for a in parts {
            for b in parts {
                resources += pair(a, b)
                for c in parts.prefix(3) { resources.append(marts(a, b, c)) }
            }
        }
        return Project("many", target: Target(database: "SHOP", schema: "DEV"), resources)
    }

    /// With MLWH_SITE_DIR the project is built too, with rows, and the page written there for a browser to open.
    @Test func theirDocumentationIsMadeInSeconds() throws {
        let shop = try Shop()
        let folder = getenv("MLWH_SITE_DIR").map { String(cString: $0) }
        let graph = Self.project.graph()
        #expect(graph.problems.isEmpty, "\(graph.problems.prefix(3))")
        #expect(graph.nodes.count { $0.kind == .model } == 500)
        if folder != nil {
            for part in Self.parts {
                try shop.warehouse.execute("""
                    CREATE TABLE SHOP.RAW.RAW_\(part.text) (ID INT, CUSTOMER INT, KIND STRING, COUNTRY STRING, AMOUNT FLOAT,
                        QUANTITY INT, SOLDAT TIMESTAMP_NTZ, ISPAID BOOLEAN)
                    AS SELECT SEQ4(), MOD(SEQ4(), 40), '\(part.text)', 'country ' || MOD(SEQ4(), 7), SEQ4() * 1.5, 1,
                        DATEADD(DAY, SEQ4(), '2024-01-01'::TIMESTAMP_NTZ), TRUE FROM TABLE(GENERATOR(ROWCOUNT => 60))
                    """)
            }
            var options = RunOptions()
            options.targetPath = shop.folder + "/target"
            _ = try Runner(
                Self.project, on: EmbeddedTarget(shop.warehouse.session), console: Console { _ in }, options: options).build()
        }
        let start = ContinuousClock.now
        var options = DocumentationSite.Options()
        options.targetPath = shop.folder + "/target"
        options.profileSeconds = 120
        let site = try DocumentationSite(graph: graph, session: folder == nil ? nil : shop.warehouse.session, options: options)
        let seconds = start.duration(to: .now)
        let html = site.html
        if let folder {
            try WarehouseModels.TextFile.write(html, to: "\(folder)/many.html")
            print("500 models: page of \(html.utf8.count) bytes in \(seconds)")
            #expect(site.report.problems.isEmpty, "\(site.report.problems.prefix(3))")
        } else {
            // Of a debug build, on a busy machine.
            #expect(seconds < .seconds(20))
        }
        #expect(html.utf8.count < 2_000_000)
        #expect(html.split(separator: "</script>", omittingEmptySubsequences: false).count - 1 == 3)
    }
}
