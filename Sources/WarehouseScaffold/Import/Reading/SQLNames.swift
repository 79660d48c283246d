import WarehouseBasics

/// Names as dbt projects write them.
enum SQLNames {
    private static func isPlain(_ name: String) -> Bool { Identifiers.isPlain(Identifiers.folded(name)) }

    /// The stored name of one that is written without quotes where it can be.
    static func stored(_ name: String) -> String {
        if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") { return String(name.dropFirst().dropLast()) }
        return isPlain(name) ? Identifiers.folded(name) : name
    }

    /// As it must be written in SQL.
    static func written(_ name: String) -> String {
        let stored = stored(name)
        return SwiftWords.statements.contains(stored) ? "\"\(stored)\"" : Identifiers.quoted(stored)
    }
}
