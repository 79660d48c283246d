import WarehouseBasics
import WarehouseColumns

/// Turns blocks of records into rows of typed columns, column after column, and sorts out the records in error.
final class RecordConverter {
    private let converters: [ColumnConverter]
    private let settings: LoadSettings
    private let format: CSVFormat
    private let fileName: String
    private let fieldCountToCheck: Int?
    private let fields: FieldBlock
    private let scanner: CSVScanner
    /// Highest field that a column reads, plus one.
    private let neededFields: Int
    /// Rows that the next chunk most likely holds: as many as the largest before it, and some.
    private var expectedRows = 8192

    init(
        _ converters: [ColumnConverter], scanner: CSVScanner, settings: LoadSettings, format: CSVFormat,
        fileName: String,
        fieldCountToCheck: Int?
    ) {
        self.converters = converters
        self.scanner = scanner
        self.settings = settings
        self.format = format
        self.fileName = fileName
        self.fieldCountToCheck = format.errorOnColumnCountMismatch ? fieldCountToCheck : nil
        fields = FieldBlock(scanner.block, format: format)
        neededFields = converters.reduce(0) { max($0, ($1.column.fieldIndex ?? -1) + 1) }
    }

    func begin(_ chunk: LoadedChunk) {
        for converter in converters { converter.begin(rows: min(settings.limits.chunkRows, expectedRows)) }
        chunk.begin(converters.map(\.buffer), rowNumbers: settings.wantsRowNumbers ? ColumnBuffer(.int64) : nil)
    }

    /// Appends the scanner's block to the chunk. `firstRow` is the number of its first record. False when a record
    /// was rejected and that ends the load.
    func convert(into chunk: LoadedChunk, firstRow: Int) -> Bool {
        let block = scanner.block
        fields.begin()
        fields.isTextValid = isTextValid(block)
        let counts = fieldCounts(block)
        var rejects = takesAll(block, counts) ? [] : chooseRows(block, firstRow)
        let areRegular = Int(counts.fewest) >= neededFields && neededFields < RecordBlock.fieldCapacity
        for converter in converters {
            fields.select(converter.column.fieldIndex, areRegular: areRegular)
            converter.convert(fields)
        }
        for error in fields.errors { rejects.append((Int(fields.rows[error.row]), rejected(error, firstRow))) }
        rejects.sort { $0.record < $1.record }
        let stop = settings.stopsAtFirstError ? rejects.first?.record : nil
        commit(chunk, firstRow, before: stop)
        if let stop {
            chunk.rejects.append(rejects[0].reject)
            chunk.rowsParsed += stop + 1
            return false
        }
        chunk.rejects.append(contentsOf: rejects.map(\.reject))
        chunk.rowsParsed += block.recordCount
        return true
    }

    private func commit(_ chunk: LoadedChunk, _ firstRow: Int, before stop: Int?) {
        var kept: [Int32]?
        if fields.badCount > 0 || stop != nil {
            kept = (0..<fields.rowCount).compactMap { row in
                let isBad = fields.bad[row >> 6] >> UInt64(row & 63) & 1 != 0
                return isBad || Int(fields.rows[row]) >= stop ?? .max ? nil : Int32(row)
            }
        }
        for converter in converters { converter.commit(fields, kept: kept) }
        let count = kept?.count ?? fields.rowCount
        if let numbers = chunk.rowNumbers {
            numbers.reserve(count)
            let out = numbers.int64s + numbers.count
            for place in 0..<count {
                let row = kept.map { Int($0[place]) } ?? place
                out[place] = Int64(firstRow + Int(fields.rows[row]))
            }
            numbers.commit(count)
        }
        chunk.rowCount += count
        if chunk.rowCount > expectedRows { expectedRows = chunk.rowCount + chunk.rowCount / 16 }
    }

    // MARK: Records

    private func isTextValid(_ block: RecordBlock) -> Bool {
        guard block.recordCount > 0 else { return true }
        let start = Int(block.recordStarts[0]), end = Int(block.recordEnds[block.recordCount - 1])
        return UTF8Text.isValid(block.text + start, count: end - start)
    }

