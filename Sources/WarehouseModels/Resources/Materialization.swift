/// How the warehouse keeps a model.
public enum Materialization<Columns: Row> {
    /// `CREATE OR REPLACE VIEW`: computed whenever it is read.
    case view
    /// `CREATE OR REPLACE TABLE … AS`: built aside and swapped in whole.
    case table
    /// Not kept: stands as `__dbt__cte__<name>` in each query that reads it.
    case ephemeral
    /// A table that is built once and then added to; see `Query.whenIncremental`.
    case incremental(IncrementalStrategy<Columns>, onSchemaChange: OnSchemaChange = .ignore)

    /// dbt's name of it.
    public var name: String {
        switch self {
        case .view: "view"
        case .table: "table"
        case .ephemeral: "ephemeral"
        case .incremental: "incremental"
        }
    }
}

/// What happens to the new rows of an incremental model.
public enum IncrementalStrategy<Columns: Row> {
    /// All are inserted.
    case append
    /// A row whose key is there replaces that one; the others are inserted. A NULL in a key matches nothing.
    case merge(on: [PartialKeyPath<Columns>])
    /// Rows whose keys come again are deleted, then all are inserted, in one transaction.
    case deleteInsert(on: [PartialKeyPath<Columns>])

    /// `merge(on:)` of these columns. A misspelt one is named by the compiler, which it does not do within a list.
    public static func merge(by keys: PartialKeyPath<Columns>...) -> IncrementalStrategy { .merge(on: keys) }
    /// `deleteInsert(on:)` of these columns.
    public static func deleteInsert(by keys: PartialKeyPath<Columns>...) -> IncrementalStrategy { .deleteInsert(on: keys) }

    /// dbt's name of it.
    public var name: String {
        switch self {
        case .append: "append"
        case .merge: "merge"
        case .deleteInsert: "delete+insert"
        }
    }

    var keys: [PartialKeyPath<Columns>] {
        switch self {
        case .append: []
        case .merge(let keys), .deleteInsert(let keys): keys
        }
    }
}

/// What to do when an incremental model's query no longer has the columns of its table. Old rows are never filled in.
public enum OnSchemaChange: String, Sendable {
    /// Insert the columns that both have; a column of the table that the query lacks is an error.
    case ignore
    /// An error, when names or types differ.
    case fail
    /// Add the new columns to the table.
    case appendNewColumns = "append_new_columns"
    /// Add the new columns, drop the old, change types.
    case syncAllColumns = "sync_all_columns"
}

/// How a snapshot tells a changed row from an unchanged one.
public enum SnapshotStrategy<Selected: Row> {
    /// By a column that grows with every change. A change without a newer stamp is not seen.
    case timestamp(PartialKeyPath<Selected>)
    /// By comparing columns, NULL equal to NULL. The stamp is `updatedAt`, or else the snapshot's clock.
    case check([PartialKeyPath<Selected>], updatedAt: PartialKeyPath<Selected>? = nil)
    /// By comparing all columns.
    case checkAll(updatedAt: PartialKeyPath<Selected>? = nil)

    /// dbt's name of it.
    public var name: String {
        switch self {
        case .timestamp: "timestamp"
        case .check, .checkAll: "check"
        }
    }
}

/// What becomes of a snapshot's row that its query no longer gives.
public enum HardDeletes: String, Sendable {
    /// Its last version stays open.
    case ignore
    /// Its last version is closed at the snapshot's clock.
    case invalidate
    /// Its last version is closed, and a new one with DBT_IS_DELETED 'True' is opened.
    case newRecord = "new_record"
}
