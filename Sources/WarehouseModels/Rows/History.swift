/// The columns of a snapshot: what it selects, and which version of it each row is.
public protocol HistoryRow: Row {
    /// What the snapshot selects.
    associatedtype Selected: Row
    /// Whether DBT_IS_DELETED is one of its columns.
    static var tellsDeletions: Bool { get }
}

/// The columns of a snapshot: what it selects, and which version of it this is.
@dynamicMemberLookup
public struct History<Selected: Row>: HistoryRow {
    /// What the snapshot selects.
    public let selected: Selected
    /// DBT_SCD_ID: the hash of key and stamp, one for each version.
    public let scdID: Expr<String>
    /// DBT_UPDATED_AT: the stamp that the version was taken with.
    public let updatedAt: Expr<LocalDateTime?>
    /// DBT_VALID_FROM: since when the row was so.
    public let validFrom: Expr<LocalDateTime?>
    /// DBT_VALID_TO: until when; NULL, or the snapshot's `validToCurrent`, in the version that still holds.
    public let validTo: Expr<LocalDateTime?>
    private let end: HistoryEnd

    private enum CodingKeys: String, CodingKey {
        case scdID = "dbt_scd_id"
        case updatedAt = "dbt_updated_at"
        case validFrom = "dbt_valid_from"
        case validTo = "dbt_valid_to"
    }

    public init(from decoder: any Decoder) throws {
        selected = try Selected(from: decoder)
        let columns = try decoder.container(keyedBy: CodingKeys.self)
        scdID = try columns.decode(Expr<String>.self, forKey: .scdID)
        updatedAt = try columns.decode(Expr<LocalDateTime?>.self, forKey: .updatedAt)
        validFrom = try columns.decode(Expr<LocalDateTime?>.self, forKey: .validFrom)
        validTo = try columns.decode(Expr<LocalDateTime?>.self, forKey: .validTo)
        end = (decoder as? RowReader)?.historyEnd ?? HistoryEnd()
    }

    public static var tellsDeletions: Bool { false }

    /// A column of what the snapshot selects.
    public subscript<Value: SQLValue>(dynamicMember path: KeyPath<Selected, Expr<Value>>) -> Expr<Value> {
        selected[keyPath: path]
    }

    /// The version that still holds. Where a snapshot keeps records of deletions these hold too; see `DeletionHistory`.
    public var isCurrent: Predicate {
        guard let time = end.time else { return validTo.isNull }
        return validTo.isNull || validTo == time
    }
}

/// The columns of a snapshot that opens a record for a row that is gone (`HardDeletes.newRecord`).
@dynamicMemberLookup
public struct DeletionHistory<Selected: Row>: HistoryRow {
    /// What the snapshot selects, and which version of it this is.
    public let history: History<Selected>
    /// DBT_IS_DELETED: 'True' in the record that says that the row is gone, else 'False'.
    public let isDeleted: Expr<String>

    private enum CodingKeys: String, CodingKey {
        case isDeleted = "dbt_is_deleted"
    }

    public init(from decoder: any Decoder) throws {
        history = try History(from: decoder)
        isDeleted = try decoder.container(keyedBy: CodingKeys.self).decode(Expr<String>.self, forKey: .isDeleted)
    }

    public static var tellsDeletions: Bool { true }

    /// A column of what the snapshot selects.
    public subscript<Value: SQLValue>(dynamicMember path: KeyPath<Selected, Expr<Value>>) -> Expr<Value> {
        history.selected[keyPath: path]
    }

    /// What the snapshot selects.
    public var selected: Selected { history.selected }
    /// DBT_SCD_ID: the hash of key and stamp, one for each version.
    public var scdID: Expr<String> { history.scdID }
    /// DBT_UPDATED_AT: the stamp that the version was taken with.
    public var updatedAt: Expr<LocalDateTime?> { history.updatedAt }
    /// DBT_VALID_FROM: since when the row was so.
    public var validFrom: Expr<LocalDateTime?> { history.validFrom }
    /// DBT_VALID_TO: until when; NULL, or the snapshot's `validToCurrent`, in the version that still holds.
    public var validTo: Expr<LocalDateTime?> { history.validTo }
    /// The version that still holds, of a row that is still there.
    public var isCurrent: Predicate { history.isCurrent && isDeleted == "False" }
}

/// What stands for "until now" in a snapshot that has no NULL there. No column.
struct HistoryEnd: Sendable {
    var time: LocalDateTime?
}