    /// Of the fields of a record.
    private func fieldCounts(_ block: RecordBlock) -> (fewest: Int32, most: Int32) {
        var fewest = Int32.max, most: Int32 = 0
        for record in 0..<block.recordCount {
            fewest = min(fewest, block.fieldCounts[record])
            most = max(most, block.fieldCounts[record])
        }
        return (fewest, most)
    }

    /// Takes all records as rows when none has a fault or a wrong number of fields; else none, and gives false.
    private func takesAll(_ block: RecordBlock, _ counts: (fewest: Int32, most: Int32)) -> Bool {
        fields.stride = nil
        let expected = fieldCountToCheck.map { Int32(truncatingIfNeeded: $0) }
        guard block.recordCount > 0, block.faults.isEmpty, counts.fewest == counts.most,
              expected ?? counts.most == counts.most else { return false }
        for record in 0..<block.recordCount { fields.rows[record] = Int32(truncatingIfNeeded: record) }
        fields.rowCount = block.recordCount
        // Records follow each other, none with more fields: when the last stands where it must, all do.
        let last = block.firstFields[block.recordCount - 1] &- block.firstFields[0]
        let steps = Int(counts.most).multipliedReportingOverflow(by: block.recordCount - 1)
        if !steps.overflow, steps.partialValue == Int(last) { fields.stride = counts.most }
        return true
    }

    /// Takes the records that have no fault and the right number of fields as rows; gives the others' rejects.
    private func chooseRows(_ block: RecordBlock, _ firstRow: Int) -> [(record: Int, reject: RejectedRecord)] {
        var rejects: [(record: Int, reject: RejectedRecord)] = []
        var nextFault = 0
        let rows = fields.rows, expected = fieldCountToCheck.map { Int32(truncatingIfNeeded: $0) }
        var count = 0
        for record in 0..<block.recordCount {
            if nextFault < block.faults.count, block.faults[nextFault].record == record {
                let fault = block.faults[nextFault]
                rejects.append((record, rejected(record, fault.fault, fault.offset, fault.fieldIndex, firstRow)))
                nextFault += 1
                continue
            }
            if let expected, block.fieldCounts[record] != expected {
                rejects.append((record, rejectedCount(record, Int(expected), firstRow)))
                continue
            }
            rows[count] = Int32(truncatingIfNeeded: record)
            count &+= 1
        }
        fields.rowCount = count
        return rejects
    }

    // MARK: Rejects

    /// A record of the scanner's block that is in error for what was made of it.
    func rejected(_ mark: RecordMark, _ firstRow: Int) -> RejectedRecord {
        let block = scanner.block, record = mark.rowNumber - firstRow
        var offset = Int(block.recordStarts[record]), value: String?
        if let index = mark.field {
            if index < block.storedFieldCount(record) {
                let field = Int(block.firstFields[record]) + index
                offset = Int(block.starts[field])
                let (bytes, count) = fields.text(field)
                value = FieldBlock.shown(bytes, count)
            } else {
                offset = Int(block.recordEnds[record])
            }
        }
        var reject = make(record, firstRow, offset: offset, column: nil, category: .conversion, kind: mark.kind,
                          message: mark.message, value: value)
        reject.columnName = mark.columnName
        reject.columnIndex = mark.columnIndex
        return reject
    }

    private func rejected(_ error: ConversionError, _ firstRow: Int) -> RejectedRecord {
        let record = Int(fields.rows[error.row])
        let offset = error.field == 0 ? Int(scanner.block.recordEnds[record]) : Int(scanner.block.starts[error.field])
        // Snowflake's documentation counts a missing value among the errors of parsing.
        let category: RejectedRecord.Category = error.kind == .nullInFile ? .parsing : .conversion
        return make(record, firstRow, offset: offset, column: error.column, category: category, kind: error.kind,
                    message: error.message, value: error.value)
    }

