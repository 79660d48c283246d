import WarehouseBasics
import WarehouseColumns

/// FILTER and TRANSFORM: the body over all elements of a batch's arrays, then the arrays anew.
final class ElementsNode: ExpressionEvaluator {
    private let array: ExpressionEvaluator
    private let body: ExpressionEvaluator
    /// Columns of the batch that the body reads; the element stands behind them.
    private let columns: [Int]
    private let isFilter: Bool
    private let output = Vector(.string)
    private let flatArray = Vector(.string)
    private let flatResult: Vector
    private let elements = Vector(.string)
    private let batch = Batch()
    private let builder = VariantBuilder()

    init(_ array: ExpressionEvaluator, body: ExpressionEvaluator, columns: [Int], isFilter: Bool) {
        self.array = array
        self.body = body
        self.columns = columns
        self.isFilter = isFilter
        flatResult = Vector(isFilter ? .bool : .string)
    }

    override func evaluate(_ source: Batch) throws -> Vector {
        let arrays = try array.evaluate(source).flattened(into: flatArray), rows = source.rowCount
        var owners: [Int32] = []
        var values: [VariantView] = []
        var meter = LoopMeter()
        for row in 0..<rows where !arrays.isNull(row) {
            try meter.pass(bytes: arrays.strings[row].count)
            for element in ScalarKernels.elements(VariantView(arrays.strings[row])) {
                owners.append(Int32(truncatingIfNeeded: row))
                values.append(element)
            }
        }
        let arena = ByteArena()
        let results = try apply(source, owners, values, arena)
        output.beginFlat(rows)
        let out = output.strings, target = output.arena
        var place = 0, budget = TextBudget(rows: rows)
        for row in 0..<rows {
            guard !arrays.isNull(row) else {
                out[row] = .empty
                output.setNull(row)
                continue
            }
            builder.reset()
            try builder.beginArray()
            while place < owners.count, owners[place] == Int32(row) {
                try meter.step()
                if isFilter {
                    if results[place] != nil { builder.value(values[place]) }
                } else if let result = results[place] {
                    builder.value(VariantView(result))
                } else {
                    builder.undefined()
                }
                place += 1
            }
            try builder.endArray()
            try builder.checkSize()
            try budget.takeValue(builder.encoded.count)
            out[row] = target.copy(builder.encoded)
        }
        return output
    }

    /// What the body gives for each element: its value, nil for NULL; of FILTER anything for TRUE, nil for the rest.
    private func apply(_ source: Batch, _ owners: [Int32], _ values: [VariantView], _ arena: ByteArena) throws
        -> [StringView?] {
        var results: [StringView?] = []
        results.reserveCapacity(values.count)
        var start = 0, budget = TextBudget(rows: source.rowCount)
        while start < values.count {
            try Interruption.check()
            let end = min(values.count, start + Vector.standardCapacity)
            elements.beginFlat(end - start)
            LambdaElements.write(values[start..<end], to: elements)
            owners[start..<end].withUnsafeBufferPointer { rows in
                LambdaElements.gather(source, columns, rows, into: batch)
            }
            batch.vectors.append(elements)
            let result = try body.evaluate(batch).flattened(into: flatResult)
            for row in 0..<(end - start) {
                if result.isNull(row) { results.append(nil) }
                else if isFilter { results.append(result.bools[row] != 0 ? .empty : nil) }
                else {
                    try budget.takeValue(result.strings[row].count)
                    results.append(arena.copy(result.strings[row]))
                }
            }
            start = end
        }
        return results
    }
}

/// REDUCE: one step after the other, each over the rows whose array has so many elements.
final class ReduceNode: ExpressionEvaluator {
    private let array: ExpressionEvaluator
    private let start: ExpressionEvaluator
    private let body: ExpressionEvaluator
    private let columns: [Int]
    private let type: PhysicalType
    private let flatArray = Vector(.string)
    private let flatStart: Vector
    private let flatResult: Vector
    private let output: Vector
    private let state: Vector
    private let elements = Vector(.string)
    private let batch = Batch()
    private var budget = TextBudget(rows: 1)

    init(_ array: ExpressionEvaluator, start: ExpressionEvaluator, body: ExpressionEvaluator, columns: [Int],
         type: PhysicalType) {
        self.array = array
        self.start = start
        self.body = body
        self.columns = columns
        self.type = type
        (flatStart, flatResult, output, state) = (Vector(type), Vector(type), Vector(type), Vector(type))
    }

    override func evaluate(_ source: Batch) throws -> Vector {
        let arrays = try array.evaluate(source).flattened(into: flatArray), rows = source.rowCount
        let starts = try start.evaluate(source).flattened(into: flatStart)
        output.beginFlat(rows)
        budget = TextBudget(rows: rows)
        var active: [Int32] = []
        for row in 0..<rows {
            try copy(starts, row, to: row)
            if arrays.isNull(row) { setNull(row) } else { active.append(Int32(truncatingIfNeeded: row)) }
        }
        var step = 0
        while true {
            try Interruption.check()
            active.removeAll { VariantView(arrays.strings[Int($0)]).elementCount <= step }
            if active.isEmpty { break }
            let values = active.map { VariantView(arrays.strings[Int($0)])[step] }
            elements.beginFlat(values.count)
            LambdaElements.write(values[...], to: elements)
            active.withUnsafeBufferPointer { rows in
                LambdaElements.gather(source, columns, rows, into: batch)
                state.gather(output, rows)
            }
            batch.vectors += [state, elements]
            let result = try body.evaluate(batch).flattened(into: flatResult)
            for (place, row) in active.enumerated() { try copy(result, place, to: Int(row)) }
            step += 1
        }
        return output
    }

    private func setNull(_ row: Int) {
        output.storeZero(at: row)
        output.setNull(row)
    }

    private func copy(_ source: Vector, _ from: Int, to row: Int) throws {
        if source.isNull(from) { return setNull(row) }
        switch type {
        case .bool: output.bools[row] = source.bools[from]
        case .int32: output.int32s[row] = source.int32s[from]
        case .int64: output.int64s[row] = source.int64s[from]
        case .int128: output.int128s[row] = source.int128s[from]
        case .double: output.doubles[row] = source.doubles[from]
        case .string:
            // What earlier steps made stays beside it.
            try budget.takeValue(source.strings[from].count)
            output.strings[row] = output.arena.copy(source.strings[from])
        case .list: break
        }
        if let words = output.validity { words[row >> 6] |= 1 << UInt64(row & 63) }
    }
}

/// Parameters of lambdas.
enum LambdaElements {
    /// Elements as VARIANT; a missing one is NULL. The arrays keep their bytes.
    static func write(_ values: ArraySlice<VariantView>, to vector: Vector) {
        let out = vector.strings
        for (row, value) in values.enumerated() {
            out[row] = value.kind == .undefined ? .empty : value.encoded
            if value.kind == .undefined { vector.setNull(row) }
        }
    }

    /// The captured columns of the rows that the elements are of.
    static func gather(_ source: Batch, _ columns: [Int], _ rows: UnsafeBufferPointer<Int32>, into batch: Batch) {
        batch.rowCount = rows.count
        batch.vectors = columns.map { column in
            let vector = source.vectors[column]
            let target = Vector(vector.physicalType, child: vector.valueHolder.child.map { Vector($0.physicalType) })
            target.gather(vector, rows)
            return target
        }
    }
}
