import WarehouseBasics

/// A record of a file that could not be loaded, and why: what the result of COPY and VALIDATION_MODE tell of it.
public struct RejectedRecord: Sendable, Hashable {
    /// Where an error arose: VALIDATE's CATEGORY.
    public enum Category: String, Sendable { case parsing, conversion }

    public var file: String
    /// Physical line of the fault, from 1.
    public var line: Int
    /// Byte of the fault in its line, from 1.
    public var character: Int
    /// Byte of the fault in the (decompressed) file, from 0.
    public var byteOffset: Int
    /// Number of the record among the file's records, from 1, header lines not counted.
    public var rowNumber: Int
    /// Physical line on which the record begins, from 1.
    public var rowStartLine: Int
    /// Column at fault, if there is one.
    public var columnName: String?
    /// Its place among the columns loaded, from 0.
    public var columnIndex: Int?
    /// Of what the column is, where that is not the target table.
    public var tableName: String?
    public var category: Category
    public var kind: ErrorKind
    /// One paragraph without the place.
    public var message: String
    /// The field's text, shortened to `maximumValueBytes`; invalid UTF-8 repaired.
    public var value: String?
    /// The record's text when it was asked for; invalid UTF-8 repaired.
    public var record: String?

    /// Longest value that stands in a message, in bytes.
    public static let maximumValueBytes = 1000
    /// Longest text of a record that is kept, in bytes.
    public static let maximumRecordBytes = 65_536

    /// The record's fault as the error that ends a statement. `table` is the target as messages show it.
    ///
    ///     Numeric value 'x' is not recognized
    ///       File 'tags.csv', line 7, character 3
    ///       Row 5, column "RAW_TAGS"["TIMESTAMP":4]
    public func error(table: String?) -> WarehouseError {
        var text = "\(message)\n  File '\(file)', line \(line), character \(character)\n  Row \(rowNumber)"
        if let column = columnText(table: table) { text += ", column \(column)" }
        return WarehouseError(kind, text, hint: RejectedRecord.hint)
    }

    /// The column as COPY's result shows it: `"RAW_TAGS"["TIMESTAMP":4]`, or `"RAW_TAGS"[5]` for a field too many.
    public func columnText(table: String?) -> String? {
        guard let columnIndex else { return nil }
        let table = tableName ?? table
        // A field too many has a place but no column.
        guard let columnName else { return table.map { "\"\($0)\"[\(columnIndex + 1)]" } ?? "[\(columnIndex + 1)]" }
        return table.map { "\"\($0)\"[\"\(columnName)\":\(columnIndex + 1)]" } ?? "\"\(columnName)\""
    }

    private static let hint =
        "If you would like to continue loading when an error is encountered, use other values such "
        + "as 'SKIP_FILE' or 'CONTINUE' for the ON_ERROR option."
}
