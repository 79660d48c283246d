import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Functions of numbers.
    static let mathematics: [String: Compile] = {
        var all: [String: Compile] = [
            "ABS": { try magnitude($0, isSign: false) },
            "SIGN": { try magnitude($0, isSign: true) },
            "CEIL": { try round($0, .ceiling) },
            "FLOOR": { try round($0, .floor) },
            "TRUNC": { try round($0, .truncate) },
            "ROUND": { call in
                let isEven = call.arguments.count > 2 ? try call.constantText(2) == "HALF_TO_EVEN" : false
                return try round(call, isEven ? .halfEven : .halfAway)
            },
            "FACTORIAL": { call in
                try call.node([call.integer(0)], .int128, range: ValueRange(1, DecimalArithmetic.maximum),
                              raises: true) { FactorialKernel() }
            },
            "WIDTH_BUCKET": { call in
                let floats = try call.arguments.prefix(3).map { try call.compiler.typed($0, as: .float) }
                return try call.node(floats + [call.integer(3)], .int64, raises: true) { WidthBucketKernel() }
            },
            "BITAND": { try bits($0, .and) }, "BITOR": { try bits($0, .or) }, "BITXOR": { try bits($0, .xor) },
            "GETBIT": { try bits($0, .get) },
            "BITNOT": { try bits($0, .not) }, "BITSHIFTLEFT": { try bits($0, .shiftLeft) },
            "BITSHIFTRIGHT": { try bits($0, .shiftRight) },
            "RANDOM": { call in
                var system = SystemRandomNumberGenerator()
                let seed = call.arguments.isEmpty ? system.next()
                    : UInt64(bitPattern: Int64(try call.constantInteger(0)))
                let counter = RowCounter()
                return try call.node([], .int64, isVolatile: true) { RandomKernel(seed: seed, counter: counter) }
            },
            "UUID_STRING": { try $0.node([], .string, isVolatile: true) { UUIDKernel() } },
            "UUID_OF_NAME": { call in
                try call.node([call.text(0), call.text(1)], .string, raises: true) {
                    BytesKernel { arguments, row in try NamedUUID.text(arguments.text(0, row), arguments.text(1, row)) }
                }
            },
            "SEQ": { call in
                let bytes = try call.constantInteger(0), isSigned = try call.constantInteger(1) != 0
                let counter = RowCounter(), least = isSigned ? Int128(Int64.min) : 0
                return try call.node([], .int64, range: ValueRange(least, Int128(Int64.max)), isVolatile: true) {
                    SequenceKernel(bytes: bytes, isSigned: isSigned, counter: counter)
                }
            },
        ]
        for (name, entry) in FloatFunctionKernel.all {
            all[name] = { call in
                let inputs = try call.arguments.map { try call.compiler.typed($0, as: .float) }
                return try call.node(inputs, .double, raises: true) { FloatFunctionKernel(entry.name, entry.function) }
            }
        }
        return all
    }()

    private static func magnitude(_ call: FunctionCall, isSign: Bool) throws -> CompiledNode {
        let operand = try call.compiler.typed(call.arguments[0], as: call.arguments[0].type == .null ? call.type
            : call.arguments[0].type)
        if operand.physicalType == .double {
            let name = isSign ? "sign" : "abs"
            return try call.node([operand], .double) {
                FloatFunctionKernel(name) { x, _, _, _ in
                    isSign ? (x > 0 ? 1 : x < 0 ? -1 : x) : abs(x)
                }
            }
        }
        guard let range = operand.range else { throw call.unsupported() }
        let width = workingWidth([range, -range])
        let limit = ExpressionCompiler.magnitude(range)
        let result = isSign ? ValueRange(range.low < 0 ? -1 : 0, range.high > 0 ? 1 : 0)
            : ValueRange(range.contains(0) ? 0 : min(range.low.magnitude, range.high.magnitude) > UInt128(Int128.max)
                ? 0 : Int128(min(range.low.magnitude, range.high.magnitude)), limit)
        return try call.node([call.compiler.widened(operand, to: width)], isSign ? .int64 : width, range: result) {
            MagnitudeKernel(width: width, isSign: isSign)
        }
    }

    private static func round(_ call: FunctionCall, _ mode: RoundingMode) throws -> CompiledNode {
        let operand = try call.compiler.typed(call.arguments[0], as: call.arguments[0].type == .null ? call.type
            : call.arguments[0].type)
        if call.arguments[1].isNullConstant { return try call.compiler.null(call.type) }
        if operand.physicalType == .double {
            return try call.node([operand, call.integer(1)], .double) { RoundFloatKernel(mode) }
        }
        guard let range = operand.range, let scale = operand.type.scale, let result = call.type.scale else {
            throw call.unsupported()
        }
        guard let wanted = call.arguments[1].constantInteger else {
            let inputs = [call.compiler.widened(operand, to: .int128), try call.integer(1)]
            return try call.node(inputs, .int128, raises: true) { RoundNumberVariableKernel(mode, scale: scale) }
        }
        let kept = Int(min(max(wanted, -38), 38))
        if kept >= scale {
            var same = operand
            same.type = call.type
            return same
        }
        let drop = min(38, scale - kept), gain = min(38, max(0, result - kept))
        let bounds = range.divided(by: PowersOfTen.int128(drop)).scaled(by: PowersOfTen.int128(gain))
        let width: PhysicalType = drop <= 18 && gain <= 18 ? workingWidth([range, bounds]) : .int128
        let limits = ValueRange(-DecimalArithmetic.maximum, DecimalArithmetic.maximum)
        return try call.node([call.compiler.widened(operand, to: width)], width, range: bounds.clamped(to: limits),
                             raises: width != .int64) {
            RoundNumberKernel(mode, drop: drop, gain: gain, width: width)
        }
    }

    private static func bits(_ call: FunctionCall, _ operation: BitKernel.Operation) throws -> CompiledNode {
        if call.isBinary(0) { return try BinaryBits.node(call, operation) }
        let nodes = try call.arguments.map { try call.compiler.typed($0, as: .integer) }
        let ranges = nodes.compactMap(\.range)
        let width = operation == .shiftLeft ? .int128 : workingWidth(ranges)
        let inputs = nodes.map { call.compiler.widened($0, to: width) }
        let range = operation == .get ? ValueRange(0, 1) : ValueRange.of(width)
        return try call.node(inputs, width, range: range, raises: operation == .shiftLeft) {
            BitKernel(operation, width: width)
        }
    }
}
