import TestSupport
import Testing

/// Mistakes in models are found by the compiler, and what it says can be read.
@Suite struct CompileTimeTests {
    /// Each line with `// ^` names what the compiler must say of the line above it.
    private static let models = #"""
        import WarehouseModels

        enum RawOrders: Source {
            struct Columns: Row { let orderId: Expr<Int64>; let country: Expr<String?>; let amount: Expr<Double> }
            static let table = "SHOP.RAW.ORDERS"
        }
        enum Regions: Seed {
            struct Columns: Row { let country: Expr<String>; let region: Expr<String> }
            static let csv = "country,region\n"
        }
        enum MissingColumn: Model {
            struct Columns: Row { let orderId: Expr<Int64>; let amount: Expr<Double> }
            static func query(_ q: inout Query) -> Columns {
                let o = q.from(RawOrders.self)
                return Columns(orderId: o.orderId)
                // ^ missing argument for parameter 'amount' in call
            }
        }
        enum WrongType: Model {
            struct Columns: Row { let country: Expr<String> }
            static func query(_ q: inout Query) -> Columns {
                let o = q.from(RawOrders.self)
                return Columns(country: o.amount)
                // ^ cannot convert value of type 'Expr<Double>' to expected argument type 'Expr<String>'
            }
        }
        enum UnknownRef: Model {
            typealias Columns = RawOrders.Columns
            static func query(_ q: inout Query) -> Columns {
                q.from(StgOrdres.self)
                // ^ cannot find 'StgOrdres' in scope
            }
        }
        enum MisspeltColumn: Model {
            struct Columns: Row { let country: Expr<String?> }
            static func query(_ q: inout Query) -> Columns {
                let o = q.from(RawOrders.self)
                return Columns(country: o.contry)
                // ^ value of type 'RawOrders.Columns' has no member 'contry'
            }
        }
        enum MisspeltKey: Model {
            typealias Columns = RawOrders.Columns
            static var materialized: Materialization<Columns> {
                .incremental(.merge(by: \.ordrId))
                // ^ has no member 'ordrId'
            }
            static func query(_ q: inout Query) -> Columns { q.from(RawOrders.self) }
        }
        enum NullableFromALeftJoin: Model {
            struct Columns: Row { let orderId: Expr<Int64>; let region: Expr<String> }
            static func query(_ q: inout Query) -> Columns {
                let o = q.from(RawOrders.self)
                let r = q.leftJoin(Regions.self) { $0.country == o.country }
                return Columns(orderId: o.orderId, region: r.region)
                // ^ cannot convert value of type 'Expr<String.Base?>' (aka 'Expr<Optional<String>>') to expected argument type 'Expr<String>'
            }
        }
        enum ComparedWithAnotherType: Model {
            typealias Columns = RawOrders.Columns
            static func query(_ q: inout Query) -> Columns {
                let o = q.from(RawOrders.self)
                q.filter(o.amount == "12")
                // ^ String
                return o
            }
        }
        enum TestOfAnotherType: Model {
            typealias Columns = RawOrders.Columns
            static var columns: [Column<Columns>] { [
                .column(\.orderId, "The order.", .accepted(["a"])),
                // ^ 'String' to expected element type 'Int64.Base' (aka 'Int64')
            ] }
            static func query(_ q: inout Query) -> Columns { q.from(RawOrders.self) }
        }
        enum KeyOfAnotherType: Model {
            typealias Columns = RawOrders.Columns
            static var columns: [Column<Columns>] { [
                .column(\.orderId, "The order.", .relationship(to: Regions.self, \.country)),
                // ^ requires the types 'Int64.Base' (aka 'Int64') and 'String.Base' (aka 'String') be equivalent
            ] }
            static func query(_ q: inout Query) -> Columns { q.from(RawOrders.self) }
        }
        """#

    @Test func wrongModelsDoNotCompileAndSayWhy() throws {
        let directory = try ScratchDirectory()
        let lines = Self.models.split(separator: "\n", omittingEmptySubsequences: false)
        var wanted: [Int: String] = [:]
        for (index, line) in lines.enumerated() {
            if let mark = line.firstRange(of: "// ^ ") { wanted[index] = String(line[mark.upperBound...]) }
        }
        #expect(wanted.count == 9)
        let said = try SwiftCompiler.typecheck([directory.file("models.swift", Self.models)], in: directory)
        for (line, message) in wanted {
            let here = said.filter { $0.contains("models.swift:\(line):") && $0.contains(": error: ") }
            #expect(here.contains { $0.contains(message) }, "line \(line): \(message): \(here)")
        }
        // And nothing but those lines is at fault.
        for line in said {
            let number = line.split(separator: ":").dropFirst().first.flatMap { Int($0) }
            #expect(number.flatMap { wanted[$0] } != nil, "\(line)")
        }
    }
}
