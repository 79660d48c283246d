import WarehouseBasics
import WarehouseColumns
@testable import WarehouseEngine
import WarehousePlan

/// Writes expressions and evaluates them, for the tests of this folder.
enum Expr {
    static func context(_ zone: String = "America/Los_Angeles", parameters: [String: String] = [:]) -> QueryContext {
        QueryContext(session: SessionContext(role: "R", user: "U", database: nil, schema: nil, warehouse: nil,
                                             timeZone: zone, statementTime: 0, parameters: parameters), threads: 1)
    }

    // MARK: Writing

    static func text(_ value: String) -> BoundExpression { .constant(Constant(.bytes(Array(value.utf8)), .text)) }
    static func int(_ value: Int) -> BoundExpression { .constant(Constant(.integer(Int128(value)), .integer)) }
    static func float(_ value: Double) -> BoundExpression { .constant(.float(value)) }
    static func bool(_ value: Bool?) -> BoundExpression {
        .constant(value.map { .boolean($0) } ?? .null(.boolean))
    }
    static func null(_ type: LogicalType) -> BoundExpression { .constant(.null(type)) }
    /// A decimal literal: `number("12.50")` is NUMBER(38,2).
    static func number(_ text: String) -> BoundExpression {
        let scale = text.firstIndex(of: ".").map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        let value = DecimalText.parse(text, precision: 38, scale: scale) ?? 0
        return .constant(Constant(.integer(value), .number(precision: 38, scale: scale)))
    }
    static func call(_ name: String, _ arguments: [BoundExpression], _ type: LogicalType) -> BoundExpression {
        .call(name, arguments, type)
    }
    static func cast(_ value: BoundExpression, _ type: LogicalType, isTry: Bool = false) -> BoundExpression {
        .cast(value, to: type, isTry: isTry)
    }
    static func date(_ text: String) -> BoundExpression { cast(self.text(text), .date) }
    static func ntz(_ text: String, scale: Int = 9) -> BoundExpression { cast(self.text(text),
        .timestampNTZ(scale: scale)) }

    // MARK: Evaluating

    /// The value of an expression without columns.
    static func value(_ expression: BoundExpression, context: QueryContext = Expr.context()) throws -> ScalarValue {
        let compiled = try CompiledExpression(expression, input: InputLayout(), context: context)
        let vector = try compiled.makeEvaluator().evaluate(Batch([], rowCount: 1))
        return vector.scalar(at: 0) ?? .null
    }

    /// As text, by the cast to VARCHAR; nil for NULL.
    static func shown(_ expression: BoundExpression, context: QueryContext = Expr.context()) throws -> String? {
        let text = expression.type.isText ? expression : cast(expression, .text)
        guard case .bytes(let bytes) = try value(text, context: context) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The error code of evaluating; nil when there is none.
    static func errorCode(_ expression: BoundExpression, context: QueryContext = Expr.context()) -> String? {
        do {
            _ = try value(expression, context: context)
            return nil
        } catch {
            return (error as? WarehouseError)?.code ?? "?"
        }
    }
}

/// A column of test data.
struct TestColumn {
    let column: PlanColumn
    let values: [ScalarValue]

    init(_ id: Int, _ type: LogicalType, _ values: [ScalarValue]) {
        column = PlanColumn(id: ColumnID(id), name: "C\(id)", type: type)
        self.values = values
    }

    var expression: BoundExpression { .column(column) }

    var range: ValueRange? {
        let integers = values.compactMap { if case .integer(let value) = $0 { value } else { nil } }
        guard let low = integers.min(), let high = integers.max() else { return nil }
        return ValueRange(low, high)
    }

    var physicalType: PhysicalType {
        let bounds = range ?? ValueRange(0, 0)
        return column.type.physicalType(low: bounds.low, high: bounds.high)
    }

    func binding(_ index: Int) -> ColumnBinding {
        ColumnBinding(index: index, physicalType: physicalType, range: range, mayBeNull: values.contains(.null))
    }

    enum Form: CaseIterable { case flat, dictionary, runs }

