import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

/// Whatever form the columns come in, however the rows are cut into batches and whatever is null: every row has the
/// value that the same expression has over that row's constants; an error comes exactly when some row has one.
@Suite struct ExpressionFormTests {
    struct Random {
        var state: UInt64
        mutating func next(_ below: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % below
        }
    }

    static let rowCount = 150

    /// Few distinct values with long runs, nulls in most columns.
    static func columns(_ seed: Int, nulls: Bool) -> [TestColumn] {
        var random = Random(state: UInt64(seed) &* 7919 &+ 17)
        func values(_ pool: [ScalarValue]) -> [ScalarValue] {
            var result: [ScalarValue] = []
            while result.count < rowCount {
                let value = nulls && random.next(5) == 0 ? .null : pool[random.next(pool.count)]
                for _ in 0..<(random.next(3) == 0 ? 6 : 1) where result.count < rowCount { result.append(value) }
            }
            return result
        }
        let texts = ["", "a", "Hello World", "12", " 3.5 ", "ß é", "x,y,,z", "2024-02-29", "héllo", "true",
            "AAAAAAAAAAAAAAAAAAAA"]
        let seconds: [Int128] = [0, -1, 1_709_164_800, 1_710_063_000, 253_402_300_799, -62_135_596_800]
        return [
            TestColumn(1, .number(precision: 9, scale: 0), values([0, 1, -1, 7, 100,
                999_999_999].map { .integer($0) })),
            TestColumn(2, .number(precision: 20, scale: 3), values([0, 1, -1500, 2500,
                12_345_678_901_234_567].map { .integer($0) })),
            TestColumn(3, .float, values([0, 1.5, -2.5, 1e300, .infinity, .nan].map { .double($0) })),
            TestColumn(4, .text, values(texts.map { .bytes(Array($0.utf8)) })),
            TestColumn(5, .boolean, values([.boolean(true), .boolean(false)])),
            TestColumn(6, .date, values([0, -719_162, 19_782, 2_932_896].map { .integer($0) })),
            TestColumn(7, .timestampNTZ(scale: 9), values(seconds.map { .integer($0 * 1_000_000_000) })),
            TestColumn(8, .timestampLTZ(scale: 0), values(seconds.map { .integer($0 + 90_000) })),
            TestColumn(9, .number(precision: 38, scale: 0), values([0, 3,
                -99_999_999_999_999_999_999].map { .integer($0) })),
        ]
    }

