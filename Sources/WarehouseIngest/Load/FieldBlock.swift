import WarehouseBasics
import WarehouseColumns

/// The records of a block that are being converted, with one column's field of each: what the column converters
/// read from and report to.
final class FieldBlock {
    let records: RecordBlock
    /// Records converted: row i is record `rows[i]`.
    var rowCount = 0
    let rows: UnsafeMutablePointer<Int32>
    /// Field of the current column in each row; 0 is the missing field.
    let fields: UnsafeMutablePointer<Int32>
    /// Fields from each row's first to the next row's, where all have as many.
    var stride: Int32?
    /// Starts and meta words of `fields`: of each row `columnStep` entries behind those of the row before.
    private(set) var columnStarts: UnsafePointer<Int32>
    private(set) var columnMetas: UnsafePointer<UInt32>
    private(set) var columnStep = 1
    private let gatheredStarts: UnsafeMutablePointer<Int32>
    private let gatheredMetas: UnsafeMutablePointer<UInt32>
    /// One bit a row in error.
    let bad: UnsafeMutablePointer<UInt64>
    var badCount = 0
    /// Errors found in the columns, of each row the first.
    var errors: [ConversionError] = []
    /// Whether all of the text is valid UTF-8, so that no field needs to be checked.
    var isTextValid = false
    /// Text of the field looked at last, when it needed to be rewritten.
    let scratch = ByteBuffer(capacity: 1024)
    let format: CSVFormat

    private let fieldText: FieldText
    private let nullTexts: [[UInt8]]
    /// Bit n: a field of n bytes (63: or more) may be NULL.
    let nullLengths: UInt64
    private let emptyIsNull: Bool

    static let wordCount = RecordBlock.maximumRecords / 64

    init(_ records: RecordBlock, format: CSVFormat) {
        self.records = records
        self.format = format
        fieldText = FieldText(format)
        nullTexts = format.nullIf
        emptyIsNull = format.emptyFieldAsNull
        nullLengths = nullTexts.reduce(1) { $0 | 1 << UInt64(min($1.count, 63)) }
        gatheredStarts = .allocate(capacity: RecordBlock.maximumRecords)
        gatheredMetas = .allocate(capacity: RecordBlock.maximumRecords)
        columnStarts = UnsafePointer(gatheredStarts)
        columnMetas = UnsafePointer(gatheredMetas)
        rows = .allocate(capacity: RecordBlock.maximumRecords)
        fields = .allocate(capacity: RecordBlock.maximumRecords)
        bad = .allocate(capacity: FieldBlock.wordCount)
        bad.initialize(repeating: 0, count: FieldBlock.wordCount)
    }

    deinit {
        gatheredStarts.deallocate()
        gatheredMetas.deallocate()
        rows.deallocate()
        fields.deallocate()
        bad.deallocate()
    }

    func begin() {
        rowCount = 0
        badCount = 0
        errors.removeAll(keepingCapacity: true)
        bad.update(repeating: 0, count: FieldBlock.wordCount)
    }

    /// Points `fields` at field `index` of every row; nil makes all of them missing.
    func select(_ index: Int?, areRegular: Bool) {
        if let index, areRegular, let stride {
            let start = records.firstFields[0] &+ Int32(truncatingIfNeeded: index)
            for row in 0..<Int32(truncatingIfNeeded: rowCount) { fields[Int(row)] = start &+ row &* stride }
            columnStarts = UnsafePointer(records.starts + Int(start))
            columnMetas = UnsafePointer(records.metas + Int(start))
            columnStep = Int(stride)
            return
        }
        if let index, index < RecordBlock.fieldCapacity {
            selectEach(index, areRegular: areRegular)
        } else {
            fields.update(repeating: 0, count: rowCount)
        }
        for row in 0..<rowCount {
            gatheredStarts[row] = records.starts[Int(fields[row])]
            gatheredMetas[row] = records.metas[Int(fields[row])]
        }
        columnStarts = UnsafePointer(gatheredStarts)
        columnMetas = UnsafePointer(gatheredMetas)
        columnStep = 1
    }

    private func selectEach(_ index: Int, areRegular: Bool) {
        let first = records.firstFields, counts = records.fieldCounts, offset = Int32(truncatingIfNeeded: index)
        if areRegular {
            for row in 0..<rowCount { fields[row] = first[Int(rows[row])] &+ offset }
        } else {
            for row in 0..<rowCount {
                let record = Int(rows[row])
                let isThere = offset < counts[record] && index < records.storedFieldCount(record)
                fields[row] = isThere ? first[record] &+ offset : 0
            }
        }
    }

    /// Whether a field whose length is among `nullLengths` is NULL.
    @inline(never) func isNull(_ field: Int) -> Bool {
        let meta = records.metas[field]
        if meta & RecordBlock.FieldFlag.missing != 0 { return true }
        if meta == 0, emptyIsNull { return true }
        let count = Int(meta >> RecordBlock.FieldFlag.bits)
        let bytes = records.text + Int(records.starts[field])
        for text in nullTexts where text.count == count {
            var index = 0
            while index < count, bytes[index] == text[index] { index += 1 }
            if index == count { return true }
        }
        return false
    }

    /// The text of a field without escapes; valid until the next call.
    @inline(__always) func text(_ field: Int) -> (bytes: UnsafePointer<UInt8>, count: Int) {
        let meta = records.metas[field]
        let bytes = records.text + Int(records.starts[field])
        let count = Int(meta >> RecordBlock.FieldFlag.bits)
        if meta & RecordBlock.FieldFlag.escaped == 0 { return (bytes, count) }
        return rewritten(field)
    }

    @inline(never) private func rewritten(_ field: Int) -> (bytes: UnsafePointer<UInt8>, count: Int) {
        let meta = records.metas[field]
        scratch.removeAll()
        fieldText.append(
            records.text + Int(records.starts[field]), count: Int(meta >> RecordBlock.FieldFlag.bits),
            isEnclosed: meta & RecordBlock.FieldFlag.enclosed != 0, to: scratch)
        return (UnsafePointer(scratch.bytes), scratch.count)
    }

    /// Notes an error of `row` in `column` unless the row has one.
    @inline(never) func reject(_ row: Int, _ column: Int, _ kind: ErrorKind, _ message: (String) -> String) {
        let bit: UInt64 = 1 << UInt64(row & 63)
        guard bad[row >> 6] & bit == 0 else { return }
        bad[row >> 6] |= bit
        badCount += 1
        let field = Int(fields[row])
        let (bytes, count) = text(field)
        let shown = FieldBlock.shown(bytes, count)
        errors.append(ConversionError(
            row: row, column: column, field: field, kind: kind, message: message(shown), value: shown))
    }

    /// A value as messages show it: shortened, and repaired where it is not valid UTF-8.
    static func shown(_ bytes: UnsafePointer<UInt8>, _ count: Int, limit: Int = RejectedRecord.maximumValueBytes)
        -> String
    {
        let text = String(decoding: UnsafeBufferPointer(start: bytes, count: min(count, limit)), as: UTF8.self)
        return count > limit ? text + "..." : text
    }
}

/// A value that its column could not take.
struct ConversionError {
    var row: Int
    var column: Int
    var field: Int
    var kind: ErrorKind
    var message: String
    var value: String
}
