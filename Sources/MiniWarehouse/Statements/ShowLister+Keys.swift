import WarehouseBasics
import WarehouseSQL

/// SHOW PRIMARY, UNIQUE, IMPORTED and EXPORTED KEYS: one row a column of a key.
extension ShowLister {
    func keys(_ kind: DeclaredKey.Kind) throws -> ResultSet {
        var rows = RowBuilder("created_on@ database_name schema_name table_name column_name key_sequence# "
            + "constraint_name rely comment")
        for table in try scopeTables() {
            let place = catalog.fullName(table)
            for key in DeclaredKey.all(of: table) where key.kind == kind {
                for (index, column) in key.columns.enumerated() {
                    rows.add([.moment(table.createdAt), .text(place.database), .text(place.schema), .text(table.name),
                              .text(column), .count(index + 1), .text(key.name), .trueFalse(key.isReliedOn), .null])
                }
            }
        }
        return rows.result
    }

    /// Imported: the foreign keys of the tables in scope; exported: those that refer to them.
    func foreignKeys(exported: Bool) throws -> ResultSet {
        var rows = RowBuilder("created_on@ pk_database_name pk_schema_name pk_table_name pk_column_name "
            + "fk_database_name fk_schema_name fk_table_name fk_column_name key_sequence# update_rule delete_rule "
            + "fk_name pk_name deferrability rely comment")
        let scope = try scopeTables()
        let targets = Set(scope.map { table in
            let place = catalog.fullName(table)
            return [place.database, place.schema, place.name]
        })
        let resolver = try run.resolver()
        let holders = exported ? try visibleTables(in: resolver.all(.database).flatMap {
            resolver.children(of: $0, kind: .schema)
        }) : scope
        for table in holders {
            let place = catalog.fullName(table)
            for key in DeclaredKey.standing(of: table, in: catalog) where key.kind == .foreign {
                guard !exported || targets.contains(key.target) else { continue }
                let primary = try visibleTarget(of: key)
                let target = primary == nil ? [nil, nil, nil] : key.target.map(Optional.some)
                for (index, column) in key.columns.enumerated() {
                    let other = primary != nil && index < key.targetColumns.count ? key.targetColumns[index] : nil
                    rows.add([.moment(table.createdAt), .text(target[0]), .text(target[1]), .text(target[2]), .text(other),
                              .text(place.database), .text(place.schema), .text(table.name), .text(column),
                              .count(index + 1), .text(key.updateRule), .text(key.deleteRule), .text(key.name),
                              .text(primary.flatMap { key.referencedKey(of: $0)?.name }), .text("NOT DEFERRABLE"),
                              .trueFalse(key.isReliedOn), .null])
                }
            }
        }
        return rows.result
    }

    /// The tables that IN names, or those of the schemas it names.
    private func scopeTables() throws -> [CatalogEntry] {
        switch statement.scope {
        case .kind(.table, let reference?)?:
            return [try ObjectFinder.require(.table, reference, run)]
        case .any(let reference)?:
            let parts = try run.parts(reference)
            if parts.count == 3 { return [try run.resolver().require(.table, parts, reference.span)] }
            if let table = try? run.resolver().find(.table, parts) { return [table] }
            return try visibleTables(in: try scopeSchemas())
        case .schema(let reference?)? where try isInformationSchema(reference):
            return []
        default:
            return try visibleTables(in: try scopeSchemas())
        }
    }

    private func isInformationSchema(_ reference: ObjectReference) throws -> Bool {
        try run.parts(reference).last == "INFORMATION_SCHEMA"
    }

    private func visibleTables(in schemas: [CatalogEntry]) throws -> [CatalogEntry] {
        try schemas.flatMap(children).filter { $0.kind == .table }
    }

    /// The table that a foreign key refers to; nil where the role does not see it.
    private func visibleTarget(of key: DeclaredKey) throws -> CatalogEntry? {
        guard let table = key.targetEntry(in: catalog), try run.access().sees(table) else { return nil }
        return table
    }
}
