import WarehouseBasics

/// Anything a project is made of: a source, seed, model, snapshot, data test or analysis. It is a type, never a value;
/// conforming enums have no cases.
public protocol Resource: SendableMetatype {
    /// The name it is selected and printed by; the type's name in snake_case unless said otherwise.
    static var name: String { get }
    /// What it is, for people: the first line of its documentation.
    static var about: String { get }
    /// Words to select it by: `--select tag:nightly`.
    static var tags: [String] { get }
    /// Whatever else people and tools should know of it.
    static var meta: [String: String] { get }
    /// The name of the group of people who own it; one of the project's.
    static var group: String? { get }
}

extension Resource {
    public static var name: String { ColumnNaming.snakeCased("\(Self.self)") }
    public static var about: String { "" }
    public static var tags: [String] { [] }
    public static var meta: [String: String] { [:] }
    public static var group: String? { nil }
}

/// A resource with columns, which queries can read.
public protocol Relation: Resource {
    /// Its columns, in order.
    associatedtype Columns: Row
    /// What its columns mean, and which tests they must pass. Columns that are not listed have no description.
    static var columns: [Column<Columns>] { get }
    /// Tests of the relation as a whole.
    static var checks: [Check<Columns>] { get }
    /// The column that says when a row happened: what `--sample` goes by.
    static var eventTime: PartialKeyPath<Columns>? { get }
    /// How properties become names of columns.
    static var naming: ColumnNaming { get }
}

extension Relation {
    public static var columns: [Column<Columns>] { [] }
    public static var checks: [Check<Columns>] { [] }
    public static var eventTime: PartialKeyPath<Columns>? { nil }
    public static var naming: ColumnNaming { .snakeCase }
}

/// A table that something else fills: the edge of the project.
public protocol Source: Relation {
    /// Where it lies: `MOVIELENS.RAW.RAW_RATINGS`, or fewer parts, completed by the target's.
    static var table: String { get }
    /// The column that says when a row was loaded; with nil, and without `loadedAtQuery`, freshness goes by when the
    /// table was last changed.
    static var loadedAt: PartialKeyPath<Columns>? { get }
    /// In place of `loadedAt` a query in SQL that gives when the newest row was loaded, such as
    /// `SELECT MAX(loaded_at) FROM {{ this }}`.
    static var loadedAtQuery: String? { get }
    /// How old the newest row may be; nil is not looked at.
    static var freshness: Freshness? { get }
}

extension Source {
    public static var loadedAt: PartialKeyPath<Columns>? { nil }
    public static var loadedAtQuery: String? { nil }
    public static var freshness: Freshness? { nil }
    public static var naming: ColumnNaming { .folded }
}

/// A relation that the project itself builds: a seed, a model or a snapshot.
public protocol BuiltRelation: Relation {
    /// The schema it is built in; nil is the target's.
    static var schema: String? { get }
    /// Roles by the privilege that they are given: `["select": ["analyst"]]`. Where there are any, roles that are not
    /// named lose what they were given on a table that is kept.
    static var grants: [String: [String]] { get }
    /// Statements in SQL that run before it is built; `{{ this }}` stands for its name.
    static var preHooks: [String] { get }
    /// Statements in SQL that run after it is built.
    static var postHooks: [String] { get }
}

extension BuiltRelation {
    public static var schema: String? { nil }
    public static var grants: [String: [String]] { [:] }
    public static var preHooks: [String] { [] }
    public static var postHooks: [String] { [] }
}

/// A small table whose rows are kept with the project, as CSV.
public protocol Seed: BuiltRelation {
    /// The file's text: a header line with the columns' names, then the rows. Empty fields, and `null`, are NULL.
    static var csv: String { get }
}

/// A query of the project that the warehouse holds as a view or table, or that is inlined into its readers.
public protocol Model: BuiltRelation {
    /// How it is kept; a view unless said otherwise.
    static var materialized: Materialization<Columns> { get }
    /// Who may read it.
    static var access: Access { get }
    /// Whether it is built only when its query gives the types that its row says, and columns that are not optional
    /// hold no NULL.
    static var isContractEnforced: Bool { get }
    /// Of an incremental model: what a row that is there must meet to be replaced, beside its key
    /// (dbt's `incremental_predicates`). It keeps a merge from looking at old rows.
    static func incrementalPredicate(_ existing: Columns) -> Predicate?
    /// The query that gives its rows.
    static func query(_ q: inout Query) -> Columns
}

extension Model {
    public static var materialized: Materialization<Columns> { .view }
    public static var access: Access { .protected }
    public static var isContractEnforced: Bool { false }
    public static func incrementalPredicate(_ existing: Columns) -> Predicate? { nil }
}

/// The history of a query's rows: each version of each, with the time it was valid. Its `Columns` are
/// `History<Selected>`, or `DeletionHistory<Selected>` where deletions get records.
public protocol Snapshot: BuiltRelation where Columns: HistoryRow, Columns.Selected == Selected {
    /// The columns whose history is kept.
    associatedtype Selected: Row
    /// The columns that tell the rows apart.
    static var key: [PartialKeyPath<Selected>] { get }
    /// How a changed row is told from an unchanged one.
    static var strategy: SnapshotStrategy<Selected> { get }
    /// What becomes of a row that is no longer there; by default it stays as it is.
    static var hardDeletes: HardDeletes { get }
    /// What the columns are called that a snapshot adds; dbt's names unless said otherwise.
    static var metaColumns: MetaColumns { get }
    /// Until when the version that still holds is valid, in place of NULL, so that a time between two others finds it
    /// (dbt's `dbt_valid_to_current`). Compared with stamps that know their zone it is one of the session's.
    /// ```swift
    /// static let validToCurrent = LocalDateTime(text: "9999-12-31")
    /// ```
    static var validToCurrent: LocalDateTime? { get }
    /// The query whose rows are followed.
    static func query(_ q: inout Query) -> Selected
}

extension Snapshot {
    public static var hardDeletes: HardDeletes { .ignore }
    public static var metaColumns: MetaColumns { MetaColumns() }
    public static var validToCurrent: LocalDateTime? { nil }
    public static var naming: ColumnNaming {
        metaColumns == MetaColumns() && validToCurrent == nil
            ? .snakeCase : .history(metaColumns, validToCurrent: validToCurrent)
    }
}

/// A query whose rows are failures.
public protocol DataTest: Resource {
    /// What it shows of each failure.
    associatedtype Failing: Row
    /// When failures count; an error of any number unless said otherwise.
    static var expectation: TestExpectation { get }
    /// The query that gives the failures.
    static func query(_ q: inout Query) -> Failing
}

extension DataTest {
    public static var expectation: TestExpectation { TestExpectation() }
}

/// A query that is compiled with the project, and run by nobody but people.
public protocol Analysis: Resource {
    /// Its columns.
    associatedtype Columns: Row
    /// The query.
    static func query(_ q: inout Query) -> Columns
}
