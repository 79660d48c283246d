@testable import WarehouseModels

// A small project that the tests share.

enum RawOrderLines: Source {
    struct Columns: Row {
        let orderID, lineNo, productID: Expr<Int64>
        let quantity, unitPrice: Expr<Double>
        let status: Expr<String>
        let orderedAt: Expr<Instant>
        let timestamp: Expr<Int64?>
        static var names: [PartialKeyPath<Self>: String] { [\.timestamp: "\"timestamp\""] }
    }
    static let table = "RAW.ORDER_LINES"
    static let about = "Order lines as the shop exports them."
}

enum CountryRegions: Seed {
    struct Columns: Row {
        let country, region: Expr<String>
        let since: Expr<Day?>
        let weight: Expr<Decimal128?>
    }
    static let about = "Which region a country belongs to."
    static let csv = "country,region,since,weight\nDE,EMEA,1990-10-03,1.5\n"
        + "\"US, the\",\"the \"\"new\"\" world\",,20.25\n"
}

enum StgProducts: Model {
    struct Columns: Row {
        let id: Expr<Int64>
        let name: Expr<String>
        let country: Expr<String?>
        let tags: Expr<[String]>
    }
    static let about = "Products with their tags as an array."
    static let tags = ["staging"]
    static func query(_ q: inout Query) -> Columns {
        let lines = q.from(RawOrderLines.self)
        q.distinct()
        return Columns(
            id: lines.productID, name: lines.status.trimmed, country: lines.status.nullIf("?"),
            tags: lines.status.lowercased.split(on: "|"))
    }
}

enum PaidLines: Model {
    typealias Columns = RawOrderLines.Columns
    static let about = "Paid order lines; inlined into their readers."
    static var materialized: Materialization<Columns> { .ephemeral }
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(RawOrderLines.self)
        q.filter(line.status == "paid" && line.quantity > 0)
        return line
    }
}

enum FctLines: Model {
    struct Columns: Row {
        let orderID, lineNo, productID: Expr<Int64>
        let amount: Expr<Double>
        let orderedAt: Expr<Instant>
    }
    static let about = "One row per paid order line."
    static let tags = ["fct"]
    static var materialized: Materialization<Columns> {
        .incremental(.merge(on: [\.orderID, \.lineNo]), onSchemaChange: .appendNewColumns)
    }
    static var columns: [Column<Columns>] { [
        .column(\.productID, "The product.", .notNull, .relationship(to: StgProducts.self, \.id)),
        .column(\.amount, "What was paid.", .notNull.warning),
    ] }
    static var checks: [Check<Columns>] { [
        .unique(\.orderID, \.lineNo),
        .expect("amount_is_not_negative") { !($0.amount < 0) },
    ] }
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(PaidLines.self)
        q.whenIncremental(Self.self, skipsLateRows: true) { this in line.orderedAt > max(this.orderedAt) }
        return Columns(
            orderID: line.orderID, lineNo: line.lineNo, productID: line.productID,
            amount: line.quantity * line.unitPrice, orderedAt: line.orderedAt)
    }
}

enum RevenueByTag: Model {
    struct Columns: Row {
        let tag: Expr<String>
        let region: Expr<String>
        let revenue: Expr<Double>
        let orders: Expr<Int64>
    }
    static let about = "Revenue by tag and region."
    static let tags = ["gold"]
    static var materialized: Materialization<Columns> { .table }
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(FctLines.self)
        let product = q.join(StgProducts.self) { $0.id == line.productID }
        let region = q.leftJoin(CountryRegions.self) { $0.country == product.country }
        let tag = q.flatten(product.tags)
        let name = region.region.or("unknown")
        q.filter(line.amount > 0 && tag != "internal")
        q.group(by: tag, name)
        return Columns(tag: tag, region: name, revenue: sum(line.amount), orders: countDistinct(line.orderID))
    }
}

enum ProductHistory: Snapshot {
    typealias Selected = StgProducts.Columns
    typealias Columns = DeletionHistory<Selected>
    static let about = "Every version of every product."
    static let hardDeletes = HardDeletes.newRecord
    static var key: [PartialKeyPath<Selected>] { [\.id] }
    static var strategy: SnapshotStrategy<Selected> { .check([\.name, \.country]) }
    static func query(_ q: inout Query) -> Selected { q.from(StgProducts.self) }
}

enum NoRefunds: DataTest {
    struct Failing: Row { let orderID: Expr<Int64> }
    static let about = "No line was paid less than nothing."
    static func query(_ q: inout Query) -> Failing {
        let line = q.from(FctLines.self)
        q.filter(line.amount < 0)
        return Failing(orderID: line.orderID)
    }
}

enum BigOrders: Analysis {
    struct Columns: Row { let orderID: Expr<Int64>; let total: Expr<Double> }
    static let about = "Orders above a thousand."
    static func query(_ q: inout Query) -> Columns {
        let line = q.from(FctLines.self)
        q.group(by: line.orderID)
        q.having(sum(line.amount) > 1000)
        return Columns(orderID: line.orderID, total: sum(line.amount))
    }
}

let shop = Project("shop", target: Target(database: "SHOP", schema: "DEV"), [
    RawOrderLines.self, CountryRegions.self, StgProducts.self, PaidLines.self, FctLines.self, RevenueByTag.self,
    ProductHistory.self, NoRefunds.self, BigOrders.self,
])
