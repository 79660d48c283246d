import WarehouseBasics
import WarehouseSQL

/// The columns of a table that must grow to hold what a query gives. Texts do so always, as in dbt.
struct ColumnGrowth {
    /// With the query's types.
    let columns: [ColumnSchema]

    /// `includesNumbers`: numbers of the same scale grow too.
    init(from table: [ColumnSchema], to query: [ColumnSchema], includesNumbers: Bool) {
        columns = query.filter { column in
            switch (table.first { $0.name == column.name }?.type, column.type) {
            case (.varchar(let old)?, .varchar(let new)): new > old
            case (.number(let old, let oldScale)?, .number(let new, let newScale)):
                includesNumbers && oldScale == newScale && new > old
            default: false
            }
        }
    }

    func alter(_ table: ObjectReference, at target: any TargetAdapter) throws {
        guard !columns.isEmpty else { return }
        let changes = columns.map {
            ColumnChange(column: Identifier(name: $0.name), action: .setType(SyntaxTree.typeName($0.type)))
        }
        _ = try target.run(.alterTable(AlterTableStatement(name: table, action: .alterColumns(changes))))
    }
}
