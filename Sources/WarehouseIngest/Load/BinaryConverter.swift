import WarehouseBasics
import WarehouseColumns

/// BINARY in hexadecimal, Base64 or as the bytes of text.
final class BinaryConverter: ColumnConverter {
    private let maximumLength: Int
    private let format: BinaryTextFormat
    private let bytes = ByteBuffer()

    init(_ column: LoadColumn, index: Int, maximumLength: Int, format: BinaryTextFormat) {
        self.maximumLength = maximumLength
        self.format = format
        super.init(column, index: index, physicalType: .string)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.strings + buffer.count
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            out[row] = .empty
            if isNull(block, row, field) { continue }
            let (text, count) = block.text(field)
            bytes.removeAll()
            if !BinaryText.parse(text, count: count, format, to: bytes) {
                let name = format.rawValue
                block.reject(row, index, .binaryNotRecognized) {
                    "The following string is not a legal \(name) value: '\($0)'"
                }
            } else if bytes.count > maximumLength {
                let length = maximumLength
                block.reject(row, index, .stringTooLong) { "Binary '\($0)' is longer than \(length) bytes" }
            } else {
                out[row] = buffer.arena.copy(bytes.bytes, count: bytes.count)
            }
        }
    }
}

/// VARIANT and ARRAY: a field is a string; JSON is read by PARSE_JSON only. An ARRAY becomes one of that string alone,
/// as TO_ARRAY makes it; text is no OBJECT.
final class VariantConverter: ColumnConverter {
    private let repairs: Bool
    private let builder = VariantBuilder()

    init(_ column: LoadColumn, index: Int, repairs: Bool) {
        self.repairs = repairs
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

    private func encode(_ block: FieldBlock, _ row: Int, _ field: Int) -> StringView? {
        if column.type == .object {
            block.reject(row, index, .variantCast) { "Failed to cast variant value \"\($0)\" to OBJECT" }
            return nil
        }
        let (bytes, count) = block.text(field)
        if !block.isTextValid, !repairs, !UTF8Text.isValid(bytes, count: count) {
            TextConverter.rejectInvalid(block, row, index, bytes, count)
            return nil
        }
        builder.reset()
        do {
            if column.type != .variant { try builder.beginArray() }
            if UTF8Text.isValid(bytes, count: count) {
                builder.string(bytes, count: count)
            } else {
                var repaired: [UInt8] = []
                UTF8Text.appendRepaired(bytes, count: count, to: &repaired)
                builder.beginString()
                builder.buffer.append(repaired)
                builder.endString()
            }
            if column.type != .variant { try builder.endArray() }
            try builder.checkSize()
        } catch {
            block.reject(row, index, .limitExceeded) { _ in error.message }
            return nil
        }
        return builder.encoded
    }
}