    static func expressions(_ c: [TestColumn]) -> [BoundExpression] {
        let (n, d, f, s, b) = (c[0].expression, c[1].expression, c[2].expression, c[3].expression, c[4].expression)
        let (day, ntz, ltz, big) = (c[5].expression, c[6].expression, c[7].expression, c[8].expression)
        let number = LogicalType.number(precision: 38, scale: 3)
        func call(_ name: String, _ arguments: [BoundExpression],
            _ type: LogicalType) -> BoundExpression { .call(name, arguments, type) }
        let month = call("DATE_TRUNC", [Expr.text("MONTH"), day], .date)
        let upper = call("UPPER", [s], .text)
        let less = BoundExpression.comparison(.less, n, Expr.int(5))
        return [
            call("ADD", [n, big], .integer), call("SUB", [n, Expr.int(1)], .integer), call("MUL", [n, n], .integer),
            call("MUL", [big, big], .integer), call("DIV", [d, d], number), call("DIV", [Expr.int(7), n], number),
            call("MOD", [big, n], .integer), call("NEG", [d], number), call("ADD", [f, Expr.float(1)], .float),
            call("DIV", [f, f], .float), call("SQRT", [f], .float), call("ABS", [n], .integer),
            call("ROUND", [d, Expr.int(1), Expr.text("HALF_AWAY_FROM_ZERO")], number),
            less, .comparison(.equal, s, Expr.text("a")), .comparison(.greaterOrEqual, f, Expr.float(1)),
            .comparison(.notDistinct, n, Expr.int(1)), .comparison(.distinct, s, upper), .comparison(.less, day,
                Expr.date("2000-01-01")),
            .conjunction([b, less, .comparison(.notEqual, s, Expr.text(""))]), .disjunction([b, less]), .not(b),
            .conjunction([less, .comparison(.greater, call("DIV", [Expr.int(7), n], number), Expr.int(0))]),
            .isNull(s, negated: false), .isNull(call("ADD", [n, big], .integer), negated: true),
            .inList(s, [Expr.text("a"), Expr.text("12")], negated: false), .inList(n, [Expr.int(1),
                Expr.null(.integer)], negated: true),
            .inList(f, [Expr.float(.nan), Expr.float(0)], negated: false),
            .caseWhen([.init(condition: less, value: upper), .init(condition: b, value: s)],
                otherwise: Expr.text("-"), .text),
            .caseWhen([.init(condition: b, value: Expr.int(1))], otherwise: big, .integer),
            call("COALESCE", [s, upper, Expr.text("none")], .text), call("COALESCE", [n, big], .integer),
            upper, call("LOWER", [s], .text), call("INITCAP", [s], .text), call("TRIM", [s], .text), call("LENGTH",
                [s], .integer),
            call("SUBSTR", [s, Expr.int(2), n], .text), call("SPLIT_PART", [s, Expr.text(","), Expr.int(2)], .text),
            call("SPLIT", [s, Expr.text(",")], .array(element: .text)), call("CONCAT", [s, upper], .text),
            call("REPLACE", [s, Expr.text("l"), Expr.text("LL")], .text), call("LIKE", [s, Expr.text("%l%")], .boolean),
            call("LIKE", [s, s], .boolean), call("MD5", [s], .text), call("LPAD", [s, Expr.int(8), Expr.text("*")],
                .text),
            call("HASH", [s, n, f], .integer), call("REVERSE", [s], .text), call("SOUNDEX", [s], .text),
            .cast(s, to: .integer, isTry: true), .cast(s, to: .integer, isTry: false), .cast(s, to: .date, isTry: true),
            .cast(s, to: .float, isTry: true), .cast(s, to: .boolean, isTry: true), .cast(d, to: .integer,
                isTry: false),
            .cast(d, to: .number(precision: 5, scale: 1), isTry: true), .cast(f, to: .integer, isTry: true),
            .cast(n, to: .text, isTry: false), .cast(f, to: .text, isTry: false), .cast(s, to: .varchar(length: 3),
                isTry: false),
            .cast(day, to: .timestampNTZ(scale: 9), isTry: false), .cast(ntz, to: .date, isTry: false),
            .cast(ltz, to: .timestampNTZ(scale: 3), isTry: false), .cast(ltz, to: .text, isTry: false),
            month, call("DATE_TRUNC", [Expr.text("WEEK"), ltz], .timestampLTZ(scale: 0)),
            call("DATE_PART", [Expr.text("MONTH"), ntz], .integer), call("DATE_PART", [Expr.text("EPOCH_NANOSECOND"),
                ntz], .integer),
            call("DATEADD", [Expr.text("MONTH"), n, day], .date), call("DATEADD", [Expr.text("HOUR"), Expr.int(5),
                ltz], .timestampLTZ(scale: 0)),
            call("DATEDIFF", [Expr.text("MONTH"), day, month], .integer), call("LAST_DAY", [day, Expr.text("MONTH")],
                .date),
            call("MONTHNAME", [day], .text), call("GREATEST", [n, big], .integer), call("LEAST_IGNORE_NULLS", [s,
                upper], .text),
        ]
    }

    /// The row's values put in place of the columns.
    private func constant(_ expression: BoundExpression, _ columns: [TestColumn], _ row: Int) -> BoundExpression {
        expression.mapped { part in
            guard case .column(let column) = part, let found = columns.first(where: { $0.column.id == column.id })
            else { return part }
            return .constant(Constant(found.values[row], column.type))
        }
    }

    @Test(arguments: [0, 1, 2, 3]) func formsAgree(seed: Int) throws {
        let columns = ExpressionFormTests.columns(seed, nulls: seed != 1)
        for (number, expression) in ExpressionFormTests.expressions(columns).enumerated() {
            if seed > 0, number % 3 != seed - 1 { continue }
            try check(expression, columns, number)
        }
    }

    private func check(_ expression: BoundExpression, _ columns: [TestColumn], _ number: Int) throws {
        var expected: [ScalarValue] = [], good: [Int] = []
        var isList = false
        if case .array = expression.type { isList = true }
        for row in 0..<ExpressionFormTests.rowCount {
            let single = constant(expression, columns, row)
            let value = isList ? try? Expr.rows(single, []).first : try? Expr.value(single)
            if let value {
                expected.append(value)
                good.append(row)
            }
        }
        for form in TestColumn.Form.allCases {
            if good.count < ExpressionFormTests.rowCount {
                #expect(throws: WarehouseError.self, "expression \(number), \(form)") {
                    _ = try Expr.rows(expression, columns, form: form)
                }
            }
            let kept = columns.map { column in
                TestColumn(column.column.id.number, column.column.type, good.map { column.values[$0] })
            }
            for batch in [2048, 23] {
                let found = try Expr.rows(expression, kept, form: form, batch: batch)
                let isSame = same(found, expected)
                #expect(isSame, "expression \(number), \(form), batches of \(batch)")
            }
        }
    }

    private func same(_ a: [ScalarValue], _ b: [ScalarValue]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { x, y in
            if case .double(let p) = x, case .double(let q) = y { return p.bitPattern
                == q.bitPattern || (p.isNaN && q.isNaN) }
            return x == y
        }
    }
}
