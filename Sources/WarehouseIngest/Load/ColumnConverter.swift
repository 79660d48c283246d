import WarehouseBasics
import WarehouseColumns

/// Turns one column's fields of a block into values behind the rows of a `ColumnBuffer`. The values become rows by
/// `commit`, when it is known which records are good in all columns.
class ColumnConverter {
    let column: LoadColumn
    /// Place among the columns loaded.
    let index: Int
    private(set) var buffer: ColumnBuffer
    /// One bit a row of the block that is NULL.
    let nulls: UnsafeMutablePointer<UInt64>
    private var hasNulls = false

    init(_ column: LoadColumn, index: Int, physicalType: PhysicalType) {
        self.column = column
        self.index = index
        buffer = ColumnBuffer(physicalType)
        nulls = .allocate(capacity: FieldBlock.wordCount)
        nulls.initialize(repeating: 0, count: FieldBlock.wordCount)
    }

    deinit { nulls.deallocate() }

    /// The physical type that a new chunk's buffer begins with.
    var startingType: PhysicalType { buffer.physicalType }

    /// Begins a new buffer, expecting about `rows` rows.
    final func begin(rows: Int) {
        buffer = ColumnBuffer(startingType, capacity: rows)
    }

    /// Writes the values of `block.fields` at the rows behind `buffer.count`.
    func convert(_ block: FieldBlock) { preconditionFailure("every converter has its own loop") }

    /// Whether the field is NULL; notes it, and the error of a NOT NULL column.
    @inline(__always) final func isNull(_ block: FieldBlock, _ row: Int, _ field: Int) -> Bool {
        let length = UInt64(block.records.metas[field] >> RecordBlock.FieldFlag.bits)
        guard (block.nullLengths >> min(length, 63)) & 1 != 0, block.isNull(field) else { return false }
        noteNull(block, row)
        return true
    }

    @inline(never) final func noteNull(_ block: FieldBlock, _ row: Int) {
        hasNulls = true
        nulls[row >> 6] |= 1 << UInt64(row & 63)
        if !column.isNullable {
            block.reject(row, index, .nullInFile) { _ in
                "NULL result in a non-nullable column. Use quotes if an empty field should be interpreted as an empty "
                    + "string instead of a null"
            }
        }
    }

    /// Makes rows of the values written, those in `kept` only when it is given (rows of the block, ascending).
    final func commit(_ block: FieldBlock, kept: [Int32]?) {
        let start = buffer.count
        if let kept { compact(kept, at: start) }
        buffer.commit(kept?.count ?? block.rowCount)
        guard hasNulls else { return }
        if let kept {
            for (place, row) in kept.enumerated() where nulls[Int(row) >> 6] >> UInt64(row & 63) & 1 != 0 {
                buffer.setNull(start + place)
            }
        } else {
            for word in 0..<FieldBlock.wordCount {
                var bits = nulls[word]
                while bits != 0 {
                    buffer.setNull(start + word * 64 + bits.trailingZeroBitCount)
                    bits &= bits - 1
                }
            }
        }
        nulls.update(repeating: 0, count: FieldBlock.wordCount)
        hasNulls = false
    }

    private func compact(_ kept: [Int32], at start: Int) {
        let stride = buffer.physicalType.stride
        let base = buffer.values + start * stride
        for (place, row) in kept.enumerated() where place != Int(row) {
            (base + place * stride).copyMemory(from: base + Int(row) * stride, byteCount: stride)
        }
    }
}

extension ColumnConverter {
    /// The converter for a column's type.
    static func make(_ column: LoadColumn, index: Int, settings: LoadSettings, format: CSVFormat) throws(WarehouseError)
        -> ColumnConverter {
        switch column.type {
        case .number(let precision, let scale):
            return NumberConverter(column, index: index, precision: precision, scale: scale,
                                   refusesLoss: settings.refusesLoss, format: format)
        case .float: return FloatConverter(column, index: index, refusesLoss: settings.refusesLoss, format: format)
        case .varchar(let length):
            return TextConverter(column, index: index, maximumLength: length, truncates: settings.truncatesColumns,
                                 repairs: format.replaceInvalidCharacters)
        case .binary(let length):
            return BinaryConverter(column, index: index, maximumLength: length, format: format.binaryFormat)
        case .boolean: return BooleanConverter(column, index: index, refusesLoss: settings.refusesLoss)
        case .date:
            return DateConverter(column, index: index, format: format.dateFormat, refusesLoss: settings.refusesLoss)
        case .time(let scale): return TimeConverter(column, index: index, scale: scale, format: format.timeFormat)
        case .timestampNTZ, .timestampLTZ, .timestampTZ:
            return TimestampConverter(column, index: index, format: format.timestampFormat, zone: settings.timeZone,
                                      refusesLoss: settings.refusesLoss)
        case .variant, .array, .object:
            return VariantConverter(column, index: index, repairs: format.replaceInvalidCharacters)
        case .null:
            throw WarehouseError(.unsupported, "Column \(column.name) has no type and cannot be loaded.")
        }
    }
}
