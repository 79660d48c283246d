import WarehouseBasics

/// Where a project is built: which database and schema.
public struct Target: Hashable, Sendable {
    /// What it is called in the console: `dev`, `prod`.
    public var name: String
    /// The database of everything that names none.
    public var database: String
    /// The schema of everything that names none.
    public var schema: String
    /// dbt's number of threads, for consoles and tools that ask for it. Here it changes nothing: a warehouse has one writer
    /// at a time and each statement runs on all cores, so nodes run one after another, in the same order every time.
    public var threads: Int

    /// Takes names as they are written in SQL: folded to upper case unless in double quotes.
    public init(database: String, schema: String, name: String = "dev", threads: Int = 1) {
        self.name = name
        self.database = database
        self.schema = schema
        self.threads = threads
    }
}
