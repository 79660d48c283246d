/// The columns of a snapshot: what it selects, and which version of it this is.
@dynamicMemberLookup
public struct History<Selected: Row>: Row {
    /// What the snapshot selects.
    public let selected: Selected
    /// DBT_SCD_ID: the hash of key and stamp, one for each version.
    public let scdID: Expr<String>
    /// DBT_UPDATED_AT: the stamp that the version was taken with.
    public let updatedAt: Expr<LocalDateTime?>
    /// DBT_VALID_FROM: since when the row was so.
    public let validFrom: Expr<LocalDateTime?>
    /// DBT_VALID_TO: until when; NULL in the version that still holds.
    public let validTo: Expr<LocalDateTime?>

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
    }

    /// A column of what the snapshot selects.
    public subscript<Value: SQLValue>(dynamicMember path: KeyPath<Selected, Expr<Value>>) -> Expr<Value> {
        selected[keyPath: path]
    }

    /// The version that still holds.
    public var isCurrent: Predicate { validTo.isNull }
}