    /// The rows in a form; runs cannot hold nulls and fall back to flat.
    func vector(_ rows: Range<Int>, _ form: Form) -> Vector {
        let slice = Array(values[rows])
        let flat = Vector(physicalType, capacity: max(1, slice.count))
        flat.beginFlat(slice.count)
        for (row, value) in slice.enumerated() { TestColumn.store(value, flat, row) }
        switch form {
        case .flat: return flat
        case .dictionary: return dictionary(slice)
        case .runs: return slice.contains(.null) || slice.isEmpty ? flat : runs(slice)
        }
    }

    static func store(_ value: ScalarValue, _ vector: Vector, _ row: Int) {
        vector.storeZero(at: row)
        switch value {
        case .null: vector.setNull(row)
        case .boolean(let flag): vector.bools[row] = flag ? 1 : 0
        case .double(let number): vector.doubles[row] = number
        case .bytes(let bytes): vector.strings[row] = vector.arena.copy(bytes)
        case .integer(let number):
            switch vector.physicalType {
            case .int32: vector.int32s[row] = Int32(number)
            case .int64: vector.int64s[row] = Int64(number)
            default: vector.int128s[row] = number
            }
        }
    }

    private func dictionary(_ slice: [ScalarValue]) -> Vector {
        var entries: [ScalarValue] = []
        var codes: [Int32] = []
        for value in slice {
            if value == .null { codes.append(0) }
            else if let found = entries.firstIndex(of: value) { codes.append(Int32(found)) }
            else {
                codes.append(Int32(entries.count))
                entries.append(value)
            }
        }
        let holder = Vector(physicalType, capacity: max(1, entries.count))
        holder.beginFlat(entries.count)
        for (row, value) in entries.enumerated() { TestColumn.store(value, holder, row) }
        let result = Vector(physicalType)
        result.beginDictionary(holder, count: slice.count)
        for row in slice.indices {
            result.codes[row] = codes[row]
            if slice[row] == .null { result.setNull(row) }
        }
        return result
    }

    private func runs(_ slice: [ScalarValue]) -> Vector {
        var firsts: [Int] = []
        for row in slice.indices where row == 0 || slice[row] != slice[row - 1] { firsts.append(row) }
        let result = Vector(physicalType, capacity: firsts.count)
        result.beginRuns(firsts.count, rows: slice.count)
        for (run, first) in firsts.enumerated() {
            TestColumn.store(slice[first], result, run)
            result.runEnds[run] = Int32(run + 1 < firsts.count ? firsts[run + 1] : slice.count)
        }
        return result
    }
}

extension Expr {
    /// Every row's value, the columns in a form; throws what evaluation throws.
    static func rows(_ expression: BoundExpression, _ columns: [TestColumn], form: TestColumn.Form = .flat,
                     batch: Int = 2048, context: QueryContext = Expr.context()) throws -> [ScalarValue] {
        var layout = InputLayout()
        for (index, column) in columns.enumerated() { layout[column.column.id] = column.binding(index) }
        let compiled = try CompiledExpression(expression, input: layout, context: context)
        let evaluator = compiled.makeEvaluator()
        let total = columns.first?.values.count ?? 1
        var result: [ScalarValue] = []
        for start in stride(from: 0, to: total, by: batch) {
            let rows = start..<min(total, start + batch)
            let vectors = columns.map { $0.vector(rows, form) }
            let vector = try evaluator.evaluate(Batch(vectors, rowCount: rows.count))
            precondition(vector.count == rows.count && vector.physicalType == compiled.physicalType)
            let flat = vector.flattened(into: Vector(vector.physicalType, child: vector.valueHolder.child.map {
                Vector($0.physicalType)
            }))
            for row in 0..<rows.count { result.append(flat.scalar(at: row) ?? listValue(flat, row)) }
        }
        return result
    }

    /// A list of texts as one text, for comparisons.
    static func listValue(_ vector: Vector, _ row: Int) -> ScalarValue {
        guard let child = vector.child else { return .null }
        let elements = (Int(vector.offsets[row])..<Int(vector.offsets[row + 1])).map { child.strings[$0].string }
        return .bytes(Array(elements.joined(separator: "|").utf8))
    }
}
