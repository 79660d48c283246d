import WarehouseBasics

/// ALTER … UNSET: gives properties of an object their defaults again. Only what Snowflake's pages of ALTER let be SET: the
/// catalog keeps more of an object under names of its own, a view's text among it.
enum UnsetProperties {
    static func apply(_ names: [String], to entry: inout CatalogEntry) throws {
        for name in names { try apply(name, &entry) }
    }

    private static func apply(_ name: String, _ entry: inout CatalogEntry) throws {
        if entry.kind == .stage { return try StageDefinition.unset(name, &entry) }
        if entry.kind == .user { return try UserDefinition.unset(name, &entry) }
        let known = known(entry.kind)
        guard known.contains(name) else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid property '\(name)' for '\(entry.kind.title.uppercased())'",
                hint: Identifiers.hint(for: name, in: known))
        }
        if name == "COMMENT" { entry.comment = "" } else { entry.attributes[attributes[name] ?? name] = nil }
    }

    private static func known(_ kind: EntryKind) -> [String] {
        switch kind {
        case .table, .view, .schema, .database: ObjectProperties.known(kind)?.filter { !$0.contains(" ") } ?? []
        case .warehouse: WarehouseDefinition.accepted.subtracting(["INITIALLY_SUSPENDED", "WAIT_FOR_COMPLETION"]).sorted()
        case .integration: ["COMMENT", "ENABLED", "STORAGE_BLOCKED_LOCATIONS"]
        case .tag: ["COMMENT", "ALLOWED_VALUES", "PROPAGATE", "ON_CONFLICT"]
        case .function: ["COMMENT", "SECURE"]
        default: ["COMMENT"]
        }
    }

    /// Where the catalog keeps those that it calls something else.
    private static let attributes = [
        Retention.property: Retention.attribute, "WAREHOUSE_SIZE": "SIZE", "WAREHOUSE_TYPE": "TYPE",
    ]
}
