import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// ADD, SUB, MUL, DIV, MOD, NEG over NUMBER and FLOAT.
    static let arithmetic: [String: Compile] = [
        "ADD": { try additive($0, .add, { $0 + $1 }) },
        "SUB": { try additive($0, .subtract, { $0 - $1 }) },
        "MUL": { try multiply($0) },
        "DIV": { try divide($0) },
        "MOD": { try modulo($0) },
        "NEG": { try negate($0) },
    ]

    /// Operands with NULL literals given the result's kind.
    private static func operands(_ call: FunctionCall) throws -> [CompiledNode] {
        try call.arguments.map { argument in
            // Scales of NUMBER operands are their own.
            argument.type == .null || call.type == .float ? try call.compiler.typed(argument, as: call.type) : argument
        }
    }

    private static func floats(_ call: FunctionCall, _ operation: ArithmeticOperation, raises: Bool = false)
        throws -> CompiledNode {
        try call.compiler.kernelNode(try operands(call), type: .float, physicalType: .double, raises: raises) {
            DoubleArithmeticKernel(operation)
        }
    }

    /// The width integers of a range are computed in.
    static func workingWidth(_ ranges: [ValueRange]) -> PhysicalType {
        ranges.allSatisfy(\.fitsInt64) ? .int64 : .int128
    }

    private static let numberRange = ValueRange(-DecimalArithmetic.maximum, DecimalArithmetic.maximum)

    private static func additive(
        _ call: FunctionCall, _ operation: ArithmeticOperation, _ bounds: (ValueRange, ValueRange) -> ValueRange
    ) throws -> CompiledNode {
        if call.type == .float { return try floats(call, operation) }
        let sides = try operands(call)
        guard let a = sides[0].range, let b = sides[1].range else { throw call.unsupported() }
        let range = bounds(a, b)
        let width = workingWidth([a, b, range]), isChecked = !range.fitsNumber
        let inputs = sides.map { call.compiler.widened($0, to: width) }
        return try call.compiler.kernelNode(
            inputs, type: call.type, physicalType: width, range: isChecked ? range.clamped(to: numberRange) : range,
            raises: isChecked
        ) { IntegerArithmeticKernel(operation, width: width, isChecked: isChecked) }
    }

    private static func multiply(_ call: FunctionCall) throws -> CompiledNode {
        if call.type == .float { return try floats(call, .multiply) }
        let sides = try operands(call)
        guard let a = sides[0].range, let b = sides[1].range, let result = call.type.scale else {
            throw call.unsupported()
        }
        let drop = (sides[0].type.scale ?? 0) + (sides[1].type.scale ?? 0) - result
        guard drop >= 0 else { throw WarehouseError(.internalFault, "MUL with a scale past its operands'.") }
        let product = a * b
        let range = product.isSaturated ? numberRange : product.divided(by: PowersOfTen.int128(min(drop, 38)))
        let isChecked = !product.fitsNumber
        let width = workingWidth([a, b, product])
        let inputs = sides.map { call.compiler.widened($0, to: width) }
        return try call.compiler.kernelNode(
            inputs, type: call.type, physicalType: width, range: isChecked ? range.clamped(to: numberRange) : range,
            raises: isChecked
        ) {
            drop == 0 && !isChecked
                ? IntegerArithmeticKernel(.multiply, width: width, isChecked: false)
                : DecimalMultiplyKernel(width: width, dropping: drop)
        }
    }

    private static func divide(_ call: FunctionCall) throws -> CompiledNode {
        if call.type == .float { return try floats(call, .divide, raises: true) }
        let sides = try operands(call)
        guard let a = sides[0].range, let b = sides[1].range, let result = call.type.scale else {
            throw call.unsupported()
        }
        let shift = result - (sides[0].type.scale ?? 0) + (sides[1].type.scale ?? 0)
        guard shift >= 0 else { throw WarehouseError(.internalFault, "DIV to a scale below its dividend's.") }
        let dividend = shift <= 38 ? a.scaled(by: PowersOfTen.int128(shift)) : ValueRange(.min, .max)
        let divisor = max(1, b.low > 0 ? b.low : b.high < 0 ? -b.high : 1)
        let limit = dividend.isSaturated ? Int128.max : ExpressionCompiler.magnitude(dividend) / divisor
        let range = ValueRange(-limit - 1, limit == .max ? .max : limit + 1)
        let width = workingWidth([dividend, b, range])
        let inputs = sides.map { call.compiler.widened($0, to: width) }
        return try call.compiler.kernelNode(
            inputs, type: call.type, physicalType: width, range: range.clamped(to: numberRange),
            raises: b.contains(0) || width != .int64
        ) { DecimalDivideKernel(width: width, shift: shift) }
    }

    private static func modulo(_ call: FunctionCall) throws -> CompiledNode {
        if call.type == .float { return try floats(call, .remainder, raises: true) }
        let sides = try operands(call)
        guard let a = sides[0].range, let b = sides[1].range else { throw call.unsupported() }
        let width = workingWidth([a, b])
        let limit = min(ExpressionCompiler.magnitude(b), ExpressionCompiler.magnitude(a))
        let inputs = sides.map { call.compiler.widened($0, to: width) }
        return try call.compiler.kernelNode(
            inputs, type: call.type, physicalType: width,
            range: ValueRange(a.low < 0 ? -limit : 0, a.high > 0 ? limit : 0), raises: b.contains(0)
        ) { RemainderKernel(width: width) }
    }

    private static func negate(_ call: FunctionCall) throws -> CompiledNode {
        if call.type == .float { return try floats(call, .negate) }
        let operand = try operands(call)[0]
        guard let range = operand.range else { throw call.unsupported() }
        let width = workingWidth([range, -range])
        return try call.compiler.kernelNode(
            [call.compiler.widened(operand, to: width)], type: call.type, physicalType: width, range: -range
        ) { IntegerArithmeticKernel(.negate, width: width, isChecked: false) }
    }
}

extension ExpressionCompiler {
    /// The largest magnitude in a range, at most `Int128.max`.
    static func magnitude(_ range: ValueRange) -> Int128 {
        let magnitude = max(range.low.magnitude, range.high.magnitude)
        return Int128(exactly: magnitude) ?? .max
    }
}
