import WarehouseBasics
import WarehouseSQL

/// ADD, DROP and RENAME CONSTRAINT, DROP PRIMARY KEY: what a table declares of its keys.
extension AlterTable {
    static func changeKeys(of table: inout CatalogEntry, _ action: AlterTableAction, _ run: StatementRun) throws {
        var keys = DeclaredKey.all(of: table)
        switch action {
        case .addConstraint(let constraint):
            guard let key = try DeclaredKey(constraint, of: table, run) else { return }
            return try add([key], to: &table, run)
        case .dropConstraint(let name):
            keys.remove(at: try index(of: name, in: keys))
        case .renameConstraint(let old, let new):
            keys[try index(of: old, in: keys)].name = new.name
        case .dropPrimaryKey:
            guard keys.contains(where: { $0.kind == .primary }) else {
                throw WarehouseError(.objectNotFound,
                                     "SQL compilation error:\nTable '\(table.name)' does not have a primary key.")
            }
            keys.removeAll { $0.kind == .primary }
        default: return
        }
        DeclaredKey.set(keys, of: &table)
    }

    /// Keys that ADD COLUMN declares beside its columns.
    static func addKeys(of definitions: [ColumnDefinition], to table: inout CatalogEntry, _ run: StatementRun) throws {
        let added = try definitions.flatMap { definition in
            try definition.constraints.compactMap { try DeclaredKey($0, on: definition.name.name, of: table, run) }
        }
        if !added.isEmpty { try add(added, to: &table, run) }
    }

    private static func add(_ added: [DeclaredKey], to table: inout CatalogEntry, _ run: StatementRun) throws {
        let old = DeclaredKey.all(of: table), keys = old + added
        guard keys.count(where: { $0.kind == .primary }) < 2 else {
            throw WarehouseError(.alreadyExists, "SQL compilation error:\nprimary key already exists for table "
                + "'\(table.name)'")
        }
        DeclaredKey.set(try ForeignKeys.resolved(keys, from: old.count, of: table, run), of: &table)
    }

    private static func index(of name: Identifier, in keys: [DeclaredKey]) throws -> Int {
        guard let index = keys.firstIndex(where: { $0.name == name.name }) else {
            throw WarehouseError(
                .objectNotFound, "SQL compilation error:\nConstraint '\(name.name)' does not exist or not authorized.",
                hint: Identifiers.hint(for: name.name, in: keys.map(\.name)), span: name.span)
        }
        return index
    }
}