    private func rejected(_ record: Int, _ fault: RecordBlock.Fault, _ offset: Int, _ fieldIndex: Int, _ firstRow: Int)
        -> RejectedRecord {
        let enclosure = format.enclosure.map { shown([$0]) } ?? ""
        let kind: ErrorKind, message: String
        switch fault {
        case .textBehindEnclosure:
            let isLast = fieldCountToCheck.map { fieldIndex + 1 >= $0 } ?? false
            let delimiter = isLast ? format.recordDelimiter ?? [10] : format.fieldDelimiter
            kind = isLast ? .fileQuoting : .fieldDelimiterExpected
            message = "Found character '\(character(offset))' instead of \(isLast ? "record" : "field") delimiter "
                + "'\(shown(delimiter))'"
        case .unclosed:
            kind = .fileQuoting
            message = "End of file reached while looking for the closing '\(enclosure)' of a field"
        case .recordDelimiterInField:
            kind = .fileQuoting
            message = "Record delimiter '\(shown(format.recordDelimiter ?? [10]))' found within a field enclosed by "
                + "'\(enclosure)' while MULTI_LINE is FALSE"
        }
        return make(
            record, firstRow, offset: offset, column: column(ofField: fieldIndex), category: .parsing, kind: kind,
            message: message, value: nil)
    }

    private func rejectedCount(_ record: Int, _ expected: Int, _ firstRow: Int) -> RejectedRecord {
        let block = scanner.block
        let count = Int(block.fieldCounts[record])
        // Too many: the record, as Snowflake places it; too few: where the next one should be.
        let isLong = count > expected && expected < block.storedFieldCount(record)
        var reject = make(
            record, firstRow, offset: Int(isLong ? block.recordStarts[record] : block.recordEnds[record]),
            column: isLong ? nil : column(ofField: min(count, expected - 1)), category: .parsing,
            kind: .fileColumnCount,
            message:
                "Number of columns in file (\(count)) does not match that of the corresponding table (\(expected)), "
                + "use file format option error_on_column_count_mismatch=false to ignore this error",
            value: nil)
        if isLong { reject.columnIndex = expected }
        return reject
    }

    private func column(ofField field: Int) -> Int? { converters.firstIndex { $0.column.fieldIndex == field } }

    private func character(_ offset: Int) -> String {
        guard offset < scanner.filled else { return "" }
        let length = UTF8Text.length(lead: scanner.buffer[offset])
        return FieldBlock.shown(scanner.buffer + offset, min(length, scanner.filled - offset))
    }

    /// Delimiters with line ends and tabs as escapes.
    private func shown(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).map { character in
            switch character {
            case "\n": "\\n"
            case "\r": "\\r"
            case "\r\n": "\\r\\n"
            case "\t": "\\t"
            default: String(character)
            }
        }.joined()
    }

    private func make(
        _ record: Int, _ firstRow: Int, offset: Int, column: Int?, category: RejectedRecord.Category, kind: ErrorKind,
        message: String, value: String?
    ) -> RejectedRecord {
        let block = scanner.block
        let start = Int(block.recordStarts[record]), end = Int(block.recordEnds[record])
        let (line, character) = place(start, offset)
        return RejectedRecord(
            file: fileName, line: block.lines[record] + line, character: character,
            byteOffset: block.fileOffset + offset,
            rowNumber: firstRow + record, rowStartLine: block.lines[record],
            columnName: column.map { converters[$0].column.name }, columnIndex: column, category: category, kind: kind,
            message: message, value: value,
            record: settings.keepsRejectedRecords
                ? FieldBlock.shown(block.text + start, end - start, limit: RejectedRecord.maximumRecordBytes) : nil)
    }

    /// Lines between the start of a record and a byte of it, and the place in its line of the character there, from 1.
    private func place(_ start: Int, _ offset: Int) -> (lines: Int, character: Int) {
        // A record need not begin a line when its delimiter is no line end.
        (scanner.lineEnds(start, offset), scanner.character(at: offset))
    }
}
