import Testing
import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine
import WarehousePlan

/// A function that works long on one value looks meanwhile whether the statement is to stop.
@Suite struct LongValueCancellationTests {
    private final class Stopped: Interruptible {
        func checkCancelled() throws(WarehouseError) { throw WarehouseError(.cancelled, "SQL execution canceled.") }
    }

    private static let words = Expr.text(String(repeating: "ab1 ", count: 100_000))
    private static let list = "[" + (0..<20_000).map(String.init).joined(separator: ",") + "]"
    private static func array() throws -> BoundExpression {
        let value = try Expr.value(Expr.call("PARSE_JSON", [Expr.text(list)], .variant))
        guard case .bytes(let bytes) = value else { throw WarehouseError(.internalFault, "no array") }
        return .cast(.constant(Constant(.bytes(bytes), .variant)), to: .array(element: nil), isTry: false)
    }

    private func isStopped(_ expression: BoundExpression) -> Bool {
        Interruption.$statement.withValue(Stopped()) { Expr.errorCode(expression) == ErrorKind.cancelled.code }
    }

    @Test func texts() {
        let nothing = Expr.text(""), one = Expr.int(1)
        let calls: [BoundExpression] = [
            Expr.call("REGEXP_COUNT", [Self.words, Expr.text("[a-z]+"), one, nothing], .integer),
            Expr.call("REGEXP_REPLACE", [Self.words, Expr.text("b."), Expr.text("x"), one, Expr.int(0), nothing], .text),
            Expr.call("TRANSLATE", [Self.words, Expr.text("a"), Expr.text("b")], .text),
            Expr.call("STRTOK", [Self.words, Expr.text(" "), Expr.int(90_000)], .text),
            Expr.call("UPPER", [Self.words], .text), Expr.call("REVERSE", [Self.words], .text),
            Expr.call("INITCAP", [Self.words, Expr.text(" ")], .text),
            Expr.call("JAROWINKLER_SIMILARITY", [
                Expr.text(String(repeating: "a", count: 20_000)), Expr.text(String(repeating: "b", count: 20_000)),
            ], .integer),
            Expr.call("PARSE_JSON", [Expr.text(Self.list)], .variant),
            Expr.call("TRY_PARSE_JSON", [Expr.text(Self.list)], .variant),
            Expr.call("CHECK_JSON", [Expr.text(Self.list)], .text),
        ]
        for call in calls { #expect(isStopped(call), "\(String(describing: call).prefix(40))") }
    }

    @Test func arrays() throws {
        let array = try Self.array(), list = LogicalType.array(element: nil)
        let missing = Expr.cast(Expr.int(-1), .variant)
        let calls: [BoundExpression] = [
            Expr.call("ARRAY_DISTINCT", [array], list), Expr.call("ARRAY_INTERSECTION", [array, array], list),
            Expr.call("ARRAY_EXCEPT", [array, array], list), Expr.call("ARRAY_REMOVE", [array, missing], list),
            Expr.call("ARRAY_CONTAINS", [missing, array], .boolean), Expr.call("ARRAY_POSITION", [missing, array], .integer),
            Expr.call("ARRAYS_OVERLAP", [array, Expr.call("ARRAY_CONSTRUCT", [missing], list)], .boolean),
            Expr.call("ARRAY_SORT", [array, Expr.bool(false), Expr.bool(true)], list),
            Expr.call("ARRAY_GENERATE_RANGE", [Expr.int(0), Expr.int(70_000), Expr.int(1)], list),
        ]
        for call in calls { #expect(isStopped(call), "\(String(describing: call).prefix(40))") }
    }

    /// What only copies elements too: a million of them come to a tenth of a second.
    @Test func copiesOfArrays() throws {
        let array = try Self.array(), list = LogicalType.array(element: nil), one = Expr.int(1)
        let value = Expr.cast(one, .variant)
        let keys = try Self.json(8000) { "\"k\($0)\"" }, values = try Self.json(8000) { "\($0)" }
        let object = Expr.call("ARRAYS_TO_OBJECT", [keys, values], .object)
        let isLong = isStopped(array)
        #expect(!isLong)
        let calls: [BoundExpression] = [
            Expr.call("ARRAY_APPEND", [array, value], list), Expr.call("ARRAY_PREPEND", [array, value], list),
            Expr.call("ARRAY_CAT", [array, array], list), Expr.call("ARRAY_COMPACT", [array], list),
            Expr.call("ARRAY_REVERSE", [array], list), Expr.call("ARRAY_SLICE", [array, one, Expr.int(19_000)], list),
            Expr.call("ARRAY_INSERT", [array, one, value], list), Expr.call("ARRAY_REMOVE_AT", [array, one], list),
            Expr.call("ARRAY_MIN", [array], .variant), Expr.call("ARRAY_MAX", [array], .variant),
            Expr.call("ARRAYS_ZIP", [array, array], list), Expr.call("ARRAY_TO_STRING", [array, Expr.text(",")], .text), object,
        ]
        for call in calls { #expect(isStopped(call), "\(String(describing: call).prefix(40))") }
        guard case .bytes(let bytes) = try Expr.value(object) else { throw WarehouseError(.internalFault, "no object") }
        let made = BoundExpression.cast(.constant(Constant(.bytes(bytes), .variant)), to: .object, isTry: false)
        let isLargeObject = isStopped(made)
        #expect(!isLargeObject)
        let names = ["k1", "k2"].map(Expr.text)
        for call in [
            Expr.call("OBJECT_KEYS", [made], list), Expr.call("OBJECT_DELETE", [made] + names, .object),
            Expr.call("OBJECT_PICK", [made] + names, .object),
            Expr.call("OBJECT_INSERT", [made, Expr.text("k"), value, Expr.bool(false)], .object),
        ] { #expect(isStopped(call), "\(String(describing: call).prefix(40))") }
    }

    private static func json(_ count: Int, _ element: (Int) -> String) throws -> BoundExpression {
        let texts = (0..<count).map(element).joined(separator: ",")
        guard case .bytes(let bytes) = try Expr.value(Expr.call("PARSE_JSON", [Expr.text("[\(texts)]")], .variant)) else {
            throw WarehouseError(.internalFault, "no array")
        }
        return .cast(.constant(Constant(.bytes(bytes), .variant)), to: .array(element: nil), isTry: false)
    }

    /// Keys of objects are put in order: of as many, nobody waits for that either.
    @Test func orderOfKeys() throws {
        let builder = VariantBuilder()
        try builder.beginObject()
        for number in 0..<20_000 {
            builder.key("key\(number * 7919 % 20_000)")
            builder.integer(Int128(number))
        }
        #expect { try Interruption.$statement.withValue(Stopped()) { try builder.endObject() } } throws: {
            ($0 as? WarehouseError)?.code == ErrorKind.cancelled.code
        }
    }

    private final class Noted: Interruptible {
        private let error = Lock<WarehouseError?>(nil)
        var message: String? { error.withLock { $0?.message } }
        func checkCancelled() throws(WarehouseError) {}
        func fail(_ error: WarehouseError) { self.error.withLock { $0 = error } }
    }

    /// Offsets of lists are of 32 bits: a batch that repeats a long list too often ends the statement.
    @Test func listsOfABatchHaveALimit() {
        let lists = ColumnBuffer(.list, elementType: .int32)
        for number in 0..<300_000 { lists.child?.append(integer: Int128(number)) }
        lists.commitList()
        let rows = [Int32](repeating: 0, count: Vector.standardCapacity), statement = Noted()
        let target = Vector(.list, child: Vector(.int32)), flat = Vector(.list, child: Vector(.int32))
        let constant = Vector(.list, child: lists.child?.vector())
        constant.beginConstant(rows: rows.count)
        (constant.offsets[0], constant.offsets[1]) = (0, 300_000)
        Interruption.$statement.withValue(statement) {
            rows.withUnsafeBufferPointer { target.gather(lists.vector(), $0) }
            #expect(statement.message?.contains("2457600000 elements; at most 2147483647") == true)
            #expect(target.offsets[rows.count] == 0)
            flat.fillFlat(from: constant)
            #expect(flat.offsets[rows.count] == 0)
            rows.prefix(2).withUnsafeBufferPointer { target.gather(lists.vector(), $0) }
        }
        #expect(target.offsets[2] == 600_000)
        let context = Expr.context()
        context.fail(WarehouseError(.limitExceeded, "too many"))
        #expect { try context.checkCancelled() } throws: { ($0 as? WarehouseError)?.message == "too many" }
    }

    /// Short values cost no looks: a statement of few rows ends before it is stopped.
    @Test func shortValuesAreNotCounted() {
        #expect(!isStopped(Expr.call("UPPER", [Expr.text("abc")], .text)))
        #expect(!isStopped(Expr.call("PARSE_JSON", [Expr.text("[1, 2]")], .variant)))
    }
}
