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
    /// A row whose key is there replaces that one, or some of its columns; the others are inserted. A NULL in a key
    /// matches nothing.
    case merge(on: [PartialKeyPath<Columns>], updating: MergeColumns<Columns> = .all)
    /// Rows whose keys come again are deleted, then all are inserted, in one transaction.
    case deleteInsert(on: [PartialKeyPath<Columns>])
    /// The query's rows take the place of all that are there; the table, its grants and what reads it stay.
    case insertOverwrite
    /// The rows of one batch of time after another replace what is there of that time, each in a transaction. The
    /// model's `eventTime` tells the time of its rows; of inputs with an `eventTime` a batch reads only its own time.
    /// A first run starts at `begin`, a later one `lookback` batches before the newest. Times are those of UTC.
    /// ```swift
    /// static var eventTime: PartialKeyPath<Columns>? { \.ratedAt }
    /// static var materialized: Materialization<Columns> {
    ///     .incremental(.microbatch(begin: Day(year: 2015, month: 1, day: 1)!, size: .month, lookback: 2))
    /// }
    /// ```
    case microbatch(begin: Day, size: BatchSize, lookback: Int = 1)

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
        case .insertOverwrite: "insert_overwrite"
        case .microbatch: "microbatch"
        }
    }

    var keys: [PartialKeyPath<Columns>] {
        switch self {
        case .append, .insertOverwrite, .microbatch: []
        case .merge(let keys, _), .deleteInsert(let keys): keys
        }
    }
}

/// Which columns a merge changes of a row that is there.
public enum MergeColumns<Columns: Row> {
    /// All.
    case all
    /// These (dbt's `merge_update_columns`).
    case only([PartialKeyPath<Columns>])
    /// All but these (dbt's `merge_exclude_columns`).
    case except([PartialKeyPath<Columns>])
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
