import WarehouseBasics

/// A record that was read well but cannot be loaded for another reason, such as an expression over its fields: found
/// again by its number, so that its place in the file can be told.
public struct RecordMark: Sendable, Hashable {
    /// Number of the record among the file's records, from 1.
    public var rowNumber: Int
    /// The field at fault, from 0, if there is one.
    public var field: Int?
    public var kind: ErrorKind
    public var message: String
    public var columnName: String?
    /// Its place among the columns loaded, from 0.
    public var columnIndex: Int?

    public init(rowNumber: Int, field: Int?, kind: ErrorKind, message: String, columnName: String?, columnIndex: Int?) {
        self.rowNumber = rowNumber
        self.field = field
        self.kind = kind
        self.message = message
        self.columnName = columnName
        self.columnIndex = columnIndex
    }
}

extension CSVFileReader {
    /// Reads the file again, up to the last of the marks (ascending), and gives their places in it.
    public static func locate(_ marks: [RecordMark], source: any ByteSource, fileName: String, format: CSVFormat,
                              settings: LoadSettings) throws -> [RejectedRecord] {
        let text = try FileText.open(source, format, fileName: fileName, settings: settings)
        let scanner = try CSVScanner(text, format: format, fileName: fileName, limits: settings.limits)
        if format.parseHeader { _ = try readHeader(scanner, format) }
        let converter = RecordConverter([], scanner: scanner, settings: settings, format: format, fileName: fileName,
                                        fieldCountToCheck: nil)
        var found: [RejectedRecord] = [], firstRow = 1
        while found.count < marks.count {
            let count = try scanner.next()
            if count == 0 { break }
            while found.count < marks.count, marks[found.count].rowNumber < firstRow + count {
                found.append(converter.rejected(marks[found.count], firstRow))
            }
            firstRow += count
        }
        return found
    }
}

extension JSONFileReader {
    /// As `CSVFileReader.locate`, for documents.
    public static func locate(_ marks: [RecordMark], source: any ByteSource, fileName: String, format: JSONFormat,
                              settings: LoadSettings) throws -> [RejectedRecord] {
        let text = try FileText.open(source, format.compression, format.encoding, fileName: fileName, settings: settings)
        let scanner = DocumentScanner(text, format: format, fileName: fileName, limits: settings.limits)
        var found: [RejectedRecord] = [], row = 0
        while found.count < marks.count, let extent = try scanner.next() {
            row += 1
            if !extent.isComplete { scanner.resume(behindFirstLineOf: extent) }
            guard marks[found.count].rowNumber == row else { continue }
            let mark = marks[found.count]
            found.append(scanner.rejected(
                extent, rowNumber: row, fileName: fileName, column: (mark.columnName, mark.columnIndex), kind: mark.kind,
                message: mark.message, category: .conversion, keepsRecord: settings.keepsRejectedRecords))
        }
        return found
    }
}

extension DocumentScanner {
    /// A document that cannot be loaded, with its place.
    func rejected(_ extent: Extent, rowNumber: Int, fileName: String, column: (name: String?, index: Int?),
                  kind: ErrorKind, message: String, category: RejectedRecord.Category, keepsRecord: Bool) -> RejectedRecord {
        let bytes = UnsafePointer(buffer + extent.start)
        return RejectedRecord(
            file: fileName, line: extent.line, character: character(at: extent.start),
            byteOffset: fileOffset + extent.start, rowNumber: rowNumber, rowStartLine: extent.line,
            columnName: column.name, columnIndex: column.index, category: category, kind: kind, message: message,
            value: FieldBlock.shown(bytes, extent.count),
            record: keepsRecord
                ? FieldBlock.shown(bytes, extent.count, limit: RejectedRecord.maximumRecordBytes) : nil)
    }
}
