/// What the columns are called that a snapshot adds to its rows (dbt's `snapshot_meta_column_names`), as they would be
/// written in SQL.
/// ```swift
/// static var metaColumns: MetaColumns { MetaColumns(validFrom: "valid_since", validTo: "valid_until") }
/// ```
public struct MetaColumns: Hashable, Sendable {
    /// The hash of key and stamp.
    public var scdID: String
    /// The stamp that a version was taken with.
    public var updatedAt: String
    /// Since when a version held.
    public var validFrom: String
    /// Until when.
    public var validTo: String
    /// Whether the version is the record of a deletion.
    public var isDeleted: String

    /// dbt's own names, but for those that are given.
    public init(
        scdID: String = "dbt_scd_id", updatedAt: String = "dbt_updated_at", validFrom: String = "dbt_valid_from",
        validTo: String = "dbt_valid_to", isDeleted: String = "dbt_is_deleted"
    ) {
        self.scdID = scdID
        self.updatedAt = updatedAt
        self.validFrom = validFrom
        self.validTo = validTo
        self.isDeleted = isDeleted
    }

    /// Each of dbt's names with the one that is given, in dbt's order.
    var names: [(dbt: String, given: String)] {
        [("dbt_scd_id", scdID), ("dbt_updated_at", updatedAt), ("dbt_valid_from", validFrom), ("dbt_valid_to", validTo),
         ("dbt_is_deleted", isDeleted)]
    }

    /// The name given to a column that a row type calls by dbt's name; all others are as they are.
    func name(of written: String) -> String { names.first { $0.dbt == written }?.given ?? written }
}
