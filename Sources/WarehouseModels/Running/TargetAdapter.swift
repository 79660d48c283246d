import WarehouseBasics
import WarehouseSQL

/// What a run needs of the place where a project is built. Statements and queries are syntax trees, so that another
/// engine can be handed them in its own dialect.
public protocol TargetAdapter: AnyObject, Sendable {
    /// What the console calls it, with its version: `embedded=0.1.0`.
    var adapterDescription: String { get }

    /// Runs one statement. Gives how many rows it inserted, updated and deleted; 0 for DDL.
    func run(_ statement: Statement) throws -> Int

    /// Runs a query and gives all its rows.
    func rows(of query: WarehouseSQL.Query) throws -> TargetRows

    /// The table or view of that name, nil when there is none.
    func relation(_ name: ObjectName) throws -> TargetRelation?

    /// When a table's rows were last changed, in nanoseconds since 1970 UTC; nil of a view, and where that cannot be known.
    func lastAltered(_ name: ObjectName) throws -> Int128?

    /// Nanoseconds since 1970-01-01 00:00:00 UTC: what snapshots are stamped with.
    func now() -> Int128

    /// What tells one state of a table or view from another; nil where that cannot be known.
    func version(of name: ObjectName) throws -> RelationVersion?

    /// What else decides what a query gives: the place itself, the session's settings. nil where that cannot be known.
    func environment() throws -> String?

    /// Whether what runs is to stop: no statement begins any more.
    var isCancelled: Bool { get }

    /// Whether a transaction is open; false where that cannot be known.
    var isInTransaction: Bool { get }

    /// Runs several statements as one transaction: all of them or none.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result

    /// Runs several statements, DDL among them, so that all of them or none take place; where a place cannot do that,
    /// one after another.
    func atomically<Result>(_ body: () throws -> Result) throws -> Result

    /// The names of the roles that there are; nil where that cannot be known.
    func roles() throws -> Set<String>?

    /// What roles have been given on a table or view, ownership apart; nothing where that cannot be known.
    func grants(on name: ObjectName) throws -> [RelationGrant]
}

/// A privilege on a table or view that a role has.
public struct RelationGrant: Hashable, Sendable {
    /// `SELECT`, `INSERT`, …
    public var privilege: String
    /// As stored.
    public var role: String

    /// Takes both as they are stored.
    public init(privilege: String, role: String) {
        self.privilege = privilege
        self.role = role
    }
}

extension TargetAdapter {
    public func version(of name: ObjectName) throws -> RelationVersion? { nil }
    public func environment() throws -> String? { nil }
    public func roles() throws -> Set<String>? { nil }
    public func grants(on name: ObjectName) throws -> [RelationGrant] { [] }
    public func lastAltered(_ name: ObjectName) throws -> Int128? { nil }
    public var isInTransaction: Bool { false }
    public var isCancelled: Bool { Task.isCancelled }

    public func atomically<Result>(_ body: () throws -> Result) throws -> Result { try body() }

    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        _ = try run(.begin())
        do {
            let result = try body()
            _ = try run(.commit)
            return result
        } catch {
            _ = try? run(.rollback)
            throw error
        }
    }
}

/// A state of a table or view.
public struct RelationVersion: Hashable, Sendable {
    /// Of a table it differs whenever rows or columns do; of a view whenever it is made anew.
    public var text: String
    /// The query of a view; nil of a table.
    public var viewText: String?

    /// Takes what its properties say.
    public init(text: String, viewText: String? = nil) {
        self.text = text
        self.viewText = viewText
    }
}

/// Rows of a query as texts, NULL as nil: few, for tests and people.
public struct TargetRows: Sendable {
    /// Names and types, in order.
    public var columns: [ColumnSchema]
    /// As many values a row as there are columns.
    public var rows: [[String?]]

    /// Takes as many values a row as there are columns.
    public init(columns: [ColumnSchema], rows: [[String?]]) {
        self.columns = columns
        self.rows = rows
    }
}

/// A table or view of a target.
public struct TargetRelation: Hashable, Sendable {
    /// A view, not a table.
    public var isView: Bool
    /// In order.
    public var columns: [ColumnSchema]

    /// Takes the columns in their order.
    public init(isView: Bool, columns: [ColumnSchema]) {
        self.isView = isView
        self.columns = columns
    }
}

extension TargetAdapter {
    /// Names and types of a query's columns, without running it to its end.
    func columns(of query: WarehouseSQL.Query) throws -> [ColumnSchema] {
        let select = SelectStatement(
            items: [.star(StarItem())], from: [SyntaxTree.subquery(query, as: "DESCRIBED")])
        let limit = LimitClause(count: Int.literal(0))
        return try rows(of: WarehouseSQL.Query(body: .select(select), limit: limit)).columns
    }
}
