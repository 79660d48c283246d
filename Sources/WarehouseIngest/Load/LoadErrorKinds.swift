import WarehouseBasics

extension ErrorKind {
    /// A delimiter was expected behind an enclosed field.
    static let fieldDelimiterExpected = ErrorKind("100017", "22000")
    /// NULL in a field of a NOT NULL column.
    static let nullInFile = ErrorKind("100088", "22000")
    /// A BINARY's text that is none.
    static let binaryNotRecognized = ErrorKind("100115", "22000")
}
