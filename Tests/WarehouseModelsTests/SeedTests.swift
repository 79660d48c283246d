import Testing
import WarehouseBasics
import struct WarehouseSQL.SQLPrinter
@testable import WarehouseModels

@Suite struct SeedTests {
    private let columns = CountryRegions.Columns.layout(.snakeCase).columns

    private func rows(_ csv: String) throws -> [[String]] {
        try SeedTable(csv: csv, columns: columns).rows.map { $0.map { SQLPrinter().print($0) } }
    }

    private func message(_ csv: String) -> String {
        do { _ = try rows(csv) } catch let error as WarehouseError { return error.message } catch {}
        return ""
    }

    @Test func typedByTheRow() throws {
        #expect(try rows(CountryRegions.csv) == [
            ["'DE'", "'EMEA'", "DATE '1990-10-03'", "1.5"],
            ["'US, the'", "'the \"new\" world'", "NULL", "20.25"],
        ])
        let table = try SeedTable(csv: CountryRegions.csv, columns: columns)
        #expect(table.columns.map(\.type) == [.text, .text, .date, .number(precision: 38, scale: 2)])
    }

    @Test func headerInAnyOrderAndCRLF() throws {
        #expect(try rows("\u{FEFF}WEIGHT,since,country,Region\r\n-3,null,x,\" y \"\r\n\r\n")
            == [["'x'", "' y '", "NULL", "-3"]])
    }

    /// As agate reads them, which dbt does: spaces alone are NULL, within quotes too; so is an empty line where there is
    /// one column.
    @Test func emptyFieldsAsDbtReadsThem() throws {
        let two = ["A", "B"].map { RowColumn(name: $0, property: $0, type: $0 == "A" ? .text : .integer, isNullable: true) }
        let pairs = try SeedTable(csv: "a,b\n\" null \",\" \"\n\u{A0},NULL\nNoNe, 2 \n\" x \",\t\n", columns: two).rows
        #expect(pairs.map { $0.map { SQLPrinter().print($0) } }
            == [["NULL", "NULL"], ["NULL", "NULL"], ["'NoNe'", "2"], ["' x '", "NULL"]])
        let one = [RowColumn(name: "V", property: "v", type: .text, isNullable: true)]
        let values = try SeedTable(csv: "v\na\n\n\"\"\nb\n", columns: one).rows.map { SQLPrinter().print($0[0]) }
        #expect(values == ["'a'", "NULL", "NULL", "'b'"])
    }

    @Test func mistakes() {
        #expect(message("") == "seed: the file is empty; it needs a header line")
        #expect(message("country,region\n") == "seed: its header (country,region) lacks since")
        #expect(message("country,region,since,weight,height\n")
            == "seed: its header names height, which its Columns lack")
        #expect(message("country,region,since,weight\na,b\n") == "seed: line 2 has 2 fields, the header 4")
        #expect(message("country,region,since,weight\na,b,,one\n")
            == "seed: line 2: 'one' is no NUMBER(38,6) for weight")
        #expect(message("country,region,since,weight\n,b,,\n")
            == "seed: line 2: country is empty, but its Swift type is not optional")
        #expect(message("country,region,since,weight\n\"a,b,,\n") == "seed: line 2: a quote is not closed")
    }
}
