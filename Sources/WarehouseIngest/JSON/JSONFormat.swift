import WarehouseBasics
import WarehouseColumns

/// TYPE = JSON of a file format, with Snowflake's defaults.
public struct JSONFormat: Sendable, Hashable {
    /// COMPRESSION.
    public var compression = FileCompression.auto
    /// STRIP_OUTER_ARRAY: the elements of an array that is a whole document are documents of their own.
    public var stripOuterArray = false
    /// STRIP_NULL_VALUES, ALLOW_DUPLICATE, ENABLE_OCTAL.
    public var parser = JSONParser.Options()
    /// REPLACE_INVALID_CHARACTERS, IGNORE_UTF8_ERRORS: invalid UTF-8 becomes U+FFFD instead of an error.
    public var replaceInvalidCharacters = false
    /// SKIP_BYTE_ORDER_MARK.
    public var skipByteOrderMark = true
    /// ENCODING.
    public var encoding = TextEncoding.utf8

    public init() {}
}
