import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionArithmeticTests {
    private func number(_ precision: Int, _ scale: Int) -> LogicalType { .number(precision: precision, scale: scale) }

    @Test func decimalsAddMultiplyAndDivideExactly() throws {
        let a = Expr.number("12.50"), b = Expr.number("-0.75")
        #expect(try Expr.shown(Expr.call("ADD", [a, b], number(38, 2))) == "11.75")
        #expect(try Expr.shown(Expr.call("SUB", [a, b], number(38, 2))) == "13.25")
        #expect(try Expr.shown(Expr.call("MUL", [a, b], number(38, 4))) == "-9.3750")
        // One digit dropped: -9.375 is exact, 0.125 × 0.5 = 0.0625 rounds away from zero.
        #expect(try Expr.shown(Expr.call("MUL", [Expr.number("0.125"), Expr.number("0.5")], number(38, 3))) == "0.063")
        #expect(try Expr.shown(Expr.call("MUL", [Expr.number("-0.125"), Expr.number("0.5")], number(38, 3)))
            == "-0.063")
        #expect(try Expr.shown(Expr.call("DIV", [Expr.int(1), Expr.int(3)], number(38, 6))) == "0.333333")
        #expect(try Expr.shown(Expr.call("DIV", [Expr.int(2), Expr.int(3)], number(38, 6))) == "0.666667")
        #expect(try Expr.shown(Expr.call("DIV", [Expr.int(-2), Expr.int(3)], number(38, 6))) == "-0.666667")
        #expect(try Expr.shown(Expr.call("DIV", [Expr.number("1.00"), Expr.number("0.03")], number(38, 8)))
            == "33.33333333")
        #expect(try Expr.shown(Expr.call("MOD", [Expr.int(-7), Expr.int(3)], number(38, 0))) == "-1")
        #expect(try Expr.shown(Expr.call("MOD", [Expr.int(7), Expr.int(-3)], number(38, 0))) == "1")
        #expect(try Expr.shown(Expr.call("NEG", [a], number(38, 2))) == "-12.50")
    }

    @Test func resultsPast38DigitsAreErrors() {
        let nines = Expr.number(String(repeating: "9", count: 38))
        #expect(Expr.errorCode(Expr.call("ADD", [nines, Expr.int(1)], number(38, 0))) == "100046")
        #expect(Expr.errorCode(Expr.call("SUB", [Expr.call("NEG", [nines], number(38, 0)), nines], number(38, 0)))
            == "100046")
        #expect(Expr.errorCode(Expr.call("MUL", [nines, Expr.int(10)], number(38, 0))) == "100046")
        #expect(Expr.errorCode(Expr.call("ADD", [nines, Expr.int(0)], number(38, 0))) == nil)
        #expect(Expr.errorCode(Expr.call("DIV", [nines, Expr.number("0.1")], number(38, 6))) == "100046")
    }

    @Test func divisionByZeroIsAnErrorOnlyWhereEvaluated() throws {
        let div = Expr.call("DIV", [Expr.int(1), Expr.int(0)], number(38, 6))
        #expect(Expr.errorCode(div) == "100051")
        #expect(Expr.errorCode(Expr.call("MOD", [Expr.int(1), Expr.int(0)], number(38, 0))) == "100051")
        #expect(Expr.errorCode(Expr.call("DIV", [Expr.float(1), Expr.float(0)], .float)) == "100051")
        #expect(Expr.errorCode(Expr.call("DIV", [Expr.null(.integer), Expr.int(0)], number(38, 6))) == nil)
        let x = TestColumn(1, .integer, [0, 1, 2, 4, 0].map { .integer($0) } + [.null])
        let quotient = Expr.call("DIV", [Expr.int(1), x.expression], number(38, 6))
        let guarded = BoundExpression.caseWhen(
            [.init(condition: .comparison(.notEqual, x.expression, Expr.int(0)), value: quotient)],
            otherwise: Expr.null(number(38, 6)), number(38, 6))
        #expect(try Expr.rows(guarded, [x]) == [.null, .integer(1_000_000), .integer(500_000), .integer(250_000),
            .null, .null])
        let both = BoundExpression.conjunction([
            .comparison(.notEqual, x.expression, Expr.int(0)),
            .comparison(.greater, quotient, Expr.number("0.300000")),
        ])
        #expect(try Expr.rows(both, [x]) == [.boolean(false), .boolean(true), .boolean(true), .boolean(false),
                                             .boolean(false), .null])
        #expect(throws: WarehouseError.self) { _ = try Expr.rows(quotient, [x]) }
    }

    @Test func widthsFollowBounds() throws {
        let small = TestColumn(1, .integer, [.integer(1), .integer(200_000)])
        var layout = InputLayout()
        layout[ColumnID(1)] = small.binding(0)
        func compiled(_ e: BoundExpression) throws -> CompiledExpression {
            try CompiledExpression(e, input: layout, context: Expr.context())
        }
        #expect(try compiled(small.expression).physicalType == .int32)
        let square = Expr.call("MUL", [small.expression, small.expression], .integer)
        #expect(try compiled(square).physicalType == .int64)
        #expect(try compiled(square).range == ValueRange(1, 40_000_000_000))
        let fourth = Expr.call("MUL", [square, square], .integer)
        #expect(try compiled(fourth).physicalType == .int128)
        #expect(try Expr.rows(fourth, [small]) == [.integer(1), .integer(1_600_000_000_000_000_000_000)])
        #expect(try CompiledExpression(small.expression, input: layout, context: Expr.context(), as: .int128)
            .physicalType == .int128)
    }

    @Test func comparisonsKnowNaNAndSignedZero() throws {
        let nan = Expr.float(.nan)
        func holds(_ op: ComparisonOperator, _ a: BoundExpression, _ b: BoundExpression) throws -> ScalarValue {
            try Expr.value(.comparison(op, a, b))
        }
        #expect(try holds(.equal, nan, nan) == .boolean(true))
        #expect(try holds(.greater, nan, Expr.float(.infinity)) == .boolean(true))
        #expect(try holds(.less, Expr.float(-.infinity), Expr.float(-1)) == .boolean(true))
        #expect(try holds(.equal, Expr.float(0), Expr.float(-0.0)) == .boolean(true))
        #expect(try holds(.less, Expr.float(-2), Expr.float(-1)) == .boolean(true))
        #expect(try holds(.less, Expr.text("a"), Expr.text("ab")) == .boolean(true))
        #expect(try holds(.equal, Expr.null(.float), nan) == .null)
        #expect(try holds(.distinct, Expr.null(.float), nan) == .boolean(true))
        #expect(try holds(.notDistinct, Expr.null(.text), Expr.null(.text)) == .boolean(true))
    }

    @Test func threeValuedLogic() throws {
        let values: [Bool?] = [true, false, nil]
        func asked(_ a: Bool?) -> ScalarValue { a.map { .boolean($0) } ?? .null }
        let pairs = values.flatMap { a in values.map { (a, $0) } }
        let a = TestColumn(1, .boolean, pairs.map { asked($0.0) }), b = TestColumn(2, .boolean,
            pairs.map { asked($0.1) })
        let and = try Expr.rows(.conjunction([a.expression, b.expression]), [a, b])
        let or = try Expr.rows(.disjunction([a.expression, b.expression]), [a, b])
        let t = ScalarValue.boolean(true), f = ScalarValue.boolean(false), n = ScalarValue.null
        #expect(and == [t, f, n, f, f, f, n, f, n])
        #expect(or == [t, t, t, t, f, n, t, n, n])
        #expect(try Expr.rows(.not(a.expression), [a, b]) == [f, f, f, t, t, t, n, n, n])
        #expect(try Expr.rows(.isNull(a.expression, negated: true), [a, b]) == [t, t, t, t, t, t, f, f, f])
    }

    @Test func inListsFollowTheNullRules() throws {
        let x = TestColumn(1, .integer, [.integer(1), .integer(5), .null, .integer(100_000_000)])
        let t = ScalarValue.boolean(true), f = ScalarValue.boolean(false)
        let list = [Expr.int(1), Expr.int(7), Expr.int(100_000_000)]
        #expect(try Expr.rows(.inList(x.expression, list, negated: false), [x]) == [t, f, .null, t])
        #expect(try Expr.rows(.inList(x.expression, list, negated: true), [x]) == [f, t, .null, f])
        let withNull = list + [Expr.null(.integer)]
        #expect(try Expr.rows(.inList(x.expression, withNull, negated: false), [x]) == [t, .null, .null, t])
        #expect(try Expr.rows(.inList(x.expression, withNull, negated: true), [x]) == [f, .null, .null, f])
        let varying = [Expr.int(3), Expr.call("ADD", [x.expression, Expr.int(0)], .integer)]
        #expect(try Expr.rows(.inList(x.expression, varying, negated: false), [x]) == [t, t, .null, t])
        let s = TestColumn(2, .text, ["a", "bb", ""].map { .bytes(Array($0.utf8)) })
        #expect(try Expr.rows(.inList(s.expression, [Expr.text("bb"), Expr.text("")], negated: false), [s])
            == [f, t, t])
    }
}
