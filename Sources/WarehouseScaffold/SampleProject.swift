import WarehouseBasics

/// A package to begin with: one source, seed, staging model, mart, snapshot and test, which builds and runs as it is.
public struct SampleProject: Sendable {
    /// The package's name.
    public let name: PackageName
    /// Where it finds this package.
    public let engine: EngineDependency

    /// Takes what its properties say.
    public init(_ name: PackageName, on engine: EngineDependency) {
        self.name = name
        self.engine = engine
    }

    /// All its files.
    public var files: PackageFiles {
        var files = PackageFiles()
        let sources = "Sources/\(name.text)"
        files.add("Package.swift", PackageManifest.text(name, on: engine, seeds: ["Seeds/countries.csv"]))
        files.add("README.md", readme)
        files.add(".gitignore", PackageManifest.ignored)
        files.add("setup.sql", setup)
        files.add("data/orders.csv", SampleProject.orders)
        files.add("\(sources)/Seeds/countries.csv", "country,region\nde,Europe\nfr,Europe\njp,Asia\nus,America\n")
        files.add("\(sources)/Sources.swift", source)
        files.add("\(sources)/Seeds.swift", SampleProject.seed)
        files.add("\(sources)/Models.swift", SampleProject.models)
        files.add("\(sources)/Tests.swift", SampleProject.tests)
        files.add("\(sources)/Tool.swift", tool)
        return files
    }

    private static let orders = """
        orderId,country,amount,orderedAt
        1,de,12.50,2026-01-03 09:15:00
        2,us,99.00,2026-01-03 18:40:00
        3,de,,2026-01-04 08:05:00
        4,jp,45.25,2026-01-05 11:30:00
        5,fr,7.75,2026-01-06 16:20:00
        6,us,0.00,2026-01-07 10:00:00
        7,br,31.00,2026-01-07 21:45:00

        """

    private var setup: String {
        """
        -- What something else would do in earnest: fill the tables that the project reads.
        CREATE DATABASE IF NOT EXISTS \(name.database);
        CREATE SCHEMA IF NOT EXISTS \(name.database).raw;
        CREATE OR REPLACE TABLE \(name.database).raw.orders (
            orderId INTEGER, country STRING, amount FLOAT, orderedAt TIMESTAMP_NTZ);
        CREATE OR REPLACE STAGE \(name.database).raw.files FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1);
        PUT 'file://data/orders.csv' @\(name.database).raw.files;
        COPY INTO \(name.database).raw.orders FROM @\(name.database).raw.files/orders.csv;

        """
    }

    private var source: String {
        """
        import WarehouseModels

        /// Orders as the shop writes them. `orderId` reads the column ORDERID; what may be NULL has a `?`.
        enum RawOrders: Source {
            struct Columns: Row {
                let orderId: Expr<Int64?>
                let country: Expr<String?>
                let amount: Expr<Double?>
                let orderedAt: Expr<LocalDateTime?>
            }
            static let table = "\(name.database).RAW.ORDERS"
            static let about = "Orders as the shop writes them."
        }

        """
    }

    private static let seed = """
        import WarehouseModels

        /// Which region a country belongs to: the file Seeds/countries.csv, which is built into the program.
        enum Countries: Seed {
            struct Columns: Row {
                let country: Expr<String>
                let region: Expr<String>
            }
            static let about = "Which region a country belongs to."
            static var csv: String { String(decoding: PackageResources.countries_csv, as: UTF8.self) }
            static var columns: [Column<Columns>] { [
                .column(\\.country, "Two letters.", .notNull, .unique),
                .column(\\.region, "Part of the world.", .accepted(["Africa", "America", "Asia", "Europe", "Oceania"])),
            ] }
        }

        """

