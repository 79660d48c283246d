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
