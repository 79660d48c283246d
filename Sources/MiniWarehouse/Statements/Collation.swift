import WarehouseSQL

/// Texts are compared byte by byte, which is what the collations '' and 'utf8' mean. Every other one is refused, also as
/// the default of columns to come: ignored, it would order and equate rows otherwise than asked.
enum Collation {
    static func check(_ collation: String) throws {
        guard !collation.isEmpty, collation.lowercased() != "utf8" else { return }
        throw StatementDispatcher.unsupported("COLLATE '\(collation)'")
    }

    /// DEFAULT_DDL_COLLATION of a database, schema or table.
    static func check(_ reader: PropertyReader) throws {
        if let collation = try reader.text("DEFAULT_DDL_COLLATION") { try check(collation) }
    }
}
