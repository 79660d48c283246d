/// The database a script runs against.
public protocol TestEngine: AnyObject {
    /// The session of that name, begun when it is first named; nil: the main session.
    func connection(named name: String?) throws -> any TestConnection
    /// Closes the database and opens it again, sessions included.
    func restart() throws
}

/// One session.
public protocol TestConnection: AnyObject {
    /// Runs every statement of `sql` and gives the last one's answer. What it throws is described by its
    /// `description`.
    func execute(_ sql: String) throws -> TestAnswer
}

/// What a statement answered.
public struct TestAnswer: Sendable {
    public var columns: [String]
    /// Values in the session's own text; nil: NULL.
    public var rows: [[String?]]
    /// Rows inserted, updated and deleted; nil for what changes none.
    public var changedRows: Int?

    public init(columns: [String], rows: [[String?]], changedRows: Int? = nil) {
        self.columns = columns
        self.rows = rows
        self.changedRows = changedRows
    }
}
