import WarehouseBasics

/// One word, literal or symbol of a text of SQL.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        /// An unquoted name or keyword; `text` is folded to upper case.
        case word
        /// `"name"`; `text` is without quotes.
        case quotedName
        /// `'…'` or `$$…$$`; `text` has its escapes resolved.
        case string
        /// `X'0aff'`; `text` is the upper-case digits.
        case binary
        /// Unsigned, as written.
        case number
        /// `$1`; `text` is the digits.
        case fileColumn
        /// `$name`; `text` is the folded name.
        case variable
        /// `@stage/path`; `text` is without the `@`.
        case stage
        /// `file://…`, unquoted, in PUT and GET.
        case fileURL
        case symbol
        /// `;`
        case semicolon
        /// The end of the text.
        case end
    }

    var kind: Kind
    var text: String
    /// UTF-8 offsets into the whole text.
    var start: Int
    var end: Int
    /// Both from 1; the column counts Unicode scalars.
    var line: Int
    var column: Int

    var span: SourceSpan { SourceSpan(startOffset: start, endOffset: end, line: line, column: column) }
}
