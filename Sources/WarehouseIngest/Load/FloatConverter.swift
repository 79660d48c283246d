import WarehouseBasics
import WarehouseColumns

/// FLOAT, exactly rounded.
final class FloatConverter: ColumnConverter {
    init(_ column: LoadColumn, index: Int) { super.init(column, index: index, physicalType: .double) }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.doubles + buffer.count, fields = block.fields
        let starts = block.records.starts, metas = block.records.metas, text = block.records.text
        for row in 0..<block.rowCount {
            let field = Int(fields[row])
            if isNull(block, row, field) {
                out[row] = 0
                continue
            }
            let meta = metas[field]
            let length = Int(meta >> RecordBlock.FieldFlag.bits)
            if length <= 16, meta & RecordBlock.FieldFlag.escaped == 0,
               let value = FloatConverter.short(text + Int(starts[field]), length) {
                out[row] = value
            } else {
                out[row] = slow(block, row, field)
            }
        }
    }

    /// Digits with at most one point among them, 15 digits at most: then both the digits and the power of ten are
    /// exact Doubles and one division rounds exactly. Nil for everything else.
    @inline(__always) private static func short(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        var digits: UInt64 = 0, pointAt = -1
        for index in 0..<count {
            let digit = bytes[index] &- 48
            if digit <= 9 {
                digits = digits &* 10 &+ UInt64(digit)
            } else if bytes[index] == UInt8(ascii: "."), pointAt < 0 {
                pointAt = index
            } else {
                return nil
            }
        }
        if pointAt < 0 { return count > 0 && count <= 15 ? Double(digits) : nil }
        let fraction = count &- 1 &- pointAt
        guard count > 1 else { return nil }
        return Double(digits) / Double(PowersOfTen.narrowTable[fraction])
    }

    @inline(never) private func slow(_ block: FieldBlock, _ row: Int, _ field: Int) -> Double {
        let (bytes, count) = block.text(field)
        var value = 0.0
        let status = FloatText.parse(bytes, count: count, into: &value)
        if status == .ok { return value }
        if status == .outOfRange {
            block.reject(row, index, .numericOutOfRange) { "Numeric value '\($0)' is out of range" }
        } else {
            block.reject(row, index, .numericNotRecognized) { "Numeric value '\($0)' is not recognized" }
        }
        return 0
    }
}
