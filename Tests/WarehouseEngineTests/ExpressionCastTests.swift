import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionCastTests {
    private func shown(_ value: BoundExpression, _ type: LogicalType,
        zone: String = "America/Los_Angeles") throws -> String? {
        try Expr.shown(Expr.cast(value, type), context: Expr.context(zone))
    }
    private func code(_ value: BoundExpression, _ type: LogicalType) -> String? { Expr.errorCode(Expr.cast(value,
        type)) }
    private func number(_ precision: Int, _ scale: Int) -> LogicalType { .number(precision: precision, scale: scale) }

    @Test func textToNumber() throws {
        #expect(try shown(Expr.text(" 12.345 "), number(10, 2)) == "12.35")
        #expect(try shown(Expr.text("-12.345"), number(10, 2)) == "-12.35")
        #expect(try shown(Expr.text("1e3"), .integer) == "1000")
        #expect(code(Expr.text("abc"), .integer) == "100038")
        #expect(code(Expr.text(""), .integer) == "100038")
        #expect(code(Expr.text("1000"), number(3, 0)) == "100039")
        #expect(try Expr.value(Expr.cast(Expr.text("abc"), .integer, isTry: true)) == .null)
        #expect(try Expr.value(Expr.cast(Expr.text("1000"), number(3, 0), isTry: true)) == .null)
        #expect(try shown(Expr.text("99999999999999999999999999999999999999"), .integer)
            == "99999999999999999999999999999999999999")
    }

    @Test func numberToNumber() throws {
        #expect(try shown(Expr.number("2.5"), .integer) == "3")
        #expect(try shown(Expr.number("-2.5"), .integer) == "-3")
        #expect(try shown(Expr.number("2.45"), number(38, 1)) == "2.5")
        #expect(try shown(Expr.int(7), number(10, 3)) == "7.000")
        #expect(code(Expr.int(1000), number(3, 0)) == "100046")
        #expect(code(Expr.int(100), number(4, 2)) == "100046")
        #expect(try shown(Expr.int(99), number(4, 2)) == "99.00")
        let x = TestColumn(1, .integer, [.integer(5), .null, .integer(1000)])
        #expect(try Expr.rows(Expr.cast(x.expression, number(3, 0), isTry: true), [x]) == [.integer(5), .null, .null])
        #expect(throws: WarehouseError.self) { _ = try Expr.rows(Expr.cast(x.expression, number(3, 0)), [x]) }
    }

    @Test func floats() throws {
        #expect(try shown(Expr.float(2.5), .integer) == "3")
        #expect(try shown(Expr.float(-0.5), .integer) == "-1")
        #expect(try shown(Expr.float(1.005), number(10, 2)) == "1.00")
        #expect(code(Expr.float(.nan), .integer) == "100046")
        #expect(code(Expr.float(1e40), .integer) == "100046")
        #expect(try Expr.value(Expr.cast(Expr.number("0.1"), .float)) == .double(0.1))
        #expect(try Expr.value(Expr.cast(Expr.number("123456789012345678.9"), .float))
            == .double(123_456_789_012_345_678.9))
        #expect(try Expr.value(Expr.cast(Expr.text("1.5e3"), .float)) == .double(1500))
        #expect(code(Expr.text("x"), .float) == "100038")
        #expect(try shown(Expr.float(0.1), .text) == "0.1")
        #expect(try shown(Expr.float(4), .text) == "4")
    }

    @Test func booleans() throws {
        for text in ["true", "T", "yes", "y", "ON", "1"] {
            #expect(try Expr.value(Expr.cast(Expr.text(text), .boolean)) == .boolean(true))
        }
        for text in ["false", "f", "No", "n", "off", "0"] {
            #expect(try Expr.value(Expr.cast(Expr.text(text), .boolean)) == .boolean(false))
        }
        #expect(code(Expr.text("tru"), .boolean) == "100037")
        #expect(try Expr.value(Expr.cast(Expr.int(-3), .boolean)) == .boolean(true))
        #expect(try Expr.value(Expr.cast(Expr.float(0), .boolean)) == .boolean(false))
        #expect(try shown(Expr.bool(true), .text) == "true")
        #expect(try shown(Expr.bool(true), number(5, 2)) == "1.00")
        #expect(try Expr.value(Expr.cast(Expr.bool(true), .float)) == .double(1))
    }

    @Test func lengths() throws {
        #expect(code(Expr.text("abcd"), .varchar(length: 3)) == "100078")
        #expect(try shown(Expr.text("éàü"), .varchar(length: 3)) == "éàü")
        #expect(try Expr.value(Expr.cast(Expr.text("abcd"), .varchar(length: 3), isTry: true)) == .null)
        #expect(code(Expr.int(12345), .varchar(length: 3)) == "100078")
        #expect(try shown(Expr.text("48656C6C6F"), .binary(length: 10)) == "48656C6C6F")
        #expect(code(Expr.text("4"), .binary(length: 10)) != nil)
    }

    @Test func datesAndTimes() throws {
        #expect(try shown(Expr.text("2024-02-29"), .date) == "2024-02-29")
        #expect(code(Expr.text("2023-02-29"), .date) == "100040")
        #expect(try Expr.value(Expr.cast(Expr.text("nope"), .date, isTry: true)) == .null)
        #expect(try shown(Expr.text("13:45:01.5"), .time(scale: 9)) == "13:45:01")
        #expect(code(Expr.text("25:00"), .time(scale: 9)) == "100108")
        #expect(try shown(Expr.text("2024-01-15 10:11:12.345"), .timestampNTZ(scale: 9)) == "2024-01-15 10:11:12.345")
        #expect(code(Expr.text("2024-13-01"), .timestampNTZ(scale: 9)) == "100035")
        let ntz = Expr.ntz("2024-07-01 12:00:00")
        #expect(try shown(ntz, .date) == "2024-07-01")
        #expect(try shown(ntz, .timestampLTZ(scale: 9)) == "2024-07-01 12:00:00.000 -0700")
        #expect(try shown(ntz, .timestampTZ(scale: 9)) == "2024-07-01 12:00:00.000 -0700")
        #expect(try shown(Expr.date("2024-01-01"), .timestampLTZ(scale: 3)) == "2024-01-01 00:00:00.000 -0800")
        #expect(try shown(Expr.cast(ntz, .timestampTZ(scale: 9)), .timestampNTZ(scale: 0)) == "2024-07-01 12:00:00.000")
        #expect(try shown(ntz, .time(scale: 0)) == "12:00:00")
    }

    @Test func zonesMoveInstants() throws {
        let tz = Expr.cast(Expr.text("2024-01-15 10:00:00 +0530"), .timestampTZ(scale: 9))
        #expect(try shown(tz, .text) == "2024-01-15 10:00:00.000 +0530")
        #expect(try shown(tz, .timestampNTZ(scale: 9)) == "2024-01-15 10:00:00.000")
        #expect(try shown(tz, .timestampLTZ(scale: 9)) == "2024-01-14 20:30:00.000 -0800")
        #expect(try shown(tz, .timestampLTZ(scale: 9), zone: "UTC") == "2024-01-15 04:30:00.000 +0000")
        #expect(try shown(tz, .date) == "2024-01-15")
        let ltz = Expr.cast(tz, .timestampLTZ(scale: 9))
        #expect(try shown(ltz, .date) == "2024-01-14")
        #expect(try shown(ltz, .timestampTZ(scale: 9)) == "2024-01-14 20:30:00.000 -0800")
        #expect(try shown(ltz, .timestampNTZ(scale: 9)) == "2024-01-14 20:30:00.000")
        // Offsets written in a text count for LTZ and are dropped for NTZ.
        #expect(try shown(Expr.text("2024-01-15 10:00:00 +0530"), .timestampNTZ(scale: 0)) == "2024-01-15 10:00:00.000")
        #expect(try shown(Expr.text("2024-01-15 10:00:00 +0530"), .timestampLTZ(scale: 0))
            == "2024-01-14 20:30:00.000 -0800")
        let a = Expr.cast(Expr.text("2024-01-15 10:00:00 +0530"), .timestampTZ(scale: 9))
        let b = Expr.cast(Expr.text("2024-01-15 04:30:00 +0000"), .timestampTZ(scale: 9))
        #expect(try Expr.value(.comparison(.equal, a, b)) == .boolean(true))
        #expect(try Expr.value(.inList(a, [b], negated: false)) == .boolean(true))
    }

    @Test func outputFormatsOfTheSession() throws {
        let context = Expr.context(parameters: ["DATE_OUTPUT_FORMAT": "DD.MM.YYYY",
            "TIMESTAMP_OUTPUT_FORMAT": "YYYY TZH"])
        #expect(try Expr.shown(Expr.date("2024-02-29"), context: context) == "29.02.2024")
        #expect(try Expr.shown(Expr.cast(Expr.ntz("2024-07-01"), .timestampLTZ(scale: 0)), context: context)
            == "2024 -07")
    }
}
