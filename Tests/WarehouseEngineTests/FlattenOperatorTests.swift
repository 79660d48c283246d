import Testing
import WarehouseBasics
import WarehouseColumns
import WarehousePlan
@testable import WarehouseEngine

@Suite struct FlattenOperatorTests {
    /// {"a": 1, "b c": [10, {"d": null}], "e": []}
    static func document() throws -> ScalarValue {
        let builder = VariantBuilder()
        try builder.beginObject()
        builder.key("a")
        builder.integer(1)
        builder.key("b c")
        try builder.beginArray()
        builder.integer(10)
        try builder.beginObject()
        builder.key("d")
        builder.null()
        try builder.endObject()
        try builder.endArray()
        builder.key("e")
        try builder.beginArray()
        try builder.endArray()
        try builder.endObject()
        return .bytes(builder.buffer.array)
    }

    static func flatten(_ rows: [[ScalarValue]], path: String = "", isOuter: Bool = false, isRecursive: Bool = false,
                        mode: LogicalFlatten.Mode = .both,
                        _ outputs: [LogicalFlatten.Output]) throws -> [[ScalarValue]] {
        var maker = PlanMaker()
        let scan = maker.scan(MemoryTable([.integer, .variant], rows, stripeRows: 10, batchRows: 1))
        let columns = outputs.map { output in
            switch output {
            case .seq, .index: (output: output, column: maker.column(.integer))
            case .key, .path: (output: output, column: maker.column(.text))
            default: (output: output, column: maker.column(.variant))
            }
        }
        let flatten = LogicalFlatten(input: scan, value: scan.reference(1), path: path, isOuter: isOuter,
                                     isRecursive: isRecursive, mode: mode, outputs: columns)
        return try Runner.rows(.flatten(flatten)).map { [$0[0]] + $0.dropFirst(2) }
    }

    static func text(_ text: String) -> ScalarValue { .bytes(Array(text.utf8)) }

    @Test func objectsAndArrays() throws {
        let rows = [[ScalarValue.integer(7), try Self.document()], [.integer(8), .null]]
        #expect(try Self.flatten(rows, [.seq, .key, .path, .index]) == [
            [.integer(7), .integer(1), Self.text("a"), Self.text("a"), .null],
            [.integer(7), .integer(1), Self.text("b c"), Self.text("['b c']"), .null],
            [.integer(7), .integer(1), Self.text("e"), Self.text("e"), .null],
        ])
        #expect(try Self.flatten(rows, path: "['b c']", [.key, .path, .index]) == [
            [.integer(7), .null, Self.text("['b c'][0]"), .integer(0)],
            [.integer(7), .null, Self.text("['b c'][1]"), .integer(1)],
        ])
        #expect(try Self.flatten(rows, isRecursive: true, [.path]) == [
            [.integer(7), Self.text("a")], [.integer(7), Self.text("['b c']")], [.integer(7), Self.text("['b c'][0]")],
            [.integer(7), Self.text("['b c'][1]")], [.integer(7), Self.text("['b c'][1].d")],
            [.integer(7), Self.text("e")],
        ])
        #expect(try Self.flatten(rows, mode: .array, [.path]).isEmpty)
        let outer = try Self.flatten(rows, path: "e", isOuter: true, [.seq, .key, .index, .value])
        #expect(outer == [[.integer(7), .integer(1), .null, .null, .null],
                          [.integer(8), .integer(2), .null, .null, .null]])
        #expect(try Self.flatten(rows, path: "a", [.value]).isEmpty)
        #expect(throws: WarehouseError.self) { try Self.flatten(rows, path: "a[", [.value]) }
    }

    @Test func listsGiveElementsInTheirOwnType() throws {
        let lists: [[Int]?] = [[1, 2, 3], [], nil, [4]]
        for isOuter in [false, true] {
            let buffer = ColumnBuffer(.list, elementType: .int32)
            for list in lists {
                for value in list ?? [] { buffer.child?.append(integer: Int128(value)) }
                if list == nil { buffer.appendNull() } else { buffer.commitList() }
            }
            let numbers = ColumnBuffer(.int32)
            for row in 0..<4 { numbers.append(integer: Int128(row)) }
            let input = ValuesOperator(rows: RowBuffer(columns: [numbers, buffer], rowCount: 4))
            let options = FlattenOptions(path: try VariantPath(""), pathText: "", isOuter: isOuter, isRecursive: false,
                                         mode: .both)
            let operation = FlattenOperator(input: input, valueColumn: 1, parents: [0], options: options,
                                            columns: [.index, .element(.int32), .path])
            let context = QueryContext(session: Runner.session, threads: 1)
            let rows = RowBuffer.concatenated(
                try operation.collect(context, reservation: MemoryReservation(context.memory)),
                types: operation.outputTypes)
            let answer = (0..<rows.rowCount).map { row in rows.columns.map { $0.scalar(row) } }
            let none: [[ScalarValue]] = isOuter ? [[.integer(1), .null, .null, Self.text("")],
                                                   [.integer(2), .null, .null, Self.text("")]] : []
            #expect(answer == (0..<3).map { [.integer(0), .integer(Int128($0)), .integer(Int128($0 + 1)),
                                             Self.text("[\($0)]")] } + none
                + [[.integer(3), .integer(0), .integer(4), Self.text("[0]")]])
        }
    }
}
