/// Snowflake's list of reserved and limited keywords, and how this parser keeps to it.
///
/// Everything else, such as DATE, TIMESTAMP, VALUE, INDEX, KEY or COUNT, is free for tables, columns and aliases.
enum ReservedWords {
    /// Words that are never a name unless quoted, because a clause or an operator could not be told from it.
    static let strict: Set<String> = [
        "ALL", "ALTER", "AND", "ANY", "AS", "BETWEEN", "BY", "CHECK", "CONNECT", "CREATE", "DELETE", "DISTINCT",
        "DROP", "ELSE", "EXCEPT", "EXISTS", "FOR", "FROM", "GRANT", "GROUP", "HAVING", "ILIKE", "IN", "INSERT",
        "INTERSECT", "INTO", "IS", "LIKE", "MINUS", "NOT", "NULL", "ON", "OR", "ORDER", "QUALIFY", "REGEXP",
        "REVOKE", "RLIKE", "SELECT", "SET", "SOME", "TABLE", "THEN", "TO", "UNION", "UNIQUE", "UPDATE", "VALUES",
        "WHERE", "WITH",
    ]

    /// Reserved by Snowflake, but told apart here: they may follow AS and name columns, never stand as an alias
    /// without AS.
    static let soft: Set<String> = [
        "COLUMN", "CURRENT", "FOLLOWING", "INCREMENT", "OF", "ROW", "ROWS", "SAMPLE", "START", "TABLESAMPLE",
        "TRIGGER", "WHENEVER",
    ]

    /// Not usable as a table name or alias in FROM.
    static let joining: Set<String> = [
        "CROSS", "FULL", "INNER", "JOIN", "LATERAL", "LEFT", "NATURAL", "RIGHT", "USING",
    ]

    /// Not usable as a column within an expression.
    static let scalar: Set<String> = ["CASE", "CAST", "FALSE", "TRUE", "TRY_CAST", "WHEN"]

    /// Functions written without parentheses; not usable as column names.
    static let bareFunctions: Set<String> = [
        "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP",
    ]

    /// Reserved words that are also functions.
    static let functions: Set<String> = ["INSERT", "LIKE", "ILIKE", "RLIKE", "REGEXP"]

    /// Words which a printed name must be quoted to be.
    static let quoted: Set<String> = strict.union(soft).union(joining).union(scalar).union(bareFunctions).union([
        "CONSTRAINT", "END", "LIMIT", "OFFSET", "FETCH", "WINDOW", "PIVOT", "UNPIVOT", "ASOF", "AT", "BEFORE",
        "IDENTIFIER", "PRIOR", "CONNECT_BY_ROOT", "TOP", "PRIMARY", "FOREIGN", "DEFAULT",
    ])

    /// Words that end an expression where an alias without AS could stand.
    static let notImplicitAlias: Set<String> = strict.union(soft).union(joining).union(scalar).union(["END"])
}
