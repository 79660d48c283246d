/// Kinds of objects as statements name them.
enum ObjectWords {
    /// Behind ALTER and DROP.
    static let kinds = [
        "TABLE", "VIEW", "SCHEMA", "DATABASE", "STAGE", "FILE FORMAT", "SEQUENCE", "FUNCTION", "ROLE", "USER", "WAREHOUSE",
        "INTEGRATION",
    ]
    /// Behind CREATE.
    static let made = kinds.filter { $0 != "INTEGRATION" } + ["STORAGE INTEGRATION", "TEMPORARY", "TRANSIENT", "SECURE VIEW"]
    /// Behind SHOW.
    static let shown = [
        "TABLES", "VIEWS", "COLUMNS", "SCHEMAS", "DATABASES", "STAGES", "FILE FORMATS", "SEQUENCES", "FUNCTIONS", "ROLES",
        "USERS", "WAREHOUSES", "INTEGRATIONS", "GRANTS", "PARAMETERS", "VARIABLES", "OBJECTS", "PRIMARY KEYS", "UNIQUE KEYS",
        "IMPORTED KEYS", "TRANSACTIONS", "LOCKS", "TERSE",
    ]
}
