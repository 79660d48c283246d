import WarehouseBasics
import WarehouseColumns

/// NUMBER: integers of 32 bits as long as all values fit, of 64 and 128 from the first that does not.
final class NumberConverter: ColumnConverter {
    private let precision: Int
    private let scale: Int
    /// The first magnitude with too many digits.
    private let limit: UInt64
    /// Only digits as they would be written again.
    private let refusesLoss: Bool
    private let shapes: FieldShapes
    private let digits = DigitLanes()
    /// No chunk so far held a value of more than 32 bits.
    private var isShort = true

    init(_ column: LoadColumn, index: Int, precision: Int, scale: Int, refusesLoss: Bool, format: CSVFormat) {
        // Scales above 18 have no power of ten of 64 bits.
        shapes = FieldShapes(longest: scale <= 18 ? DigitLanes.longest : 0, format: format) {
            $0 &- 48 <= 9 || $0 == UInt8(ascii: ".")
        }
        self.precision = precision
        self.refusesLoss = refusesLoss
        self.scale = scale
        limit = precision <= 18 ? UInt64(PowersOfTen.int64(precision)) : .max
        super.init(column, index: index, physicalType: .int64)
    }

    override var startingType: PhysicalType { isShort ? .int32 : .int64 }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        if buffer.physicalType == .int32 {
            if convertNarrow(block, buffer.int32s + buffer.count) { return }
            isShort = false
            buffer.widen(to: .int64)
            buffer.reserve(block.rowCount)
        }
        if buffer.physicalType == .int64 {
            if convertNarrow(block, buffer.int64s + buffer.count) { return }
            buffer.widen(to: .int128)
            buffer.reserve(block.rowCount)
        }
        convertWide(block)
    }

    /// False when a value does not fit; the block is then converted anew.
    private func convertNarrow<T: FixedWidthInteger>(
        _ block: FieldBlock, _ out: UnsafeMutablePointer<T>
    ) -> Bool {
        let run = DigitRun(
            text: UnsafeRawPointer(block.records.text), step: block.columnStep, shapes: shapes.table, digits: digits.reader,
            limit: min(limit, UInt64(T.max) + 1), refusesLoss: refusesLoss)
        let decimals = scale == 0 ? nil : DecimalRun(run: run, scale: scale, powers: PowersOfTen.narrowTable)
        var row = 0
        while row < block.rowCount {
            let starts = block.columnStarts + row &* block.columnStep, metas = block.columnMetas + row &* block.columnStep
            row &+= decimals?.convert(starts, metas, out + row, block.rowCount &- row)
                ?? run.convert(starts, metas, out + row, block.rowCount &- row)
            guard row < block.rowCount else { break }
            let field = Int(block.fields[row])
            if isNull(block, row, field) {
                out[row] = 0
            } else {
                guard let value = slowNarrow(block, row, field), let value = T(exactly: value) else { return false }
                out[row] = value
            }
            row &+= 1
        }
        return true
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
