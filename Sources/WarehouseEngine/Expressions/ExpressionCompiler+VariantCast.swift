import WarehouseBasics
import WarehouseColumns

extension ExpressionCompiler {
    /// Casts from and to VARIANT, OBJECT and ARRAY.
    func variantCast(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode {
        switch (operand.type, type) {
        case (.array(let element?), _): return try castList(operand, element, to: type, isTry: isTry)
        case (_, .variant): return try toVariant(operand)
        case (.variant, .array(nil)), (.object, .array(nil)):
            return try kernelNode([operand], type: type, physicalType: .string, mayBeNull: true) {
                VariantBuildKernel { arguments, row, builder in
                    let value = arguments.variant(0, row)
                    if value.kind == .null { return false }
                    if value.kind == .array {
                        builder.value(value)
                    } else {
                        try builder.beginArray()
                        builder.value(value)
                        try builder.endArray()
                    }
                    return true
                }
            }
        case (_, .array(nil)):
            return try variantCast(toVariant(operand), to: type, isTry: isTry)
        case (.variant, .object): return try variantToObject(operand, isTry: isTry)
        case (.variant, .array(let element?)), (.array(nil), .array(let element?)):
            guard element.isText else { break }
            return try kernelNode([operand], type: type, physicalType: .list, mayBeNull: true) { ArrayToListKernel() }
        case (.variant, _), (.array, .varchar), (.object, .varchar):
            return try variantToScalar(operand, to: type, isTry: isTry)
        default: break
        }
        throw WarehouseError(.invalidArgumentTypes, "invalid type [CAST(\(operand.type) AS \(type))]")
    }

    /// Any value as VARIANT.
    func toVariant(_ operand: CompiledNode) throws -> CompiledNode {
        switch operand.type {
        case .variant: return operand
        case .null: return try null(.variant)
        case .object, .array(nil):
            var same = operand
            same.type = .variant
            return same
        case .array(let element?): return try castList(operand, element, to: .variant, isTry: false)
        default:
            let type = operand.type, physical = operand.physicalType
            return try kernelNode([operand], type: .variant, physicalType: .string) {
                VariantWriteKernel(type, physical)
            }
        }
    }

    private func castList(_ operand: CompiledNode, _ element: LogicalType, to type: LogicalType, isTry: Bool)
        throws -> CompiledNode {
        switch type {
        case .array(let other?):
            guard element.isText, other.isText else { break }
            var same = operand
            same.type = type
            return same
        case .array(nil), .variant:
            return try kernelNode([operand], type: type, physicalType: .string) { ListToArrayKernel(element) }
        case .varchar:
            let array = try castList(operand, element, to: .array(element: nil), isTry: false)
            return try variantCast(array, to: type, isTry: isTry)
        default: break
        }
        throw WarehouseError(.invalidArgumentTypes, "invalid type [CAST(ARRAY AS \(type))]")
    }

    private func variantToObject(_ operand: CompiledNode, isTry: Bool) throws -> CompiledNode {
        let formats = try facts.textFormats()
        return try kernelNode([operand], type: .object, physicalType: .string, mayBeNull: true, raises: !isTry) {
            VariantSliceKernel { arguments, row in
                let value = arguments.variant(0, row)
                if value.kind == .object { return value.encoded }
                if value.kind == .null || isTry { return nil }
                let text = ByteBuffer()
                var printer = JSONPrinter(formats: formats)
                printer.append(value, style: .compact, to: text)
                throw WarehouseError(
                    .variantCast, "Failed to cast variant value \(TextParseKernel.shown(text.view)) to OBJECT")
            }
        }
    }

    /// What reading values of `type` out of variants needs.
    func readContext(_ type: LogicalType) throws -> VariantReadContext {
        VariantReadContext(type: type, zone: try facts.zone(),
                           inputFormat: type.isTemporal ? try facts.inputFormat(type) : .auto,
                           formats: try facts.textFormats())
    }

    private func variantToScalar(_ operand: CompiledNode, to type: LogicalType, isTry: Bool) throws -> CompiledNode {
        let context = try readContext(type)
        let (physical, range) = ExpressionCompiler.held(type)
        let value = try kernelNode([operand], type: type, physicalType: physical, range: range, mayBeNull: true,
                                   raises: !isTry) {
            VariantReadKernel(context, physical, isTry: isTry)
        }
        guard case .varchar(let length) = type, length < LogicalType.maximumTextLength else { return value }
        var text = value
        text.type = .text
        return try lengthChecked(text, type, length, isBinary: false, isTry: isTry)
    }

    /// How values of a type are held where nothing is known of them.
    static func held(_ type: LogicalType) -> (PhysicalType, ValueRange?) {
        guard type.hasVariableWidth, let range = ValueRange.of(type) else { return (type.widestPhysicalType, nil) }
        return (type == .date ? .int32 : width(of: range), range)
    }

    /// A constant ARRAY of texts as a list.
    func listConstant(_ bytes: [UInt8], _ element: LogicalType) throws -> CompiledNode {
        let array = try constant(.bytes(bytes), .array(element: nil))
        return try variantCast(array, to: .array(element: element), isTry: false)
    }
}

/// ARRAY to a list of texts.
final class ArrayToListKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let arrays = Argument<StringView>(inputs[0]), offsets = output.offsets
        offsets[0] = 0
        guard let child = output.child else { return }
        let words = output.validity
        func isValid(_ row: Int) -> Bool { words.map { ValidityWords.isValid($0, row) } ?? true }
        var total = 0
        for row in 0..<count where isValid(row) { total += VariantView(arrays[row]).elementCount }
        child.beginFlat(total)
        child.takeOwners(of: inputs[0])
        output.takeOwners(of: inputs[0])
        var filled = 0
        for row in 0..<count {
            if isValid(row) {
                let view = VariantView(arrays[row])
                for index in 0..<view.elementCount {
                    let element = view[index]
                    child.strings[filled] = element.kind == .string ? element.string : .empty
                    if element.kind != .string { child.setNull(filled) }
                    filled += 1
                }
            }
            offsets[row + 1] = Int32(truncatingIfNeeded: filled)
        }
    }
}

extension SessionFacts {
    /// How values within JSON are written.
    func textFormats() throws -> TextFormats {
        var formats = TextFormats(timeZone: try zone())
        formats.date = try outputFormat(.date)
        formats.time = try outputFormat(.time(scale: 9))
        formats.timestampNTZ = try outputFormat(.timestampNTZ(scale: 9))
        formats.timestampLTZ = try outputFormat(.timestampLTZ(scale: 9))
        formats.timestampTZ = try outputFormat(.timestampTZ(scale: 9))
        return formats
    }
}
