import WarehouseBasics
import WarehouseColumns

/// FLOAT, exactly rounded.
final class FloatConverter: ColumnConverter {
    private let rounding = DecimalRounding()
    private let powers = PowersOfTen.narrowTable
    private let shapes: FieldShapes
    private let refusesLoss: Bool
    private var memo = FloatMemo()

    /// Digits of the longest fraction that is read here, and of the longest number: both fit in 64 bits.
    private static let mostDigits = 19
    /// Up to seven digits, the point, and the fraction.
    private static let longest = 7 + 1 + mostDigits

    init(_ column: LoadColumn, index: Int, refusesLoss: Bool, format: CSVFormat) {
        self.refusesLoss = refusesLoss
        shapes = FieldShapes(longest: FloatConverter.longest, format: format) { $0 &- 48 <= 9 || $0 == UInt8(ascii: ".") }
        super.init(column, index: index, physicalType: .double)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        if let table = memo.begin() {
            memo.end(count: block.rowCount, misses: convert(block, remembering: table))
        } else {
            convertEach(block)
        }
        if refusesLoss { rejectLosses(block) }
    }

    /// Decimals that no program prints for a Double lose digits by it: the type was guessed, and wrong.
    private func rejectLosses(_ block: FieldBlock) {
        for row in 0..<block.rowCount {
            let field = Int(block.fields[row])
            guard block.records.metas[field] >> RecordBlock.FieldFlag.bits > UInt32(PrintedDouble.safeDigits),
                  !block.isNull(field) else { continue }
            let (bytes, count) = block.text(field)
            guard let shape = NumberShape(bytes, count), shape.isExact,
                  shape.wholeDigits + shape.scale > PrintedDouble.safeDigits,
                  !PrintedDouble.matches(bytes, count, scale: shape.scale) else { continue }
            block.reject(row, index, .numericNotRecognized) { "Numeric value '\($0)' has more digits than FLOAT" }
        }
    }

    private func convertEach(_ block: FieldBlock) {
        let out = buffer.doubles + buffer.count, text = UnsafeRawPointer(block.records.text)
        let shapes = shapes.table, step = block.columnStep
        var starts = block.columnStarts, metas = block.columnMetas
        for row in 0..<block.rowCount {
            let meta = metas.pointee, start = text + Int(starts.pointee)
            let shape = FieldShapes.shape(meta, shapes)
            metas += step
            starts += step
            if shape != FieldShapes.Shape.other, let value = read(start, meta, shape) {
                out[row] = value
            } else {
                out[row] = other(block, row)
            }
        }
    }

    /// Gives the number of texts that `table` did not hold.
    private func convert(_ block: FieldBlock, remembering table: FloatMemo.Table) -> Int {
        let out = buffer.doubles + buffer.count, text = UnsafeRawPointer(block.records.text)
        let step = block.columnStep
        var misses = 0, row = 0
        while true {
            let starts = block.columnStarts + row &* step, metas = block.columnMetas + row &* step
            row &+= FloatMemo.convert(starts, metas, step, text: text, shapes.table, table, out + row, block.rowCount &- row)
            guard row < block.rowCount else { return misses }
            misses &+= 1
            let offset = row &* step, meta = block.columnMetas[offset], start = text + Int(block.columnStarts[offset])
            let shape = FieldShapes.shape(meta, shapes.table)
            if shape != FieldShapes.Shape.other, let value = read(start, meta, shape) {
                table.remember(start, meta, value)
                out[row] = value
            } else {
                out[row] = other(block, row)
            }
            row &+= 1
        }
    }

    /// A text of a shape that may be plain digits with a point; nil for everything else.
    @inline(never) private func read(_ start: UnsafeRawPointer, _ meta: UInt32, _ shape: UInt8) -> Double? {
        let length = Int(meta >> RecordBlock.FieldFlag.bits)
        return shape == FieldShapes.Shape.upTo8 ? FloatConverter.upToEight(start, length, powers)
            : FloatConverter.longer(start, length, powers, rounding)
    }

    @inline(never) private func other(_ block: FieldBlock, _ row: Int) -> Double {
        let field = Int(block.fields[row])
        return isNull(block, row, field) ? 0 : slow(block, row, field)
    }

    /// One to eight characters: digits, with at most one point among them. Digits and power of ten are exact Doubles
    /// then, and one division rounds exactly. Nil for everything else.
    @inline(__always) private static func upToEight(
        _ start: UnsafeRawPointer, _ length: Int, _ powers: UnsafePointer<Int64>
    ) -> Double? {
        let word = DigitWords.word(start) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length)
        guard let shift = DigitWords.pointShift(word) else {
            return DigitWords.areDigits(word) ? Double(Int64(bitPattern: DigitWords.eightDigits(word))) : nil
        }
        // The digits before the point move up into its place.
        let before = word & ((1 &<< shift) &- 1)
        let behind = word & ((.max &<< shift) &<< 8)
        let digits = (before &<< 8) | behind
        guard DigitWords.areDigits(digits), length > 1 else { return nil }
        let fraction = 7 &- Int(truncatingIfNeeded: shift >> 3)
        return Double(Int64(bitPattern: DigitWords.eightDigits(digits))) / Double(powers[fraction])
    }

    /// More characters: up to seven digits, a point, and digits behind it, 19 of both at most.
    @inline(__always) private static func longer(
        _ start: UnsafeRawPointer, _ length: Int, _ powers: UnsafePointer<Int64>, _ rounding: DecimalRounding
    ) -> Double? {
        let first = DigitWords.word(start)
        guard let shift = DigitWords.pointShift(first) else { return nil }
        let wholeCount = Int(truncatingIfNeeded: shift >> 3), count = length &- 1 &- wholeCount
        let whole = (first &<< (56 &- shift)) &<< 8
        guard DigitWords.areDigits(whole), count <= mostDigits,
              let fraction = digits(start + (wholeCount &+ 1), count) else { return nil }
        var mantissa = DigitWords.eightDigits(whole)
        if mantissa > 0 {
            guard wholeCount &+ count <= mostDigits, count <= 18 else { return nil }
            mantissa = mantissa &* UInt64(bitPattern: powers[count])
        }
        return rounding.double(mantissa &+ fraction, exponent: 0 &- count)
    }

    /// One to 19 digits.
    @inline(__always) private static func digits(_ start: UnsafeRawPointer, _ count: Int) -> UInt64? {
        guard count > 0 else { return nil }
        let bits = UInt64(truncatingIfNeeded: count &* 8), first = DigitWords.word(start)
        if count <= 8 {
            let digits = first &<< (64 &- bits)
            return DigitWords.areDigits(digits) ? DigitWords.eightDigits(digits) : nil
        }
        let last = DigitWords.word(start + (count &- 8))
        if count <= 16 {
            let high = first &<< (128 &- bits)
            guard DigitWords.areDigits(high, last) else { return nil }
            return DigitWords.eightDigits(high) &* 100_000_000 &+ DigitWords.eightDigits(last)
        }
        let high = first &<< (192 &- bits), middle = DigitWords.word(start + (count &- 16))
        guard DigitWords.areDigits(high, middle), DigitWords.areDigits(last) else { return nil }
        return (DigitWords.eightDigits(high) &* 100_000_000 &+ DigitWords.eightDigits(middle)) &* 100_000_000
            &+ DigitWords.eightDigits(last)
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
