import WarehouseBasics
import WarehouseColumns

/// BOOLEAN in Snowflake's spellings.
final class BooleanConverter: ColumnConverter {
    /// Bytes of the shortest text that is taken: with `true` and `false` alone, four.
    private let minimumLength: Int

    init(_ column: LoadColumn, index: Int, refusesLoss: Bool) {
        minimumLength = refusesLoss ? 4 : 1
        super.init(column, index: index, physicalType: .bool)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.bools + buffer.count
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            out[row] = 0
            if isNull(block, row, field) { continue }
            let (bytes, count) = block.text(field)
            if count >= minimumLength, let value = BooleanText.parse(bytes, count: count) {
                out[row] = value ? 1 : 0
            } else {
                block.reject(row, index, .booleanNotRecognized) { "Boolean value '\($0)' is not recognized" }
            }
        }
    }
}

/// BOOLEAN as text.
public enum BooleanText {
    /// `true t yes y on 1` or `false f no n off 0`, in any case; nil for other texts.
    public static func parse(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool? {
        guard count > 0, count <= 5 else { return nil }
        var word: UInt64 = 0
        for index in 0..<count {
            let byte = bytes[index]
            word = word << 8 | UInt64(byte >= 65 && byte <= 90 ? byte | 0x20 : byte)
        }
        switch word {
        case 0x74727565, 0x74, 0x796573, 0x79, 0x6F6E, 0x31: return true
        case 0x66616C7365, 0x66, 0x6E6F, 0x6E, 0x6F6666, 0x30: return false
        default: return nil
        }
    }
}
