#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import TestSupport
import WarehouseBasics
import WarehouseModels

/// A description that tries to leave every place that a page puts it in.
let hostileText = "</script><script>document.title='x'</script><!-- <img src=x onerror=alert(1)> ' \" & \u{2028}"

enum RawOrders: Source {
    struct Columns: Row { let orderId: Expr<Int64?>; let country: Expr<String?>; let amount: Expr<Double?> }
    static let table = "SHOP.RAW.ORDERS"
    static let about = hostileText
}
enum StgOrders: Model {
    struct Columns: Row { let orderId: Expr<Int64?>; let country: Expr<String?>; let amount: Expr<Double?> }
    static let about = "Orders that were paid."
    static var columns: [Column<Columns>] { [.column(\.orderId, "The order.", .notNull, .unique)] }
    static func query(_ q: inout Query) -> Columns {
        let o = q.from(RawOrders.self)
        q.filter(o.amount > 0)
        return Columns(orderId: o.orderId, country: o.country.uppercased, amount: o.amount)
    }
}
enum Revenue: Model {
    struct Columns: Row { let country: Expr<String?>; let orders: Expr<Int64>; let revenue: Expr<Double?> }
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns {
        let o = q.from(StgOrders.self)
        q.group(by: o.country)
        return Columns(country: o.country, orders: count(), revenue: sum(o.amount))
    }
}
enum Board: Exposure {
    static let kind = ExposureKind.dashboard
    static let ownerName = "Ada"
    static var dependsOn: [any Relation.Type] { [Revenue.self] }
}

/// A warehouse in a folder of its own, with the project built in it.
final class Shop {
    static let project = Project(
        "shop", target: Target(database: "SHOP", schema: "DEV"),
        [RawOrders.self, StgOrders.self, Revenue.self, Board.self])
    private let directory: ScratchDirectory
    var folder: String { directory.path }
    let warehouse: Warehouse

    init() throws {
        directory = try ScratchDirectory()
        warehouse = try Warehouse.open(directory.path + "/warehouse.mlwh")
        try warehouse.execute("CREATE DATABASE SHOP; CREATE SCHEMA RAW; CREATE SCHEMA DEV")
        try warehouse.execute("CREATE TABLE RAW.ORDERS (ORDERID INT, COUNTRY STRING, AMOUNT FLOAT)")
        try warehouse.execute(
            "INSERT INTO RAW.ORDERS VALUES (1, 'de', 10), (2, 'de', 30), (3, ?, 5), (4, NULL, 2.5), (5, 'fr', NULL)",
            [hostileText])
    }

    /// Builds the project, and writes its artifacts below the folder.
    func build() throws {
        var options = RunOptions()
        options.targetPath = folder + "/target"
        _ = try Runner(
            Shop.project, on: EmbeddedTarget(warehouse.session), console: Console { _ in }, options: options).build()
    }
}
