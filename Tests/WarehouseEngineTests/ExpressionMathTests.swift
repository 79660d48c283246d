import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionMathTests {
    private func number(_ precision: Int, _ scale: Int) -> LogicalType { .number(precision: precision, scale: scale) }
    private func float(_ name: String, _ arguments: Double...) throws -> Double? {
        guard case .double(let value) = try Expr.value(Expr.call(name, arguments.map { Expr.float($0) }, .float))
        else { return nil }
        return value
    }
    private func isNear(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) <= 1e-12 * max(1, abs(b)) } ?? false }

    private func rounded(_ name: String, _ value: String, _ digits: Int, _ scale: Int,
        mode: String? = nil) throws -> String? {
        var arguments = [Expr.number(value), Expr.int(digits)]
        if name == "ROUND" { arguments.append(Expr.text(mode ?? "HALF_AWAY_FROM_ZERO")) }
        return try Expr.shown(Expr.call(name, arguments, number(38, scale)))
    }

    @Test func roundingOfNumbers() throws {
        #expect(try rounded("ROUND", "135.135", 2, 2) == "135.14")
        #expect(try rounded("ROUND", "135.135", 0, 0) == "135")
        #expect(try rounded("ROUND", "135.135", -2, 0) == "100")
        #expect(try rounded("ROUND", "150", -2, 0) == "200")
        #expect(try rounded("ROUND", "-975.975", 2, 2) == "-975.98")
        #expect(try rounded("ROUND", "-2.5", 0, 0) == "-3")
        #expect(try rounded("ROUND", "2.5", 0, 0, mode: "HALF_TO_EVEN") == "2")
        #expect(try rounded("ROUND", "3.5", 0, 0, mode: "HALF_TO_EVEN") == "4")
        #expect(try rounded("ROUND", "-2.51", 0, 0, mode: "HALF_TO_EVEN") == "-3")
        #expect(try rounded("ROUND", "1.5", 4, 1) == "1.5")
        #expect(try rounded("CEIL", "135.135", 1, 1) == "135.2")
        #expect(try rounded("CEIL", "135.135", -2, 0) == "200")
        #expect(try rounded("CEIL", "-975.975", -2, 0) == "-900")
        #expect(try rounded("FLOOR", "-975.975", -2, 0) == "-1000")
        #expect(try rounded("FLOOR", "-975.975", 2, 2) == "-975.98")
        #expect(try rounded("TRUNC", "-975.975", -1, 0) == "-970")
        #expect(try rounded("TRUNC", "-975.975", 1, 1) == "-975.9")
        #expect(try rounded("FLOOR", "5", -50, 0) == "0")
        // The count of digits from a column keeps the scale.
        let k = TestColumn(1, .integer, [-1, 0, 1, 2, 9].map { .integer($0) })
        let varying = Expr.call("ROUND", [Expr.number("14.56"), k.expression, Expr.text("HALF_AWAY_FROM_ZERO")],
            number(38, 2))
        #expect(try Expr.rows(varying, [k]) == [1000, 1500, 1460, 1456, 1456].map { .integer($0) })
    }

    @Test func roundingOfFloats() throws {
        func round(_ name: String, _ value: Double, _ digits: Int) throws -> ScalarValue {
            var arguments = [Expr.float(value), Expr.int(digits)]
            if name == "ROUND" { arguments.append(Expr.text("HALF_AWAY_FROM_ZERO")) }
            return try Expr.value(Expr.call(name, arguments, .float))
        }
        #expect(try round("ROUND", 2.5, 0) == .double(3))
        #expect(try round("ROUND", -2.5, 0) == .double(-3))
        #expect(try round("ROUND", 3.14159, 2) == .double(3.14))
        #expect(try round("ROUND", 1e300, 3) == .double(1e300))
        #expect(try round("ROUND", 1234.5, -2) == .double(1200))
        #expect(try round("FLOOR", -1.5, 0) == .double(-2))
        #expect(try round("CEIL", 1.25, 1) == .double(1.3))
        #expect(try round("TRUNC", -1.99, 1) == .double(-1.9))
    }

    @Test func functionsOfFloats() throws {
        #expect(try float("SQRT", 16) == 4)
        #expect(try float("CBRT", 27) == 3)
        #expect(try float("POWER", 2, 10) == 1024)
        #expect(isNear(try float("LN", 100), 4.605170185988092))
        #expect(try float("LOG", 2, 8) == 3)
        #expect(try float("LOG", 10, 1000) == 3)
        #expect(isNear(try float("EXP", 1), 2.718281828459045))
        #expect(isNear(try float("COT", 1), 0.6420926159343306))
        #expect(isNear(try float("ATAN2", 5, 5), 0.7853981633974483))
        #expect(isNear(try float("DEGREES", Double.pi), 180))
        #expect(isNear(try float("RADIANS", 60), 1.0471975511965976))
        #expect(isNear(try float("HAVERSINE", 40.7127, -74.0059, 34.05, -118.25), 3936.385096389294))
        for (name, value) in [("SQRT", -1.0), ("LN", 0), ("LN", -1), ("ACOS", 2), ("ATANH", 1), ("ACOSH", 0.5)] {
            #expect(Expr.errorCode(Expr.call(name, [Expr.float(value)], .float)) == "100132", "\(name)(\(value))")
        }
        #expect(Expr.errorCode(Expr.call("POWER", [Expr.float(-8), Expr.float(0.5)], .float)) == "100132")
        #expect(Expr.errorCode(Expr.call("SQRT", [Expr.null(.float)], .float)) == nil)
    }

    @Test func integers() throws {
        func int(_ name: String, _ arguments: Int...) throws -> ScalarValue {
            try Expr.value(Expr.call(name, arguments.map { Expr.int($0) }, .integer))
        }
        #expect(try int("ABS", -5) == .integer(5))
        #expect(try int("SIGN", -5) == .integer(-1))
        #expect(try int("SIGN", 0) == .integer(0))
        #expect(try int("FACTORIAL", 5) == .integer(120))
        #expect(try int("FACTORIAL", 33) == .integer(8_683_317_618_811_886_495_518_194_401_280_000_000))
        #expect(try int("BITAND", 12, 10) == .integer(8))
        #expect(try int("BITOR", 12, 10) == .integer(14))
        #expect(try int("BITXOR", 12, 10) == .integer(6))
        #expect(try int("BITNOT", 0) == .integer(-1))
        #expect(try int("BITSHIFTLEFT", 1, 70) == .integer(1 << 70))
        #expect(try int("BITSHIFTRIGHT", -16, 2) == .integer(-4))
        #expect(Expr.errorCode(Expr.call("FACTORIAL", [Expr.int(34)], .integer)) != nil)
        func bucket(_ value: Double) throws -> ScalarValue {
            try Expr.value(Expr.call("WIDTH_BUCKET", [Expr.float(value), Expr.float(200_000), Expr.float(600_000),
                Expr.int(4)],
                                     .integer))
        }
        #expect(try [290_000, 320_000, 399_999.99, 400_000, 470_000, 510_000, 199_999, 600_000].map(bucket)
            == [1, 2, 2, 3, 3, 4, 0, 5].map { .integer($0) })
    }

    @Test func greatestAndLeast() throws {
        func pick(_ name: String, _ values: [BoundExpression], _ type: LogicalType) throws -> ScalarValue {
            try Expr.value(Expr.call(name, values, type))
        }
        let texts = ["b", "abc", "z"].map { Expr.text($0) }
        #expect(try pick("GREATEST", texts, .text) == .bytes(Array("z".utf8)))
        #expect(try pick("LEAST", texts, .text) == .bytes(Array("abc".utf8)))
        let numbers = [Expr.int(3), Expr.int(-7), Expr.null(.integer)]
        #expect(try pick("LEAST", numbers, .integer) == .null)
        #expect(try pick("LEAST_IGNORE_NULLS", numbers, .integer) == .integer(-7))
        #expect(try pick("GREATEST_IGNORE_NULLS", numbers, .integer) == .integer(3))
        #expect(try pick("GREATEST", [Expr.float(1), Expr.float(.nan)], .float) != .double(1))
    }

    @Test func coalesceStopsAtTheFirstValue() throws {
        let x = TestColumn(1, .integer, [.integer(1), .null, .integer(0)])
        let div = Expr.call("DIV", [Expr.int(10), x.expression], number(38, 0))
        #expect(try Expr.rows(Expr.call("COALESCE", [x.expression, div], number(38, 0)), [x])
            == [.integer(1), .null, .integer(0)])
        #expect(try Expr.rows(Expr.call("COALESCE", [x.expression, Expr.int(9)], .integer), [x])
            == [.integer(1), .integer(9), .integer(0)])
    }

    @Test func numberFormats() throws {
        let values = ["-12.391", "0.000", "-1.000", "0.100", "0.010", "3987.000", "1.111"]
        let expected: [(String, [String])] = [
            ("\">\"$99.0\"<\"", [">-$12.4<", ">  $0.0<", "> -$1.0<", ">  $0.1<", ">  $0.0<", "> $##.#<", ">  $1.1<"]),
            ("\">\"B9,999.0\"<\"", [">   -12.4<", ">      .0<", ">    -1.0<", ">      .1<", ">      .0<", "> 3,987.0<",
                                    ">     1.1<"]),
            ("\">\"TM9\"<\"", [">-12.391<", ">0.000<", ">-1.000<", ">0.100<", ">0.010<", ">3987.000<", ">1.111<"]),
            ("\">\"TME\"<\"", [">-1.2391E1<", ">0E0<", ">-1E0<", ">1E-1<", ">1E-2<", ">3.987E3<",
                               ">1.111E0<"]),
            ("\">\"0XXX\"<\"", [">FFF4<", ">0000<", ">FFFF<", ">0000<", ">0000<", ">0F93<", ">0001<"]),
            ("\">\"S0XXX\"<\"", [">-000C<", ">+0000<", ">-0001<", ">+0000<", ">+0000<", ">+0F93<", ">+0001<"]),
        ]
        for (format, texts) in expected {
            for (value, text) in zip(values, texts) {
                #expect(try Expr.shown(Expr.call("TO_VARCHAR", [Expr.number(value), Expr.text(format)], .text)) == text)
            }
        }
        func parsed(_ text: String, _ format: String) throws -> String? {
            try Expr.shown(Expr.call("TO_NUMBER", [Expr.text(text), Expr.text(format)], number(12, 2)))
        }
        #expect(try parsed("12.3456", "99.9") == "12.30")
        #expect(try parsed("$1,234.50", "$9,999.99") == "1234.50")
        #expect(try parsed("-7", "99") == "-7.00")
        #expect(try parsed("ff", "XX") == "255.00")
        #expect(Expr.errorCode(Expr.call("TO_NUMBER", [Expr.text("12a"), Expr.text("999")], number(12, 2))) == "100140")
        #expect(try Expr.value(Expr.call("TRY_TO_NUMBER", [Expr.text("12a"), Expr.text("999")], number(12, 2)))
            == .null)
        #expect(try Expr.shown(Expr.call("TO_VARCHAR", [Expr.float(1234.5), Expr.text("FM9,999.00")], .text))
            == "1,234.50")
        #expect(try Expr.shown(Expr.call("TO_VARCHAR", [Expr.int(7), Expr.text("000")], .text)) == " 007")
    }

    @Test func digests() throws {
        func text(_ name: String, _ arguments: BoundExpression...) throws -> String? {
            try Expr.shown(Expr.call(name, arguments, .text))
        }
        let s = Expr.text("Snowflake")
        #expect(try text("MD5", s) == "edf1439075a83a447fb8b630ddc9c8de")
        #expect(try text("SHA1", s) == "fda76b0bcc1e87cf259b1d1e3271d76f590fb5dd")
        #expect(try text("SHA2", s, Expr.int(256))
            == "1dbd59f661d68b90724f21084396b865497173e4d2714f4d91cf05fa5fc5e18d")
        #expect(try text("SHA2", Expr.text("AbC0"), Expr.int(224))
            == "4ef147140773685456334407a818296b7a2a71534f1c3905925299fc")
        #expect(try Expr.value(Expr.call("MD5_NUMBER_LOWER64", [s], .integer)) == .integer(9_203_306_159_527_282_910))
        #expect(try Expr.value(Expr.call("MD5_NUMBER_UPPER64", [s], .integer)) == .integer(17_145_559_544_104_499_780))
        #expect(try text("HEX_ENCODE", s, Expr.int(1)) == "536E6F77666C616B65")
        #expect(try text("HEX_ENCODE", s, Expr.int(0)) == "536e6f77666c616b65")
        #expect(try text("HEX_DECODE_STRING", Expr.text("536e6F77")) == "Snow")
        #expect(try text("BASE64_ENCODE", s) == "U25vd2ZsYWtl")
        #expect(try text("BASE64_ENCODE", Expr.text("a")) == "YQ==")
        #expect(try text("BASE64_DECODE_STRING", Expr.text("U25vd2ZsYWtl")) == "Snowflake")
        #expect(try text("TRY_BASE64_DECODE_STRING", Expr.text("U25v*")) == nil)
        #expect(Expr.errorCode(Expr.call("HEX_DECODE_STRING", [Expr.text("5")], .text)) != nil)
        // Equal numbers hash alike, whatever their scale; NULL has a hash.
        let hashes = try [Expr.int(10), Expr.number("10.000"), Expr.float(10)].map {
            try Expr.value(Expr.call("HASH", [$0], number(19, 0)))
        }
        #expect(hashes[0] == hashes[1] && hashes[1] == hashes[2])
        #expect(try Expr.value(Expr.call("HASH", [Expr.null(.integer)], number(19, 0))) != .null)
    }
}
