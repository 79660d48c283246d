import WarehouseBasics

/// What a name in generated Swift must keep clear of.
enum SwiftWords {
    /// Words of Swift that name nothing unless in backticks.
    private static let keywords: Set<String> = [
        "Any", "Protocol", "Self", "Type", "actor", "as", "associatedtype", "async", "await", "break", "case", "catch",
        "class", "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
        "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
        "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static",
        "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
    ]

    static func isReserved(_ word: String) -> Bool { keywords.contains(word) }

    /// The name where an identifier may stand.
    static func escaped(_ name: String) -> String { isReserved(name) ? "`\(name)`" : name }

    /// Modules that a package's own would hide, in upper case.
    static let modules: Set<String> = [
        "ARGUMENTPARSER", "CLZ4", "CRYPTO", "CZLIB", "DARWIN", "DISPATCH", "FOUNDATION", "GLIBC", "MAIN", "MINIWAREHOUSE",
        "MLWH", "MOVIELENS", "PACKAGE", "SLT", "SQLLOGICTEST", "SWIFT", "SYNCHRONIZATION", "TESTING", "WAREHOUSEBASICS",
        "WAREHOUSECOLUMNS", "WAREHOUSECOMMANDS", "WAREHOUSEENGINE", "WAREHOUSEINGEST", "WAREHOUSEMODELS", "WAREHOUSEPLAN",
        "WAREHOUSES3", "WAREHOUSESCAFFOLD", "WAREHOUSESQL", "WAREHOUSESTORAGE", "XCTEST", "YAMS", "CYAML",
    ]

    /// Words of SQL that name no database unless in quotes, in upper case; those that a statement may begin with or
    /// that divide its clauses.
    static let statements: Set<String> = [
        "ALL", "ALTER", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "CAST", "CHECK", "COLUMN", "CONNECT", "CREATE", "CROSS",
        "CURRENT", "DATABASE", "DELETE", "DISTINCT", "DROP", "ELSE", "EXCEPT", "EXISTS", "FALSE", "FOLLOWING", "FOR", "FROM",
        "FULL", "GRANT", "GROUP", "HAVING", "IDENTIFIER", "IF", "ILIKE", "IN", "INCREMENT", "INNER", "INSERT", "INTERSECT",
        "INTO", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "MINUS", "NATURAL", "NOT", "NULL", "OF", "ON", "OR", "ORDER",
        "QUALIFY", "REGEXP", "REVOKE", "RIGHT", "RLIKE", "ROW", "ROWS", "SAMPLE", "SCHEMA", "SELECT", "SET", "SOME", "START",
        "TABLE", "TABLESAMPLE", "THEN", "TO", "TRIGGER", "TRUE", "UNION", "UNIQUE", "UPDATE", "USING", "VALUES", "VIEW",
        "WHEN", "WHENEVER", "WHERE", "WITH",
    ]

    /// `text` as a literal of Swift, on one line.
    static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 32 || scalar.value == 127 || (0x80...0x9F).contains(scalar.value)
                || (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value):
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A comment of lines that begin with `///`, indented by `indent`; empty for an empty text.
    static func documentation(_ text: String, indent: String = "") -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let plain = String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 || $0 == "\t" }))
            return indent + (plain.isEmpty ? "///" : "/// \(plain)") + "\n"
        }.joined()
    }
}
