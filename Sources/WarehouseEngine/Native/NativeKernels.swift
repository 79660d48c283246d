import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension ExpressionCompiler {
    /// A call of a registered function; nil when the name is none's.
    func nativeCall(_ key: String, _ arguments: [CompiledNode], _ type: LogicalType) throws -> CompiledNode? {
        guard let function = context.functions?.find(key), case .scalar(let body) = function.body else { return nil }
        let inputs = try zip(arguments, function.parameters).map { try native($0, $1.type) }
        let strict = function.parameters.indices.filter { !function.parameters[$0].takesNull }
        return try kernelNode(inputs, type: type, physicalType: function.result.physicalType,
                              range: function.result == .integer ? ValueRange.of(.int64) : nil, mayBeNull: true,
                              raises: true, isVolatile: function.isVolatile) {
            NativeKernel(function.name, strict: strict, body)
        }
    }

    /// An argument in the one width that native functions take it in.
    private func native(_ node: CompiledNode, _ type: NativeType) throws -> CompiledNode {
        let typed = try typed(node, as: type.logicalType)
        guard type == .integer else { return typed }
        guard typed.physicalType == .int128 else { return widened(typed, to: .int64) }
        return try kernelNode([typed], type: typed.type, physicalType: .int64, range: ValueRange.of(.int64), raises: true) {
            NarrowKernel()
        }
    }
}

/// Runs a registered function row by row.
final class NativeKernel: ScalarKernel {
    private let name: String
    private let strict: [Int]
    private let body: NativeFunction.Scalar
    override var isStrict: Bool { false }

    init(_ name: String, strict: [Int], _ body: @escaping NativeFunction.Scalar) {
        self.name = name
        self.strict = strict
        self.body = body
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        for index in strict { output.intersectValidity(with: inputs[index], count: count) }
        let rows = NativeRows(inputs), result = NativeResult(output, rows: count)
        output.forEachNull(count) { output.storeZero(at: $0) }
        do {
            try output.forEachValid(count) { row in try body(rows, row, result) }
        } catch let error as BatchOverflow {
            throw error
        } catch {
            throw NativeFunction.failure(name, error)
        }
    }
}

/// 128-bit integers as 64-bit ones; an error for what does not fit.
final class NarrowKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let from = Argument<Int128>(inputs[0]), out = output.int64s
        try output.forEachValid(count) { row in
            guard let value = Int64(exactly: from[row]) else {
                throw WarehouseError(.numericOutOfRange, "Numeric value '\(from[row])' is out of range")
            }
            out[row] = value
        }
    }
}

/// A registered aggregate.
final class NativeAggregator: Aggregator {
    private let function: NativeFunction
    private let states: NativeAccumulator
    private let strict: [Int]
    private var converted: [Vector?]

    init(_ function: NativeFunction, _ states: NativeAccumulator) {
        self.function = function
        self.states = states
        strict = function.parameters.indices.filter { !function.parameters[$0].takesNull }
        converted = Array(repeating: nil, count: function.parameters.count)
    }

    override func reserve(groups: Int) { states.reserve(groups: groups) }

    override func update(_ arguments: [Vector], rows: Int, groups: GroupAssignment) throws {
        let vectors = try function.parameters.indices.map { try wide(flat(arguments, $0), $0) }
        let native = NativeRows(vectors)
        do {
            try groups.forEachRow(rows) { group, row in
                for index in strict where native.isNull(index, row) { return }
                try states.update(native, row, group: group)
            }
        } catch {
            throw NativeFunction.failure(function.name, error)
        }
    }

    /// Integers come in any width, and go on in 64 bits.
    private func wide(_ vector: Vector, _ index: Int) throws -> Vector {
        guard function.parameters[index].type == .integer, vector.physicalType != .int64 else { return vector }
        let target = converted[index] ?? Vector(.int64)
        converted[index] = target
        target.beginFlat(vector.count)
        target.intersectValidity(with: vector, count: vector.count)
        if vector.physicalType == .int32 {
            for row in 0..<vector.count { target.int64s[row] = Int64(vector.int32s[row]) }
        } else {
            try NarrowKernel().run([vector], into: target, count: vector.count)
        }
        return target
    }

    override func merge(_ other: Aggregator, from: UnsafePointer<Int32>, to: UnsafePointer<Int32>, count: Int) throws {
        guard let other = other as? NativeAggregator else { return }
        do {
            for index in 0..<count { try states.merge(other.states, from: Int(from[index]), to: Int(to[index])) }
        } catch {
            throw NativeFunction.failure(function.name, error)
        }
    }

    override func finish(groups: Int) throws -> ColumnBuffer {
        states.reserve(groups: groups)
        let vector = Vector(function.result.physicalType, capacity: max(1, groups))
        vector.beginFlat(groups)
        let result = NativeResult(vector, rows: 1)
        do {
            for group in 0..<groups { try states.finish(group: group, result) }
        } catch {
            throw NativeFunction.failure(function.name, error)
        }
        let column = ColumnBuffer(function.result.physicalType, capacity: max(1, groups))
        column.append(vector)
        return column
    }
}
