import WarehouseBasics
import WarehouseSQL

/// ADD, DROP and RENAME CONSTRAINT, DROP PRIMARY KEY: what a table declares of its keys.
extension AlterTable {
    static func changeKeys(of table: inout CatalogEntry, _ action: AlterTableAction, _ run: StatementRun) throws {
        var keys = DeclaredKey.all(of: table)
        switch action {
        case .addConstraint(let constraint):
            guard let key = try DeclaredKey(constraint, of: table, run) else { return }
            if key.kind == .primary {
                guard !keys.contains(where: { $0.kind == .primary }) else {
                    throw WarehouseError(.alreadyExists, "SQL compilation error:\nprimary key already exists for table "
                        + "'\(table.name)'")
                }
            }
            keys.append(key)
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

    private static func index(of name: Identifier, in keys: [DeclaredKey]) throws -> Int {
        guard let index = keys.firstIndex(where: { $0.name == name.name }) else {
            throw WarehouseError(
                .objectNotFound, "SQL compilation error:\nConstraint '\(name.name)' does not exist or not authorized.",
                hint: Identifiers.hint(for: name.name, in: keys.map(\.name)), span: name.span)
        }
        return index
    }
}
