import WarehouseBasics

/// How the columns that a query gives differ from those that its table has.
struct SchemaChange {
    /// Columns of the query that the table lacks.
    var added: [ColumnSchema]
    /// Columns of the table that the query lacks.
    var removed: [ColumnSchema]
    /// Columns of both whose types differ, with the query's type.
    var retyped: [(column: ColumnSchema, old: LogicalType)]

    init(from table: [ColumnSchema], to query: [ColumnSchema]) {
        added = query.filter { column in !table.contains { $0.name == column.name } }
        removed = table.filter { column in !query.contains { $0.name == column.name } }
        retyped = query.compactMap { column in
            guard let old = table.first(where: { $0.name == column.name }),
                  !SchemaChange.fits(column.type, into: old.type) else { return nil }
            return (column, old.type)
        }
    }

    var isEmpty: Bool { added.isEmpty && removed.isEmpty && retyped.isEmpty }

    /// Whether values of one type are of the other too: lengths and precisions do not matter, kinds and scales do.
    static func fits(_ type: LogicalType, into table: LogicalType) -> Bool {
        switch (type, table) {
        case (.null, _): true
        case (.number(_, let scale), .number(_, let other)): scale == other
        case (.varchar, .varchar), (.binary, .binary), (.array, .array): true
        default: type == table
        }
    }

    /// What is said where a change is an error.
    func message(_ name: ObjectName) -> String {
        var parts: [String] = []
        func list(_ columns: [ColumnSchema]) -> String {
            columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
        }
        if !added.isEmpty { parts.append("the query gives \(list(added)), which the table lacks") }
        if !removed.isEmpty { parts.append("the table has \(list(removed)), which the query lacks") }
        for (column, old) in retyped { parts.append("\(column.name) is \(old) in the table and now \(column.type)") }
        return "The query and the table \(name) of this incremental model are out of sync: "
            + parts.joined(separator: "; ") + ". Run it with --full-refresh, or set onSchemaChange to "
            + "appendNewColumns or syncAllColumns."
    }
}
