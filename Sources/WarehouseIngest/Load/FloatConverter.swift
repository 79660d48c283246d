import WarehouseBasics
import WarehouseColumns

/// FLOAT, exactly rounded.
final class FloatConverter: ColumnConverter {
    private let rounding = DecimalRounding()
    private let powers = PowersOfTen.narrowTable
    private let shapes: FieldShapes

    /// Digits of the longest fraction that is read here, and of the longest number: both fit in 64 bits.
    private static let mostDigits = 19
    /// Up to seven digits, the point, and the fraction.
    private static let longest = 7 + 1 + mostDigits

    init(_ column: LoadColumn, index: Int, format: CSVFormat) {
        shapes = FieldShapes(longest: FloatConverter.longest, format: format) { $0 &- 48 <= 9 || $0 == UInt8(ascii: ".") }
        super.init(column, index: index, physicalType: .double)
    }

    override func convert(_ block: FieldBlock) {
        buffer.reserve(block.rowCount)
        let out = buffer.doubles + buffer.count, fields = block.fields
        let starts = block.records.starts, metas = block.records.metas, text = UnsafeRawPointer(block.records.text)
        let shapes = shapes.table, powers = powers, rounding = rounding
        for row in 0..<block.rowCount {
            let field = Int(fields[row])
            let meta = metas[field]
            let length = Int(meta >> RecordBlock.FieldFlag.bits)
            let start = text + Int(starts[field])
            let shape = FieldShapes.shape(meta, shapes)
            if shape == FieldShapes.Shape.upTo8 {
                if let value = FloatConverter.upToEight(start, length, powers) {
                    out[row] = value
                    continue
                }
            } else if shape == FieldShapes.Shape.longer {
                if let value = FloatConverter.longer(start, length, powers, rounding) {
                    out[row] = value
                    continue
                }
            }
            out[row] = isNull(block, row, field) ? 0 : slow(block, row, field)
        }
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
