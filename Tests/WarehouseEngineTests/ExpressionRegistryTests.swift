import Testing
import WarehouseBasics
@testable import WarehouseEngine
import WarehousePlan

@Suite struct ExpressionRegistryTests {
    /// Functions the planner says with other expressions, so that no call of that name reaches the engine.
    private static let lowered: Set<String> = [
        "NVL2", "NULLIF", "ZEROIFNULL", "NULLIFZERO", "IFF", "DECODE", "EQUAL_NULL", "BOOLAND", "BOOLOR", "BOOLXOR",
        "BOOLNOT", "DIV0", "DIV0NULL", "SQUARE", "PI", "YEAR", "QUARTER", "MONTH", "DAY", "DAYOFWEEK", "DAYOFWEEKISO",
        "DAYOFYEAR", "WEEK", "WEEKISO", "YEAROFWEEK", "YEAROFWEEKISO", "HOUR", "MINUTE", "SECOND", "TRY_TO_VARCHAR",
        "TO_DOUBLE", "TRY_TO_DOUBLE", "TO_BOOLEAN", "TRY_TO_BOOLEAN", "TO_TIMESTAMP", "TRY_TO_TIMESTAMP", "TO_VARIANT",
        "TO_ARRAY", "TO_OBJECT", "SYSTEM$TYPEOF", "SEQ1", "SEQ2", "SEQ4", "SEQ8", "RTRIMMED_LENGTH",
        "JSON_EXTRACT_PATH_TEXT", "NVL", "REGR_VALX", "REGR_VALY", "CHARINDEX", "INVOKER_ROLE", "INVOKER_SHARE",
    ]

    @Test func everyFunctionOfThePlannerHasAKernel() {
        let session = Set(ScalarFunctions.all.map(\.name).filter { $0.hasPrefix("CURRENT_") || $0 == "SYSDATE" || $0
            == "LAST_QUERY_ID" })
        let missing = Set(ScalarFunctions.all.map(\.name)).subtracting(ScalarKernels.names)
            .subtracting(ExpressionRegistryTests.lowered).subtracting(session)
        #expect(missing.sorted() == [])
    }

    @Test func anUnknownFunctionIsAnError() {
        #expect(Expr.errorCode(Expr.call("NO_SUCH", [], .text)) == "000002")
    }

    @Test func foldingComputesWhatRowsWould() throws {
        let folder = EngineConstantFolder(context: Expr.context())
        let sum = Expr.call("ADD", [Expr.int(2), Expr.int(3)], .integer)
        #expect(try folder.fold(sum) == Constant(.integer(5), .integer))
        #expect(try folder.fold(Expr.cast(Expr.text("2024-01-01"), .date)) == Constant(.integer(19_723), .date))
        #expect(try folder.fold(Expr.null(.text)) == .null(.text))
        #expect(try folder.fold(Expr.call("RANDOM", [], .integer)) == nil)
        #expect(throws: WarehouseError.self) {
            _ = try folder.fold(Expr.call("DIV", [Expr.int(1), Expr.int(0)], .integer))
        }
    }

    @Test func volatileFunctionsDifferByRow() throws {
        let x = TestColumn(1, .integer, (0..<50).map { .integer($0) })
        let random = Expr.call("RANDOM", [], .number(precision: 19, scale: 0))
        let sum = Expr.call("ADD", [x.expression, random], .integer)
        #expect(Set(try Expr.rows(sum, [x])).count == 50)
        let seeded = Expr.call("RANDOM", [Expr.int(7)], .number(precision: 19, scale: 0))
        let first = try Expr.rows(Expr.call("ADD", [x.expression, seeded], .integer), [x])
        #expect(try Expr.rows(Expr.call("ADD", [x.expression, seeded], .integer), [x]) == first)
        guard case .bytes(let uuid) = try Expr.value(Expr.call("UUID_STRING", [], .text)) else {
            Issue.record("no text")
            return
        }
        #expect(uuid.count == 36 && uuid[14] == UInt8(ascii: "4"))
        let sequence = Expr.call("SEQ", [Expr.int(8), Expr.int(0)], .number(precision: 19, scale: 0))
        let numbered = try Expr.rows(Expr.call("SUB", [sequence, x.expression], .integer), [x], batch: 7)
        #expect(numbered == Array(repeating: .integer(0), count: 50))
    }
}
