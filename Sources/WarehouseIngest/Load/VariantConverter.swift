import WarehouseBasics
import WarehouseColumns

/// VARIANT, ARRAY and OBJECT: a field is JSON. In an ARRAY's column what is no array becomes one of it alone, as TO_ARRAY
/// makes it; in an OBJECT's what is no object is an error.
final class VariantConverter: ColumnConverter {
    private let repairs: Bool
    private let builder = VariantBuilder()
    private let arrayBuilder = VariantBuilder()
    private var parser: JSONParser
    private let kind: VariantKind?

    init(_ column: LoadColumn, index: Int, repairs: Bool) {
        self.repairs = repairs
        parser = JSONParser(into: builder)
        kind = switch column.type {
        case .object: .object
        case .array: .array
        default: nil
        }
        super.init(column, index: index, physicalType: .string)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.strings + buffer.count
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            out[row] = .empty
            if isNull(block, row, field) { continue }
            if let view = encode(block, row, field) { out[row] = buffer.arena.copy(view) }
        }
    }

    /// Nil where the field is in error, or stands for NULL.
    private func encode(_ block: FieldBlock, _ row: Int, _ field: Int) -> StringView? {
        let (bytes, count) = block.text(field)
        if block.isTextValid || UTF8Text.isValid(bytes, count: count) { return parse(bytes, count, block, row) }
        guard repairs else {
            TextConverter.rejectInvalid(block, row, index, bytes, count)
            return nil
        }
        var repaired: [UInt8] = []
        UTF8Text.appendRepaired(bytes, count: count, to: &repaired)
        return repaired.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.flatMap { parse($0, buffer.count, block, row) }
        }
    }

    private func parse(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ block: FieldBlock, _ row: Int) -> StringView? {
        do throws(WarehouseError) {
            builder.reset()
            guard try parser.parse(bytes, count: count) else {
                noteNull(block, row)
                return nil
            }
            try builder.checkSize()
            let value = VariantView(builder.encoded)
            guard let kind, value.kind != kind else { return builder.encoded }
            if value.kind == .null {
                noteNull(block, row)
                return nil
            }
            guard kind == .array else {
                block.reject(row, index, .variantCast) { "Failed to cast variant value \"\($0)\" to OBJECT" }
                return nil
            }
            arrayBuilder.reset()
            try arrayBuilder.beginArray()
            arrayBuilder.value(value)
            try arrayBuilder.endArray()
            return arrayBuilder.encoded
        } catch {
            block.reject(row, index, ErrorKind(error.code, error.sqlState)) { _ in error.message }
            return nil
        }
    }
}
