import WarehouseBasics

/// Where a project is built: which database and schema, and how many nodes at once.
public struct Target: Hashable, Sendable {
    /// What it is called in the console: `dev`, `prod`.
    public var name: String
    /// The database of everything that names none.
    public var database: String
    /// The schema of everything that names none.
    public var schema: String
    /// How many nodes may be built at once.
    public var threads: Int

    /// Takes names as they are written in SQL: folded to upper case unless in double quotes.
    public init(database: String, schema: String, name: String = "dev", threads: Int = 1) {
        self.name = name
        self.database = database
        self.schema = schema
        self.threads = threads
    }
}
