import WarehouseBasics
import WarehouseColumns

/// Values of a scalar type as VARIANT.
final class VariantWriteKernel: ScalarKernel {
    private let type: LogicalType
    private let physicalType: PhysicalType
    private let builder = VariantBuilder()

    init(_ type: LogicalType, _ physicalType: PhysicalType) {
        self.type = type
        self.physicalType = physicalType
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0]
        switch physicalType {
        case .bool:
            let values = Argument<UInt8>(input)
            write(output, count) { $0.boolean(values[$1] != 0) }
        case .double:
            let values = Argument<Double>(input)
            write(output, count) { $0.double(values[$1]) }
        case .int32:
            let values = Argument<Int32>(input)
            write(output, count) { VariantWriteKernel.put(Int128(values[$1]), type, $0) }
        case .int64:
            let values = Argument<Int64>(input)
            write(output, count) { VariantWriteKernel.put(Int128(values[$1]), type, $0) }
        case .int128:
            let values = Argument<Int128>(input)
            write(output, count) { VariantWriteKernel.put(values[$1], type, $0) }
        default:
            let values = Argument<StringView>(input)
            if case .binary = type { write(output, count) { $0.binary(values[$1]) } }
            else { writeTexts(values, output, count) }
        }
    }

    /// A string's document is its tag and its bytes: no need to build it.
    private func writeTexts(_ values: Argument<StringView>, _ output: Vector, _ count: Int) {
        let out = output.strings, arena = output.arena
        let tag = VariantEncoding.string("")[0]
        output.forEachValid(count) { row in
            let text = values[row], bytes = arena.allocate(text.count + 1)
            bytes[0] = tag
            (bytes + 1).update(from: text.bytes, count: text.count)
            out[row] = StringView(bytes, count: text.count + 1)
        }
    }

    @inline(__always) private func write(_ output: Vector, _ count: Int, _ put: (VariantBuilder, Int) -> Void) {
        let out = output.strings, arena = output.arena
        output.forEachValid(count) { row in
            builder.reset()
            put(builder, row)
            out[row] = arena.copy(builder.encoded)
        }
    }

    /// Appends an integer-held value.
    static func put(_ value: Int128, _ type: LogicalType, _ builder: VariantBuilder) {
        switch type {
        case .date: builder.date(Int(truncatingIfNeeded: value))
        case .time(let scale): builder.ticks(.time, value, scale: scale)
        case .timestampNTZ(let scale): builder.ticks(.timestampNTZ, value, scale: scale)
        case .timestampLTZ(let scale): builder.ticks(.timestampLTZ, value, scale: scale)
        case .timestampTZ(let scale): builder.ticks(.timestampTZ, value, scale: scale)
        default: builder.decimal(value, scale: type.scale ?? 0)
        }
    }
}

/// A list of one scalar type as ARRAY.
final class ListToArrayKernel: ScalarKernel {
    private let element: LogicalType
    private let builder = VariantBuilder()
    init(_ element: LogicalType) { self.element = element }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0], isConstant = input.form == .constant
        guard let child = input.child else { return }
        let elements = child.flattened(into: Vector(child.physicalType))
        let offsets = input.offsets, out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let index = isConstant ? 0 : row
            builder.reset()
            try builder.beginArray()
            for place in Int(offsets[index])..<Int(offsets[index + 1]) { put(elements, place) }
            try builder.endArray()
            try budget.takeValue(builder.encoded.count)
            out[row] = arena.copy(builder.encoded)
        }
    }

    private func put(_ elements: Vector, _ place: Int) {
        if elements.isNull(place) { return builder.undefined() }
        switch elements.physicalType {
        case .bool: builder.boolean(elements.bools[place] != 0)
        case .int32: VariantWriteKernel.put(Int128(elements.int32s[place]), element, builder)
        case .int64: VariantWriteKernel.put(Int128(elements.int64s[place]), element, builder)
        case .int128: VariantWriteKernel.put(elements.int128s[place], element, builder)
        case .double: builder.double(elements.doubles[place])
        case .string:
            if case .binary = element { builder.binary(elements.strings[place]) }
            else { builder.string(elements.strings[place]) }
        case .list: builder.undefined()
        }
    }
}
