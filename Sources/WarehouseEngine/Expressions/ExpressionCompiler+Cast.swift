import WarehouseBasics
import WarehouseColumns

extension ExpressionCompiler {
    /// CAST and TRY_CAST of a compiled value.
    func cast(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode {
        if operand.type == .null || operand.isNullConstant { return try null(type) }
        if operand.type == type { return operand }
        if operand.type.isSemiStructured || type.isSemiStructured {
            return try variantCast(operand, to: type, isTry: isTry)
        }
        let result: CompiledNode? = switch operand.type {
        case .varchar: try castText(operand, to: type, isTry: isTry)
        case .number(_, let scale): try castNumber(operand, scale: scale, to: type, isTry: isTry)
        case .float: try castFloat(operand, to: type, isTry: isTry)
        case .boolean: try castBoolean(operand, to: type, isTry: isTry)
        case .binary: try castBinary(operand, to: type, isTry: isTry)
        case .date, .time, .timestampNTZ, .timestampLTZ, .timestampTZ:
            try castTemporal(operand, to: type, isTry: isTry)
        default: nil
        }
        guard let result else {
            throw WarehouseError(.invalidArgumentTypes, "invalid type [CAST(\(operand.type) AS \(type))]")
        }
        return result
    }

    func node(_ operand: CompiledNode, _ type: LogicalType, _ physical: PhysicalType, isTry: Bool,
                      range: ValueRange? = nil, raises: Bool, kernel: @escaping @Sendable () -> ScalarKernel)
        throws -> CompiledNode {
        try kernelNode([operand], type: type, physicalType: physical, range: range,
                       mayBeNull: operand.mayBeNull || (isTry && raises), raises: raises && !isTry, kernel: kernel)
    }

    // MARK: From text

    private func castText(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode? {
        switch type {
        case .varchar(let length): return try lengthChecked(operand, type, length, isBinary: false, isTry: isTry)
        case .number(let precision, let scale):
            let range = ValueRange.of(type) ?? .zero
            let width = ExpressionCompiler.width(of: range)
            return try node(operand, type, width, isTry: isTry, range: range, raises: true) {
                TextToNumberKernel(precision: precision, scale: scale, width: width, isTry: isTry)
            }
        case .float:
            return try node(operand, type, .double, isTry: isTry, raises: true) { TextToFloatKernel(isTry: isTry) }
        case .boolean:
            return try node(operand, type, .bool, isTry: isTry, raises: true) { TextToBooleanKernel(isTry: isTry) }
        case .binary(let length):
            return try node(operand, type, .string, isTry: isTry, raises: true) {
                TextToBinaryKernel(length: length, isTry: isTry)
            }
        default:
            guard type.isTemporal else { return nil }
            return try parsedTime(operand, type, facts.inputFormat(type), isTry: isTry)
        }
    }

    /// A text read as DATE, TIME or timestamp by a format.
    func parsedTime(_ operand: CompiledNode, _ type: LogicalType, _ format: TimestampFormat, isTry: Bool)
        throws -> CompiledNode {
        switch type {
        case .date:
            return try node(operand, type, .int32, isTry: isTry, raises: true) {
                TextToDateKernel(format, isTry: isTry)
            }
        case .time(let scale):
            return try node(operand, type, .int64, isTry: isTry, raises: true) {
                TextToTimeKernel(format, scale: scale, isTry: isTry)
            }
        default:
            guard let kind = TimestampKind(type) else {
                throw WarehouseError(.internalFault, "\(type) is not a type of time.")
            }
            let scale = type.scale ?? 9
            let zone = kind == .ntz ? TimeZoneRules.utc : try facts.zone()
            let range = ValueRange.of(type) ?? .zero
            let width = ExpressionCompiler.width(of: range)
            let reader = TimestampReader(format, kind: kind, scale: scale, zone: zone)
            return try node(operand, type, width, isTry: isTry, range: range, raises: true) {
                TextToTimestampKernel(reader, width: width, isTry: isTry)
            }
        }
    }

    func lengthChecked(_ operand: CompiledNode, _ type: LogicalType, _ length: Int, isBinary: Bool, isTry: Bool)
        throws -> CompiledNode {
        let limit = isBinary ? LogicalType.maximumBinaryLength : LogicalType.maximumTextLength
        let isShort = switch operand.type {
        case .varchar(let own), .binary(let own): own <= length
        default: false
        }
        if length >= limit || isShort {
            var same = operand
            same.type = type
            return same
        }
        return try node(operand, type, .string, isTry: isTry, raises: true) {
            LengthCheckKernel(length: length, isBinary: isBinary, isTry: isTry)
        }
    }

    // MARK: From numbers

    private func castNumber(_ operand: CompiledNode, scale: Int, to type: LogicalType, isTry: Bool)
        throws -> CompiledNode? {
        switch type {
        case .number(let precision, let newScale):
            return try rescaled(operand, from: scale, type, precision, newScale, isTry: isTry)
        case .float:
            let input = wide(operand), width = input.physicalType
            return try node(input, type, .double, isTry: isTry, raises: false) {
                NumberToFloatKernel(scale: scale, width: width)
            }
        case .boolean:
            let from = operand.physicalType
            return try node(operand, type, .bool, isTry: isTry, raises: false) { NumericToBooleanKernel(from: from) }
        case .varchar(let length):
            let input = wide(operand), width = input.physicalType
            let text = try node(input, .varchar(length: 42), .string, isTry: isTry, raises: false) {
                NumberToTextKernel(scale: scale, width: width)
            }
            return try lengthChecked(text, type, length, isBinary: false, isTry: isTry)
        default: return nil
        }
    }

    private func rescaled(_ operand: CompiledNode, from: Int, _ type: LogicalType, _ precision: Int, _ to: Int,
                          isTry: Bool) throws -> CompiledNode {
        let limits = ValueRange.of(type) ?? .zero, range = operand.range ?? limits
        let shifted = to >= from ? range.scaled(by: PowersOfTen.int128(min(38, to - from)))
            : range.divided(by: PowersOfTen.int128(min(38, from - to)))
        let isChecked = !limits.contains(shifted)
        if from == to, !isChecked {
            var same = operand
            same.type = type
            return same
        }
        let input: CompiledNode, width: PhysicalType
        if from == to, isTry || isChecked {
            input = wide(operand)
        } else {
            input = widened(operand, to: shifted.fitsInt64 && range.fitsInt64 ? .int64 : .int128)
        }
        width = input.physicalType
        return try node(input, type, width, isTry: isTry, range: shifted.clamped(to: limits), raises: isChecked) {
            RescaleKernel(from: from, to: to, precision: precision, width: width, isChecked: isChecked, isTry: isTry)
        }
    }

    private func castFloat(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode? {
        switch type {
        case .number(let precision, let scale):
            let range = ValueRange.of(type) ?? .zero
            let width = ExpressionCompiler.width(of: range)
            return try node(operand, type, width, isTry: isTry, range: range, raises: true) {
                FloatToNumberKernel(precision: precision, scale: scale, isTry: isTry)
            }
        case .boolean:
            return try node(operand, type, .bool, isTry: isTry, raises: false) { NumericToBooleanKernel(from: .double) }
        case .varchar(let length):
            let text = try node(operand, .varchar(length: 32), .string, isTry: isTry, raises: false) {
                FloatToTextKernel()
            }
            return try lengthChecked(text, type, length, isBinary: false, isTry: isTry)
        default: return nil
        }
    }

    private func castBoolean(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode? {
        switch type {
        case .number(_, let scale):
            let one = PowersOfTen.int128(scale), range = ValueRange(0, one)
            guard ValueRange.of(type)?.contains(one) == true else {
                throw WarehouseError(.numberOverflow, "Number out of representable range: type \(type), value 1")
            }
            let width = ExpressionCompiler.width(of: range)
            return try node(operand, type, width, isTry: isTry, range: range, raises: false) {
                BooleanToNumericKernel(one: one, width: width)
            }
        case .float:
            return try node(operand, type, .double, isTry: isTry, raises: false) {
                BooleanToNumericKernel(one: 1, width: .double)
            }
        case .varchar(let length):
            let text = try node(operand, .varchar(length: 5), .string, isTry: isTry, raises: false) {
                BooleanToTextKernel()
            }
            return try lengthChecked(text, type, length, isBinary: false, isTry: isTry)
        default: return nil
        }
    }

    private func castBinary(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode? {
        switch type {
        case .binary(let length): return try lengthChecked(operand, type, length, isBinary: true, isTry: isTry)
        case .varchar(let length):
            let text = try node(operand, .text, .string, isTry: isTry, raises: false) { BinaryToTextKernel() }
            return try lengthChecked(text, type, length, isBinary: false, isTry: isTry)
        default: return nil
        }
    }

    // MARK: Between types of time

    private func castTemporal(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode? {
        if case .varchar(let length) = type {
            let text = try timeText(operand, facts.outputFormat(operand.type))
            return try lengthChecked(text, type, length, isBinary: false, isTry: isTry)
        }
        switch (operand.type, type) {
        case (.date, .timestampNTZ), (.date, .timestampLTZ), (.date, .timestampTZ), (.time, .time): break
        case (let from, .date) where from.isTimestamp: break
        case (let from, .time) where from.isTimestamp: break
        case (let from, let to) where from.isTimestamp && to.isTimestamp: break
        default: return nil
        }
        let input = wide(operand), from = input.physicalType
        let source = try clock(operand.type)
        let needsZone = TimestampKind(type) == .ltz || TimestampKind(type) == .tz
        let target = try clock(type, needsZone: needsZone)
        let range = ExpressionCompiler.temporalRange(operand, type)
        let to: PhysicalType = type == .date ? .int32 : ExpressionCompiler.width(of: range)
        return try node(input, type, to, isTry: isTry, range: range, raises: false) {
            TemporalCastKernel(source, target, from: from, to: to)
        }
    }

    /// A value of time as text by a format.
    func timeText(_ operand: CompiledNode, _ format: TimestampFormat) throws -> CompiledNode {
        let input = wide(operand), width = input.physicalType
        let clock = try clock(operand.type)
        return try node(input, .varchar(length: 300), .string, isTry: false, raises: false) {
            TemporalToTextKernel(format, clock: clock, width: width)
        }
    }

    /// Bounds of a value of time cast to another type, with a day to spare where zones come in.
    static func temporalRange(_ operand: CompiledNode, _ type: LogicalType) -> ValueRange {
        let limits = ValueRange.of(type) ?? .zero
        guard let range = operand.range else { return limits }
        if case .time = type { return limits }
        let fromScale = operand.type.scale ?? 0, day = Int128(1)
        var low = range.low, high = range.high
        if case .timestampTZ = operand.type { (low, high) = (low >> 16, high >> 16) }
        let perDay = Int128(operand.type == .date ? 1 : Ticks.perDay(fromScale))
        let days = ValueRange(low / perDay - 1 - day, high / perDay + 1 + day)
        if type == .date { return days.clamped(to: limits) }
        let unit = Int128(Ticks.perDay(type.scale ?? 0))
        let ticks = days.scaled(by: unit) + ValueRange(0, unit)
        if case .timestampTZ = type {
            return ValueRange(ticks.low << 16, ticks.high << 16 | 0xFFFF).clamped(to: limits)
        }
        return ticks.clamped(to: limits)
    }
}
