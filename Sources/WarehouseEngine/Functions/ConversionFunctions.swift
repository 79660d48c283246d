import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Conversions that are given a format or a scale; without one they are casts.
    static let conversions: [String: Compile] = {
        var all: [String: Compile] = [
            "TO_VARCHAR": { try text($0) },
            "TO_NUMBER": { try number($0, isTry: false) },
            "TRY_TO_NUMBER": { try number($0, isTry: true) },
        ]
        for name in ["TO_DATE", "TO_TIME", "TO_TIMESTAMP_NTZ", "TO_TIMESTAMP_LTZ", "TO_TIMESTAMP_TZ"] {
            all[name] = { try time($0, isTry: false) }
            all["TRY_" + name] = { try time($0, isTry: true) }
        }
        return all
    }()

    /// Formats that vary with the row are refused: they would be compiled for each.
    private static func time(_ call: FunctionCall, isTry: Bool) throws -> CompiledNode {
        if call.arguments.contains(where: \.isNullConstant) { return try call.compiler.null(call.type) }
        guard !call.arguments[0].type.isNumeric else { return try epoch(call) }
        let text = try call.constantText(1), isAuto = Identifiers.folded(text) == "AUTO"
        let format = isAuto ? try call.compiler.facts.inputFormat(call.type) : try call.compiler.facts.compiled(text)
        return try call.compiler.parsedTime(call.text(0), call.type, format, isTry: isTry)
    }

    private static func epoch(_ call: FunctionCall) throws -> CompiledNode {
        let places = try call.constantInteger(1) + (call.arguments[0].type.scale ?? 0)
        let input = call.compiler.wide(call.arguments[0]), from = input.physicalType
        let clock = try call.compiler.clock(call.type, needsZone: TimestampKind(call.type) == .tz)
        let limits = ValueRange.of(call.type) ?? .zero
        var range = limits
        var isSafe = false
        if let number = input.range, clock.kind != .tz {
            let scale = clock.scale
            let ticks = places <= scale ? number.scaled(by: PowersOfTen.int128(min(38, scale - places)))
                : number.divided(by: PowersOfTen.int128(min(38, places - scale)))
            range = ticks.clamped(to: limits)
            isSafe = ValueRange(Ticks.range(scale: scale)).contains(ticks)
        }
        let to = ExpressionCompiler.width(of: range)
        let neverFails = isSafe
        var node = try call.node([input], to, range: range, raises: !isSafe) {
            EpochKernel(clock: clock, places: places, from: from, to: to, isSafe: neverFails)
        }
        if isSafe, from == .int64, to == .int64, places <= clock.scale, call.arguments[0].physicalType.isInteger {
            node.multiple = IntegerMultiple(call.arguments[0], factor: Ticks.perSecond(clock.scale - places))
        }
        return node
    }

    private static func text(_ call: FunctionCall) throws -> CompiledNode {
        if call.arguments.contains(where: \.isNullConstant) { return try call.compiler.null(call.type) }
        let format = try call.constantText(1), value = call.arguments[0]
        switch value.type {
        case .binary:
            let encoding = try ByteEncoding(named: format)
            return try call.node([value], .string, raises: encoding == .utf8) { EncodeKernel(encoding) }
        case .number(_, let scale):
            let model = try NumberFormat(format)
            let input = call.compiler.widened(value, to: .int128)
            return try call.node([input], .string, raises: true) { NumberFormatKernel(model, scale: scale) }
        case .float:
            let model = try NumberFormat(format)
            return try call.node([value], .string, raises: true) { FloatFormatKernel(model) }
        default:
            let isAuto = Identifiers.folded(format) == "AUTO"
            let layout = isAuto ? try call.compiler.facts.outputFormat(value.type)
                : try call.compiler.facts.compiled(format)
            var node = try call.compiler.timeText(value, layout)
            node.type = call.type
            return node
        }
    }

    private static func number(_ call: FunctionCall, isTry: Bool) throws -> CompiledNode {
        if call.arguments.contains(where: \.isNullConstant) { return try call.compiler.null(call.type) }
        guard case .number(let precision, let scale) = call.type else { throw call.unsupported() }
        let format = try call.constantText(1), models = try NumberFormat.alternatives(format)
        let range = ValueRange.of(call.type) ?? .zero, width = ExpressionCompiler.width(of: range)
        return try call.node([call.text(0)], width, range: range, mayBeNull: isTry ? true : nil, raises: !isTry) {
            NumberParseKernel(models, format: format, precision: precision, scale: scale, isTry: isTry)
        }
    }
}
