import WarehouseBasics
import WarehouseColumns

/// NUMBER: 64-bit integers as long as all values fit, 128-bit ones from the first that does not.
final class NumberConverter: ColumnConverter {
    private let precision: Int
    private let scale: Int
    /// The first magnitude with too many digits.
    private let limit: UInt64
    /// Only digits as they would be written again.
    private let refusesLoss: Bool

    init(_ column: LoadColumn, index: Int, precision: Int, scale: Int, refusesLoss: Bool) {
        self.precision = precision
        self.refusesLoss = refusesLoss
        self.scale = scale
        limit = precision <= 18 ? UInt64(PowersOfTen.int64(precision)) : .max
        super.init(column, index: index, physicalType: .int64)
    }

    override var startingType: PhysicalType { .int64 }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        if buffer.physicalType == .int64 {
            if convertNarrow(block) { return }
            buffer.widen(to: .int128)
            buffer.reserve(block.rowCount)
        }
        convertWide(block)
    }

    /// False when a value needs 128 bits; the block is then converted anew.
    private func convertNarrow(_ block: FieldBlock) -> Bool {
        let out = buffer.int64s + buffer.count, fields = block.fields
        let starts = block.records.starts, metas = block.records.metas, text = UnsafeRawPointer(block.records.text)
        let isWhole = scale == 0, limit = limit, refusesLoss = refusesLoss
        for row in 0..<block.rowCount {
            let field = Int(fields[row])
            if isNull(block, row, field) {
                out[row] = 0
                continue
            }
            let meta = metas[field]
            let length = Int(meta >> RecordBlock.FieldFlag.bits)
            // One to eight digits of a whole number, by far the most common, without leaving this loop.
            if isWhole, length &- 1 < 8, length > 0, meta & RecordBlock.FieldFlag.escaped == 0 {
                var digits = UInt64(
                    littleEndian: text.loadUnaligned(fromByteOffset: Int(starts[field]), as: UInt64.self))
                digits = (digits ^ 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: 64 &- 8 &* length)
                if ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 == 0 {
                    let value = NumberConverter.eightDigits(digits)
                    if value < limit, !(refusesLoss && length > 1 && startsWithZero(text, starts[field])) {
                        out[row] = Int64(bitPattern: value)
                        continue
                    }
                }
            } else if isWhole, length &- 9 < 8, length > 8, meta & RecordBlock.FieldFlag.escaped == 0 {
                // Nine to sixteen digits: the last eight, and those before them. Epoch seconds have ten.
                let start = Int(starts[field])
                var high = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: start, as: UInt64.self))
                high = (high ^ 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: 128 &- 8 &* length)
                var low = UInt64(
                    littleEndian: text.loadUnaligned(fromByteOffset: start &+ length &- 8, as: UInt64.self))
                low ^= 0x3030_3030_3030_3030
                if (((high &+ 0x7676_7676_7676_7676) | high) | ((low &+ 0x7676_7676_7676_7676) | low))
                    & 0x8080_8080_8080_8080 == 0 {
                    let value = NumberConverter.eightDigits(high) &* 100_000_000 &+ NumberConverter.eightDigits(low)
                    if value < limit, !(refusesLoss && startsWithZero(text, starts[field])) {
                        out[row] = Int64(bitPattern: value)
                        continue
                    }
                }
            }
            guard let value = slowNarrow(block, row, field) else { return false }
            out[row] = value
        }
        return true
    }

    @inline(__always) private func startsWithZero(_ text: UnsafeRawPointer, _ start: Int32) -> Bool {
        text.load(fromByteOffset: Int(start), as: UInt8.self) == UInt8(ascii: "0")
    }

    /// Eight digits 0 to 9, the first in the lowest byte, as a number.
    @inline(__always) static func eightDigits(_ digits: UInt64) -> UInt64 {
        let pairs = digits &* 10 &+ (digits >> 8)
        return ((pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
            &+ ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001) >> 32
    }

    /// Nil when the value does not fit in 64 bits; 0 where the row was rejected.
    @inline(never) private func slowNarrow(_ block: FieldBlock, _ row: Int, _ field: Int) -> Int64? {
        if precision <= 18 {
            var value: Int64 = 0
            let (bytes, count) = block.text(field)
            if losesDigits(bytes, count) {
                reject(block, row, .notRecognized)
                return 0
            }
            let status = DecimalText.parse(bytes, count: count, precision: precision, scale: scale, into: &value)
            if status == .ok { return value }
            reject(block, row, status)
            return 0
        }
        return Int64(exactly: slowWide(block, row, field))
    }

    private func convertWide(_ block: FieldBlock) {
        let out = buffer.int128s + buffer.count
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            out[row] = isNull(block, row, field) ? 0 : slowWide(block, row, field)
        }
    }

    @inline(never) private func slowWide(_ block: FieldBlock, _ row: Int, _ field: Int) -> Int128 {
        let (bytes, count) = block.text(field)
        var value: Int128 = 0
        if losesDigits(bytes, count) {
            reject(block, row, .notRecognized)
            return 0
        }
        let status = DecimalText.parse(bytes, count: count, precision: precision, scale: scale, into: &value)
        if status == .ok { return value }
        reject(block, row, status)
        return 0
    }

    /// Whether the column cannot give the text back: `1.25` in one of scale 1, `007`, `1e3`.
    private func losesDigits(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard refusesLoss, let shape = NumberShape(bytes, count) else { return false }
        return !shape.isExact || shape.scale > scale || shape.hasLeadingZeros
    }

    private func reject(_ block: FieldBlock, _ row: Int, _ status: NumberStatus) {
        if status == .outOfRange {
            block.reject(row, index, .numericOutOfRange) { "Numeric value '\($0)' is out of range" }
        } else {
            block.reject(row, index, .numericNotRecognized) { "Numeric value '\($0)' is not recognized" }
        }
    }
}
