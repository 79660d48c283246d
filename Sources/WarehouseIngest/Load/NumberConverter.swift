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
    private let shapes: FieldShapes

    init(_ column: LoadColumn, index: Int, precision: Int, scale: Int, refusesLoss: Bool, format: CSVFormat) {
        // Only whole numbers are read as plain digits.
        shapes = FieldShapes(longest: scale == 0 ? 16 : 0, format: format) { $0 &- 48 <= 9 }
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
        let limit = limit, refusesLoss = refusesLoss, shapes = shapes.table
        // Sorted columns repeat the text of the row before.
        var previous: UInt64 = 0, previousValue: Int64 = 0
        var row = 0
        let count = block.rowCount
        while row < count {
            // One to eight digits of a whole number, by far the most common.
            while row < count {
                let field = Int(fields[row])
                let meta = metas[field]
                guard FieldShapes.shape(meta, shapes) == FieldShapes.Shape.upTo8 else { break }
                let unused = 64 &- (meta & ~7)
                let digits = DigitWords.word(text + Int(starts[field])) &<< UInt64(truncatingIfNeeded: unused)
                if refusesLoss || digits != previous {
                    guard DigitWords.areDigits(digits) else { break }
                    let value = DigitWords.eightDigits(digits)
                    guard value < limit else { break }
                    if refusesLoss, meta >= 16, NumberConverter.startsWithZero(text + Int(starts[field])) { break }
                    previousValue = Int64(bitPattern: value)
                    previous = digits
                }
                out[row] = previousValue
                row &+= 1
            }
            // Nine to sixteen digits: epoch seconds have ten.
            while row < count {
                let field = Int(fields[row])
                let meta = metas[field]
                guard FieldShapes.shape(meta, shapes) == FieldShapes.Shape.longer else { break }
                let start = text + Int(starts[field])
                guard let value = NumberConverter.upToSixteen(start, meta), value < limit,
                      !(refusesLoss && NumberConverter.startsWithZero(start)) else { break }
                out[row] = Int64(bitPattern: value)
                row &+= 1
            }
            // Whatever stopped both.
            guard row < count else { break }
            let field = Int(fields[row])
            if isNull(block, row, field) {
                out[row] = 0
            } else {
                guard let value = slowNarrow(block, row, field) else { return false }
                out[row] = value
            }
            row &+= 1
        }
        return true
    }

    /// A text of nine to sixteen digits: the last eight, and those before them.
    @inline(__always) private static func upToSixteen(_ start: UnsafeRawPointer, _ meta: UInt32) -> UInt64? {
        let length = Int(meta >> RecordBlock.FieldFlag.bits)
        let high = DigitWords.word(start) &<< UInt64(truncatingIfNeeded: 128 &- 8 &* length)
        let low = DigitWords.word(start + (length &- 8))
        guard DigitWords.areDigits(high, low) else { return nil }
        return DigitWords.eightDigits(high) &* 100_000_000 &+ DigitWords.eightDigits(low)
    }

    @inline(__always) private static func startsWithZero(_ start: UnsafeRawPointer) -> Bool {
        start.load(as: UInt8.self) == UInt8(ascii: "0")
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