    private static let models = """
        import WarehouseModels

        /// Paid orders with clean columns. A view, as nothing else is said.
        enum StgOrders: Model {
            struct Columns: Row {
                let orderId: Expr<Int64>
                let country: Expr<String?>
                let amount: Expr<Double>
                let orderedAt: Expr<LocalDateTime?>
            }
            static let about = "Paid orders with clean columns."
            static var columns: [Column<Columns>] { [
                .column(\\.orderId, "The order.", .notNull, .unique),
                .column(\\.country, "Two letters, small.", .notNull),
                .column(\\.amount, "What was paid.", .accepted(atLeast: 0)),
            ] }
            static func query(_ q: inout Query) -> Columns {
                let order = q.from(RawOrders.self)
                let id = q.require(order.orderId)
                let amount = q.require(order.amount)
                return Columns(
                    orderId: id, country: order.country.lowercased, amount: amount, orderedAt: order.orderedAt)
            }
        }

        /// Orders and revenue by region.
        enum RevenueByRegion: Model {
            struct Columns: Row {
                let region: Expr<String>
                let orders: Expr<Int64>
                let revenue: Expr<Double>
            }
            static let about = "Orders and revenue by region."
            static let tags = ["mart"]
            static var materialized: Materialization<Columns> { .table }
            static var columns: [Column<Columns>] { [
                .column(\\.region, "Part of the world, or unknown.", .notNull, .unique),
                .column(\\.revenue, "Sum of the amounts.", .notNull),
            ] }
            static func query(_ q: inout Query) -> Columns {
                let order = q.from(StgOrders.self)
                let country = q.leftJoin(Countries.self) { $0.country == order.country }
                // A column of a left join may be missing; `or` says what stands in its place.
                let region = country.region.or("unknown")
                q.group(by: region)
                return Columns(region: region, orders: count(), revenue: sum(order.amount))
            }
        }

        """

    private static let tests = """
        import WarehouseModels

        /// A data test: a query whose rows are failures.
        enum NoOrdersFromTheFuture: DataTest {
            struct Failing: Row {
                let orderId: Expr<Int64>
            }
            static let about = "No order was made after now."
            static func query(_ q: inout Query) -> Failing {
                let order = q.from(StgOrders.self)
                q.filter(sql(condition: "\\(order.orderedAt) > SYSDATE()"))
                return Failing(orderId: order.orderId)
            }
        }

        /// A unit test: given these rows, the model must give those. It reads nothing of the warehouse.
        enum UnpaidOrdersAreLeftOut: UnitTest {
            typealias Tested = StgOrders
            static var given: [Given] { [
                .csv(of: RawOrders.self, "orderId,country,amount\\n1,DE,10\\n2,US,\\n"),
            ] }
            static var expected: Expected<Tested.Columns> { .csv("order_id,country,amount\\n1,de,10\\n") }
        }

        """

    private var tool: String {
        """
        import WarehouseCommands
        import WarehouseModels

        @main struct Tool {
            static let project = Project(
                "\(name.module)", target: Target(database: "\(name.database)", schema: "DEV"),
                [
                    RawOrders.self, Countries.self,
                    StgOrders.self, RevenueByRegion.self,
                    NoOrdersFromTheFuture.self, UnpaidOrdersAreLeftOut.self,
                ])

            static func main() {
                CommandLineTool(name: "\(name.text)", version: "0.1.0", project: project).main()
            }
        }

        """
    }

    private var readme: String {
        """
        # \(name.text)

        ```sh
        swift build                                          # the first time takes minutes: it builds the warehouse too
        alias \(name.text)=.build/debug/\(name.text)
        \(name.text) sql -f setup.sql                        # fills the raw table, in ./warehouse.mlwh
        \(name.text) build                                   # loads the seed, builds the models, tests each right after
        \(name.text) show --select revenue_by_region
        ```

        | file | holds |
        |---|---|
        | Sources.swift | tables that something else fills |
        | Seeds.swift, Seeds/ | small tables that are kept here, as CSV |
        | Models.swift | the queries, each a type; another model is named by its type, a column by its property |
        | Tests.swift | what must hold: data tests, unit tests |
        | Tool.swift | the list of all of them, and where they are built |

        A further model is a further type and its name in the list of Tool.swift. `\(name.text) compile` prints each as SQL,
        `\(name.text) --help` the other commands.

        """
    }
}
